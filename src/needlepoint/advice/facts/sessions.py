"""Facts of the sessions done: when, how deep, with which cartridge, under which numbing cream."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from needlepoint.advice.depth_limits import on_the_dial
from needlepoint.advice.moment import Moment
from needlepoint.advice.numbing import Numbing, numbing, together
from needlepoint.course.answers import YesNo
from needlepoint.course.session import Cartridge, Pass, Session, Topical, TopicalKind
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN

_NONE_DONE = dict.fromkeys(
    (
        "session.last_on",
        "session.last_deepest_mm",
        "session.deepest_mm",
        "session.last_healed",
        "session.cartridge_expired",
        "session.cartridge_recorded",
        "session.cartridge_reused",
        "session.off_step",
        "session.anaesthetic_percent",
        "session.anaesthetic_compounded",
        "session.anaesthetic_area_cm2",
        "session.anaesthetic_occluded",
        "session.anaesthetic_count",
        *(f"session.anaesthetic_{each}" for each in ("dose", "spread", "stay", "layer")),
        *(f"session.anaesthetic_{each}" for each in ("for_age", "reasoned", "measured")),
        "session.serum_used",
    ),
    NOT_APPLICABLE,
)


def session_facts(moment: Moment) -> dict[str, object]:
    """Return the facts of all sessions up to the moment, and of the last one's topicals."""
    last = moment.last_session
    if last is None:
        return {"session.count": 0, **_NONE_DONE}
    return {
        "session.count": len(moment.sessions),
        "session.last_on": moment.last_session_on,
        "session.last_deepest_mm": _depth(last.passes),
        "session.deepest_mm": _depth(
            each_pass for session in moment.sessions for each_pass in session.passes
        ),
        "session.last_healed": UNKNOWN if last.healed is YesNo.UNKNOWN else last.healed.value,
        "session.off_step": _yes(_is_off_step(moment)),
        **_cartridge_facts(moment),
        **_anaesthetic_facts(last),
        **_label_facts(moment, last),
        "session.serum_used": _yes(any(each.kind is TopicalKind.SERUM for each in last.topicals)),
    }


def deepest(session: Session) -> Decimal | None:
    """Return the deepest setting of a session in mm; None where no pass was recorded."""
    return max((each_pass.depth.mm for each_pass in session.passes), default=None)


def anaesthetics(session: Session) -> tuple[Topical, ...]:
    """Return the numbing creams of a session."""
    return tuple(each for each in session.topicals if each.kind is TopicalKind.ANAESTHETIC)


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _depth(passes: Iterable[Pass]) -> object:
    return max((each_pass.depth.mm for each_pass in passes), default=UNKNOWN)


def _is_off_step(moment: Moment) -> bool:
    return any(
        not on_the_dial(each_pass.depth.mm, moment.knowledge.devices[session.device])
        for session in moment.sessions
        for each_pass in session.passes
    )


def _cartridge_facts(moment: Moment) -> dict[str, object]:
    """Return the facts of the needle heads; a device that belongs to one person has none to record."""
    counted = [
        session
        for session in moment.sessions
        if moment.knowledge.devices[session.device].single_use != "one_person"
    ]
    if not counted:
        names = ("session.cartridge_expired", "session.cartridge_recorded", "session.cartridge_reused")
        return dict.fromkeys(names, NOT_APPLICABLE)
    return {
        "session.cartridge_expired": _expired(moment, counted),
        "session.cartridge_recorded": _yes(all(_is_recorded(session.cartridge) for session in counted)),
        "session.cartridge_reused": _yes(_is_reused([each.cartridge for each in counted if each.cartridge])),
    }


def _expired(moment: Moment, sessions: list[Session]) -> object:
    days = [
        (moment.case.day_of(each.started_at), each.cartridge.expires_on if each.cartridge else None)
        for each in sessions
    ]
    if any(expires_on is not None and expires_on < used_on for used_on, expires_on in days):
        return "yes"
    return UNKNOWN if any(expires_on is None for _, expires_on in days) else "no"


