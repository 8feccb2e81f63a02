"""The chart of a patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from needlepoint.advice.document import Advice
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.said import in_words, short_day
from needlepoint.clinic.chair.queries.course.advice import advice_on, decision_asked, holds
from needlepoint.clinic.chair.queries.course.case import asked_of, case_parts, links_with, rows_of
from needlepoint.clinic.chair.queries.course.course_days import CourseDays, days_in
from needlepoint.clinic.chair.queries.course.linked import (
    Beside,
    Linked,
    OtherChart,
    linked,
    other_charts,
    said_beside,
)
from needlepoint.clinic.chair.queries.marks import ComingVisit, coming_visits
from needlepoint.clinic.chair.queries.needling.session import earliest_healed
from needlepoint.clinic.chair.queries.timeline import Moment, timeline
from needlepoint.clinic.chair.queries.urgency import Flag, OpenReport
from needlepoint.clinic.models import (
    AdverseFollowUp,
    AdviceGiven,
    Amendment,
    Booking,
    Consent,
    Course,
    Decision,
    DeviceChange,
    HealingCheck,
    Member,
    OwnedDevice,
    Patient,
    Photo,
    Plan,
    PlanZone,
    Session,
    TriageTask,
    Waiting,
    Withdrawal,
)
from needlepoint.clinic.models.written import STANDS_FOR, Written
from needlepoint.clinic.practice.queries.bundle import Prepared, Some
from needlepoint.course.states import SessionState
from needlepoint.rules.verdicts import Verdict

CONSENT_SHOWN = ("session", "kind", "uses", "signed_name", "signed_as", "relationship", "signed_at")


# Nobody who lives was born then.
NOT_KNOWN = date(1, 1, 1)


def _alike(patient: Patient) -> list[Patient]:
    """Return those who could be taken for this patient: same name, or born that day with a like name.

    The name is asked for in the forms in which it is usually written, because only those are found by the index.
    """
    # Who has one name only is looked for by that.
    name = patient.family_name or patient.given_name
    forms = (name, name.upper(), name.lower(), name.title())
    key, clinic, born_on = patient.pk, patient.clinic_id, patient.born_on or NOT_KNOWN
    return _ALIKE.objects(key, clinic, born_on, patient.given_name[:3], *forms)


def _looking_alike(key: int, clinic: int, born_on: date, begins: str, *forms: str) -> QuerySet:
    alone = Q(given_name__in=forms, family_name="")
    alike = Q(family_name__in=forms) | alone | Q(born_on=born_on, given_name__istartswith=begins)
    rows = Patient.objects.filter(alike, clinic=clinic).exclude(pk=key)
    return Patient.objects.filter(pk__in=rows.order_by().values("pk")[:5])


_ALIKE = Written(
    _looking_alike,
    *(STANDS_FOR, STANDS_FOR + 1, date(1, 2, 3), "stands for a beginning"),
    *(f"stands for a name {form}" for form in range(4)),
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with the decision that set it aside, if there is one; `chart` where a linked chart adds it."""

    verdict: Verdict
    decision: Decision | None
    chart: Patient | None = None

    @property
    def holds(self) -> bool:
        """Say whether it keeps a session from taking place."""
        return holds(self.verdict) and self.decision is None

    @property
    def asks(self) -> str:
        """Return what has to be decided and written down here; empty where a verdict is only set aside."""
        return decision_asked(self.verdict.rule)


@dataclass(frozen=True, slots=True)
class CourseChart:
    """A course as the chart shows it."""

    course: Course
    sessions: list[Session]
    plan: Plan | None
    zones: list[PlanZone]
    advice: Advice
    judged: list[Judged]
    due: tuple[str, ...]
    next_session: Session | None
    healing: HealingCheck | None
    decisions: list[Decision]
    days: CourseDays
    waiting: list[Waiting]
    healed_from: date | None
    other_devices: list[OwnedDevice]
    device_changes: list[DeviceChange]

    @property
    def done(self) -> int:
        """Return how many sessions were done."""
        return sum(1 for session in self.sessions if session.complete)

    @property
    def last_done(self) -> Session | None:
        """Return the last session that was done."""
        return next((each for each in reversed(self.sessions) if each.state == SessionState.DONE.value), None)

    @property
    def known(self) -> list[Judged]:
        """Return the verdicts that rest on what is known."""
        due = frozenset(self.due)
        return [each for each in self.judged if each.chart or due.isdisjoint(each.verdict.because_unknown)]

    @property
    def unasked(self) -> list[Judged]:
        """Return the verdicts that stand only because a question has to be asked (again)."""
        due = frozenset(self.due)
        return [
            each
            for each in self.judged
            if not each.chart and not due.isdisjoint(each.verdict.because_unknown)
        ]

    @property
    def held(self) -> bool:
        """Say whether a verdict keeps the next session from taking place."""
        return any(each.holds for each in self.judged)


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything on a patient's first page."""

    patient: Patient
    course: CourseChart | None
    other_courses: list[Course]
    photo_consent: Consent | None
    photos: int
    visits: list[ComingVisit]
    missed: list[Booking]
    lookalikes: list[Patient]
    timeline: list[Moment]
    flags: list[Flag]
    linked: list[Linked]


