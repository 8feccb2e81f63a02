"""Charts of one person laid beside one another: what another chart knows that speaks against a session here.

A link only ever adds. What a chart says by itself is judged by itself, as without a link; beside it stands what follows
once the answers, sessions and check-ins of the other chart are put in the place of its own. So no link, and no link
made by mistake, can make anything look safer than it looked before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from needlepoint.advice.document import Advice
from needlepoint.advice.door import advise
from needlepoint.clinic.access.checks import WENT, Actor
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.chair.queries.course.advice import HOLDING, knowledge_for
from needlepoint.clinic.chair.queries.course.asking import completed, standing_answers
from needlepoint.clinic.chair.queries.course.case import (
    CourseRows,
    case_of,
    case_parts,
    core_patient,
    rows_of_patient,
)
from needlepoint.clinic.chair.queries.urgency import REPORT, OpenReport, first_of, leading
from needlepoint.clinic.models import (
    AdverseEvent,
    AdverseFollowUp,
    ChartLink,
    Course,
    Patient,
    Session,
    TriageTask,
)
from needlepoint.clinic.models.written import Written
from needlepoint.clinic.practice.queries.bundle import bundle
from needlepoint.course.case import Case
from needlepoint.course.instants import local_date
from needlepoint.course.session import Session as CoreSession
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.case_answers import answers_of
from needlepoint.rules.verdicts import Verdict

# What another chart says is told where it changes something; its notes stand on its own page.
TOLD = HOLDING | {"change"}
Told = Mapping[str, tuple[datetime, dict[str, Any]]]


def standing_links(patient: int, links: Iterable[ChartLink]) -> dict[int, ChartLink]:
    """Return what links a chart with which others now, by the key of the other: the latest word on a pair counts."""
    latest: dict[int, ChartLink] = {}
    for link in sorted(links, key=lambda each: each.pk):
        latest[link.other_id if link.one_id == patient else link.one_id] = link
    return {key: link for key, link in latest.items() if link.holds}


_LINKS = Written(lambda one, other: ChartLink.objects.filter(Q(one=one) | Q(other=other)))


def links_of(patient: int) -> dict[int, ChartLink]:
    """Return what links a chart with others now; one statement."""
    return standing_links(patient, _LINKS.objects(patient, patient))


@dataclass(frozen=True, slots=True)
class OtherChart:
    """A chart of the same person: the patient as written there, by whose word, and the rows that protect."""

    patient: Patient
    link: ChartLink
    found: Mapping[str, list[Any]]

    @property
    def courses(self) -> list[Course | None]:
        """Return its courses; a chart without one still says who the patient is."""
        return [each for each in self.found["courses"] if each.patient_id == self.patient.pk] or [None]

    @property
    def adverse(self) -> list[AdverseEvent]:
        """Return its adverse events that go on."""
        ended = {each.event_id for each in self.found["follow_ups"] if each.outcome}
        rows = [each for each in self.found["adverse"] if each.patient_id == self.patient.pk]
        return [each for each in rows if each.pk not in ended]

    @property
    def waiting(self) -> list[TriageTask]:
        """Return its check-ins that wait for a person."""
        return [each for each in self.found["tasks"] if each.patient_id == self.patient.pk]


def other_charts(patient: int, links: Iterable[ChartLink]) -> list[OtherChart]:
    """Return the charts linked with one now; no statement where there is none, else one for all of them."""
    standing = standing_links(patient, links)
    if not standing:
        return []
    keys = list(standing)
    found = bundle(
        patients=Patient.objects.filter(pk__in=keys),
        courses=Course.objects.filter(patient__in=keys),
        follow_ups=AdverseFollowUp.objects.filter(event__patient__in=keys),
        tasks=TriageTask.objects.filter(patient__in=keys, closed_at=None),
        **case_parts(patient__in=keys),
    )
    return [OtherChart(each, standing[each.pk], found) for each in found["patients"]]


@dataclass(frozen=True, slots=True)
class Beside:
    """What another chart adds to a course: verdicts that it does not say by itself, with the case they come from."""

    chart: OtherChart
    case: Case
    advice: Advice
    verdicts: tuple[Verdict, ...]

    def settles(self, decided_at: datetime) -> bool:
        """Say whether a decision of that instant was made with both charts in view."""
        return decided_at > self.chart.link.decided_at


def said_beside(
    course: Course,
    actor: Actor | Visitor,
    at: datetime,
    own: Advice,
    rows: CourseRows,
    charts: Iterable[OtherChart] | None = None,
    under_way: CoreSession | None = None,
) -> tuple[Beside, ...]:
    """Return what linked charts add to what a course says by itself; a patient in the portal reads their own only.

    `under_way` is a session to be judged as if it were done.
    """
    if actor.member is None or not rows.links:
        return ()
    charts = other_charts(course.patient_id, rows.links) if charts is None else charts
    told = [*own.verdicts]
    found: list[Beside] = []
    for chart in charts:
        for case in _cases(course, actor, at, rows, chart):
            seen = replace(case, sessions=_with(case.sessions, under_way)) if under_way else case
            advice = advise(seen, at, knowledge_for(course, seen))
            added = tuple(
                each for each in advice.verdicts if each.verdict in TOLD and not _is_told(each, told)
            )
            told += added
            if added:
                found.append(Beside(chart, case, advice, added))
    return tuple(found)


def _with(sessions: tuple[CoreSession, ...], under_way: CoreSession) -> tuple[CoreSession, ...]:
    """Return the sessions with the one under way as the last, since it is that one whose cream is judged."""
    return (*(each for each in sessions if each.started_at < under_way.started_at), under_way)


def _is_told(verdict: Verdict, told: Iterable[Verdict]) -> bool:
    """Say whether the same rule says as much already: as long, for these zones, and not only because nobody knows."""
    return any(
        (each.rule, each.verdict) == (verdict.rule, verdict.verdict)
        and set(verdict.zones) <= set(each.zones)
        and (each.until is None or (verdict.until is not None and verdict.until <= each.until))
        and (not each.because_unknown or bool(verdict.because_unknown))
        for each in told
    )


def _cases(
    course: Course, actor: Actor | Visitor, at: datetime, rows: CourseRows, chart: OtherChart
) -> Iterator[Case]:
    """Yield the course's goal with what the other chart knows, once for each course there."""
    theirs = rows_of_patient(chart.patient.pk, chart.found)
    own = told_by(rows.screenings, actor, at, course.pk)
    as_theirs = copy(course)
    as_theirs.patient = chart.patient
    plain = case_of(as_theirs, actor, at, replace(theirs, screenings=[]))
    for other in chart.courses:
        screenings = [each for each in theirs.screenings if other is not None and each.course_id == other.pk]
        said = told_by(screenings, actor, at)
        given = completed(_overlaid(own, said, chart), {**own, **said}, course.patient.sex, packaged())
        yield replace(plain, answers=answers_of(given, packaged().questions, ()))


