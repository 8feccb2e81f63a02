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
        "zones": [_zone(change) | {"stands": comparison.stands(change)} for change in comparison.zones],
        "quality": [_check(check) for check in comparison.quality],
        "card": {"before": comparison.before.card is not None, "after": comparison.after.card is not None},
        "registration_median_mm": _number(
            comparison.registration.median_mm if comparison.registration else None
        ),
        "scale_px_per_mm": _number(comparison.before.px_per_mm or None),
        "scale_from": comparison.before.scale_from,
        "repeatability": {"source": repeatability.source, "basis": repeatability.basis},
        "card_colours": comparison.before.card.basis if comparison.before.card else None,
        "notes": list(notes()),
    }
    if told["card_colours"] == "assumed":
        told["notes"].append(_ASSUMED)
    if comparison.refused:
        told["why"] = " ".join(check.says for check in comparison.quality if check.level == "refuse")
    return told


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
        "Of a hundred numbers about five seem changed by chance; a change of redness or pigment stands if it is more.",
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
