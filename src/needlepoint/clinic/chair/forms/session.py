"""What is typed and tapped around a session."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_noop

from needlepoint.clinic.chair.actions.consent import Signed
from needlepoint.clinic.chair.actions.course.course import ZoneWish
from needlepoint.clinic.chair.actions.needling.session import Done, PassDone, Seen, TopicalUsed
from needlepoint.clinic.chair.queries.needling.session import SAVED_BY, SAVED_FROM
from needlepoint.clinic.practice.forms.typed import decimal, number, text
from needlepoint.course.answers import YesNo
from needlepoint.course.errors import InputError
from needlepoint.course.session import Topical, TopicalKind
from needlepoint.course.zones import Zone

ENDPOINTS = (gettext_noop("even flush"), gettext_noop("pinpoint bleeding"), gettext_noop("stopped early"))
ZONES = frozenset(Zone)
MOST_POINTS = 5000


def zones(typed: QueryDict, name: str = "zones") -> list[Zone]:
    """Return the zones that were chosen."""
    try:
        return [Zone(each) for each in typed.getlist(name)]
    except ValueError:
        raise InputError(name, "names a zone that does not exist", "zones from the list") from None


def wishes(typed: QueryDict) -> list[ZoneWish]:
    """Return depth and passes of each zone of a plan."""
    return [ZoneWish(zone, _depth(typed, zone), _passes(typed, zone)) for zone in zones(typed)]


def _depth(typed: QueryDict, zone: Zone) -> Any:
    depth = decimal(typed, f"depth_{zone.value}", "mm")
    if depth is None:
        raise InputError(f"depth_{zone.value}", "is empty", "a depth in mm such as 0.75")
    return depth


def _passes(typed: QueryDict, zone: Zone) -> int:
    return number(typed, f"passes_{zone.value}", 1, 20)


def done(typed: QueryDict) -> Done:
    """Return what was done in a session."""
    return Done(
        passes=[_pass(typed, zone) for zone in zones(typed)],
        topicals=_topicals(typed),
        pain=number(typed, "pain", 0, 10) if typed.get("pain") else None,
        note=text(typed, "note", 4000),
        sharps_container=text(typed, "sharps_container", 40),
        broken_off=text(typed, "broken_off", 1000),
        as_meant=typed.get("as_meant") == "yes",
    )


def passes_so_far(typed: QueryDict) -> list[PassDone]:
    """Return the passes that can be read already; a depth half typed is left out."""
    read = []
    for zone in ZONES.intersection(typed.getlist("zones")):
        with suppress(InputError):
            each_pass = _pass(typed, Zone(zone))
            each_pass.as_pass()
            read.append(each_pass)
    return read


def topicals_so_far(typed: QueryDict) -> list[Topical]:
    """Return what is said to be on the skin; nothing where it cannot be read yet."""
    with suppress(InputError):
        return [used.topical for used in _topicals(typed)]
    return []


def cream(typed: QueryDict) -> dict[str, str]:
    """Return what is said of the numbing cream, once it can be read."""
    _topicals(typed)
    prefix = f"{TopicalKind.ANAESTHETIC.value}_"
    return {name: text(typed, name, 80) for name in typed if name.startswith(prefix)}


def _pass(typed: QueryDict, zone: Zone) -> PassDone:
    endpoint = text(typed, f"endpoint_{zone.value}", 30)
    if endpoint and endpoint not in ENDPOINTS:
        raise InputError(f"endpoint_{zone.value}", "is not one of the choices", ", ".join(ENDPOINTS))
    return PassDone(
        zone, _depth(typed, zone), _passes(typed, zone), decimal(typed, "rate_hz", "Hz"), endpoint
    )


def _topicals(typed: QueryDict) -> list[TopicalUsed]:
    used = []
    for kind in (TopicalKind.ANAESTHETIC, TopicalKind.GLIDE, TopicalKind.SERUM):
        name = text(typed, f"{kind.value}_name", 80)
        if name:
            topical = Topical(
                kind,
                name,
                strength_percent=decimal(typed, f"{kind.value}_strength_percent", "%"),
                grams=decimal(typed, f"{kind.value}_grams", "g"),
                area_cm2=decimal(typed, f"{kind.value}_area_cm2", "cm2"),
                on_minutes=decimal(typed, f"{kind.value}_on_minutes", "min"),
                occluded=_said(typed, f"{kind.value}_occluded"),
                compounded=_said(typed, f"{kind.value}_compounded"),
                reason=text(typed, f"{kind.value}_reason", 200),
                patient_kg=decimal(typed, f"{kind.value}_patient_kg", "kg"),
            )
            used.append(TopicalUsed(topical, text(typed, f"{kind.value}_lot", 40)))
    return used


def _said(typed: QueryDict, name: str) -> YesNo:
    try:
        return YesNo(typed.get(name) or "unknown")
    except ValueError:
        raise InputError(name, "is not one of the choices", "yes, no or not known") from None


def seen(typed: QueryDict) -> Seen:
    """Return what the page knows of the draft."""
    return Seen(typed.get("version", ""), typed.get("key", ""))


def draft(typed: QueryDict) -> dict[str, Any]:
    """Return what was typed so far, unjudged but for its size."""
    kept = {
        name: typed.getlist(name) if name == "zones" else text(typed, name, 4000)
        for name in typed
        if name not in ("csrfmiddlewaretoken", "key", "patient", "version", SAVED_BY, SAVED_FROM)
    }
    if len(json.dumps(kept)) > 40_000:
        raise InputError("draft", "is too long", "at most 40,000 characters")
    return kept


def signed(typed: QueryDict) -> Signed:
    """Return a signature: the digest of the text, the name and the strokes as the page drew them."""
    try:
        strokes = json.loads(typed.get("strokes") or "[]")
        clean = [[[_coordinate(x), _coordinate(y)] for x, y in stroke] for stroke in strokes]
    except (TypeError, ValueError, RecursionError):
        raise InputError("strokes", "cannot be read", "a signature drawn in the box") from None
    if sum(len(stroke) for stroke in clean) > MOST_POINTS:
        raise InputError("strokes", "is too long", "a signature drawn in the box")
    return Signed(
        text(typed, "text_sha256", 64),
        text(typed, "signed_name", 160),
        clean,
        signed_as="guardian" if typed.get("signed_as") == "guardian" else "patient",
        relationship=text(typed, "relationship", 80),
    )


def _coordinate(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 2000:
        raise ValueError(value)
    return int(value)


def checklist(typed: QueryDict, lines: int) -> list[int]:
    """Return the places of the lines that were ticked."""
    return [place for place in range(lines) if typed.get(f"check_{place}")]
