"""The door of this room: two photos in, a comparison out, with everything that stands against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from needlepoint.course.zones import Zone
from needlepoint.photo import gate, identity, pairing
from needlepoint.photo.card import Card
from needlepoint.photo.change import (
    Repeatability,
    ZoneChange,
    default,
    judged,
    of_many,
    size_error,
    unmeasured,
    withheld,
)
from needlepoint.photo.colour import blood_gain, pigment_leak
from needlepoint.photo.picture import Picture
from needlepoint.photo.reading import COLOUR_MEASURES, MEASURES, Reading, read
from needlepoint.photo.registration import Registration, register
from needlepoint.photo.zones import outlines

FEWEST_FOR_LIGHT = (
    7  # zones, from which on a slope of light across the face is told from a change of a few of them
)
COMMON_SHIFT = 0.6  # share of zones that move the same way, from which on it may be the light
DECIDING = ("haemoglobin", "melanin_index")  # what the verdict on a pair rests on
_REDNESS = ("erythema_index", "a_star")
_PIGMENT_OR_LIGHT = "Haemoglobin did not change with it, so pigment or light may have moved this index."
_PIGMENT_AS_BLOOD = (
    "A change of pigment, seen or too small to be seen, would move this as much on skin of this colour."
)
_UNSEEN = "Too little bare skin of this zone is seen in both photos."
_WHOLE_FACE = "Without the card a shift of the whole face cannot be told from a change of light."
_LONELY_CARD = gate.Check(
    "pair", "card", "warn", "Only one photo shows the card; colours are compared as without it."
)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What became of the skin between two photos; `registration` and the readings are kept for pictures of it."""

    zones: tuple[ZoneChange, ...]
    quality: tuple[gate.Check, ...]
    before: Reading
    after: Reading
    registration: Registration | None

    @property
    def refused(self) -> bool:
        """Return whether the gate refuses the comparison."""
        return gate.strictest(self.quality) == "refuse"

    @property
    def verdict(self) -> str:
        """Return the verdict on redness and pigment; what one of so many numbers may show by chance does not count."""
        told = [change for change in self.zones if change.verdict in {"changed", "not_detectable"}]
        if not told:
            return "not_measurable"
        return "changed" if any(self.stands(change) for change in told) else "not_detectable"

    def stands(self, change: ZoneChange) -> bool:
        """Return whether a change is more than chance shows among all numbers of the pair (Bonferroni, 5 %).

        Texture and evenness never stand alone: on unchanged skin they scatter too unlike by zone. The two
        indices of redness stand with haemoglobin.
        """
        if change.measure in _REDNESS:
            blood = next(c for c in self.zones if (c.zone, c.measure) == (change.zone, "haemoglobin"))
            return change.verdict == "changed" and self.stands(blood)
        if change.verdict != "changed" or change.measure not in DECIDING:
            return False
        return abs(change.change or 0) > (change.smallest_detectable or 0) * self._of_many

    @property
    def _of_many(self) -> float:
        return of_many(sum(each.change is not None for each in self.zones))

    @property
    def seen(self) -> tuple[int, int]:
        """Return in how many zones anything was measured, and how many there are."""
        measured = {change.zone for change in self.zones if change.change is not None}
        return len(measured), len({change.zone for change in self.zones})

    def unseen_below(self, measure: str) -> float | None:
        """Return the size below which a change of a measure would not have stood in every zone that was seen."""
        limits = [c.smallest_detectable for c in self.zones if c.measure == measure and c.smallest_detectable]
        return max(limits) * self._of_many if limits else None

    @property
    def withheld(self) -> bool:
        """Return whether a number was large enough to stand and yet nothing may be concluded from it."""
        return any(
            change.verdict == "not_measurable"
            and change.measure in DECIDING
            and abs(change.change) > (change.smallest_detectable or 0) * self._of_many
            for change in self.zones
            if change.change is not None
        )

    @property
    def with_card(self) -> bool:
        """Return whether both photos were read with the card."""
        return self.before.card is not None and self.after.card is not None


