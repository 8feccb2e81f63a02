"""What a patient sees after a session: the day, what is normal, what is allowed from when, what became of reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from needlepoint.advice.document import Advice, AftercareLine, MilestoneLine
from needlepoint.clinic.access.visitor import Visitor, own
from needlepoint.clinic.care.queries.triage import queue_is_watched, standing_of
from needlepoint.clinic.chair.queries.course.advice import advice_on
from needlepoint.clinic.chair.queries.course.course_days import CourseDays, days_of
from needlepoint.clinic.chair.queries.urgency import ladder_of
from needlepoint.clinic.models import CheckIn, Clinic, Course, Patient, Photo, Session
from needlepoint.clinic.models.written import Written
from needlepoint.clinic.portal.queries.replies import Answer, answer_of
from needlepoint.clinic.practice.queries.signed.triage import triage_signed
from needlepoint.clinic.practice.queries.signed.words import signed
from needlepoint.course.instants import local_date
from needlepoint.course.states import CourseState, SessionState
from needlepoint.evidence.word_shapes import COUNTED, Words

DONE = SessionState.DONE.value


def last_session(visitor: Visitor) -> Session | None:
    """Return the visitor's last session that was done, in whichever course."""
    found: Session | None = _LAST.first(visitor.clinic, visitor.patient)
    return found


def last_session_id(visitor: Visitor) -> UUID | None:
    """Return which session that is, and no more of it."""
    found: list[list[UUID]] = _LAST_ID.rows(visitor.clinic, visitor.patient)
    return found[0][0] if found else None


def _done(clinic: int, patient: int) -> QuerySet[Session]:
    """Return the last session that was done, as a query."""
    return Session.objects.filter(clinic=clinic, patient=patient, state=DONE).order_by("-finished_at")[:1]


TOGETHER = ("course__patient", "course__device", "course__drafted_by", "patient")
_LAST = Written(_done, together=TOGETHER)
_LAST_ID = Written(_done, columns=("public_id",))


@dataclass(frozen=True, slots=True)
class Countdown:
    """One thing that is allowed again from an instant on, and how many whole hours are left."""

    line: AftercareLine
    from_at: datetime
    better_from_at: datetime | None
    hours_left: int

    @property
    def allowed(self) -> bool:
        """Say whether the time has come."""
        return self.hours_left <= 0


@dataclass(frozen=True, slots=True)
class Today:
    """The day after a session, as the home page shows it."""

    session: Session
    day: int
    normal: tuple[MilestoneLine, ...]
    countdowns: tuple[Countdown, ...]
    do_now: tuple[AftercareLine, ...]
    not_yet: tuple[tuple[AftercareLine, datetime], ...]
    allowed: tuple[AftercareLine, ...]
    advice: Advice


def today(session: Session, visitor: Visitor, at: datetime) -> Today:
    """Return what counts at an instant, from the core's own clock of the aftercare."""
    advice = advice_on(session.course, visitor.on(session.course), at)
    began_on = local_date(session.finished_at or at, visitor.zone)
    day = (local_date(at, visitor.zone) - began_on).days
    return Today(
        session=session,
        day=day,
        normal=tuple(each for each in advice.milestones if _now(each, day)),
        countdowns=tuple(_countdown(each, at) for each in advice.aftercare if each.id in COUNTED),
        do_now=tuple(
            each
            for each in advice.aftercare
            if each.kind == "do" and each.allowed_now and each.id not in COUNTED
        ),
        not_yet=tuple(
            (each, _frees_at(each))
            for each in advice.aftercare
            if each.kind != "do" and not each.allowed_now and each.id not in COUNTED
        ),
        allowed=tuple(each for each in advice.aftercare if each.kind != "do" and each.allowed_now),
        advice=advice,
    )


def _now(line: MilestoneLine, day: int) -> bool:
    return line.counts_from == "each_session" and line.from_day <= day <= line.to_day


def _frees_at(line: AftercareLine) -> Any:
    """Return when something is free again: the end of leaving it or of doing it, or the beginning of having it."""
    return line.from_at if line.kind == "allowed_from" else line.until_at


