"""A visit: booked, moved, cancelled, missed; and all visits of a patient."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.said import line_of
from needlepoint.clinic.desk.actions import booking as actions
from needlepoint.clinic.desk.actions.look_again import LookFor
from needlepoint.clinic.desk.actions.slots import Slot, TooEarly, Unsure
from needlepoint.clinic.desk.forms import visit as forms
from needlepoint.clinic.desk.queries import booking as query
from needlepoint.clinic.desk.queries.visits import visits_of
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.queries.lists import operators, rooms
from needlepoint.clinic.practice.views.door.asking import (
    act_of,
    check_patient,
    new_key,
    page,
    seen_of,
    take,
    versioned,
)
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.course.errors import InputError
from needlepoint.course.instants import local_date

BOOKED = {
    "minutes": "45",
    "numbing_minutes": "0",
    "clean_down_minutes": "10",
    "purpose": gettext_lazy("Consultation"),
}


@page(Permission.BOOK, "GET", "POST")
def book(request: Any, patient_id: UUID) -> HttpResponse:
    """Book a visit of a patient, with a session or without one, or all sessions of a course on days that were seen."""
    patient = look_up("patient", request.actor, patient_id)
    now = act_of(request)
    if request.method == "POST" and _asks_for_days(request):
        return _days(request, patient, now)
    asked = _Asked(request)

    def form(problem: str = "", status: int = 200) -> HttpResponse:
        context = asked.context(problem) | {"patient": patient}
        if _has_days(request):
            context |= {"days": query.as_typed(request.POST, request.actor), "kept": _kept(request)}
            return shown(request, "booking/days.jinja", context, status)
        context |= _around(request, patient, now)
        return shown(request, "booking/page.jinja", context, status)

    def do(act: Act) -> str:
        with asked:
            return _book(request, act, patient_id)

    return take(request, do, form, patient_id) if request.method == "POST" else form()


def _book(request: Any, act: Act, patient_id: UUID) -> str:
    kind, what = forms.chosen(request.POST)
    sure, zone = forms.sure(request.POST), act.actor.zone
    if kind == "course" and what is not None:
        _course_of_this_form(request, what)
        starts = forms.starts(request.POST, zone)
        actions.book_course(
            act, course_id=what, slot=forms.slot(request.POST, zone), starts=starts, sure=sure
        )
        return reverse("visits", args=[patient_id])
    slot = forms.slot(request.POST, zone)
    if kind == "look" and what is not None:
        look = LookFor(what, forms.look(request.POST))
        purpose = query.purpose_of(look.look)
        actions.book(act, patient_id=patient_id, slot=slot, purpose=purpose, look=look, sure=sure)
        return _day_of(act, slot)
    number = query.number_of(act.actor, what)
    purpose = f"Session {number}" if number else text(request.POST, "purpose", 60, needed=True)
    actions.book(act, patient_id=patient_id, slot=slot, purpose=purpose, session_id=what, sure=sure)
    return _day_of(act, slot)


def _day_of(act: Act, slot: Slot) -> str:
    return f"{reverse('day')}?on={local_date(slot.starts_at, act.actor.zone)}"


class _Asked:
    """What was asked back while something was tried, to be shown beside what was typed."""

    def __init__(self, request: Any) -> None:
        self.request = request
        self.refused: Refused | None = None

    def __enter__(self) -> None:
        self.refused = None

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        self.refused = error if isinstance(error, Refused) else None

    def context(self, problem: str) -> dict[str, Any]:
        """Return what the page shows of it; a question is no problem."""
        questions = self.refused.questions if isinstance(self.refused, Unsure) else ()
        return {
            "problem": "" if questions else problem,
            "questions": questions,
            "twice": any(_("comes twice") in each for each in questions),
            "agreed": self.request.POST.getlist("agreed")[: forms.MOST_QUESTIONS],
            "too_early": isinstance(self.refused, TooEarly),
            "key": new_key(),
        }


def _typed(request: Any) -> Any:
    asked = {
        "starts_at": request.GET.get("at", "").replace("\x00", "")[:16],
        "what": request.GET.get("what", "")[:80],
    }
    return request.POST or {**BOOKED, **asked}


def _around(request: Any, patient: Any, now: Act) -> dict[str, Any]:
    """Return what can be chosen, and what is free around the time that was typed."""
    typed = _typed(request)
    return {
        "patient": patient,
        "typed": typed,
        "rooms": rooms(request.actor),
        "operators": operators(request.actor),
        "choices": query.choices(patient, request.actor, now.at),
        "free": query.free_for(typed, request.actor, patient),
    }


def _asks_for_days(request: Any) -> bool:
    return str(request.POST.get("what", "")).startswith("course:") and not _has_days(request)


def _has_days(request: Any) -> bool:
    return any(each.startswith(forms.START) for each in request.POST)


def _days(request: Any, patient: Any, now: Act) -> HttpResponse:
    """Show the days that a course would take, before any of them is taken."""
    asked = _Asked(request)

    def again(problem: str, status: int) -> HttpResponse:
        context = _around(request, patient, now) | asked.context(problem)
        return shown(request, "booking/page.jinja", context, status)

    def look() -> HttpResponse:
        course = _course_of_this_form(request, forms.id_of(request.POST["what"].partition(":")[2]))
        slot = forms.slot(request.POST, request.actor.zone)
        context = asked.context("") | {
            "patient": patient,
            "days": query.proposed(course, now.actor, now.at, slot),
            "kept": _kept(request),
        }
        return shown(request, "booking/days.jinja", context)

    return _looked(look, again)


def _course_of_this_form(request: Any, course_id: UUID) -> Any:
    """Return the course that is to be booked; refused where it is not of the patient whom the form was opened for."""
    course = look_up("course", request.actor, course_id, "patient", "device")
    check_patient(request, course.patient.public_id)
    return course


def _looked(look: Callable[[], HttpResponse], again: Callable[[str, int], HttpResponse]) -> HttpResponse:
    try:
        return look()
    except InputError as error:
        return again(line_of(error), 400)
    except Refused as error:
        return again(str(error), 409)


KEPT = ("what", "room", "operator", "minutes", "numbing_minutes", "clean_down_minutes", "starts_at")


def _kept(request: Any) -> list[tuple[str, str]]:
    return [(name, request.POST.get(name, "")) for name in KEPT]


# ----------------------------------------------------------------------------------------------------- a visit there is


@page(Permission.BOOK, "GET", "POST")
def move(request: Any, booking_id: UUID) -> HttpResponse:
    """Put a visit on another day or time, into another room or other hands."""
    booking = look_up("booking", request.actor, booking_id, "patient", "room", "operator", "session")
    asked = _Asked(request)

    def form(problem: str = "", status: int = 200) -> HttpResponse:
        typed = request.POST or query.typed_of(booking, request.actor) | _wished(request)
        held = versioned(request, actions.held_visit(request.actor, actions.slot_of(booking)))
        context = asked.context(problem) | {
            "patient": booking.patient,
            "booking": booking,
            "opened_as": held["opened_as"],
            "moved_since": bool(held["clashes"]),
            "rooms": rooms(request.actor),
            "operators": operators(request.actor),
            "typed": typed,
            "free": query.free_for(typed, request.actor, booking.patient, booking.pk),
            "day": query.day_of(booking, request.actor, act_of(request).at),
        }
        return shown(request, "booking/move.jinja", context, status)

    def do(act: Act) -> str:
        with asked:
            slot = forms.slot(request.POST, act.actor.zone)
            why = text(request.POST, "why", 500)
            told = {"why": why, "sure": forms.sure(request.POST), "seen": seen_of(request)}
            actions.move(act, booking_id=booking_id, slot=slot, **told)
            return _day_of(act, slot)

    return take(request, do, form, booking.patient.public_id) if request.method == "POST" else form()


def _wished(request: Any) -> dict[str, str]:
    asked = request.GET.get("at", "").replace("\x00", "")[:16]
    return {"starts_at": asked} if asked else {}


@page(Permission.BOOK, "POST")
def cancel(request: Any, booking_id: UUID) -> HttpResponse:
    """Take a visit out of the diary."""

    def take_out(act: Act) -> Any:
        return actions.cancel(act, booking_id=booking_id, reason=text(request.POST, "reason", 500))

    return _change(request, booking_id, take_out)


@page(Permission.BOOK, "POST")
def no_show(request: Any, booking_id: UUID) -> HttpResponse:
    """Note that nobody came."""

    def note(act: Act) -> Any:
        return actions.did_not_come(act, booking_id=booking_id, reason=text(request.POST, "reason", 500))

    return _change(request, booking_id, note)


@page(Permission.BOOK, "POST")
def came(request: Any, booking_id: UUID) -> HttpResponse:
    """Note that the patient came."""
    return _change(request, booking_id, lambda act: actions.came(act, booking_id=booking_id))


def _change(request: Any, booking_id: UUID, change: Callable[[Act], Any]) -> HttpResponse:
    """Change a visit, and go back to where its button stood."""
    booking = look_up("booking", request.actor, booking_id, "patient")

    def do(act: Act) -> str:
        changed = change(act)
        if request.POST.get("to") == "visits":
            return reverse("visits", args=[booking.patient.public_id])
        return f"{reverse('day')}?on={local_date(changed.starts_at, act.actor.zone)}"

    def refused(problem: str, status: int) -> HttpResponse:
        messages.error(request, problem)
        return _list(request, booking.patient, status)

    return take(request, do, refused)


@page(Permission.BOOK)
def visits(request: Any, patient_id: UUID) -> HttpResponse:
    """Show all visits of a patient: what became of them, and which must not stay as they are."""
    patient = look_up("patient", request.actor, patient_id)
    saw(act_of(request), "visits", patient, patient)
    return _list(request, patient, 200)


def _list(request: Any, patient: Any, status: int) -> HttpResponse:
    now = act_of(request)
    context = {
        "patient": patient,
        "visits": visits_of(patient, request.actor, now.at),
        "now": now.at,
        "late_from": now.at + timedelta(hours=24),
        "today": now.today,
        "key": new_key(),
    }
    return shown(request, "booking/visits.jinja", context, status)
