"""The forecast of a course, and its plan beside others, in the words and numbers that the pages show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from needlepoint.advice.door import advise
from needlepoint.advice.intended import intended
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.models import Course, Plan
from needlepoint.clinic.queries.case import CourseRows, case_of, course_rows
from needlepoint.clinic.queries.warming import beside
from needlepoint.course.case import Case
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Pass
from needlepoint.course.session import Session as CoreSession
from needlepoint.course.states import SessionState
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.schema import Source
from needlepoint.healing.forecast import comparison, forecast
from needlepoint.healing.intended import Intended
from needlepoint.healing.outlook import Band, Compared, Forecast, Spread, ZoneForecast

WORDS = ("none", "slight", "mild", "clear", "strong")
# As far as redness is drawn, and as long as the last session stays of more interest than the next one.
FOLLOWED_DAYS = 8.0
RECENT = timedelta(days=14)
TOLD_DAYS = (0.25, 1.0, 2.0, 3.0, 5.0, 7.0)
NAMES = {"this plan": "This plan", "gentler": "Gentler", "stronger": "Stronger"}
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Told:
    """A check-in on the curve: days after its session, the score, and whether that session is the one drawn."""

    day: float
    redness: int
    of_this: bool

    @property
    def word(self) -> str:
        """Return the score in a word."""
        return WORDS[self.redness]


@dataclass(frozen=True, slots=True)
class DayLine:
    """A row of the table: how red on that day, the middle and nine of ten people."""

    when: str
    middle: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Redness by day after one session, with what the patient has told."""

    session: int
    sessions: int
    done: bool
    band: Band
    told: tuple[Told, ...]
    lines: tuple[DayLine, ...]


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
    """The forecast as the chart shows it; without a curve, `why` says why there is none."""

    why: str
    curve: Curve | None = None
    zones: tuple[ZoneLine, ...] = ()
    collagen: str = ""
    banner: tuple[str, ...] = ()
    learned: bool = False
    unlike: bool = False
    notes: tuple[str, ...] = ()
    rests_on: str = ""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A plan as a column beside others."""

    name: str
    setting: str
    gain: Spread
    gain_words: str
    days_each: float
    days_total: float
    still_red_percent: int
    pigment_risk: str


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Plans side by side; without columns, `why` says why there are none."""

    why: str
    zones: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    counted: str = ""
    banner: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


def foreseen(course: Course, actor: Actor | Visitor, at: datetime) -> Foreseen:
    """Return the forecast of a course; three statements, whatever its length."""
    case, to_come = _asked(course, actor, at)
    made = beside(lambda: forecast(case, at, packaged(), intended=to_come))
    return _foreseen(made, case, at) if made.zones else Foreseen(made.why)


def side_by_side(course: Course, actor: Actor, at: datetime) -> SideBySide:
    """Return the course's plan beside a gentler and a stronger one; three statements."""
    case, to_come = _asked(course, actor, at)
    found = beside(lambda: comparison(case, at, packaged(), intended=to_come))
    if not found.plans:
        return SideBySide(found.why)
    return SideBySide(
        why="",
        zones=tuple(_spaced(zone) for zone in found.zones),
        columns=tuple(_column(each, found.plans[0]) for each in found.plans),
        counted=f"{found.looked_at} plans were compared; {found.ruled_out} were ruled out for lasting redness.",
        banner=found.outside_studied,
        sources=found.citations,
    )


def _asked(course: Course, actor: Actor | Visitor, at: datetime) -> tuple[Case, Intended]:
    """Return the case, and its plan to come: the one agreed on, else the rulebook's."""
    rows = course_rows(course)
    case = case_of(course, actor, at, rows)
    plan = course.plans.prefetch_related("zones").order_by("-version").first()
    if plan is None:
        return case, intended(case, at, advise(case, at).plan, packaged())
    return case, _agreed(plan, case, rows, at)


