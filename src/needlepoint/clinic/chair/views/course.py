"""A course: its draft, its screening, decisions and plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.course import course as actions
from needlepoint.clinic.chair.actions.course import device as course_device
from needlepoint.clinic.chair.actions.course import maintenance
from needlepoint.clinic.chair.forms import screening as questionnaire
from needlepoint.clinic.chair.forms.session import wishes, zones
from needlepoint.clinic.chair.queries.course import older_plans as older
from needlepoint.clinic.chair.queries.course.advice import advice_on, against_a_plan, open_verdicts
from needlepoint.clinic.chair.queries.course.case import asked_of, course_rows
from needlepoint.clinic.chair.queries.course.course_days import days_of
from needlepoint.clinic.chair.queries.course.linked import answers_beside, said_beside
from needlepoint.clinic.chair.queries.course.plan import places, plan_rows
from needlepoint.clinic.chair.views.chart import show_chart
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.typed import choice, number, text
from needlepoint.clinic.practice.queries.lists import devices
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, seen_of, take, versioned
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.course.goals import Concern
from needlepoint.evidence.loader import packaged


@page(Permission.DRAFT_COURSE, "GET", "POST")
def draft(request: Any, patient_id: UUID) -> HttpResponse:
    """Begin a course toward a goal."""
    patient = look_up("patient", request.actor, patient_id)

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        context = {
            "patient": patient,
            "goals": packaged().goals.values(),
            "places": places(request.POST.getlist("zones")),
            "devices": devices(request.actor),
            "typed": request.POST,
            "problem": problem,
            "key": new_key(),
        }
        return shown(request, "course/draft.jinja", context, status=status)

    def do(act: Act) -> str:
        course = actions.draft(
            act,
            patient_id=patient_id,
            concern=choice(request.POST, "concern", Concern),
            zones=zones(request.POST),
            device_key=number(request.POST, "device", 1, 2**62),
        )
        return reverse("screening", args=[course.public_id])

    return take(request, do, again, patient_id) if request.method == "POST" else again()


@page(Permission.SCREEN, "GET", "POST")
def screening(request: Any, course_id: UUID) -> HttpResponse:
    """Ask what has to be asked now; with ?all everything."""
    course = look_up("course", request.actor, course_id, "patient", "device")
    at = act_of(request)
    asked = asked_of(course, request.actor, at.at)
    questions = packaged().questions
    names = tuple(questions) if "all" in request.GET else asked.due
    beside = answers_beside(course, request.actor, at.at)

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        now_asked = [questions[name] for name in names]
        earlier = actions.last_answers(course)
        lines = questionnaire.lines(now_asked, request.POST, earlier, beside)
        context = {
            "patient": course.patient,
            "course": course,
            "groups": questionnaire.groups(lines, packaged().question_groups, request.POST),
            "shown": " ".join(names),
            "asked": len(lines),
            "not_put": [questions[name].asks for name in asked.not_put if name not in names],
            "total": len(questions),
            "problem": problem,
            "key": new_key(),
        }
        return shown(request, "screening/page.jinja", context, status=status)

    def do(act: Act) -> str:
        given, answered = questionnaire.given(questions.values(), request.POST)
        actions.screen(act, course_id=course_id, given=given, names=answered)
        return reverse("course_chart", args=[course.patient.public_id, course_id])

    if request.method == "POST":
        return take(request, do, again, course.patient.public_id)
    saw(at, "screening", course, course.patient)
    return again()


def _on_chart(request: Any, course_id: UUID, do: Callable[[Act], object]) -> HttpResponse:
    """Do something about a course from its chart, and show the chart again."""
    course = look_up("course", request.actor, course_id, "patient")

    def done(act: Act) -> str:
        do(act)
        return reverse("course_chart", args=[course.patient.public_id, course_id])

    def again(problem: str, status: int) -> HttpResponse:
        return show_chart(request, course.patient, course_id, problem, status)

    return take(request, done, again, course.patient.public_id)


@page(Permission.SEE_CHART, "POST")
def decide(request: Any, course_id: UUID) -> HttpResponse:
    """Decide otherwise than the rulebook, with a reason."""

    def do(act: Act) -> None:
        rule, reason = text(request.POST, "rule", 80), text(request.POST, "reason", 2000)
        for_course = request.POST.get("for_course") == "yes"
        actions.decide_otherwise(act, course_id=course_id, rule=rule, reason=reason, for_course=for_course)

    return _on_chart(request, course_id, do)


@page(Permission.PLAN, "GET", "POST")
def plan(request: Any, course_id: UUID) -> HttpResponse:
    """Show what the rulebook proposes, and agree on a plan within its limits."""
    course = look_up("course", request.actor, course_id, "patient", "device")
    now = act_of(request)
    course_found = course_rows(course)
    advice = advice_on(course, request.actor, now.at, course_found)
    beside = said_beside(course, request.actor, now.at, advice, course_found)
    stands = course.plans.order_by("-version").first()

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        held = versioned(request, actions.held_plan(course))
        context = {
            **held,
            "patient": course.patient,
            "course": course,
            "advice": advice,
            "rows": plan_rows(course, advice, held["typed"] if request.method == "POST" else {}),
            "held_by": against_a_plan(open_verdicts(course, advice, beside)),
            "due": len(asked_of(course, request.actor, now.at, course_found).due),
            "older": older.latest_under_older(course),
            "days": days_of(course, request.actor, now.at),
            "typed": held["typed"] if request.method == "POST" else plan_defaults(advice, stands),
            "problem": problem,
            "key": new_key(),
        }
        return shown(request, "plan/page.jinja", context, status=status)

    def do(act: Act) -> str:
        actions.agree_plan(
            act,
            course_id=course_id,
            wishes=wishes(request.POST),
            sessions=number(request.POST, "sessions", 1, 20),
            interval_days=number(request.POST, "interval_days", 1, 400),
            seen=seen_of(request),
        )
        return reverse("course_chart", args=[course.patient.public_id, course_id])

    if request.method == "POST":
        return take(request, do, again, course.patient.public_id)
    saw(now, "plan", course, course.patient)
    return again()


@page(Permission.PLAN)
def older_plans(request: Any) -> HttpResponse:
    """Show which open plans were agreed on under an older rulebook, and what today's says otherwise."""
    saw(act_of(request), "plans under an older rulebook", "plans")
    context = {
        "plans": older.older_plans(request.actor),
        "total": older.count(request.actor),
        "rulebook": packaged(),
    }
    return shown(request, "plan/older.jinja", context)


