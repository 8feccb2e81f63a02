"""The advice document as frozen values; the field names are the keys of the document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from needlepoint.course.zones import Zone
from needlepoint.rules.verdicts import Verdict

if TYPE_CHECKING:
    # Doses and forecasts are computed only where there is one; their names alone must load nothing.
    from needlepoint.dose.session import ZoneDose
    from needlepoint.healing.outlook import Forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class RulebookStamp:
    """Which rulebook spoke: its version and the digest of the files it was read from."""

    version: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Days between two sessions: what is usual, and the least that the rulebook allows at these depths."""

    usual: int
    minimum: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthRange:
    """The depth to begin with and the depth never to pass, in mm, and which limit it was that decided."""

    start: Decimal
    max: Decimal
    limited_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthLimit:
    """One of the limits of a depth, in mm; None where it does not bind."""

    kind: str
    depth_mm: Decimal | None
    says: str
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthProposal:
    """How the depth to begin with came about: the first time here, or from the last one a step up, down, or as it was.

    `reason` is the id of the reason that `says` words.
    """

    move: str
    last_mm: Decimal | None
    reason: str
    says: str
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthsDone:
    """How courses for the goal were done in the zone; `ended_mm` is where most of them ended, where that was found."""

    id: str
    says: str
    ended_mm: Decimal | None
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ZonePlan:
    """What is planned for a zone, with every limit that was weighed."""

    zone: Zone
    depth_mm: DepthRange
    proposal: DepthProposal
    done_so: DepthsDone | None
    passes: str
    endpoint: str
    limits: tuple[DepthLimit, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneLeftOut:
    """A zone of the goal that the plan leaves out, and why."""

    zone: Zone
    reason: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSession:
    """A session intended: its number in the course, its first possible day, its zones, what is still to be decided.

    `settle_first` names the waits and referrals that no date ends.
    """

    number: int
    earliest_on: date | None
    zones: tuple[ZonePlan, ...]
    still_open: tuple[str, ...]
    settle_first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The sessions intended; where there are none, `why` says so."""

    sessions_range: tuple[int, int]
    interval_days: Interval
    sessions: tuple[PlannedSession, ...]
    left_out: tuple[ZoneLeftOut, ...]
    off_label: tuple[str, ...]
    why: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparationLine:
    """What to do or to leave before the next session, and by which day."""

    id: str
    says: str
    stop_by: date | None
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AftercareLine:
    """What to do, to leave or what is allowed again, in instants counted from the last session."""

    id: str
    kind: str
    says: str
    from_at: datetime | None
    until_at: datetime | None
    prefer_from_at: datetime | None
    allowed_now: bool | None
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageReason:
    """One triage rule that holds for the check-in, and which of its answers made it hold.

    A rule that is not `certain` only may hold, because something was not answered.
    """

    rule: str
    says: str
    sources: tuple[str, ...]
    basis: str
    because: tuple[str, ...]
    leads: bool
    certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInAdvice:
    """How soon a person must look at the latest check-in, and why."""

    at: datetime
    level: str
    says: str
    rules: tuple[str, ...]
    reasons: tuple[TriageReason, ...]
    answer_by_at: datetime | None
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneLine:
    """What may be seen from one day to another, counted from each session or from the last."""

    id: str
    from_day: int
    to_day: int
    counts_from: str
    says: str
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookLine:
    """A day on which to look at a course that has ended, and from when until when it is asked for."""

    id: str
    label: str
    on: date
    from_on: date
    until_on: date
    says: str
    why: str
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceLine:
    """From when a session to keep the result makes sense, and where."""

    from_on: date
    says: str
    why: str
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterCourse:
    """What comes after a course that was completed or stopped; where something is not proposed, `why` says so."""

    state: str
    looks: tuple[LookLine, ...]
    maintenance: MaintenanceLine | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingLine:
    """How needles go with another procedure, and how many days lie between."""

    id: str
    partner: str
    says: str
    gap_days: int | None
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeUseLine:
    """One line on needling at home."""

    id: str
    says: str
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LawLine:
    """What is on file of a place's law on this operator with such a device, and as of when."""

    id: str
    place: str
    may: str
    says: str
    says_on: str
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionLine:
    """What one source says where sources disagree."""

    source: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisagreementLine:
    """A point on which sources disagree that matters for this case, and what Needlepoint does about it."""

    id: str
    topic: str
    positions: tuple[PositionLine, ...]
    does: str
    why: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A source that the advice rests on; `read` says how it was read."""

    id: str
    title: str
    year: int | None
    where: str
    kind: str
    read: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """All that Needlepoint has to say on a case at an instant; the strictest verdict leads.

    Instants are in UTC and dates in the clinic's zone, which `time_zone` names.
    """

    at: datetime
    time_zone: str
    rulebook: RulebookStamp
    verdict: str
    earliest_on: date | None
    verdicts: tuple[Verdict, ...]
    unanswered: tuple[str, ...]
    plan: Plan
    dose: tuple[ZoneDose, ...]
    preparation: tuple[PreparationLine, ...]
    aftercare: tuple[AftercareLine, ...]
    check_in: CheckInAdvice | None
    milestones: tuple[MilestoneLine, ...]
    after_course: AfterCourse | None
    pairing: tuple[PairingLine, ...]
    home_use: tuple[HomeUseLine, ...]
    laws: tuple[LawLine, ...]
    disagreements: tuple[DisagreementLine, ...]
    forecast: Forecast | None
    citations: tuple[Citation, ...]
