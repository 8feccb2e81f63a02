"""Who may hold which device to which depth in a place: what a table of sources says, and nothing about the others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec

from needlepoint.evidence.schema import Basis, Cited, Ids, Row, Words

Place = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]


class Jurisdiction(Row, frozen=True):
    """What a place says of some operators and the devices of a setting; `place` is a code of ISO 3166.

    `says_on` is the day of the statement, as exactly as it is known, empty where it is not; `seen_on` the day on which
    it was looked up.
    """

    id: Words
    place: Place
    title: Words
    operators: Ids
    settings: tuple[Literal["professional", "home"], ...]
    may: Literal["not", "to_depth", "proposed"]
    says: Words
    seen_on: date
    sources: Ids
    basis: Basis
    says_on: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{4}(-[0-9]{2}){0,2})?$")] = ""
    depth_max: Cited | None = None

    def __post_init__(self) -> None:
        if (self.may == "to_depth") is (self.depth_max is None):
            raise ValueError("a row that allows to a depth names it, and no other does")


def rows_for(
    place: str, operator: str, setting: str, table: Mapping[str, Jurisdiction]
) -> tuple[Jurisdiction, ...]:
    """Return what is on file for a place, and for the country that it lies in."""
    places = {place, place[:2]}
    return tuple(
        row
        for row in table.values()
        if row.place in places and operator in row.operators and setting in row.settings
    )
