"""Skin as the dose sees it: where each layer begins and ends in a zone, by one method of measuring."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from needlepoint.course.goals import Sex
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Cited, ZoneFacts

LAYERS = ("stratum_corneum", "epidermis", "papillary_dermis", "reticular_dermis")


@dataclass(frozen=True, slots=True)
class Skin:
    """The depths in mm at which the layers of a zone end, with what is assumed of them and their sources."""

    ends_mm: tuple[float, float, float, float]
    assumed: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def edges_mm(self) -> tuple[float, ...]:
        """Return the surface and the lower edge of each layer, in mm."""
        return (0.0, *self.ends_mm)


@lru_cache(maxsize=256)
def skin_of(kind: str, sex: Sex, knowledge: Knowledge) -> Skin:
    """Return the skin of a kind of zone; where the sex is unknown, the thinner of the two, which is hurt more."""
    zone = knowledge.zones[kind]
    if sex is not Sex.UNKNOWN:
        return _skin(zone, sex)
    thinner = min((_skin(zone, each) for each in (Sex.FEMALE, Sex.MALE)), key=lambda skin: skin.ends_mm[-1])
    said = "Sex was not recorded: the thinner skin of the two stands in."
    return Skin(thinner.ends_mm, (said, *thinner.assumed), thinner.sources)


def _skin(zone: ZoneFacts, sex: Sex) -> Skin:
    names = ("stratum_corneum", "epidermis", "dermis")
    used = {name.replace("_", " "): zone.dose_stack[f"{name}_{sex.value}"] for name in names}
    used["papillary part"] = zone.dose_stack["papillary_share"]
    corneum, epidermis, dermis, papillary = (cited.value for cited in used.values())
    ends = (corneum, epidermis, epidermis + papillary * dermis, epidermis + dermis)
    return Skin(ends, assumptions(f"the skin, {zone.label.lower()}", used), sources_of(*used.values()))


def assumptions(of: str, used: dict[str, Cited]) -> tuple[str, ...]:
    """Return one line that names the numbers whose basis is assumed, or none where there are none."""
    named = [
        f"{name} {cited.value:g} {cited.unit}" for name, cited in used.items() if cited.basis == "assumed"
    ]
    return (f"Assumed of {of}: {', '.join(named)}.",) if named else ()


def sources_of(*used: Cited) -> tuple[str, ...]:
    """Return the sources of some numbers, each once, in the order of their use."""
    return tuple(dict.fromkeys(source for cited in used for source in cited.sources))