def compare(
    before: Picture | Reading,
    after: Picture | Reading,
    *,
    plan: Card | None = None,
    repeatability: Repeatability | None = None,
    card_wanted: bool = False,
    maps: bool = True,
) -> Comparison:
    """Return the measured change from `before` to `after`.

    With `card_wanted` photos without the card are refused; without `maps` skin that is no face is not registered by
    flow. Faces always are: it says whether they are the same.
    """
    first, second = (photo if isinstance(photo, Reading) else read(photo, plan) for photo in (before, after))
    lonely = (first.card is None) != (second.card is None)
    quality: tuple[gate.Check, ...] = _card_wanted(first, second) if card_wanted else ()
    if lonely:
        quality = (*quality, _LONELY_CARD)
        first, second = _without_card(before, first), _without_card(after, second)
    quality = (*quality, *gate.of_photo(first, "before"), *gate.of_photo(second, "after"))
    if first.measurable and second.measurable:
        quality = (*quality, *gate.of_pair(first, second))
    if gate.strictest(quality) == "refuse":
        return Comparison((), quality, first, second, None)
    faces = first.face is not None and second.face is not None
    laid = register(first, second) if maps or faces else None
    if faces and laid is not None:
        quality = (*quality, *identity.of_pair(first, second, laid, after))
    if gate.strictest(quality) == "refuse":
        return Comparison((), quality, first, second, laid)
    changes, said = _changes(first, second, repeatability or default())
    return Comparison(changes, (*quality, *said), first, second, laid)


def _without_card(photo: Picture | Reading, reading: Reading) -> Reading:
    """Return the reading as if there were no card: one corrected photo and one uncorrected cannot be compared."""
    if reading.card is None or isinstance(photo, Reading):
        return reading
    return read(photo, use_card=False)


def _card_wanted(first: Reading, second: Reading) -> tuple[gate.Check, ...]:
    return tuple(
        gate.Check(photo, "card", "refuse", "The card was asked for and is not seen in this photo.")
        for photo, reading in (("before", first), ("after", second))
        if reading.card is None
    )


def _changes(
    first: Reading, second: Reading, table: Repeatability
) -> tuple[tuple[ZoneChange, ...], tuple[gate.Check, ...]]:
    layouts = pairing.common(first, second)
    condition = "card" if first.card and second.card else "no_card"
    textures, said, missing = pairing.textures(first, second, layouts)
    seen_colours = pairing.colours(first, second, layouts)
    colours = _evened({key: pair for key, pair in seen_colours.items() if key[1] not in missing})
    pairs = (_alike(colours) if condition == "card" else colours) | textures
    seen = {zone for zone, _ in pairs}
    index = face_index(_pigment(pairs)) if condition == "card" else 0.0
    changes = [
        _change(
            zone,
            measure,
            pairs,
            table.smallest_detectable(condition, measure, _darkness(pairs, zone)),
            size_error(measure, index),
            missing if zone in seen else {},
        )
        for zone in layouts[0].zones
        for measure in MEASURES
        if measure != "scar_shading" or (zone, measure) in pairs or measure in missing
    ]
    return tuple(_doubted(changes, condition)), said


def _darkness(pairs: pairing.Pairs, zone: Zone) -> float:
    """Return the melanin index of a zone, the mean of both photos."""
    return float(np.mean(pairs.get((zone, "melanin_index"), (0.0,))))


def face_index(pigment: Iterable[tuple[float, float]]) -> float:
    """Return the melanin index of a face: the middle over its zones, each the mean of both photos.

    One zone by itself says as much about its shade: with the light from a side, a cheek of dark skin read 12 too much.
    """
    found = [(before + after) / 2 for before, after in pigment]
    return float(np.median(found)) if found else 0.0


def _pigment(pairs: pairing.Pairs) -> list[tuple[float, float]]:
    return [pair for (_, measure), pair in pairs.items() if measure == "melanin_index"]


def _alike(pairs: pairing.Pairs) -> pairing.Pairs:
    """Return the pairs with haemoglobin in the size that it has on very light skin, all by the face's one factor.

    Only with the card: without it the melanin index says more about the lamp than about the skin.
    """
    gain = blood_gain(face_index(_pigment(pairs)))
    blood = {key: pair for key, pair in pairs.items() if key[1] == "haemoglobin"}
    return pairs | {key: (gain * before, gain * after) for key, (before, after) in blood.items()}


