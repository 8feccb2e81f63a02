"""What the pages of booking show: what a visit can be for, which days a course would take, and what is free."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from needlepoint.advice.course_days import SessionDay
from needlepoint.clinic.access.checks import Actor, NotHere
from needlepoint.clinic.access.said import in_language, in_words, short_day
from needlepoint.clinic.chair.queries.course.course_days import CourseDays, days_of
from needlepoint.clinic.chair.queries.look_again import looks_for
from needlepoint.clinic.desk.queries.visits import FreeDay, free_around, overlapping
from needlepoint.clinic.models import Booking, Course, Patient, Session
from needlepoint.course.instants import at_clock, local_date
from needlepoint.course.states import CourseState, SessionState
from needlepoint.course.visits import Span
from needlepoint.evidence.loader import packaged

UNBOOKED = (SessionState.PLANNED.value, SessionState.SCREENED.value, SessionState.CONSENTED.value)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a visit can be for, as the form names it."""

    value: str
    says: str
    on: date | None = None


def choices(patient: Patient, actor: Actor, at: datetime) -> list[Choice]:
    """Return the sessions and courses of a patient that are not in the diary yet, with the first day of each."""
    rows = Course.objects.filter(clinic=actor.clinic, patient=patient, state=CourseState.ACTIVE.value)
    found: list[Choice] = []
    for course in rows.select_related("patient", "device").order_by("-drafted_at"):
        sessions = unbooked(course)
        days = days_of(course, actor, at) if sessions else CourseDays()
        found += _choices(course, sessions, days)
    return [*found, *_looks(patient, actor, at)]


def _looks(patient: Patient, actor: Actor, at: datetime) -> Iterator[Choice]:
    """Yield the looks at courses that have ended, due ones and those to come, that are not booked yet."""
    for each in looks_for(patient, actor, at):
        if each.booking is None and not each.seen:
            told = {
                "look": in_language(each.day.look.label),
                "goal": in_words(each.course.concern),
                "on": short_day(each.day.on),
            }
            yield Choice(each.value, _("%(look)s of %(goal)s, due from %(on)s") % told, each.day.on)


def purpose_of(look: str) -> str:
    """Return what a visit for a look is called in the diary."""
    known = packaged().looks
    if look not in known:
        raise NotHere
    return known[look].label


def _choices(course: Course, sessions: list[Session], days: CourseDays) -> Iterator[Choice]:
    goal = in_words(course.concern)
    for session in sessions:
        day = days.of(session)
        when = _(", due from %(planned_on)s") % {"planned_on": short_day(day.planned_on)} if day else ""
        yield Choice(
            f"session:{session.public_id}",
            _("Session %(number)s of %(goal)s%(when)s")
            % {"number": session.number, "goal": goal, "when": when},
            day.planned_on if day else None,
        )
    if len(sessions) > 1:
        words = _("All %(sessions)s sessions of %(goal)s that are not booked yet: shows the days first") % {
            "sessions": len(sessions),
            "goal": goal,
        }
        yield Choice(f"course:{course.public_id}", words)


def unbooked(course: Course) -> list[Session]:
    """Return the sessions of a course that are to come and have no visit, in order."""
    standing = Booking.objects.filter(session__course=course, cancelled_at=None, no_show_at=None)
    rows = Session.objects.filter(course=course, state__in=UNBOOKED)
    return list(rows.exclude(pk__in=standing.values("session")).order_by("number"))


def number_of(actor: Actor, session_id: UUID | None) -> int | None:
    """Return the number of a session; None where none is named, NotHere where there is none of that name."""
    if session_id is None:
        return None
    row = Session.objects.filter(clinic=actor.clinic, public_id=session_id).values_list("number").first()
    if row is None:
        raise NotHere
    return int(row[0])


# ------------------------------------------------------------------------------------------------- the days of a course


@dataclass(frozen=True, slots=True)
class Proposed:
    """A session with the time at which it would be booked, as the form has it, and what is to be said of it."""

    session: UUID
    number: int
    starts_at: str
    says: str = ""


