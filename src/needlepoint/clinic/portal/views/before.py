"""The portal before a session: the questionnaire, what follows from it, the preparation, and the consent to read."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import NotHere
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.visitor import own_patient
from needlepoint.clinic.care.actions.check_in import MOST_WORDS
from needlepoint.clinic.chair.queries.course.case import core_patient
from needlepoint.clinic.chair.queries.needling.session import current_text
from needlepoint.clinic.desk.actions import enquiry
from needlepoint.clinic.portal.actions import home_screening
from needlepoint.clinic.portal.forms.portal import answer, last_time, line
from needlepoint.clinic.portal.queries import home_screening as query
from needlepoint.clinic.portal.views.door import portal_page, shown, visitor_of
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.asking import new_key, take
from needlepoint.course.instants import local_date
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.calendar import visit

PATIENT = Permission.PATIENT


def _to(request: Any, name: str, *more: str) -> str:
    return reverse(name, args=[request.clinic.slug, *more])


@portal_page(PATIENT, "GET", "POST")
def screening(request: Any) -> HttpResponse:
    """Show where the questionnaire stands, and begin it or go on."""
    visitor = visitor_of(request)
    course = query.open_course(visitor)

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        context = {
            "course": course,
            "begun": query.under_way(course) if course else None,
            "sent": query.sent(course) if course else None,
            "problem": problem,
            "key": new_key(),
        }
        return shown(request, "screening", context, status)

    def do(act: Act) -> str:
        if course is None:
            raise NotHere
        row = home_screening.begin(act, course_id=course.public_id)
        lines = query.questions(row, visitor.on(course), act.at)
        return _next(request, lines)

    return take(request, do, again) if request.method == "POST" else again()


def _next(request: Any, lines: list[query.Answered], after: str = "") -> str:
    """Return the page of the next open question, or of the group that it opens; the review where none is open."""
    names = [each.question.name for each in lines]
    here = names.index(after) + 1 if after in names else 0
    name = next((each.question.name for each in lines[here:] + lines[:here] if not each.asked), None)
    if name is None:
        return _to(request, "portal_screening_review")
    if group := query.group_before(lines, name):
        return _to(request, "portal_question_group", group)
    return _to(request, "portal_question", name)


def _begun(request: Any) -> tuple[Any, list[query.Answered]]:
    visitor = visitor_of(request)
    course = query.open_course(visitor)
    row = query.under_way(course) if course else None
    if course is None or row is None:
        raise NotHere
    row.course = course
    return row, query.questions(row, visitor.on(course), clock.now())


def _line_of(lines: list[query.Answered], name: str) -> query.Answered:
    found = next((each for each in lines if each.question.name == name), None)
    if found is None:
        raise NotHere
    return found


@portal_page(PATIENT, "GET", "POST")
def question(request: Any, name: str) -> HttpResponse:
    """Ask one question; each answer is one tap, and is saved with it."""
    if (gone := _gone(request)) is not None:
        return gone
    row, lines = _begun(request)
    here = _line_of(lines, name)

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        return shown(request, "question", _on_screen(lines, here, problem), status)

    def do(act: Act) -> str:
        given = answer(here.question, request.POST, request.spoken)
        home_screening.answer(act, screening_id=row.public_id, name=name, given=given)
        if given.get(name) in query.DATED and here.question.kind in ("medicine", "procedure"):
            return _to(request, "portal_question_day", name)
        return _onward(request, name)

    return take(request, do, again) if request.method == "POST" else again()


def _gone(request: Any) -> HttpResponse | None:
    """Lead on whoever comes back to a question, or sends once more, after everything was sent."""
    course = query.open_course(visitor_of(request))
    if course is None or query.under_way(course) is None:
        return redirect("portal_screening", clinic=request.clinic.slug)
    return None


@portal_page(PATIENT, "GET", "POST")
def question_group(request: Any, group: str) -> HttpResponse:
    """Show the questions of a group together; one tap says no to all of them, another goes through them one by one."""
    if (gone := _gone(request)) is not None:
        return gone
    row, lines = _begun(request)
    together = query.shown_together(lines, group)
    first = next((each.question.name for each in lines if group in (each.question.group, query.AGAIN)), None)
    if first is None:
        raise NotHere
    if len(together) < 2:
        return redirect(_one_by_one(request, lines, group, first))

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        context = {
            "group": request.spoken.question_groups.get(group),
            "parts": _by_group(request, together),
            "problem": problem,
            "key": new_key(),
        }
        return shown(request, "question_group", context, status)

    def do(act: Act) -> str:
        if request.POST.get("answer") != "none":
            return _one_by_one(request, lines, group, first)
        # Only what stood on the page that was tapped, and is still open.
        names = [
            each.question.name for each in together if each.question.name in request.POST.getlist("shown")
        ]
        home_screening.none_of(act, screening_id=row.public_id, names=names)
        return _next(request, _begun(request)[1])

    return take(request, do, again) if request.method == "POST" else again()


def _one_by_one(request: Any, lines: list[query.Answered], group: str, first: str) -> str:
    """Return the page of a group's first question; of all that has aged, the page of its first group."""
    inside = packaged().questions[first].group
    if group == query.AGAIN and len(query.shown_together(lines, inside)) > 1:
        return _to(request, "portal_question_group", inside)
    return _to(request, "portal_question", first)


