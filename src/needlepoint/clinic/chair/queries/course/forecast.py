"""The forecast of a course, and published courses beside its plan, in the words and numbers that the pages show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import pairwise

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from needlepoint.advice.door import advise
from needlepoint.advice.intended import intended
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.spoken import shown_in
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.chair.queries.course.advice import knowledge_for
from needlepoint.clinic.chair.queries.course.case import case_of
from needlepoint.clinic.chair.queries.course.course_days import CourseRead, course_read
from needlepoint.clinic.chair.queries.course.warming import beside
from needlepoint.clinic.models import Course
from needlepoint.course.case import Case
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Pass
from needlepoint.course.session import Session as CoreSession
from needlepoint.course.zones import Zone
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.schema import Protocol, Source
from needlepoint.evidence.words import words
from needlepoint.healing.forecast import forecast
from needlepoint.healing.intended import Intended
from needlepoint.healing.outlook import Band, Forecast, Spread, ZoneForecast

# As far as redness is drawn, and as long as the last session stays of more interest than the next one.
FOLLOWED_DAYS = 8.0
RECENT = timedelta(days=14)
NOON = time(12)
DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Told:
    """A check-in on the curve: days after its session, the score, and whether that session is the one drawn."""

    day: float
    redness: int
    of_this: bool

    @property
    def word(self) -> str:
        """Return the score in the words of the check-in."""
        return step_in_words(self.redness)


@dataclass(frozen=True, slots=True)
class Curve:
    """Redness by day after one session, with what the patient has told; `today` counts from it once it is done."""

    session: int
    sessions: int
    done: bool
    band: Band
    told: tuple[Told, ...]
    today: float | None = None


@dataclass(frozen=True, slots=True)
class ZoneLine:
    """What is expected in zones that are alike."""

    zones: tuple[str, ...]
    downtime: Spread
    flaking_days: tuple[float, float]
    pigment_risk: str
    prolonged_percent: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The forecast as the chart shows it; without a curve, `why` says why there is none.

    `stops` are the reasons that hold, `still_open` the questions that stop because nobody has answered them yet.
    """

    why: str
    stops: tuple[str, ...] = ()
    still_open: tuple[str, ...] = ()
    curve: Curve | None = None
    zones: tuple[ZoneLine, ...] = ()
    banner: tuple[str, ...] = ()
    learned: bool = False
    unlike: bool = False
    rests_on: str = ""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishedCourse:
    """One published course: what was done to whom, and what came of it; `elsewhere` where none of the zones is ours."""

    title: str
    device: str
    sessions: str
    apart: str
    depth: str
    depth_note: str
    operator: str
    result: str
    note: str
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class Published:
    """The plan in one line, and the published courses toward its goal; nothing here is ranked."""

    own: str
    courses: tuple[PublishedCourse, ...]
    sources: tuple[Source, ...] = ()


def foreseen(course: Course, actor: Actor | Visitor, at: datetime) -> Foreseen:
    """Return the forecast of a course; three statements, whatever its length."""
    case, made = made_for(course, actor, at)
    found = advise(case, at, knowledge_for(course, case)).verdicts
    stopping = [each for each in found if each.verdict == "stop"]
    stops = tuple(each.reason for each in stopping if not each.because_unknown)
    still_open = tuple(dict.fromkeys(name for each in stopping for name in each.because_unknown))
    told = _foreseen(made, case, at) if made.zones else Foreseen(made.why)
    return replace(told, stops=stops, still_open=still_open)


def made_for(course: Course, actor: Actor | Visitor, at: datetime) -> tuple[Case, Forecast]:
    """Return the case of a course and the forecast that the model makes of it and its plan."""
    case, to_come = _asked(course, actor, at)
    return case, beside(lambda: forecast(case, at, packaged(), intended=to_come))


def published(course: Course, actor: Actor, at: datetime) -> Published:
    """Return the published courses toward the goal of a course, as they were done; three statements."""
    case, to_come = _asked(course, actor, at)
    knowledge = packaged()
    rows = [each for each in knowledge.protocols.values() if each.concern == case.goal.concern.value]
    named = [knowledge.sources[name] for name in dict.fromkeys(n for row in rows for n in row.sources)]
    return Published(
        _own(case, to_come), tuple(_published(row, case, knowledge) for row in rows), tuple(named)
    )


def _own(case: Case, to_come: Intended) -> str:
    depths = sorted({each.depth.mm for session in to_come.sessions for each in session.passes})
    if not depths:
        return _("No session is left in this plan.")
    spread = (
        f"{depths[0]} mm"
        if len(depths) == 1
        else _("%(depths)s to %(depths2)s mm") % {"depths": depths[0], "depths2": depths[-1]}
    )
    days = [case.day_of(each.started_at) for each in to_come.sessions]
    gaps = sorted({(late - early).days for early, late in pairwise(days)})
    apart = _(", %(gaps)s days apart") % {"gaps": gaps[0]} if gaps else ""
    says = ngettext(
        "This plan: %(count)s session to come%(apart)s, %(spread)s.",
        "This plan: %(count)s sessions to come%(apart)s, %(spread)s.",
        len(days),
    )
    return says % {"count": len(days), "apart": apart, "spread": spread}