def proposed(course: Course, actor: Actor, at: datetime, slot: Any) -> list[Proposed]:
    """Return when each session that is not booked yet would be: from the day asked for, as far apart as planned."""
    wished = local_date(slot.starts_at, actor.zone)
    booked: dict[int, date] = {}
    found = []
    for session in unbooked(course):
        day = days_of(course, actor, at, booked).of(session)
        on = max(wished, day.planned_on) if day else wished
        booked[session.pk] = on
        found.append(_proposed(session, on, day, slot, actor))
    return found


def _proposed(session: Session, on: date, day: SessionDay | None, slot: Any, actor: Actor) -> Proposed:
    clock = slot.starts_at.astimezone(actor.zone).time()
    starts_at = at_clock(on, clock, actor.zone)
    needs = {"room": int(slot.room_key), "member": int(slot.operator_key), "patient": session.patient_id}
    says = []
    if starts_at.astimezone(actor.zone).time() != clock:
        says.append(
            _("There is no %(clock)s on that day: the clocks are put forward.") % {"clock": f"{clock:%H:%M}"}
        )
    if day is not None and on > day.planned_on:
        says.append(_("Due from %(planned_on)s.") % {"planned_on": short_day(day.planned_on)})
    if overlapping(needs, Span(starts_at, starts_at + (slot.ends_at - slot.starts_at))):
        says.append(_("Taken at that time. Choose another one."))
    local = starts_at.astimezone(actor.zone)
    return Proposed(session.public_id, session.number, f"{local:%Y-%m-%dT%H:%M}", " ".join(says))


def as_typed(typed: Mapping[str, str], actor: Actor) -> list[Proposed]:
    """Return the times of a course as they were typed, to be shown again."""
    names = {each.removeprefix("start_"): typed[each] for each in typed if each.startswith("start_")}
    rows = Session.objects.filter(clinic=actor.clinic, public_id__in=[each for each in names if _is_id(each)])
    return [
        Proposed(each.public_id, each.number, names[str(each.public_id)]) for each in rows.order_by("number")
    ]


def _is_id(asked: str) -> bool:
    try:
        return str(UUID(asked)) == asked
    except ValueError:
        return False


# --------------------------------------------------------------------------------------------------------- what is free


def free_for(typed: Mapping[str, str], actor: Actor, patient: Patient, but: int = 0) -> list[FreeDay]:
    """Return what is free for a visit as it was typed, on its day and the next two; nothing where no day was typed."""
    try:
        on = date.fromisoformat(str(typed.get("starts_at", ""))[:10])
        lasts = sum(int(typed.get(name, 0)) for name in ("minutes", "numbing_minutes", "clean_down_minutes"))
        needs = {"patient": patient.pk, "room": int(typed["room"]), "member": int(typed["operator"])}
    except (KeyError, ValueError, TypeError):
        return []
    if not (date(1990, 1, 1) <= on <= date(2190, 1, 1) and 0 < lasts < 1000 and max(needs.values()) < 2**62):
        return []
    return free_around(actor, on, needs, timedelta(minutes=lasts), but)


def typed_of(booking: Booking, actor: Actor) -> dict[str, str]:
    """Return a visit as the form of moving shows it before anything is typed."""
    around = booking.numbing_minutes + booking.clean_down_minutes
    minutes = round((booking.ends_at - booking.starts_at).total_seconds() / 60) - around
    return {
        "starts_at": f"{booking.starts_at.astimezone(actor.zone):%Y-%m-%dT%H:%M}",
        "minutes": str(minutes),
        "numbing_minutes": str(booking.numbing_minutes),
        "clean_down_minutes": str(booking.clean_down_minutes),
        "room": str(booking.room_id),
        "operator": str(booking.operator_id),
        "why": "",
    }


def day_of(booking: Booking, actor: Actor, at: datetime) -> SessionDay | None:
    """Return the days on which the session of a visit may be; None where it has none to come."""
    if booking.session is None:
        return None
    course = Course.objects.select_related("patient", "device").get(pk=booking.session.course_id)
    return days_of(course, actor, at).of(booking.session)