def told_by(
    screenings: Iterable[Any], actor: Actor | Visitor, at: datetime, course: int | None = None
) -> Told:
    """Return the answers that stand of some screenings, for a course if one is named, with when each was given."""
    told = sorted(
        (each for each in screenings if each.asked_at <= at), key=lambda row: (row.asked_at, row.pk)
    )
    return standing_answers(told, actor, local_date(at, actor.zone), packaged(), course)


def _overlaid(own: Told, theirs: Told, chart: OtherChart) -> dict[str, Any]:
    """Return the other chart's answers over the own ones.

    An own answer that was given after the link, and later than the other, was given with both in view and stands.
    """
    given: dict[str, Any] = {}
    for name in {**own, **theirs}:
        mine, other = own.get(name), theirs.get(name)
        stands = mine and (other is None or (mine[0] > chart.link.decided_at and mine[0] >= other[0]))
        said = (mine if stands else other) or (chart.link.decided_at, {})
        # A day before the birth that stands on the other chart cannot be an answer there: then nobody knows.
        born = core_patient(chart.patient).born_first
        if born is None or not any(_day(value) < born for value in said[1].values()):
            given |= said[1]
    return given


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return date.max


def answers_beside(course: Course, actor: Actor, at: datetime) -> list[tuple[str, dict[str, Any]]]:
    """Return what was answered on linked charts and still stands, course by course, each with the chart's name."""
    found = []
    for chart in other_charts(course.patient_id, links_of(course.patient_id).values()):
        rows = rows_of_patient(chart.patient.pk, chart.found)
        for each in {row.course_id for row in rows.screenings}:
            told = told_by((row for row in rows.screenings if row.course_id == each), actor, at)
            given = {key: value for _, answers in told.values() for key, value in answers.items()}
            found.append((f"Chart {chart.patient.chart_number}", given))
    return found


