"""A comparison of two photos as the plain mapping that other programs read; keys as the contract has them."""

from __future__ import annotations

import math
from typing import Any

from needlepoint.photo.change import Repeatability, ZoneChange
from needlepoint.photo.colour import vectors
from needlepoint.photo.compare import Comparison
from needlepoint.photo.gate import Check

DIGITS = 4
_ASSUMED = (
    "The patches of this print of the card were not measured: changes between photos with the same print stand, "
    "absolute colours do not."
)
_SHIPPED = (
    "The shipped limits are wide enough for cameras that nobody has measured. A practice that measures its own, on ten "
    "people twice, sees smaller changes."
)
NAMES = {
    "haemoglobin": "Haemoglobin (redness)",
    "erythema_index": "Erythema index",
    "a_star": "a* (redness, CIE)",
    "melanin_index": "Melanin index (pigment)",
    "evenness": "Unevenness of pigment",
    "roughness": "Roughness",
    "lines": "Lines",
    "scar_shading": "Scar-like shading",
}


def document(comparison: Comparison, repeatability: Repeatability) -> dict[str, Any]:
    """Return the comparison ready for JSON; where the gate refused it, `zones` is empty and `why` says what to mend."""
    told: dict[str, Any] = {
        "verdict": comparison.verdict,
        "headline": headline(comparison),
        "could_not_have_shown": _unseen(comparison),
        "zones_seen": dict(zip(("seen", "of"), comparison.seen, strict=True)),
        "zones": [_told(comparison, change) for change in comparison.zones],
        "quality": [_check(check) for check in comparison.quality],
        "card": {"before": comparison.before.card is not None, "after": comparison.after.card is not None},
        "registration_median_mm": _number(
            comparison.registration.median_mm if comparison.registration else None
        ),
        "scale_px_per_mm": _number(comparison.before.px_per_mm or None),
        "scale_from": comparison.before.scale_from,
        "repeatability": {
            "whose": repeatability.whose,
            "words": repeatability.words,
            "source": repeatability.source,
            "basis": repeatability.basis,
        },
        "card_colours": comparison.before.card.basis if comparison.before.card else None,
        "notes": list(notes()),
    }
    if repeatability.whose == "shipped":
        told["notes"].append(_SHIPPED)
    if told["card_colours"] == "assumed":
        told["notes"].append(_ASSUMED)
    if comparison.refused:
        told["why"] = " ".join(check.says for check in comparison.quality if check.level == "refuse")
    return told


DECIDING = {"haemoglobin": "redness", "melanin_index": "pigment"}
_NOT_COUNTED = {
    True: "It is beyond its own scatter and not beyond what so many numbers show by chance; it is not counted.",
    False: "This measure scatters too differently over the face to be counted by itself.",
}


def headline(comparison: Comparison) -> str:
    """Return what came of two photos, in a sentence that cannot be read as more: what was seen, and what was not."""
    if comparison.refused:
        return "These photos cannot be compared"
    seen, every = comparison.seen
    zones = f"{seen} of {every} zones seen"
    unseen = _unseen(comparison)
    if comparison.verdict == "not_measurable" or not unseen:
        return f"Not measurable: {zones}"
    if comparison.verdict == "changed":
        where = dict.fromkeys(place(each.zone.value) for each in comparison.zones if comparison.stands(each))
        return f"Changed: {', '.join(where)}; {zones}"
    missed = " and ".join(f"of {DECIDING[name]} smaller than {size:.2g}" for name, size in unseen.items())
    unshown = f"These photos could not have shown a change {missed}"
    if not comparison.with_card:
        unshown += ": the card is not in both"
    larger = (
        "what is larger could not be told from light or pigment"
        if comparison.withheld
        else "none larger was seen"
    )
    return f"{unshown}; {larger}; {zones}"


def _unseen(comparison: Comparison) -> dict[str, float]:
    """Return for each measure that decides the size below which a change would not have stood in every zone seen."""
    found = {measure: comparison.unseen_below(measure) for measure in DECIDING}
    return {measure: round(size, DIGITS) for measure, size in found.items() if size is not None}


def place(zone: str) -> str:
    """Return a zone in words, its side first."""
    kind, _, side = zone.rpartition("_")
    return f"{side} {kind}".replace("_", " ") if side in {"left", "right"} else zone.replace("_", " ")


def _told(comparison: Comparison, change: ZoneChange) -> dict[str, Any]:
    """Return a line; a change that does not stand is not counted, and is not called changed."""
    stands = comparison.stands(change)
    told = _zone(change) | {"stands": stands}
    if change.verdict != "changed" or stands:
        return told
    return told | {"verdict": "not_counted", "why": _NOT_COUNTED[change.measure in DECIDING]}


def notes() -> tuple[str, ...]:
    """Return what must be read beside the numbers."""
    loss = vectors()["loss"]
    kept = {name: round(100 * loss[name][-1] / loss[name][0]) for name in ("a_star", "erythema_index")}
    dark = (
        f"On very dark skin the same rise in blood moves a* only {kept['a_star']} % and the erythema index only"
        f" {kept['erythema_index']} % as far as on very light skin; haemoglobin nearly keeps its size."
    )
    return (
        "Photo measurements, not a diagnosis; they have not been validated on patients.",
        dark,
        "What a change of pigment could explain is not called a change of redness.",
        "Make-up and creams are not noticed: both photos must be of bare, dry skin.",
        "Of a hundred numbers about five seem changed by chance; a change of redness or pigment counts if it is more.",
        "Half as much blood again moves haemoglobin by about 0.18 on the phantom that the arithmetic was tried on.",
        "Roughness, lines, scar-like shading and unevenness scatter too differently over the face to stand alone.",
    )


def _zone(change: ZoneChange) -> dict[str, Any]:
    told: dict[str, Any] = {
        "zone": change.zone.value,
        "measure": change.measure,
        "unit": change.unit,
        "before": _number(change.before),
        "after": _number(change.after),
        "change": _number(change.change),
        "ci95": None if change.ci95 is None else [_number(end) for end in change.ci95],
        "smallest_detectable": _number(change.smallest_detectable),
        "verdict": change.verdict,
    }
    return {**told, "why": change.why} if change.why else told


def _check(check: Check) -> dict[str, str]:
    return {"photo": check.photo, "check": check.check, "level": check.level, "says": check.says}


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), DIGITS)
