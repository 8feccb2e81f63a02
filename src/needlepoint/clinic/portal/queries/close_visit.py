"""What is left before a patient goes home after a session: next visit, home care, photo, portal, what stays open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from needlepoint.advice.course_days import SessionDay
from needlepoint.advice.document import AftercareLine
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.said import in_words, short_day
from needlepoint.clinic.care.actions.messages.portal_links import portal_address
from needlepoint.clinic.chair.queries.course.advice import advice_on
from needlepoint.clinic.chair.queries.course.course_days import days_of
from needlepoint.clinic.chair.queries.needling.session import healed_from, next_session
from needlepoint.clinic.desk.queries.visits import FreeDay, free_around
from needlepoint.clinic.models import Booking, Clinic, Photo, Session
from needlepoint.clinic.portal.queries.portal_of_patient import portal_of
from needlepoint.evidence.word_shapes import AftercareWords
from needlepoint.evidence.words import languages, words

USUAL = timedelta(minutes=55)
DAYS_SHOWN = 14
TIMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A time that is free, and how the form of booking has it."""

    at: datetime
    typed: str


@dataclass(frozen=True, slots=True)
class NextVisit:
    """The session that comes next: when it is due, whether it is booked, and up to three times that are free."""

    session: Session
    due: SessionDay | None
    booking: Booking | None
    times: tuple[FreeTime, ...]


@dataclass(frozen=True, slots=True)
class HomeLine:
    """One line of what to do or leave at home, in the patient's language, and until or from when."""

    words: AftercareWords
    kind: str
    when: datetime | None

    @property
    def says(self) -> str:
        """Return the sentence that fits: what waits, or what is done."""
        return self.words.says if self.kind == "do" else self.words.not_yet


@dataclass(frozen=True, slots=True)
class CloseOfVisit:
    """All that the page shows."""

    next_visit: NextVisit | None
    home: tuple[HomeLine, ...]
    language: str
    photo_taken: bool
    portal: dict[str, Any]
    portal_address: str
    clinic: Clinic
    left_open: tuple[str, ...]


def close_of_visit(session: Session, actor: Actor, at: datetime) -> CloseOfVisit:
    """Return what is left to do after a session that is done; it comes with its course, patient and device."""
    portal = portal_of(session.patient)
    visitor = portal["visitor"]
    language = visitor.language if visitor and visitor.language in languages() else languages()[0]
    coming = _next_visit(session, actor, at)
    clinic = Clinic.objects.get(pk=actor.clinic)
    photo = Photo.objects.filter(patient=session.patient, taken_at__gte=session.finished_at).exists()
    return CloseOfVisit(
        next_visit=coming,
        home=tuple(_home(session, actor, at, language)),
        language=language,
        photo_taken=photo,
        portal=portal,
        portal_address=portal_address(clinic),
        clinic=clinic,
        left_open=tuple(_left_open(session, actor, coming, portal, photo=photo)),
    )


def _next_visit(session: Session, actor: Actor, at: datetime) -> NextVisit | None:
    coming = next_session(session.course)
    if coming is None:
        return None
    due = days_of(session.course, actor, at).of(coming)
    booked = Booking.objects.filter(session=coming, cancelled_at=None, no_show_at=None).select_related("room")
    booking = booked.order_by("starts_at").first()
    on = due.on if due else None
    free = () if booking or on is None else _times(session, actor, at, on)
    times = (FreeTime(each, f"{each.astimezone(actor.zone):%Y-%m-%dT%H:%M}") for each in free)
    return NextVisit(coming, due, booking, tuple(times))


def _times(session: Session, actor: Actor, at: datetime, on: Any) -> Iterator[datetime]:
    """Say when the same person and the same room are free from a day on, at the clock of today where that can be."""
    visit = Booking.objects.filter(session=session, cancelled_at=None).order_by("-starts_at").first()
    needs = {"patient": session.patient_id, "member": session.operator_id}
    lasts = USUAL
    if visit is not None:
        needs |= {"room": visit.room_id, "member": visit.operator_id}
        lasts = visit.ends_at - visit.starts_at
    wished = (visit.starts_at if visit else session.opened_at).astimezone(actor.zone)
    free_days = free_around(actor, on, needs, lasts, days=DAYS_SHOWN)
    found = (start for day in free_days if (start := _start(day, wished, lasts)) and start > at)
    yield from (start for start, _ in zip(found, range(TIMES_SHOWN), strict=False))


def _start(day: FreeDay, wished: datetime, lasts: timedelta) -> datetime | None:
    clock = wished.replace(year=day.on.year, month=day.on.month, day=day.on.day, second=0, microsecond=0)
    for span in day.spans:
        if span.starts_at <= clock and clock + lasts <= span.ends_at:
            return clock
    return day.spans[0].starts_at if day.spans else None


def _home(session: Session, actor: Actor, at: datetime, language: str) -> Iterator[HomeLine]:
    spoken = words(language)
    for line in advice_on(session.course, actor, at).aftercare:
        if line.id in spoken.aftercare and (line.kind == "do" or not line.allowed_now):
            yield HomeLine(spoken.aftercare[line.id], line.kind, _ends(line))


def _ends(line: AftercareLine) -> datetime | None:
    return line.until_at if line.kind in ("avoid", "do") else line.from_at


def _left_open(
    session: Session, actor: Actor, coming: NextVisit | None, portal: dict[str, Any], *, photo: bool
) -> Iterator[str]:
    if coming is not None and coming.booking is None:
        yield _("Session %(number)s is not booked.") % {"number": coming.session.number}
    if not photo:
        yield _("No photo was taken after this session.")
    if portal["visitor"] is None or portal["visitor"].closed_at is not None:
        yield _("The patient is not invited to the portal.")
    if session.zones_left:
        zones = ", ".join(in_words(each) for each in session.zones_left)
        yield _("Left to needle: %(zones)s.") % {"zones": zones}
    if not session.signatures.filter(meaning="reviewed").exists():
        yield _("A medical director has not signed it yet.")
    day = short_day(healed_from(session, actor.zone))
    yield _("Whether the skin has healed is asked from %(day)s on.") % {"day": day}
