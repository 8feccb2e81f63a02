"""The strict loader: data files in, one frozen knowledge base out, or one line saying what is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import tomli

from needlepoint.evidence import (
    creams,
    depths,
    devices,
    follow_up,
    jurisdictions,
    questions,
    schema,
    substances,
    urgent,
)
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.trace import TraceRow

DATA = Path(__file__).parent / "data"

# One line for each kind of row: the file (or folder) it is read from, the table in it, the shape, and the key.
TABLES: Mapping[str, tuple[str, str, type[schema.Row], str]] = MappingProxyType(
    {
        "sources": ("sources.toml", "source", schema.Source, "id"),
        "jurisdictions": ("jurisdictions.toml", "jurisdiction", jurisdictions.Jurisdiction, "id"),
        "questions": ("questions.toml", "question", questions.Question, "name"),
        "question_groups": ("questions.toml", "group", questions.QuestionGroup, "id"),
        "facts": ("facts.toml", "fact", schema.Fact, "name"),
        "zones": ("zones.toml", "zone", schema.ZoneFacts, "id"),
        "devices": ("devices.toml", "device", schema.Device, "id"),
        "cleared_numbers": ("cleared.toml", "cleared", devices.ClearedNumber, "number"),
        "elsewhere": ("elsewhere.toml", "elsewhere", devices.ElsewhereDevice, "id"),
        "goals": ("goals.toml", "goal", schema.GoalFacts, "id"),
        "depths": ("depths.toml", "depth", depths.GoalDepth, "id"),
        "depth_parameters": ("depths.toml", "parameter", schema.DoseParameter, "id"),
        "depth_moves": ("depths.toml", "move", depths.DepthMove, "id"),
        "depth_reactions": ("depths.toml", "reaction", depths.DepthReaction, "id"),
        "operators": ("operators.toml", "operator", schema.OperatorFacts, "id"),
        "protocols": ("protocols.toml", "protocol", schema.Protocol, "id"),
        "dose_parameters": ("dose.toml", "parameter", schema.DoseParameter, "id"),
        "rules": ("rules", "rule", schema.Rule, "id"),
        "triage": ("triage.toml", "rule", schema.TriageRule, "id"),
        "raisers": ("triage.toml", "raiser", urgent.Raiser, "id"),
        "levels": ("triage.toml", "level", schema.TriageLevel, "id"),
        "unread": ("triage.toml", "unread", urgent.Unread, "id"),
        "alarm_words": ("triage.toml", "word", urgent.AlarmWord, "id"),
        "first_aid": ("first_aid.toml", "aid", urgent.FirstAid, "id"),
        "emergency_numbers": ("emergency_numbers.toml", "number", urgent.EmergencyNumber, "country"),
        "common_numbers": ("emergency_numbers.toml", "common", urgent.EmergencyNumber, "number"),
        "ladders": ("ladders.toml", "ladder", follow_up.Ladder, "id"),
        "scales": ("scales.toml", "scale", follow_up.Scale, "id"),
        "looks": ("after_course.toml", "look", follow_up.Look, "id"),
        "maintenance": ("after_course.toml", "maintenance", follow_up.Maintenance, "id"),
        "adverse_kinds": ("adverse.toml", "kind", follow_up.AdverseKind, "id"),
        "serious_outcomes": ("adverse.toml", "serious", follow_up.SeriousOutcome, "id"),
        "preparation": ("preparation.toml", "line", schema.Preparation, "id"),
        "aftercare": ("aftercare.toml", "line", schema.Aftercare, "id"),
        "milestones": ("milestones.toml", "milestone", schema.Milestone, "id"),
        "pairing": ("pairing.toml", "pairing", schema.Pairing, "id"),
        "creams": ("creams.toml", "cream", creams.Cream, "id"),
        "substances": ("substances.toml", "substance", substances.Substance, "id"),
        "glides": ("substances.toml", "glide", substances.Glide, "title"),
        "home_use": ("home_use.toml", "line", schema.HomeUse, "id"),
        "disagreements": ("disagreements.toml", "disagreement", schema.Disagreement, "id"),
    }
)


@cache
def packaged() -> Knowledge:
    """Return the knowledge base that ships with Needlepoint, read once per process."""
    return load(DATA)


def load(folder: Path) -> Knowledge:
    """Read a whole knowledge base from a folder of data files."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in _paths(folder)}
    parsed = {name: parse(name, content) for name, content in files.items()}
    version = _version(parsed)
    tables = {name: _table(parsed, *place) for name, place in TABLES.items()}
    reviews = {name: _review(name, content) for name, content in parsed.items()}
    return Knowledge(
        version=version,
        sha256=_digest(files),
        reviews=MappingProxyType(reviews),
        rule_files=MappingProxyType(_rule_files(parsed)),
        **tables,
    )


def load_trace(folder: Path = DATA) -> Mapping[str, TraceRow]:
    """Read the source trace: every statement of the five source documents; not needed to advise."""
    rows: dict[str, TraceRow] = {}
    for path in sorted((folder / "trace").glob("*.toml")):
        content = parse(f"trace/{path.name}", path.read_bytes())
        rows |= _rows(f"trace/{path.name}", content, "statement", TraceRow, "id", rows)
    return MappingProxyType(rows)


def _paths(folder: Path) -> Iterator[Path]:
    """Yield the files that advice rests on; the trace is kept apart because it only explains."""
    yield from sorted(folder.glob("*.toml"))
    yield from sorted((folder / "rules").glob("*.toml"))


def _digest(files: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return whole.hexdigest()


def parse(name: str, content: bytes) -> dict[str, Any]:
    """Return a data file as plain tables, or say what cannot be read."""
    try:
        return tomli.loads(content.decode())
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{name}: not readable as TOML: {error}") from None


def _rule_files(parsed: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """Return the file that each rule stands in."""
    return {
        row["id"]: name
        for name, content in parsed.items()
        if name.startswith("rules/")
        for row in content.get("rule", [])
    }


def _version(parsed: Mapping[str, dict[str, Any]]) -> str:
    try:
        return str(parsed["rulebook.toml"]["version"])
    except KeyError:
        raise EvidenceError("rulebook.toml: the version is missing") from None


def _review(name: str, content: dict[str, Any]) -> schema.Review:
    review: schema.Review = convert(f"{name}: [review]", content.get("review", {}), schema.Review)
    return review


def _table(
    parsed: Mapping[str, dict[str, Any]], place: str, table: str, shape: type[schema.Row], key: str
) -> Mapping[str, Any]:
    rows: dict[str, Any] = {}
    names = [name for name in parsed if name == place or name.startswith(f"{place}/")]
    if not names:
        raise EvidenceError(f"{place}: the file is missing")
    for name in names:
        rows |= _rows(name, parsed[name], table, shape, key, rows)
    return MappingProxyType(rows)


def _rows(
    name: str, content: dict[str, Any], table: str, shape: type[schema.Row], key: str, seen: Mapping[str, Any]
) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for index, raw in enumerate(content.get(table, [])):
        where = f"{name}: {table}[{index}] {raw.get(key, '')}".rstrip()
        row = convert(where, raw, shape)
        if row_key(row, key) in rows or row_key(row, key) in seen:
            raise EvidenceError(f"{where}: the {key} is used twice")
        rows[row_key(row, key)] = row
    return rows


def row_key(row: schema.Row, key: str) -> str:
    """Return the key of a row."""
    return str(getattr(row, key))


def convert(where: str, raw: object, shape: type[schema.Row]) -> Any:
    """Return raw values as a row of that shape, or name the place that does not fit."""
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        raise EvidenceError(f"{where}: {error}") from None