def _published(row: Protocol, case: Case, knowledge: Knowledge) -> PublishedCourse:
    kinds = {zone.kind for zone in case.goal.zones}
    device = knowledge.devices.get(row.device)
    return PublishedCourse(
        title=row.title,
        device=device.name if device else _("another device"),
        sessions=_("not stated") if row.sessions is None else str(row.sessions),
        apart=_("not stated")
        if row.interval_days is None
        else _("%(interval_days)s days") % {"interval_days": row.interval_days},
        depth=f"{row.depth_mm.value:g} mm",
        depth_note=row.depth_mm.note if row.depth_mm.basis != "assumed" else f"assumed; {row.depth_mm.note}",
        operator=row.operator,
        result=row.result,
        note=row.note,
        elsewhere=not kinds & set(row.zones),
    )


def _asked(course: Course, actor: Actor | Visitor, at: datetime) -> tuple[Case, Intended]:
    """Return the case, and its plan to come: the one agreed on, else the rulebook's."""
    read = course_read(course, actor, at)
    case = case_of(course, actor, at, read.rows)
    if read.plan is None:
        return case, intended(case, at, advise(case, at, knowledge_for(course, case)).plan, packaged())
    return case, _agreed(read, case)


def _agreed(read: CourseRead, case: Case) -> Intended:
    """Return what is left of the plan agreed on, each session on the day that every other page names too."""
    passes = tuple(Pass(Zone(row.zone), Depth(row.depth_mm), row.passes) for row in read.zones)
    return Intended(
        tuple(
            CoreSession(
                started_at=datetime.combine(day.on, NOON, tzinfo=case.clinic.time_zone),
                device=case.device,
                passes=passes,
            )
            for day in read.days.by_session.values()
        ),
        passes_agreed=True,
    )


def _foreseen(made: Forecast, case: Case, at: datetime) -> Foreseen:
    # A patient tells of the zone that is reddest, so that zone is drawn.
    reddest = max(made.zones, key=lambda zone: zone.downtime_days.p50)
    rests_on = ", ".join(f"{basis} {share:.0%}" for basis, share in made.basis_share.items())
    return Foreseen(
        why="",
        curve=_curve(reddest, made, case, at),
        zones=tuple(_zone_lines(made)),
        banner=made.outside_studied,
        learned=bool(made.learned_from_check_ins),
        unlike=made.unlike_population,
        rests_on=rests_on,
        sources=made.citations,
    )


def _curve(zone: ZoneForecast, made: Forecast, case: Case, at: datetime) -> Curve:
    done = case.sessions_by(at)
    recent = bool(done) and at - done[-1].clock_starts_at <= RECENT
    number = len(done) if recent else zone.downtime_of_session
    begins = zone.session_days[number - 1]
    band = _after(zone.redness, begins, (*zone.session_days[number:], float("inf"))[0])
    return Curve(
        session=number,
        sessions=len(zone.session_days),
        done=number <= len(done),
        band=band,
        told=tuple(_told(case, made, zone, number, at)),
        today=(at - made.days_from).total_seconds() / DAY - begins if number <= len(done) else None,
    )


def _after(band: Band, begins: float, until: float) -> Band:
    """Return the part of a band between a session and the next one, with days counted from the session."""
    kept = [i for i, day in enumerate(band.day) if begins < day <= min(begins + FOLLOWED_DAYS, until)]
    shares = ([getattr(band, name)[i] for i in kept] for name in ("p05", "p25", "p50", "p75", "p95"))
    return Band(tuple(band.day[i] - begins for i in kept), *(tuple(share) for share in shares))


def _told(case: Case, made: Forecast, zone: ZoneForecast, number: int, at: datetime) -> Iterator[Told]:
    done = zone.session_days[: len(case.sessions_by(at))]
    for each in case.check_ins_by(at):
        since = (each.at - made.days_from).total_seconds() / DAY
        before = [session for session in done if session <= since]
        if each.redness is not None and before and since - before[-1] <= FOLLOWED_DAYS:
            yield Told(round(since - before[-1], 2), each.redness, len(before) == number)


def _zone_lines(made: Forecast) -> Iterator[ZoneLine]:
    alike: dict[tuple[object, ...], list[ZoneForecast]] = {}
    for zone in made.zones:
        alike.setdefault((zone.downtime_days, zone.harm), []).append(zone)
    for zones in alike.values():
        first = zones[0]
        yield ZoneLine(
            zones=tuple(_spaced(zone.zone) for zone in zones),
            downtime=first.downtime_days,
            flaking_days=first.flaking_days,
            pigment_risk=first.harm.pigment_risk,
            prolonged_percent=round(100 * first.harm.prolonged_redness_share),
        )


def steps_in_words() -> tuple[str, ...]:
    """Return the steps of redness as the check-in says them, from none upwards."""
    return tuple(each.says for each in words(shown_in(get_language() or "")).steps_of("redness"))


def step_in_words(score: float) -> str:
    """Return the step of redness that a score is nearest to."""
    return steps_in_words()[round(score)]


def _spaced(zone: Zone) -> str:
    return zone.value.replace("_", " ")