def _by_group(request: Any, together: list[query.Answered]) -> list[tuple[Any, list[query.Answered]]]:
    found = groupby(together, key=lambda each: each.question.group)
    return [(request.spoken.question_groups[group], list(lines)) for group, lines in found]


def _on_screen(lines: list[query.Answered], here: query.Answered, problem: str) -> dict[str, Any]:
    earlier, _later = query.beside(lines, here.question.name)
    names = [each.question.name for each in lines]
    place = names.index(here.question.name) + 1
    return {
        "line": here,
        "earlier": earlier,
        "place": place,
        "of": len(lines),
        "problem": problem,
        "key": new_key(),
    }


def _onward(request: Any, name: str) -> str:
    # The answer may have opened or closed a question that follows it, so the list is made anew.
    _row, lines = _begun(request)
    return _next(request, lines, after=name)


@portal_page(PATIENT, "GET", "POST")
def question_day(request: Any, name: str) -> HttpResponse:
    """Ask for the day of the last time; not knowing it is an answer."""
    if (gone := _gone(request)) is not None:
        return gone
    row, lines = _begun(request)
    here = _line_of(lines, name)
    if not here.wants_day:
        raise NotHere

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        context = _on_screen(lines, here, problem) | {"typed": request.POST}
        return shown(request, "question_day", context, status)

    def do(act: Act) -> str:
        born = core_patient(own_patient(act.actor)).born_first
        day = last_time(here.question, request.POST, born, local_date(act.at, act.actor.zone))
        given = {name: here.value} | dict(day)
        home_screening.answer(act, screening_id=row.public_id, name=name, given=given)
        return _onward(request, name)

    return take(request, do, again) if request.method == "POST" else again()


@portal_page(PATIENT, "GET", "POST")
def review(request: Any) -> HttpResponse:
    """Show all answers before they are sent."""
    if (gone := _gone(request)) is not None:
        return gone
    row, lines = _begun(request)

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        open_names = [each.question.name for each in lines if not each.asked]
        context = {"lines": lines, "open": open_names, "problem": problem, "key": new_key()}
        return shown(request, "review", context, status)

    def do(act: Act) -> str:
        home_screening.send(act, screening_id=row.public_id)
        return _to(request, "portal_screening_result")

    return take(request, do, again) if request.method == "POST" else again()


@portal_page(PATIENT)
def result(request: Any) -> HttpResponse:
    """Say in plain words what follows from the answers, and that a clinician decides."""
    course = query.open_course(visitor_of(request))
    found = query.result(course) if course else None
    if found is None:
        return redirect("portal_screening", clinic=request.clinic.slug)
    return shown(request, "result", {"result": found, "course": course})


@portal_page(PATIENT)
def preparation(request: Any) -> HttpResponse:
    """Say what to do and what to leave before the session, with dates."""
    visitor, at = visitor_of(request), clock.now()
    course = query.open_course(visitor)
    lines, on = query.preparation(course, visitor, at) if course else ([], None)
    context = {"lines": lines, "on": on, "course": course, "booking": query.next_booking(visitor, at)}
    return shown(request, "preparation", context)


@portal_page(PATIENT)
def consent(request: Any) -> HttpResponse:
    """Show the text that is signed at the clinic, to be read in peace."""
    text = current_text(visitor_of(request).clinic, "session")
    return shown(request, "consent", {"text": text})


@portal_page(PATIENT, "GET", "POST")
def next_visit(request: Any) -> HttpResponse:
    """Show the next visit, and let a patient ask for one."""
    visitor = visitor_of(request)

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        visit = query.next_visit(visitor, clock.now())
        context = {
            "visit": visit,
            "booking": visit.booking,
            "typed": request.POST,
            "problem": problem,
            "key": new_key(),
        }
        return shown(request, "next_visit", context | {"asked": "asked" in request.GET}, status)

    def do(act: Act) -> str:
        wished = line(request.POST, "wished", 200)
        enquiry.ask_again(act, wished=wished, words=line(request.POST, "words", MOST_WORDS))
        return _to(request, "portal_next_visit") + "?asked=yes"

    return take(request, do, again) if request.method == "POST" else again()


@portal_page(PATIENT)
def calendar_file(request: Any) -> HttpResponse:
    """Give the next visit as a file for the patient's own calendar; its words say nothing about anybody."""
    at = clock.now()
    booking = query.next_booking(visitor_of(request), at)
    if booking is None:
        raise NotHere
    file = visit(booking.public_id, booking.starts_at, booking.ends_at, words=_("Appointment"), made_at=at)
    named = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
    return HttpResponse(file, content_type="text/calendar; charset=utf-8", headers=named)