def chart(patient: Patient, actor: Actor, at: datetime, course_id: Any = None) -> Chart:
    """Return the chart; two statements, however many sessions and courses there are, and one for linked charts."""
    found = _found(patient)
    others = other_charts(patient.pk, found["links"])
    same = {each.patient.pk for each in others}
    courses = sorted(found["courses"], key=lambda each: each.drafted_at, reverse=True)
    for course in courses:
        course.patient = patient
    shown = next((each for each in courses if each.public_id == course_id), courses[0] if courses else None)
    photo_consents = [
        each for each in found["consents"] if each.kind == "photos" and each.withdrawn_at is None
    ]
    of_course = _course_chart(shown, found, actor, at, others) if shown else None
    return Chart(
        patient=patient,
        course=of_course,
        visits=list(
            coming_visits(found, {of_course.course.pk: of_course.days} if of_course else {}, actor, at)
        ),
        missed=[each for each in found["visits"] if each.no_show_at is not None],
        other_courses=[each for each in courses if each is not shown],
        photo_consent=max(photo_consents, key=lambda each: each.signed_at, default=None),
        photos=len(found["photos"]),
        lookalikes=[each for each in found["lookalikes"] if each.pk not in same],
        timeline=sorted(timeline(found, actor.zone), key=lambda moment: moment.at, reverse=True),
        flags=[
            *_flags(found, actor, at),
            *(flag for each in others for flag in _flags_beside(each, actor, at)),
        ],
        linked=[_named(each, found["members"]) for each in others],
    )


def _parts(key: int) -> dict[str, Any]:
    of_clinic = Patient.objects.filter(pk=key).values("clinic")
    return {
        "courses": Course.objects.filter(patient=key),
        "owned": OwnedDevice.objects.filter(clinic__in=of_clinic),
        "members": Some.of(Member.objects.filter(clinic__in=of_clinic), "name"),
        "plans": Plan.objects.filter(patient=key),
        "advices": Some.of(
            AdviceGiven.objects.filter(pk__in=Plan.objects.filter(patient=key).values("advice")),
            *("rulebook_version", "rulebook_sha256"),
        ),
        "zones": PlanZone.objects.filter(plan__patient=key),
        "decisions": Decision.objects.filter(patient=key),
        "device_changes": DeviceChange.objects.filter(patient=key),
        "waiting": Waiting.objects.filter(patient=key, closed_at=None),
        "consents": Some.of(Consent.objects.filter(patient=key), *CONSENT_SHOWN),
        "withdrawals": Withdrawal.objects.filter(consent__patient=key),
        "photos": Some.of(Photo.objects.filter(patient=key), "taken_at", "shows"),
        "amendments": Amendment.objects.filter(session__patient=key),
        "follow_ups": AdverseFollowUp.objects.filter(event__patient=key),
        "tasks": TriageTask.objects.filter(patient=key),
        "links": links_with((key,)),
        "visits": Booking.objects.filter(patient=key),
        **case_parts(patient=key),
    }


OF_PATIENT = Prepared(_parts)


def _found(patient: Patient) -> dict[str, list[Any]]:
    """Return every row that the chart shows, with names, devices and withdrawals laid beside them."""
    found = OF_PATIENT.of(patient.pk) | {"lookalikes": _alike(patient)}
    people = {each.pk: each for each in found["members"]}
    owned = {each.pk: each for each in found["owned"]}
    advices = {each.pk: each for each in found["advices"]}
    withdrawn = {each.consent_id: each.withdrawn_at for each in found["withdrawals"]}
    for rows, key, name, others in (
        ("courses", "device_id", "device", owned),
        ("sessions", "operator_id", "operator", people),
        ("plans", "agreed_by_id", "agreed_by", people),
        ("plans", "advice_id", "advice", advices),
        ("decisions", "decided_by_id", "decided_by", people),
        ("checks", "checked_by_id", "checked_by", people),
        ("amendments", "amended_by_id", "amended_by", people),
        ("device_changes", "before_id", "before", owned),
        ("device_changes", "after_id", "after", owned),
        ("device_changes", "member_id", "member", people),
    ):
        for row in found[rows]:
            setattr(row, name, others.get(getattr(row, key)))
    for consent in found["consents"]:
        consent.withdrawn_at = withdrawn.get(consent.pk)
    return found


