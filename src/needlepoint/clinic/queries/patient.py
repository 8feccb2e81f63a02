"""Lists of patients and the chart of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q

from needlepoint.advice.document import Advice
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import (
    Consent,
    Course,
    Decision,
    HealingCheck,
    Patient,
    Photo,
    Plan,
    PlanZone,
    Session,
)
from needlepoint.clinic.queries.advice import HOLDING, advice_on, decisions_since_last_session
from needlepoint.clinic.queries.case import asked_of
from needlepoint.course.states import SessionState
from needlepoint.rules.verdicts import Verdict

PAGE = 25


def patient_page(actor: Actor, search: str, number: object) -> Page:
    """Return a page of the clinic's patients by name or chart number; two statements."""
    rows = Patient.objects.filter(clinic=actor.clinic, archived_at=None)
    for word in search.split()[:4]:
        matches = Q(family_name__istartswith=word) | Q(given_name__istartswith=word)
        if word.isascii() and word.isdigit() and len(word) < 10:
            matches |= Q(chart_number=int(word))
        rows = rows.filter(matches)
    return Paginator(rows.order_by("family_name", "given_name", "id"), PAGE).get_page(number)


def lookalikes(patient: Patient) -> list[Patient]:
    """Return patients who could be taken for this one: same family name, or born on the same day with a like name."""
    alike = Q(family_name__iexact=patient.family_name) | Q(
        born_on=patient.born_on, given_name__istartswith=patient.given_name[:3]
    )
    rows = Patient.objects.filter(alike, clinic=patient.clinic_id, archived_at=None).exclude(pk=patient.pk)
    return list(rows.order_by("born_on")[:5])


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with the decision that set it aside, if there is one."""

    verdict: Verdict
    decision: Decision | None

    @property
    def holds(self) -> bool:
        """Say whether it keeps a session from taking place."""
        return self.verdict.verdict in HOLDING and self.decision is None


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

    @property
    def done(self) -> int:
        """Return how many sessions were done."""
        return sum(1 for session in self.sessions if session.state == SessionState.DONE.value)

    @property
    def last_done(self) -> Session | None:
        """Return the last session that was done."""
        return next((each for each in reversed(self.sessions) if each.state == SessionState.DONE.value), None)

    @property
    def known(self) -> list[Judged]:
        """Return the verdicts that rest on what is known."""
        return [each for each in self.judged if each not in self.unasked]

    @property
    def unasked(self) -> list[Judged]:
        """Return the verdicts that stand only because a question has to be asked (again)."""
        due = set(self.due)
        return [each for each in self.judged if due.intersection(each.verdict.because_unknown)]

    @property
    def held(self) -> bool:
        """Say whether a verdict keeps the next session from taking place."""
        return any(each.holds for each in self.judged)


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the timeline."""

    at: datetime
    says: str
    session: Session | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything on a patient's first page."""

    patient: Patient
    course: CourseChart | None
    other_courses: list[Course]
    photo_consent: Consent | None
    photos: int
    lookalikes: list[Patient]
    timeline: list[Moment]


def chart(patient: Patient, actor: Actor, at: datetime, course_id: Any = None) -> Chart:
    """Return the chart; the number of statements does not grow with the number of sessions."""
    courses = list(Course.objects.filter(patient=patient).select_related("device").order_by("-drafted_at"))
    for course in courses:
        course.patient = patient
    shown = next((each for each in courses if each.public_id == course_id), courses[0] if courses else None)
    consents = list(
        Consent.objects.filter(patient=patient).select_related("withdrawal", "session").order_by("-signed_at")
    )
    photos = [each for each in consents if each.kind == "photos" and not hasattr(each, "withdrawal")]
    course_chart = _course_chart(shown, actor, at) if shown else None
    return Chart(
        patient=patient,
        course=course_chart,
        other_courses=[each for each in courses if each is not shown],
        photo_consent=photos[0] if photos else None,
        photos=Photo.objects.filter(patient=patient).count(),
        lookalikes=lookalikes(patient),
        timeline=_timeline(courses, course_chart, consents),
    )


def _course_chart(course: Course, actor: Actor, at: datetime) -> CourseChart:
    advice = advice_on(course, actor, at)
    decisions = {(each.rule, each.verdict): each for each in decisions_since_last_session(course)}
    sessions = list(course.sessions.select_related("operator").order_by("number"))
    plan = course.plans.select_related("agreed_by").order_by("-version").first()
    last = next((each for each in reversed(sessions) if each.state == SessionState.DONE.value), None)
    waiting = (SessionState.DONE.value, SessionState.CALLED_OFF.value)
    return CourseChart(
        course=course,
        sessions=sessions,
        plan=plan,
        zones=list(plan.zones.order_by("id")) if plan else [],
        advice=advice,
        judged=[Judged(each, decisions.get((each.rule, each.verdict))) for each in advice.verdicts],
        due=asked_of(course, actor, at).due,
        next_session=next((each for each in sessions if each.state not in waiting), None),
        healing=last.healing_checks.order_by("-checked_at").first() if last else None,
    )


def _timeline(courses: list[Course], shown: CourseChart | None, consents: list[Consent]) -> list[Moment]:
    moments = [
        Moment(each.drafted_at, f"Course drafted: {each.concern.replace('_', ' ')}") for each in courses
    ]
    for consent in consents:
        what = "photos" if consent.session is None else f"session {consent.session.number}"
        moments.append(Moment(consent.signed_at, f"Consent to {what} signed by {consent.signed_name}"))
        if hasattr(consent, "withdrawal"):
            moments.append(Moment(consent.withdrawal.withdrawn_at, f"Consent to {what} taken back"))
    moments += [
        Moment(session.finished_at, f"Session {session.number} done by {session.operator}", session)
        for session in (shown.sessions if shown else [])
        if session.finished_at is not None
    ]
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


def photo_consent(patient: Patient) -> Consent | None:
    """Return the consent to photos that stands now."""
    rows = Consent.objects.filter(patient=patient, kind="photos", withdrawal=None)
    return rows.order_by("-signed_at").first()
