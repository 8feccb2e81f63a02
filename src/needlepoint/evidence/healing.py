"""The constants of the healing forecast and the published figures it is held against, read as strictly as the rulebook.

The figures that fitting may see and those it may not lie in two files; `calibration_rows` opens only the first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec
import tomli

from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.schema import Basis, Cited, Ids, Review, Row, Words

FOLDER = Path(__file__).parent / "data" / "healing"
Name = Annotated[str, msgspec.Meta(min_length=1)]
Compare = Literal["band", "width", "not_modelled"]
# What coming inside a band is worth: a figure that was measured; only the direction of one; words that were put into
# figures by us; or nothing, because the model was made to come there.
Worth = Literal["data", "sign", "words", "by_construction"]


class Parameter(Row, frozen=True):
    """A constant of the model: its value, its range, and how it differs between people."""

    symbol: Name
    name: Words
    value: float
    low: float
    high: float
    unit: Words
    basis: Basis
    sources: Ids
    spread: Literal["none", "lognormal", "uniform"] = "none"
    log_sd: float = 0.0
    fitted: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"value {self.value} lies outside its own range {self.low} to {self.high}")
        if (self.spread == "lognormal") != (self.log_sd > 0):
            raise ValueError("a log-sd above 0 goes with a lognormal spread, and only with that")
        if self.spread == "lognormal" and self.low <= 0:
            raise ValueError("a lognormal spread needs a range above 0")
        if self.fitted != (self.basis == "calibrated"):
            raise ValueError("what the calibration fits is calibrated, and nothing else is")


class SkinTypeFactor(Row, frozen=True):
    """What a skin type changes: pigment response, the error of a redness score, the closing of channels."""

    id: Name
    pigment: Cited
    score_sd: Cited
    closing: Cited
    pigment_class: Literal["low", "moderate", "high", "unknown"]
    note: str = ""


class SkinPart(Row, frozen=True):
    """What a part of the body changes: the closing of channels, the turnover of its horny layer."""

    id: Words
    closing: Cited
    turnover_days: Cited
    collagen_studied: bool
    forecast: bool
    note: str = ""


class Limit(Row, frozen=True):
    """One side of the studied box: what was tried on people, and who tried it."""

    id: Words
    says: Words
    low: float
    high: float
    unit: Words
    basis: Basis
    sources: Ids
    note: str = ""


class Study(Row, frozen=True):
    """A published course as the model is given it; what the paper leaves open is assumed, and says so."""

    id: Words
    device_kind: Literal["pen", "roller"]
    zone: Words
    sessions: int
    interval_days: float
    depth_mm: float
    channels_per_cm2: Cited
    needle_mm: float
    age_years: float
    sex: Literal["female", "male"]
    skin_type: Name
    sources: Ids
    note: str = ""


class Figure(Row, frozen=True):
    """A published figure and the band within which the model has to come; `misses` is a miss we show.

    Where `compare` is `width`, the band is one of coverage: the percentage of the study's people, with their mean
    `value` and their `people_sd`, who lie where nine in ten of the model's do.
    """

    id: Words
    worth: Worth
    target: str
    study: Words
    quantity: Words
    published: Words
    low: float
    high: float
    unit: Words
    ruler: Words
    compare: Compare
    basis: Basis
    sources: Ids
    value: float | None = None
    day: float | None = None
    sd: float = 1.0
    people_sd: float | None = None
    versus: str = ""
    misses: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class HealingEvidence:
    """All constants of the forecast by their key, with the digest of the files they came from."""

    sha256: str
    parameters: Mapping[str, Parameter]
    skin_types: Mapping[str, SkinTypeFactor]
    parts: Mapping[str, SkinPart]
    limits: Mapping[str, Limit]
    studies: Mapping[str, Study]


@cache
def packaged_healing() -> HealingEvidence:
    """Return the constants that ship with Needlepoint, read once per process."""
    return load_healing(FOLDER)


def load_healing(folder: Path) -> HealingEvidence:
    """Read the constants of the forecast from a folder of data files; no published outcome is among them."""
    parameters, factors, studies = (folder / f"{name}.toml" for name in ("parameters", "factors", "studies"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in (parameters, factors, studies)))
    return HealingEvidence(
        sha256=digest.hexdigest(),
        parameters=_rows(parameters, "parameter", Parameter, "symbol"),
        skin_types=_rows(factors, "skin_type", SkinTypeFactor, "id"),
        parts=_rows(factors, "part", SkinPart, "id"),
        limits=_rows(factors, "limit", Limit, "id"),
        studies=_rows(studies, "study", Study, "id"),
    )


def calibration_rows(folder: Path = FOLDER) -> Mapping[str, Figure]:
    """Return the figures that fitting may read."""
    return _rows(folder / "calibrate.toml", "figure", Figure, "id")


def held_out_rows(folder: Path = FOLDER) -> Mapping[str, Figure]:
    """Return the figures that fitting may not read."""
    return _rows(folder / "held_out.toml", "figure", Figure, "id")


def _rows(path: Path, table: str, shape: type[Row], key: str) -> Mapping[str, Any]:
    content = _content(path)
    rows: dict[str, Any] = {}
    for index, raw in enumerate(content[table]):
        where = f"healing/{path.name}: {table}[{index}] {raw.get(key, '')}".rstrip()
        try:
            row = msgspec.convert(raw, shape)
        except msgspec.ValidationError as error:
            raise EvidenceError(f"{where}: {error}") from None
        if raw[key] in rows:
            raise EvidenceError(f"{where}: the {key} is used twice")
        rows[raw[key]] = row
    return MappingProxyType(rows)


def _content(path: Path) -> dict[str, Any]:
    try:
        content = tomli.loads(path.read_text())
        msgspec.convert(content.get("review", {}), Review)
    except (OSError, tomli.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise EvidenceError(f"healing/{path.name}: not readable: {error}") from None
    return content
