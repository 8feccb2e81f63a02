"""Facts of the latest check-in since the last session, as triage and the rules read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from needlepoint.advice.facts.sessions import anaesthetics
from needlepoint.advice.moment import Moment
from needlepoint.course.session import CheckIn, Place, Session, Sign
from needlepoint.course.zones import ZonePart
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN

_SIGN = "check_in.sign."
_SIGNS = tuple(f"{_SIGN}{sign.value}" for sign in Sign)
_NO_SIGN: dict[str, object] = dict.fromkeys(_SIGNS, "no")
_NO_CHECK_IN: dict[str, object] = dict.fromkeys(
    (
        "check_in.redness",
        "check_in.swelling",
        "check_in.pain",
        "check_in.hours",
        "check_in.days",
        "check_in.highest_earlier_redness",
        "check_in.redness_rose",
        *_SIGNS,
    ),
    NOT_APPLICABLE,
)
_BESIDE_THE_EYE = (ZonePart.PERIORBITAL, ZonePart.EYELID)
# Which place, or which part of the body where nobody asked for the place, makes each of these facts a yes.
_WHERE: Mapping[str, tuple[frozenset[Place], frozenset[ZonePart]]] = {
    "check_in.near_eye": (frozenset({Place.NEAR_EYE}), frozenset(_BESIDE_THE_EYE)),
    "check_in.on_face": (
        frozenset({Place.NEAR_EYE, Place.MOUTH, Place.FACE}),
        frozenset({ZonePart.FACE, *_BESIDE_THE_EYE}),
    ),
    "check_in.on_neck": (frozenset({Place.NECK}), frozenset({ZonePart.NECK})),
}


def check_in_facts(moment: Moment) -> dict[str, object]:
    """Return all facts of check-ins but the level, which only triage can tell."""
    return {**_of_course(moment), **_of_latest(moment)}


def _of_course(moment: Moment) -> dict[str, object]:
    where = moment.check_ins[-1].where if moment.check_ins else None
    zones = frozenset(zone.part for zone in moment.case.goal.zones)
    return {
        **{name: _is_there(where, places, zones & parts) for name, (places, parts) in _WHERE.items()},
        "check_in.anaesthetic_used": _anaesthetic_used(moment.last_session),
    }


def _is_there(where: frozenset[Place] | None, places: frozenset[Place], zones: frozenset[ZonePart]) -> object:
    """Return whether it is there: as the patient said, or where nobody asked or knew, as the needled zones say."""
    if where is None:
        return "yes" if zones else "no"
    if where & places:
        return "yes"
    if where - {Place.NOT_SURE}:
        return UNKNOWN if Place.NOT_SURE in where else "no"
    return "yes" if zones else UNKNOWN


def _anaesthetic_used(session: Session | None) -> object:
    # Nearly every session has a numbing cream, so an empty list says that nobody wrote it down.
    if session is None or not session.topicals:
        return UNKNOWN
    return "yes" if anaesthetics(session) else "no"


def _of_latest(moment: Moment) -> dict[str, object]:
    if not moment.check_ins:
        return _NO_CHECK_IN
    *earlier, latest = moment.check_ins
    hours = _hours(latest, moment.last_session)
    return {
        "check_in.redness": _score(latest.redness),
        "check_in.swelling": _score(latest.swelling),
        "check_in.pain": _score(latest.pain),
        "check_in.hours": UNKNOWN if hours is None else hours,
        "check_in.days": UNKNOWN if hours is None else hours / 24,
        "check_in.highest_earlier_redness": _highest(earlier),
        "check_in.redness_rose": _rose(earlier, latest),
        **_each_sign(latest),
    }


def _score(score: int | None) -> object:
    return UNKNOWN if score is None else score


def _each_sign(check_in: CheckIn) -> dict[str, object]:
    """Return for every sign whether it is there, as `check_in.asked` has it, in one sweep."""
    if check_in.signs is None:
        return dict.fromkeys(_SIGNS, UNKNOWN)
    reported: dict[str, object] = dict.fromkeys((f"{_SIGN}{sign}" for sign in check_in.signs), "yes")
    left_open: dict[str, object] = dict.fromkeys((f"{_SIGN}{sign}" for sign in check_in.unanswered), UNKNOWN)
    return {**_NO_SIGN, **reported, **left_open}


def _hours(check_in: CheckIn, session: Session | None) -> float | None:
    """Return the elapsed hours since the session's clock; a report from the chair counts as at once."""
    if session is None:
        return None
    return max(0.0, (check_in.at - session.clock_starts_at).total_seconds() / 3600)


def _highest(earlier: Sequence[CheckIn]) -> object:
    if not earlier:
        return NOT_APPLICABLE
    scores = [each.redness for each in earlier]
    known = [score for score in scores if score is not None]
    return max(known) if len(known) == len(scores) else UNKNOWN


def _rose(earlier: Sequence[CheckIn], latest: CheckIn) -> object:
    """Return whether redness is above that of the report before: what fades does not come back by itself."""
    if not earlier:
        return NOT_APPLICABLE
    before, now = earlier[-1].redness, latest.redness
    if before is None or now is None:
        return UNKNOWN
    return "yes" if now > before else "no"
