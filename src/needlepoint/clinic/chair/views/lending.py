"""The tablet in the patient’s hands: for the questionnaire or the consent; and back by PIN, passkey or signing in."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions import consent as consents
from needlepoint.clinic.chair.actions.course import course as courses
from needlepoint.clinic.chair.forms import screening as questionnaire
from needlepoint.clinic.chair.forms.session import signed
from needlepoint.clinic.chair.queries.course.case import asked_of
from needlepoint.clinic.chair.queries.needling.agreed import agreed_zones
from needlepoint.clinic.chair.queries.needling.session import current_text, of_age
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.door import lending
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.queries.door.lending import (
    LENT,
    LENT_AT,
    MOST_TRIES,
    PIN,
    came_back,
    is_lent,
    lending_of,
)
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.comings import forget_lent, remember_lent
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.evidence.loader import packaged

SCREENING, CONSENT = "screening", "consent"


@page(Permission.SCREEN, "GET", "POST")
def lend_screening(request: Any, course_id: UUID) -> HttpResponse:
    """Give the tablet to the patient for the questions that are due."""
    return _lend(request, look_up("course", request.actor, course_id, "patient"), None, SCREENING)


@page(Permission.CONSENT, "GET", "POST")
def lend_consent(request: Any, session_id: UUID) -> HttpResponse:
    """Give the tablet to the patient for the consent."""
    session = look_up("session", request.actor, session_id, "course", "course__patient")
    return _lend(request, session.course, session, CONSENT)


def _lend(request: Any, course: Any, session: Any, purpose: str) -> HttpResponse:
    def again(problem: str = "", status: int = 200) -> HttpResponse:
        context = {
            "patient": course.patient,
            "purpose": purpose,
            "has_pin": PIN in request.session,
            "problem": problem,
            "key": new_key(),
        }
        return shown(request, "lent/lend.jinja", context, status)

    def do(act: Act) -> str:
        if PIN not in request.session:
            request.session[PIN] = lending.sealed_pin(
                text(request.POST, "pin", 8), text(request.POST, "again", 8)
            )
        pin = request.session[PIN]
        lent_now = lending.lend(act, course=course, session=session, purpose=purpose, pin=pin)
        request.session[LENT], request.session[LENT_AT] = lent_now.pk, time.time()
        return reverse("lent")

    if request.method != "POST":
        return again()
    answer = take(request, do, again, course.patient.public_id)
    if is_lent(request.session):
        remember_lent(request, answer)
    return answer


@page(Permission.SCREEN, "GET", "POST")
def lent(request: Any) -> HttpResponse:
    """Show the patient what the tablet was lent for, take it, and thank them."""
    found = lending_of(request.session, request.actor)
    if found is None:
        return _nobody_has_it(request)
    if found.answered_at is not None:
        return _back_page(request, found)
    return _screening(request, found) if found.purpose == SCREENING else _consent(request, found)


def _nobody_has_it(request: Any) -> HttpResponse:
    """Lead home where nothing is lent; where nobody knows what was, nobody is let in without signing in anew."""
    if is_lent(request.session) and not came_back(request.session, request.actor):
        request.signed_out_how = "what the tablet was lent for is not known"
        logout(request)
    answer = redirect("home")
    forget_lent(request, answer)
    return answer


def _screening(request: Any, found: Any) -> HttpResponse:
    course, questions = found.course, packaged().questions

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        due = asked_of(course, request.actor, act_of(request).at).due
        lines = questionnaire.lines([questions[name] for name in due], request.POST, {})
        context = {
            "groups": questionnaire.groups(lines, packaged().question_groups, request.POST),
            "shown": " ".join(due),
            "problem": problem,
            "key": new_key(),
        }
        return _shown(request, found, "screening", context, status)

    def do(act: Act) -> str:
        given, answered = questionnaire.given(questions.values(), request.POST)
        courses.screen(act, course_id=course.public_id, given=given, names=answered)
        lending.answered(act, found)
        return reverse("lent")

    return take(request, do, again, found.patient.public_id) if request.method == "POST" else again()


def _consent(request: Any, found: Any) -> HttpResponse:
    session = found.session

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        context = {
            "session": session,
            "zones": agreed_zones(session),
            "text": current_text(request.actor.clinic, "session"),
            "minor": not of_age(found.patient, act_of(request).today),
            "typed": request.POST,
            "problem": problem,
            "key": new_key(),
        }
        return _shown(request, found, "consent", context, status)

    def do(act: Act) -> str:
        consents.consent_to_session(act, session_id=session.public_id, signed=signed(request.POST))
        lending.answered(act, found)
        return reverse("lent")

    return take(request, do, again, found.patient.public_id) if request.method == "POST" else again()


def _shown(request: Any, found: Any, name: str, context: dict[str, Any], status: int) -> HttpResponse:
    whose = {"patient": found.patient, "purpose": found.purpose, "answered": found.answered_at is not None}
    return shown(request, f"lent/{name}.jinja", context | whose, status)


@page(Permission.SCREEN, "GET", "POST")
def lent_back(request: Any) -> HttpResponse:
    """Ask for the PIN, and give the clinic back for it; or for a passkey that was shown since the tablet was lent."""
    found = lending_of(request.session, request.actor)
    if found is None:
        return _nobody_has_it(request)
    if request.method == "POST":
        return _by_pin(request, found)
    if found.tries < MOST_TRIES and _passkey_since(request):
        lending.take_back(act_of(request), found, "passkey")
        return _at_home_again(request, found)
    return _back_page(request, found)


def _by_pin(request: Any, found: Any) -> HttpResponse:
    act = act_of(request)
    if lending.taken_by_pin(act, found, text(request.POST, "pin", 8)):
        return _at_home_again(request, found)
    found.refresh_from_db(fields=["tries"])
    return _back_page(request, found, wrong=True, status=409)


def _back_page(request: Any, found: Any, *, wrong: bool = False, status: int = 200) -> HttpResponse:
    context = {
        "left": MOST_TRIES - found.tries,
        "wrong": wrong,
        "has_passkey": _has_passkey(request.user),
        "key": new_key(),
    }
    return _shown(request, found, "back", context, status)


def _at_home_again(request: Any, found: Any) -> HttpResponse:
    """Let the clinic in again, at the page for which the tablet was lent."""
    if found.session is not None:
        answer = redirect("session", session_id=found.session.public_id)
    else:
        answer = redirect(
            "course_chart", patient_id=found.patient.public_id, course_id=found.course.public_id
        )
    forget_lent(request, answer)
    return answer


def _has_passkey(user: Any) -> bool:
    return bool(user.authenticator_set.filter(type="webauthn").exists())


def _passkey_since(request: Any) -> bool:
    """Say whether a passkey of the member was shown after the tablet was lent."""
    records = get_authentication_records(request, request.user)
    since = float(request.session[LENT_AT])
    return any(each.get("type") == "webauthn" and float(each.get("at", 0)) > since for each in records)