def _agreed(plan: Plan, case: Case, rows: CourseRows, at: datetime) -> Intended:
    """Return what is left of the plan agreed on, from its next day on."""
    passes = tuple(Pass(Zone(row.zone), Depth(row.depth_mm), row.passes) for row in plan.zones.all())
    done, gap = case.sessions_by(at), timedelta(days=plan.interval_days)
    ended = (SessionState.DONE.value, SessionState.CALLED_OFF.value)
    days = [row.planned_on for row in rows.sessions if row.planned_on and row.state not in ended]
    first = max([case.day_of(at), *days[:1], *(case.day_of(each.started_at) + gap for each in done[-1:])])
    return Intended(
        tuple(
            CoreSession(
                started_at=datetime.combine(first + number * gap, NOON, tzinfo=case.clinic.time_zone),
                device=case.device,
                passes=passes,
            )
            for number in range(max(0, plan.sessions - len(done)))
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
        collagen=_collagen(reddest),
        banner=made.outside_studied,
        learned=bool(made.learned_from_check_ins),
        unlike=made.unlike_population,
        notes=made.notes,
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
        lines=tuple(_day_lines(band)),
    )


def _after(band: Band, begins: float, until: float) -> Band:
    """Return the part of a band between a session and the next one, with days counted from the session."""
    kept = [i for i, day in enumerate(band.day) if begins < day <= min(begins + FOLLOWED_DAYS + 2.0, until)]
    shares = ([getattr(band, name)[i] for i in kept] for name in ("p05", "p25", "p50", "p75", "p95"))
    return Band(tuple(band.day[i] - begins for i in kept), *(tuple(share) for share in shares))


def _told(case: Case, made: Forecast, zone: ZoneForecast, number: int, at: datetime) -> Iterator[Told]:
    done = zone.session_days[: len(case.sessions_by(at))]
    for each in case.check_ins_by(at):
        since = (each.at - made.days_from).total_seconds() / 86400.0
        before = [session for session in done if session <= since]
        if each.redness is not None and before and since - before[-1] <= FOLLOWED_DAYS:
            yield Told(round(since - before[-1], 2), each.redness, len(before) == number)


def _day_lines(band: Band) -> Iterator[DayLine]:
    for day in TOLD_DAYS:
        place = next((i for i, looked in enumerate(band.day) if abs(looked - day) < 0.01), None)
        if place is not None:
            middle, low, high = (getattr(band, name)[place] for name in ("p50", "p05", "p95"))
            when = f"{24 * day:.0f} hours" if day < 1 else f"day {day:.0f}"
            yield DayLine(when, _score(middle), _score(low), _score(high))


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


def _collagen(zone: ZoneForecast) -> str:
    late = zone.collagen_histology_percent
    top = max(range(len(late.day)), key=lambda i: late.p50[i])
    low, middle, high = (round(getattr(late, name)[top] - 100.0) for name in ("p05", "p50", "p95"))
    return (
        f"By the ruler of histology collagen peaks about week {late.day[top] / 7:.0f}, {middle} percent above before "
        f"({low} to {high}); other rulers read otherwise."
    )


def _column(each: Compared, reference: Compared) -> Column:
    outcome, option = each.outcome, each.outcome.option
    many = (
        "once"
        if option.sessions == 1
        else f"{option.sessions} sessions, {option.interval_days:.0f} days apart"
    )
    passes = "" if each is reference else f", {_times(option.density)}"
    return Column(
        name=NAMES[each.name],
        setting=f"{option.depth_mm:g} mm, {many}{passes}",
        gain=Spread(outcome.gain_p05, outcome.gain, outcome.gain_p95),
        gain_words=_gain_words(outcome.gain) if each is not reference else "what the others are held against",
        days_each=outcome.downtime_days_each,
        days_total=outcome.downtime_days_total,
        still_red_percent=round(100 * outcome.prolonged_redness_share),
        pigment_risk=each.pigment_risk,
    )


def _times(density: float) -> str:
    return "as many channels" if density == 1.0 else f"{density:g} times the channels"


def _gain_words(gain: float) -> str:
    if 0.95 <= gain <= 1.05:
        return "about as much new collagen as this plan"
    more = "more" if gain > 1 else "less"
    return f"about {abs(gain - 1):.0%} {more} new collagen than this plan"


def _score(value: float) -> str:
    return f"{WORDS[round(value)]} ({value:.1f})"


def _spaced(zone: Zone) -> str:
    return zone.value.replace("_", " ")
