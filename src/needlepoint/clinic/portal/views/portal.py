"""The portal for anyone: the front page, the pages to read, the enquiry, and the way in."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import NotHere, Refused
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.spoken import spoken
from needlepoint.clinic.desk.actions import enquiry
from needlepoint.clinic.portal.actions import sign_in
from needlepoint.clinic.portal.forms.portal import asked, born_on, form_key, line
from needlepoint.clinic.portal.queries.told import can_send
from needlepoint.clinic.portal.views.door import (
    BROWSER,
    DAY,
    LANGUAGE,
    STAY,
    browser_of,
    keep_cookie,
    portal_page,
    refusal,
    shown,
)
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, take
from needlepoint.course.goals import Concern
from needlepoint.evidence.loader import packaged

ANYONE, PATIENT = Permission.ANYONE, Permission.PATIENT
# How often one caller may ask in an hour, whatever they ask for.
MOST_KNOCKS, MOST_ENQUIRIES, MOST_TRIES = 30, 10, 60


def _too_often(request: Any, what: str, most: int) -> bool:
    """Count what a caller does in this hour, and say whether it is more than a person would."""
    key = _counted(request, what)
    # It is counted in one statement and compared then: of many at once, none is let through on another's count.
    return not cache.add(key, 1, 2 * 60 * 60) and cache.incr(key) > most


def _was_right(request: Any, what: str) -> None:
    """Take back the count of a try that was right: many patients may come from one address, as from a waiting room."""
    with suppress(ValueError):  # The hour may have turned in the meantime.
        cache.decr(_counted(request, what))


def _counted(request: Any, what: str) -> str:
    caller = get_adapter(request).get_client_ip(request)
    return f"portal-{what}-{caller}-{clock.now():%Y%m%d%H}"


@portal_page(ANYONE)
def front(request: Any) -> HttpResponse:
    """Show the front page, or lead on whoever is signed in."""
    if request.actor:
        return redirect("portal_today", clinic=request.clinic.slug)
    return shown(request, "front")


@portal_page(ANYONE)
def read(request: Any, page: str) -> HttpResponse:
    """Show one of the pages written from the evidence."""
    if page not in request.spoken.pages:
        raise NotHere
    text, known = request.spoken.pages[page], packaged().sources
    ids = dict.fromkeys(source for each in text.statements for source in each.sources)
    documents = [each for each in ids if known[each].read != "own"]
    context = {
        "page": text,
        "numbered": {source: number for number, source in enumerate(documents, 1)},
        "sources": [known[each] for each in documents],
        "own_judgement": len(documents) < len(ids),
    }
    return shown(request, "read", context)


@portal_page(ANYONE, "POST")
def language(request: Any) -> HttpResponse:
    """Speak another language from now on."""
    wished = request.POST.get("language", "")
    if wished not in spoken():
        raise NotHere
    if request.actor:
        sign_in.speak(act_of(request), language=wished)
    after = request.POST.get("after", "")
    home = reverse("portal_front", args=[request.clinic.slug])
    safe = after.startswith(home) and "//" not in after and "\\" not in after
    return keep_cookie(redirect(after if safe else home), LANGUAGE, wished, 365 * DAY)


@portal_page(ANYONE, "GET", "POST")
def ask(request: Any) -> HttpResponse:
    """Take an enquiry; the answer is the same for everybody."""

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        context = {"typed": request.POST, "concerns": list(Concern), "problem": problem, "key": new_key()}
        return shown(request, "ask", context, status)

    if request.method != "POST":
        return again()
    if _too_often(request, "ask", MOST_ENQUIRIES):
        return refusal(request, 429)
    try:
        wanted = asked(request.POST, request.spoken.language)
        enquiry.ask(request.clinic, asked=wanted, key=form_key(request.POST), at=clock.now())
    except Refused as error:
        return again(str(error), 400)
    return redirect("portal_asked", clinic=request.clinic.slug)


@portal_page(ANYONE)
def ask_sent(request: Any) -> HttpResponse:
    """Say that the enquiry is there."""
    return shown(request, "ask_sent")


@portal_page(ANYONE)
def emergency(request: Any) -> HttpResponse:
    """Ask before any sign-in whether it is an emergency; nothing is kept of who asks or what they say."""
    return shown(request, "emergency", {"said": request.GET.get("said", "")})


# ----------------------------------------------------------------------------------------------------------- the way in


@portal_page(ANYONE, "GET", "POST")
def enter(request: Any) -> HttpResponse:
    """Ask where to send the link; whatever is typed, the answer and the work are the same."""
    browser = browser_of(request)
    if request.method != "POST":
        return _with_browser(shown(request, "sign_in"), browser)
    if _too_often(request, "knock", MOST_KNOCKS):
        return refusal(request, 429)
    address = request.POST.get("address", "").replace("\x00", "")
    at, spoken = clock.now(), request.spoken.language
    sign_in.knock(request.clinic, address=address, browser=browser, language=spoken, at=at)
    by = "email" if "@" in address else "sms"
    where = reverse("portal_code", args=[request.clinic.slug])
    return _with_browser(redirect(f"{where}?by={by}"), browser)


def _with_browser(response: HttpResponse, browser: str) -> HttpResponse:
    return keep_cookie(response, BROWSER, browser, 4 * DAY)


@portal_page(ANYONE, "GET", "POST")
def code(request: Any) -> HttpResponse:
    """Take the six digits in the browser that asked."""
    sends = can_send(request.GET.get("by", ""), clock.now())
    if request.method != "POST":
        return shown(request, "code", {"sends": sends})
    if _too_often(request, "code", MOST_TRIES):
        return refusal(request, 429)
    digits = "".join(each for each in request.POST.get("code", "") if each.isdigit())[:6]
    opened = sign_in.open_by_code(request.clinic, code=digits, browser=browser_of(request), at=clock.now())
    if opened:
        _was_right(request, "code")
        return redirect("portal_born", clinic=request.clinic.slug)
    wrong = _("That is not the code, or it has run out. Look at the newest message, or ask for a new one.")
    return shown(request, "code", {"problem": wrong, "sends": sends}, 400)


@portal_page(ANYONE, "GET", "POST")
def by_link(request: Any, token: str) -> HttpResponse:
    """Show one button behind a link: whoever only looks, such as a mail scanner, uses nothing up."""
    browser, at = browser_of(request), clock.now()
    if request.method == "POST" and sign_in.open_link(request.clinic, token=token, browser=browser, at=at):
        return _with_browser(redirect("portal_born", clinic=request.clinic.slug), browser)
    living = sign_in.link_at(request.clinic, token, browser, at) is not None
    page = shown(request, "link", {"living": living}, 200 if living else 410)
    return _with_browser(page, browser)


@portal_page(ANYONE, "GET", "POST")
def born(request: Any) -> HttpResponse:
    """Ask for the date of birth behind the link, and begin the stay."""
    browser, at = browser_of(request), clock.now()
    if not sign_in.waits_for_birth_date(request.clinic, browser, at):
        return redirect("portal_sign_in", clinic=request.clinic.slug)
    asks = {"asks_name": sign_in.asks_first_name(request.clinic, browser, at)}
    if request.method != "POST":
        return shown(request, "born", {"typed": {}, **asks})
    if _too_often(request, "born", MOST_TRIES):
        return refusal(request, 429)
    try:
        born, name = born_on(request.POST), line(request.POST, "first_name", 80)
        key = sign_in.enter(request.clinic, browser=browser, born_on=born, at=at, first_name=name)
    except Refused as error:
        return shown(request, "born", {"typed": request.POST, "problem": str(error), **asks}, 400)
    if key is None:
        wrong = _("That does not fit. After five wrong tries the link is closed and you need a new one.")
        return shown(request, "born", {"typed": request.POST, "problem": wrong, **asks}, 400)
    _was_right(request, "born")
    return keep_cookie(redirect("portal_today", clinic=request.clinic.slug), STAY, key)


@portal_page(PATIENT, "POST")
def leave(request: Any) -> HttpResponse:
    """Sign out."""

    def do(act: Any) -> str:
        sign_in.leave(act, stay=request.stay)
        return reverse("portal_front", args=[request.clinic.slug])

    gone = take(request, do, lambda problem, status: refusal(request, status, problem))
    gone.delete_cookie(STAY, path="/portal/", samesite="Lax")
    return gone