def _is_recorded(cartridge: Cartridge | None) -> bool:
    return cartridge is not None and cartridge.lot is not None and cartridge.expires_on is not None


def _is_reused(cartridges: list[Cartridge]) -> bool:
    """Say whether one cartridge stands in two sessions; one without a serial number cannot be told from its lot."""
    seen: dict[str, list[Cartridge]] = {}
    for each in cartridges:
        if each.serial is None:
            continue
        same_serial = seen.setdefault(each.serial, [])
        if any(_may_be_one(each, other) for other in same_serial):
            return True
        same_serial.append(each)
    return False


def _may_be_one(one: Cartridge, other: Cartridge) -> bool:
    """Say whether nothing on two records with the same serial number tells the cartridges apart."""
    return all(
        None in (mine, theirs) or mine == theirs
        for mine, theirs in ((one.gtin, other.gtin), (one.lot, other.lot))
    )


def _anaesthetic_facts(session: Session) -> dict[str, object]:
    creams = anaesthetics(session)
    strengths = [each.strength_percent for each in creams]
    areas = [each.area_cm2 for each in creams]
    return {
        "session.anaesthetic_percent": _joined(max, strengths),
        "session.anaesthetic_compounded": _any_of(each.compounded for each in creams),
        # Areas add up: what the blood takes up grows with all the skin that any cream lay on.
        "session.anaesthetic_area_cm2": _joined(sum, areas),
        "session.anaesthetic_occluded": _any_of(each.occluded for each in creams),
        "session.anaesthetic_count": len({each.name.strip().casefold() for each in creams}),
    }


def _label_facts(moment: Moment, session: Session) -> dict[str, object]:
    """Return how the creams of a session stand to their own labels; nothing to say without a cream."""
    creams = anaesthetics(session)
    on = moment.case.day_of(session.started_at)
    born, weight = moment.case.patient.born_last, moment.case.answers.get("weight_kg")
    judged = [numbing(_weighed(each, weight), born, on, moment.knowledge) for each in creams]
    if not judged:
        names = ("dose", "spread", "stay", "layer", "for_age", "reasoned", "measured")
        return {f"session.anaesthetic_{name}": NOT_APPLICABLE for name in names}
    return {
        "session.anaesthetic_dose": _known(together(judged, "grams")),
        "session.anaesthetic_spread": _known(together(judged, "area")),
        "session.anaesthetic_stay": _longest(judged, "minutes"),
        "session.anaesthetic_layer": _longest(judged, "layer"),
        "session.anaesthetic_for_age": _yes(all(each.limit is not None for each in judged)),
        "session.anaesthetic_reasoned": _yes(all(each.reason.strip() for each in creams)),
        "session.anaesthetic_measured": _yes(
            all(None not in (each.grams, each.area_cm2, each.on_minutes) for each in creams)
        ),
    }


def _weighed(cream: Topical, weight_kg: object) -> Topical:
    """Return the cream with the weight of that day, or else the one that the screening holds."""
    if cream.patient_kg is not None or not isinstance(weight_kg, Decimal):
        return cream
    return replace(cream, patient_kg=weight_kg)


def _known(value: Decimal | None) -> object:
    return UNKNOWN if value is None else value


def _longest(judged: list[Numbing], name: str) -> object:
    """Return the largest multiple that is known: one cream beyond its label is enough."""
    return max((v for v in (getattr(each, name) for each in judged) if v is not None), default=UNKNOWN)


def _joined(join: Callable[[Iterable[Decimal]], object], values: list[Decimal | None]) -> object:
    """Return one number for all creams: none without a cream, unknown where one of them was left open."""
    if not values:
        return NOT_APPLICABLE
    known = [each for each in values if each is not None]
    return join(known) if len(known) == len(values) else UNKNOWN


def _any_of(answers: Iterable[YesNo]) -> object:
    """Return yes where one is yes, else unknown where one is open; none without a cream."""
    said = frozenset(answers)
    if not said:
        return NOT_APPLICABLE
    if YesNo.YES in said:
        return "yes"
    return UNKNOWN if YesNo.UNKNOWN in said else "no"
