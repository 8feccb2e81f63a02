"""The day and the diary."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from needlepoint.clinic.access.checks import NotHere
from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.actions import booking as actions
from needlepoint.clinic.actions.act import Act
from needlepoint.clinic.forms.session import slot
from needlepoint.clinic.forms.typed import text
from needlepoint.clinic.queries.day import day_columns
from needlepoint.clinic.queries.lists import operators, rooms
from needlepoint.clinic.views.door import new_key, page, take
from needlepoint.clinic.views.shown import shown
from needlepoint.course.instants import local_date

BOOKED = {"minutes": "45", "numbing_minutes": "0", "clean_down_minutes": "10", "purpose": "Consultation"}


@page(Permission.SEE_DAY)
def day(request: Any) -> HttpResponse:
    """Show who comes when into which room."""
    at = timezone.now()
    today = local_date(at, request.actor.zone)
    on = asked_day(request.GET.get("on", ""), today)
    by = "operator" if request.GET.get("by") == "operator" else "room"
    context = {
        "on": on,
        "by": by,
        "today": today,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "columns": day_columns(request.actor, on, at, by),
        "key": new_key(),
    }
    return shown(request, "day/_columns.jinja" if request.htmx else "day/page.jinja", context)


def asked_day(asked: str, today: date) -> date:
    """Return the day that an address names; today where it names none that can be."""
    try:
        day_asked = date.fromisoformat(asked)
    except ValueError:
        return today
    return day_asked if date(1990, 1, 1) <= day_asked <= date(2190, 1, 1) else today


@page(Permission.BOOK, "GET", "POST")
def book(request: Any, patient_id: UUID) -> HttpResponse:
    """Book one visit of a patient, or all sessions of a course at once."""
    patient = look_up("patient", request.actor, patient_id)

    def form(problem: str = "", status: int = 200) -> HttpResponse:
        context = {
            "patient": patient,
            "rooms": rooms(request.actor),
            "operators": operators(request.actor),
            "courses": actions.bookable(request.actor, patient),
            "typed": request.POST
            or {**BOOKED, "starts_at": request.GET.get("at", "").replace("\x00", "")[:16]},
            "problem": problem,
            "key": new_key(),
        }
        return render(request, "booking/page.html", context, status=status)

    def do(act: Act) -> str:
        wanted = slot(request.POST, act.actor.zone)
        sure = actions.Sure(request.POST.getlist("agreed"))
        if request.POST.get("course"):
            of_course = _id(request.POST["course"])
            starts = actions.starts_as_planned(act, of_course, wanted)
            actions.book_course(act, course_id=of_course, slot=wanted, starts=starts, sure=sure)
        else:
            purpose = text(request.POST, "purpose", 60, needed=True)
            actions.book(act, patient_id=patient_id, slot=wanted, purpose=purpose, sure=sure)
        return f"{reverse('day')}?on={local_date(wanted.starts_at, act.actor.zone)}"

    return take(request, do, form, patient_id) if request.method == "POST" else form()


def _id(asked: str) -> UUID:
    try:
        return UUID(asked)
    except ValueError:
        raise NotHere from None


@page(Permission.BOOK, "POST")
def cancel(request: Any, booking_id: UUID) -> HttpResponse:
    """Take a visit out of the diary."""
    look_up("booking", request.actor, booking_id)

    def do(act: Act) -> str:
        booking = actions.cancel(act, booking_id=booking_id)
        return f"{reverse('day')}?on={local_date(booking.starts_at, act.actor.zone)}"

    return take(request, do, lambda problem, status: _refusal(request, problem, status))


def _refusal(request: Any, problem: str, status: int) -> HttpResponse:
    return render(request, "refusal/page.html", {"heading": "Not now", "words": problem}, status=status)
