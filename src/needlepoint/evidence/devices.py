"""The shapes of the rows about devices of which little is known: numbers of a list, and what was used elsewhere."""

from __future__ import annotations

from typing import Literal

from needlepoint.evidence.schema import Clearance, Ids, Row, Words


class ClearedNumber(Row, frozen=True):
    """A number under which an authority cleared a device; an empty text says that it was not found.

    `device` is its row in devices.toml. `cleared` stands here only where there is no such row: a practice that owns the
    device enters its depth and needles from the label, and the claims are these.
    """

    number: Words
    read: Literal["secondary", "number_only"]
    sources: Ids
    name: str = ""
    maker: str = ""
    claims: str = ""
    needles: str = ""
    device: str = ""
    cleared: tuple[Clearance, ...] = ()

    def __post_init__(self) -> None:
        if self.read == "number_only" and (self.name or self.maker or self.claims or self.cleared):
            raise ValueError("of a number alone nothing else is known")
        if self.device and self.cleared:
            raise ValueError("its claims stand with its device already")


class ElsewhereDevice(Row, frozen=True):
    """What needled a patient elsewhere and nobody here knows: it can stand in the past, and never in a plan.

    It has no needles and no depth of its own: what is not known is no number. `named` are the words that mean it.
    """

    id: Words
    label: Words
    kind: Literal["pen", "roller", "rf"]
    says: Words
    named: Ids
    sources: Ids