def under_way_elsewhere(patient: Patient) -> bool:
    """Say whether a session of the same person is under way, on this chart or on a linked one."""
    keys = [patient.pk, *links_of(patient.pk)]
    return bool(Session.objects.filter(patient__in=keys, state="under_way").exists())


@dataclass(frozen=True, slots=True)
class Linked:
    """A chart of the same person as the header names it: who it is there, its allergies, and by whose word."""

    public_id: UUID
    chart_number: int
    name: str
    born_on: date | None
    born_in: str
    allergies: str
    went: str
    reason: str
    decided_at: datetime
    decided_by: str


def linked_with(patient: Any) -> list[Linked]:
    """Return the charts of the same person, for the header of every page; one statement."""
    links = _NAMED.objects(patient.pk, patient.pk)
    standing = standing_links(patient.pk, links).values()
    return [linked(link, link.other if link.one_id == patient.pk else link.one) for link in standing]


_NAMED = Written(
    lambda one, other: ChartLink.objects.filter(Q(one=one) | Q(other=other)).order_by("pk"),
    together=("one", "other", "decided_by"),
)


def linked(link: ChartLink, chart: Patient) -> Linked:
    """Return a chart as the header names it, by the link that comes with whoever made it."""
    return Linked(
        public_id=chart.public_id,
        chart_number=chart.chart_number,
        name=str(chart),
        born_on=chart.born_on,
        born_in=chart.born_in,
        allergies=chart.allergies,
        went=WENT[chart.gone_as],
        reason=link.reason,
        decided_at=link.decided_at,
        decided_by=link.decided_by.name,
    )


class RedFlags(NamedTuple):
    """Whether an adverse event goes on, and the most urgent check-in of those that wait."""

    adverse: bool
    report: OpenReport | None


def red_flags_beside(patients: Collection[UUID], at: datetime) -> dict[UUID, RedFlags]:
    """Return what hangs on the charts linked with these, by public id; no statement for none, else two."""
    if not patients:
        return {}
    asked = Q(one__public_id__in=patients) | Q(other__public_id__in=patients)
    links = list(ChartLink.objects.filter(asked).select_related("one", "other"))
    charts = {chart.public_id: chart.pk for link in links for chart in (link.one, link.other)}
    others = {each: set(standing_links(charts[each], _of(links, charts[each]))) for each in patients}
    keys = set().union(*others.values())
    ended = AdverseFollowUp.objects.filter(event=OuterRef("pk")).exclude(outcome="")
    found = Patient.objects.filter(pk__in=keys).annotate(
        adverse=Exists(AdverseEvent.objects.filter(~Exists(ended), patient=OuterRef("pk"))),
        **leading(TriageTask.objects.filter(patient=OuterRef("pk"), closed_at=None), at),
    )
    flags = {
        key: RedFlags(adverse, OpenReport.read(*report))
        for key, adverse, *report in found.values_list("pk", "adverse", *REPORT)
    }
    return {each: _together([flags[key] for key in same], at) for each, same in others.items()}


def _together(flags: list[RedFlags], at: datetime) -> RedFlags:
    return RedFlags(any(each.adverse for each in flags), first_of((each.report for each in flags), at))


def _of(links: Iterable[ChartLink], patient: int) -> list[ChartLink]:
    return [each for each in links if patient in (each.one_id, each.other_id)]


def charts_beside(patients: Collection[int]) -> dict[int, list[Patient]]:
    """Return the charts linked with each of these; one statement."""
    rows = ChartLink.objects.filter(Q(one__in=patients) | Q(other__in=patients))
    links = list(rows.select_related("one", "other"))
    charts = {chart.pk: chart for link in links for chart in (link.one, link.other)}
    return {each: [charts[key] for key in standing_links(each, _of(links, each))] for each in patients}