def _countdown(line: AftercareLine, at: datetime) -> Countdown:
    from_at = _frees_at(line)
    seconds = (from_at - at).total_seconds()
    better = line.prefer_from_at if line.prefer_from_at and line.prefer_from_at > at else None
    return Countdown(line, from_at, better, max(0, -int(-seconds // 3600)))


# ----------------------------------------------------------------------------------------------------------- the course


@dataclass(frozen=True, slots=True)
class Strip:
    """A course at a glance."""

    course: Course
    sessions: list[Session]
    booked_for: dict[int, datetime]
    due: dict[int, date]

    @property
    def done(self) -> int:
        """Return how many sessions were done to their end: what was broken off is repeated and counts as none."""
        return sum(1 for each in self.sessions if each.complete)

    @property
    def planned(self) -> int:
        """Return how many sessions the course has."""
        return sum(1 for each in self.sessions if not each.broken_off)


def strip(course: Course, visitor: Visitor, at: datetime) -> Strip:
    """Return the sessions of a course in order, called-off ones left out, each with its visit or the day it is due."""
    rows = Session.objects.filter(course=course).exclude(state=SessionState.CALLED_OFF.value)
    sessions = list(rows.order_by("number").prefetch_related("bookings"))
    days = (
        days_of(course, visitor.on(course), at) if course.state == CourseState.ACTIVE.value else CourseDays()
    )
    coming = {
        each.pk: booking.starts_at
        for each in sessions
        for booking in each.bookings.all()
        if booking.cancelled_at is None and booking.no_show_at is None and booking.ends_at > at
        if (day := days.of(each)) is not None and not day.too_early
    }
    return Strip(course, sessions, coming, {key: day.on for key, day in days.by_session.items()})


# ---------------------------------------------------------------------------------------------------------- the reports


@dataclass(frozen=True, slots=True)
class Replied:
    """A report with what is said to it now: signed words or the neutral ones, and whether anybody has seen it."""

    check_in: CheckIn
    answer: Answer | None
    urgent: bool
    seen_at: datetime | None
    call_now: bool
    not_watched: bool
    unanswered: bool
    table_signed: bool

    @property
    def title(self) -> str:
        """Return the heading of the answer, or nothing where nobody has signed the words."""
        return self.answer.title if self.answer else ""

    @property
    def emergency(self) -> bool:
        """Say whether help is to be called now: what a person has looked at since is no call for ever."""
        return self.check_in.level == "emergency" and self.seen_at is None


def replied(check_in: CheckIn, clinic: Clinic, spoken: Words, at: datetime) -> Replied:
    """Return what a report is answered with at an instant; nobody's silence is ever shown as an all-clear."""
    standing = standing_of(check_in, at)
    seen_at = standing.acknowledged_at or standing.closed_at
    watched = queue_is_watched(at)
    return Replied(
        check_in=check_in,
        answer=answer_of(check_in, spoken) if signed(clinic.pk, spoken) else None,
        urgent=ladder_of(check_in.level).id == "red",
        seen_at=seen_at,
        call_now=seen_at is None and (standing.call_at is not None or at > check_in.looked_at_by),
        not_watched=seen_at is None and not watched,
        unanswered=bool(check_in.answers.get("unanswered")) or check_in.answers.get("signs") is None,
        table_signed=triage_signed(clinic.pk),
    )


def reports(visitor: Visitor) -> list[CheckIn]:
    """Return the visitor's reports, the newest first."""
    rows = CheckIn.objects.filter(clinic=visitor.clinic, patient=visitor.patient)
    return list(rows.select_related("session").order_by("-at")[:30])


def has_reported(visitor: Visitor) -> bool:
    """Say whether anything was ever reported."""
    return bool(_REPORTED.rows(visitor.clinic, visitor.patient))


_REPORTED = Written(
    lambda clinic, patient: (
        CheckIn.objects.filter(clinic=clinic, patient=patient).order_by().values_list("pk")[:1]
    )
)


def skin_of(visitor: Visitor) -> str:
    """Return the skin type in the visitor's chart."""
    rows = _SKIN.rows(visitor.clinic, visitor.patient)
    return str(rows[0][0]) if rows else "unknown"


_SKIN = Written(
    lambda clinic, patient: Patient.objects.filter(clinic=clinic, pk=patient).values_list("skin_type")
)


def photos(visitor: Visitor) -> list[Photo]:
    """Return the visitor's photos, the oldest first."""
    rows = Photo.objects.filter(clinic=visitor.clinic, patient=visitor.patient)
    return list(rows.order_by("taken_at", "pk"))


def own_report(visitor: Visitor, report_id: UUID) -> CheckIn:
    """Return one of the visitor's reports."""
    row: CheckIn = own(CheckIn, visitor, report_id, "session")
    return row


def own_photo(visitor: Visitor, photo_id: UUID) -> Photo:
    """Return one of the visitor's photos."""
    row: Photo = own(Photo, visitor, photo_id, "patient")
    return row


def pair(rows: list[Photo], before: str, after: str) -> tuple[Photo, Photo] | None:
    """Return the two photos that were chosen; else the first and the last that show the same."""
    chosen = {str(each.public_id): each for each in rows}
    if before in chosen and after in chosen:
        return chosen[before], chosen[after]
    for last in reversed(rows):
        first = next(each for each in rows if each.shows == last.shows)
        if first is not last:
            return first, last
    return None


def by_day(band: Any) -> list[tuple[int, float, float]]:
    """Return for each whole day of the first week between which scores nine of ten people lie."""
    days = list(band.day)
    near = {day: min(range(len(days)), key=lambda place: abs(days[place] - day)) for day in range(1, 8)}
    return [(day, band.p05[place], band.p95[place]) for day, place in near.items()]