def plan_defaults(advice: Any, plan: Any = None) -> dict[str, object]:
    """Return the number of sessions and the interval of the plan that stands, else those the rulebook calls usual."""
    if plan is not None:
        return {"sessions": plan.sessions, "interval_days": plan.interval_days}
    return {"sessions": advice.plan.sessions_range[0], "interval_days": advice.plan.interval_days.usual}


@page(Permission.PLAN, "POST")
def change_device(request: Any, course_id: UUID) -> HttpResponse:
    """Go on with another device."""

    def do(act: Act) -> None:
        key, reason = text(request.POST, "device", 20), text(request.POST, "reason", 1000)
        course_device.change_device(act, course_id=course_id, device_key=key, reason=reason)

    return _on_chart(request, course_id, do)


@page(Permission.DRAFT_COURSE, "POST")
def keep_result(request: Any, course_id: UUID) -> HttpResponse:
    """Begin a session that keeps the result of a completed course; it begins with its screening."""
    course = look_up("course", request.actor, course_id, "patient")

    def done(act: Act) -> str:
        return reverse("screening", args=[maintenance.keep_result(act, course_id=course_id).public_id])

    def again(problem: str, status: int) -> HttpResponse:
        return show_chart(request, course.patient, course_id, problem, status)

    return take(request, done, again, course.patient.public_id)


@page(Permission.PLAN, "POST")
def end(request: Any, course_id: UUID) -> HttpResponse:
    """Pause, resume, complete or stop a course."""

    def do(act: Act) -> None:
        how, reason = text(request.POST, "how", 20), text(request.POST, "reason", 1000)
        actions.end(act, course_id=course_id, how=how, reason=reason)

    return _on_chart(request, course_id, do)