def _course_chart(
    course: Course, found: dict[str, list[Any]], actor: Actor, at: datetime, others: list[OtherChart]
) -> CourseChart:
    rows = rows_of(course, found)
    advice = advice_on(course, actor, at, rows)
    sessions = sorted(rows.sessions, key=lambda each: each.number)
    last = next((each for each in reversed(sessions) if each.state == SessionState.DONE.value), None)
    decided = sorted(
        (each for each in found["decisions"] if each.course_id == course.pk), key=lambda each: each.decided_at
    )
    standing = {
        (each.rule, each.verdict): each
        for each in decided
        if last is None or each.for_course or each.decided_at > last.finished_at
    }
    plans = [each for each in found["plans"] if each.course_id == course.pk]
    plan = max(plans, key=lambda each: each.version, default=None)
    judged = [
        *(Judged(each, standing.get((each.rule, each.verdict))) for each in advice.verdicts),
        *_judged_beside(said_beside(course, actor, at, advice, rows, others), standing),
    ]
    held = [each.verdict for each in judged if each.holds]
    waiting = (SessionState.DONE.value, SessionState.CALLED_OFF.value)
    looks = [each for each in rows.checks if last is not None and each.session_id == last.pk]
    return CourseChart(
        course=course,
        sessions=sessions,
        plan=plan,
        zones=[each for each in found["zones"] if plan is not None and each.plan_id == plan.pk],
        advice=advice,
        judged=judged,
        days=days_in(course, found, actor.zone, at, held),
        due=asked_of(course, actor, at, rows).due,
        next_session=next((each for each in sessions if each.state not in waiting), None),
        healing=max(looks, key=lambda each: (each.checked_at, each.pk), default=None),
        decisions=decided[::-1],
        waiting=[each for each in found["waiting"] if each.course_id == course.pk],
        healed_from=earliest_healed(last, rows.passes, actor.zone) if last else None,
        other_devices=[
            each for each in found["owned"] if each.retired_on is None and each.pk != course.device_id
        ],
        device_changes=[each for each in found["device_changes"] if each.course_id == course.pk],
    )


def _judged_beside(said: Iterable[Beside], standing: Mapping[tuple[str, str], Decision]) -> Iterator[Judged]:
    """Yield what linked charts add; a decision counts for it that was made with both charts in view."""
    for beside in said:
        for each in beside.verdicts:
            made = standing.get((each.rule, each.verdict))
            stands = made is not None and beside.settles(made.decided_at)
            yield Judged(each, made if stands else None, beside.chart.patient)


def _named(other: OtherChart, members: Iterable[Member]) -> Linked:
    """Return a linked chart as the header names it."""
    people = {each.pk: each for each in members}
    other.link.decided_by = people[other.link.decided_by_id]
    return linked(other.link, other.patient)


def _flags_beside(other: OtherChart, actor: Actor, at: datetime) -> Iterator[Flag]:
    """Yield what a person must look at first on a linked chart."""
    told = {"adverse": other.adverse, "follow_ups": [], "tasks": other.waiting}
    for kind, says in _flags(told, actor, at):
        yield Flag(
            kind,
            _("Chart %(chart_number)s: %(says)s")
            % {"chart_number": other.patient.chart_number, "says": says},
        )


def _flags(found: dict[str, list[Any]], actor: Actor, at: datetime) -> Iterator[Flag]:
    """Return what a person must look at first: adverse events that go on, and check-ins that wait."""
    ended = {each.event_id for each in found["follow_ups"] if each.outcome}
    for event in found["adverse"]:
        if event.pk not in ended:
            kind, began = in_words(event.kind), short_day(event.began_on)
            yield Flag(
                "wait",
                _("Adverse event still open: %(kind)s, began %(began)s.") % {"kind": kind, "began": began},
            )
    for task in found["tasks"]:
        if task.closed_at is None:
            report = OpenReport.of(task)
            yield Flag(
                report.kind(at),
                _("A check-in waits for a person: %(report)s.") % {"report": report.says(at, actor.zone)},
            )


def photo_consent(patient: Patient) -> Consent | None:
    """Return the consent to photos that stands now."""
    rows = Consent.objects.filter(patient=patient, kind="photos", withdrawal=None)
    return rows.order_by("-signed_at").first()


def portrait(patient: Patient) -> Photo | None:
    """Return the latest portrait, as long as photos may be kept in the chart."""
    consent = photo_consent(patient)
    if consent is None or "chart" not in consent.uses:
        return None
    return Photo.objects.filter(patient=patient, shows="portrait").order_by("-taken_at").first()
