"""The rota and the opening hours: the week as it stands, the rule behind it, a day that is different, one's number."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.care.actions import duty as actions
from needlepoint.clinic.care.actions import own_number, triage
from needlepoint.clinic.care.forms import duty as forms
from needlepoint.clinic.care.queries import duty as queries
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.forms.typed import day as typed_day
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.queries.lists import able_to
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.asking import new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown


@page(Permission.TRIAGE)
def week(request: Any) -> HttpResponse:
    """Show who is called in a week, and where nobody is."""
    return _week(request)


def _week(request: Any, problem: str = "", status: int = 200) -> HttpResponse:
    context = queries.week_page(request.actor, request.GET.get("week", ""), clock.now())
    context |= {"problem": problem, "key": new_key(), "able": able_to(request.actor, Permission.TRIAGE)}
    return shown(request, "duty/page.jinja", context, status)


@page(Permission.SET_DUTY, "GET", "POST")
def every_week(request: Any) -> HttpResponse:
    """Set who is called in every week."""

    def form(problem: str = "", status: int = 200) -> HttpResponse:
        rows = queries.typed_rows(request.POST) if problem else queries.weekly_rows(request.actor)
        context = {"rows": rows, "able": able_to(request.actor, Permission.TRIAGE)}
        context |= {"problem": problem, "key": new_key(), "days": queries.DAYS_OF_SHIFTS}
        return shown(request, "duty/every_week.jinja", context, status)

    def do(act: Act) -> str:
        actions.set_rota(act, shifts=forms.weekly(request.POST))
        return reverse("duty")

    return take(request, do, form) if request.method == "POST" else form()


@page(Permission.SET_DUTY, "GET", "POST")
def day(request: Any) -> HttpResponse:
    """Say who is called on one day instead of those of the week; today where none is named."""
    on = forms.day_of(request.GET) or clock.now().astimezone(request.actor.zone).date()

    def form(problem: str = "", status: int = 200) -> HttpResponse:
        context = queries.day_page(request.actor, on, clock.now())
        context |= {"problem": problem, "key": new_key(), "able": able_to(request.actor, Permission.TRIAGE)}
        return shown(request, "duty/day.jinja", context, status)

    def do(act: Act) -> str:
        for place in range(1, len(forms.PLACES) + 1):
            actions.change_day(act, on=on, place=place, shifts=forms.of_day(request.POST, place))
        return f"{reverse('duty')}?week={on.isoformat()}"

    return take(request, do, form) if request.method == "POST" else form()


@page(Permission.SET_DUTY, "GET", "POST")
def hours(request: Any) -> HttpResponse:
    """Set when the practice is open, and what patients do while it is not."""

    def do(act: Act) -> str:
        said = forms.out_of_hours(request.POST)
        actions.set_hours(act, openings=forms.openings(request.POST), out_of_hours=said)
        return reverse("duty_hours")

    def form(problem: str = "", status: int = 200) -> HttpResponse:
        return _hours(request, problem, status)

    return take(request, do, form) if request.method == "POST" else form()


def _hours(request: Any, problem: str = "", status: int = 200) -> HttpResponse:
    context = queries.hours_page(request.actor, clock.now())
    context |= {"typed": request.POST if problem else {}, "problem": problem, "key": new_key()}
    return shown(request, "duty/hours.jinja", context, status)


@page(Permission.SET_DUTY, "POST")
def close_day(request: Any) -> HttpResponse:
    """Close the practice on a day, or take that back."""

    def do(act: Act) -> str:
        on = typed_day(request.POST, "on")
        if request.POST.get("open"):
            actions.open_day(act, on=on)
        else:
            actions.close_day(act, on=on, name=text(request.POST, "name", 80))
        return reverse("duty_hours")

    return take(request, do, lambda problem, status: _hours(request, problem, status))


@page(Permission.TRIAGE, "POST")
def hand_over(request: Any) -> HttpResponse:
    """Give all one's open check-ins to a colleague."""

    def do(act: Act) -> str:
        triage.hand_over(act, member_key=request.POST.get("to", ""))
        return reverse("queue")

    return take(request, do, lambda problem, status: _week(request, problem, status))


@page(Permission.SIGN_IN, "GET", "POST")
def my_number(request: Any) -> HttpResponse:
    """Set the number at which one's own alarms arrive."""

    def form(problem: str = "", status: int = 200) -> HttpResponse:
        context = queries.own_number(request.actor) | {"problem": problem, "key": new_key()}
        return shown(request, "duty/my_number.jinja", context | {"typed": request.POST.get("phone")}, status)

    def do(act: Act) -> str:
        own_number.set_phone(act, phone=text(request.POST, "phone", 40))
        return reverse("my_number")

    return take(request, do, form) if request.method == "POST" else form()