def _evened(pairs: pairing.Pairs) -> pairing.Pairs:
    """Return the pairs without the part of a pigment change that grows evenly from one side of the face to the other.

    Light falls off like that, and pigment does not change like that. Half is taken from each photo, so that swapped
    photos still give the opposite; the line is the one with the least absolute misses, which a single zone cannot bend.
    """
    across = {
        zone: float(outlines()[zone][:, 0].mean())
        for zone, name in pairs
        if name == "melanin_index" and zone in outlines()
    }
    if len(across) < FEWEST_FOR_LIGHT:
        return pairs
    x = np.array(list(across.values()))
    change = np.array([pairs[zone, "melanin_index"][1] - pairs[zone, "melanin_index"][0] for zone in across])
    half = _slope(x, change) / 2
    even = {
        (zone, "melanin_index"): (
            pairs[zone, "melanin_index"][0] + half * at,
            pairs[zone, "melanin_index"][1] - half * at,
        )
        for zone, at in across.items()
    }
    return pairs | even


def _slope(x: np.ndarray, y: np.ndarray) -> float:
    """Return the slope of the line with the least sum of absolute misses, by reweighting."""
    weight, line, basis = np.ones(len(x)), np.zeros(2), np.column_stack([np.ones(len(x)), x / 50.0])
    for _ in range(30):
        system = basis.T @ (weight[:, None] * basis)
        line = np.linalg.lstsq(system, basis.T @ (weight * y), rcond=None)[0]
        weight = 1 / np.maximum(np.abs(y - basis @ line), 1e-3)
    return float(line[1] / 50.0)


def _change(
    zone: Zone, measure: str, pairs: pairing.Pairs, smallest: float, share: float, missing: dict[str, str]
) -> ZoneChange:
    if (zone, measure) in pairs:
        return judged(zone, measure, pairs[zone, measure], smallest, share)
    return unmeasured(zone, measure, missing.get(measure, _UNSEEN))


def _doubted(changes: list[ZoneChange], condition: str) -> list[ZoneChange]:
    """Take back what the numbers alone do not carry: redness that pigment may explain, and shifts of the whole face."""
    found = {(change.zone, change.measure): change for change in changes}
    face = face_index(pigment_seen(changes))
    gain = blood_gain(face) if condition == "card" else 1.0
    blood = {
        zone: withheld(change, _PIGMENT_AS_BLOOD)
        if _leaked(change, found[zone, "melanin_index"], face, gain)
        else change
        for (zone, measure), change in found.items()
        if measure == "haemoglobin"
    }
    kept = [
        blood[change.zone]
        if change.measure == "haemoglobin"
        else (withheld(change, _PIGMENT_OR_LIGHT) if _alone(change, blood[change.zone]) else change)
        for change in changes
    ]
    return kept if condition == "card" else _without_common_shift(kept)


def pigment_seen(changes: Iterable[ZoneChange]) -> list[tuple[float, float]]:
    """Return the melanin index of each zone before and after, where it was read."""
    told = [change for change in changes if change.measure == "melanin_index"]
    return [(c.before, c.after) for c in told if c.before is not None and c.after is not None]


def _leaked(blood: ZoneChange, pigment: ZoneChange, face: float, gain: float) -> bool:
    """Return whether a change of pigment, seen or too small to be seen, could be all there is to a change of blood.

    Nobody knows whether a zone that is darker than the face has more pigment or less light, so both are asked.
    """
    own = pigment_seen([pigment])
    if blood.verdict != "changed" or not own:
        return False
    return any(_explains(gain * pigment_leak(index), pigment, blood) for index in (face, face_index(own)))


def _explains(leak: float, pigment: ZoneChange, blood: ZoneChange) -> bool:
    rest = (blood.change or 0) - leak * (pigment.change or 0)
    scatter = np.hypot(blood.smallest_detectable or 0, leak * (pigment.smallest_detectable or 0))
    return bool(abs(rest) <= scatter or rest * (blood.change or 0) < 0)


def _alone(change: ZoneChange, blood: ZoneChange) -> bool:
    """Return whether a redness index claims a change that haemoglobin does not share."""
    if change.measure not in _REDNESS or change.verdict != "changed":
        return False
    return blood.verdict != "changed" or (blood.change or 0) * (change.change or 0) <= 0


def _without_common_shift(changes: list[ZoneChange]) -> list[ZoneChange]:
    shifted = {measure for measure in COLOUR_MEASURES if _shift([c for c in changes if c.measure == measure])}
    return [
        withheld(c, _WHOLE_FACE) if c.measure in shifted and c.verdict == "changed" else c for c in changes
    ]


def _shift(changes: list[ZoneChange]) -> bool:
    measured = [change for change in changes if change.change is not None]
    signs = sum(float(np.sign(c.change or 0)) for c in measured if c.verdict == "changed")
    return bool(measured) and abs(signs) >= COMMON_SHIFT * len(measured)
