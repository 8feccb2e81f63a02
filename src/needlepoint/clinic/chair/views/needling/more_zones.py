"""One more zone in a session under way: choose it, let the patient sign for it, add it with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import Actor, Refused
from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.needling import more_zones as actions
from needlepoint.clinic.chair.forms.session import signed, zones
from needlepoint.clinic.chair.queries.needling.added import added_zones, choosable, offer
from needlepoint.clinic.chair.queries.needling.agreed import agreed_zones
from needlepoint.clinic.chair.queries.needling.session import current_text, of_age, standing_consent
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.course.errors import InputError
from needlepoint.course.zones import Zone


def _chosen(typed: Any) -> Zone | None:
    found = zones(typed, "zone")
    return found[0] if found else None


def _session(request: Any, session_id: UUID) -> Any:
    return look_up("session", request.actor, session_id, *actions.ALL, "advice")


@page(Permission.NEEDLE, "GET", "POST")
def add_zone(request: Any, session_id: UUID) -> HttpResponse:
    """Choose a zone, see what holds for it, and add it with a reason."""
    row = _session(request, session_id)

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        context = {
            "patient": row.patient,
            "session": row,
            **_what_holds(request, row),
            "typed": request.POST,
            "key": new_key(),
        }
        context["problem"] = problem or context["problem"]
        return shown(request, "session/zone/page.jinja", context, status)

    def do(act: Act) -> str:
        zone = _chosen(request.POST)
        if zone is None:
            raise Refused("Choose the zone that is added.")
        actions.add_zone(act, session_id=session_id, zone=zone, reason=text(request.POST, "reason", 1000))
        return reverse("session", args=[session_id])

    return take(request, do, again, row.patient.public_id) if request.method == "POST" else again()


def _what_holds(request: Any, row: Any) -> dict[str, Any]:
    """Return which zones can be chosen, and of one that is: how deep, whether it is signed for, or why not."""
    try:
        zone = _chosen(request.POST if request.method == "POST" else request.GET)
    except InputError:
        zone = None
    told: dict[str, Any] = {"zones": choosable(row), "offer": None, "consent": None, "problem": ""}
    if zone is None or row.operator is None or zone not in told["zones"]:
        return told
    now = act_of(request)
    offered = offer(row, Actor.of(row.operator), now.at, zone)
    consent = standing_consent(row, now.at, now.actor.zone, [*added_zones(row), zone.value])
    try:
        actions.check_plan(now.actor, zone)
    except Refused as error:
        return told | {"problem": str(error)}
    why_not = (
        _("%(zone)s cannot be added: %(why)s") % {"zone": offered.name, "why": offered.why_not}
        if offered.why_not
        else ""
    )
    return told | {"offer": None if why_not else offered, "consent": consent, "problem": why_not}


@page(Permission.CONSENT, "GET", "POST")
def consent_to_zone(request: Any, session_id: UUID, zone: str) -> HttpResponse:
    """Let the patient read and sign for one more zone."""
    row = _session(request, session_id)
    more = next((each for each in choosable(row) if each.value == zone), None)

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        context = {
            "patient": row.patient,
            "session": row,
            "more": more,
            "zones": agreed_zones(row, [*added_zones(row), *([more.value] if more else [])]),
            "text": current_text(request.actor.clinic, "session"),
            "minor": not of_age(row.patient, act_of(request).today),
            "typed": request.POST,
            "problem": problem,
            "key": new_key(),
        }
        return shown(request, "consent/page.jinja", context, status=status)

    def do(act: Act) -> str:
        if more is None:
            raise Refused("This zone is in the session already, or nobody may needle it.")
        actions.consent_to_zone(act, session_id=session_id, zone=more, signed=signed(request.POST))
        return f"{reverse('add_zone', args=[session_id])}?zone={more.value}"

    return take(request, do, again, row.patient.public_id) if request.method == "POST" else again()
