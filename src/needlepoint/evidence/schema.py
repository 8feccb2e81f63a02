"""The shapes of the data files; a key that is not listed here is an error."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec

Basis = Literal["retrieved", "calibrated", "assumed"]
Words = Annotated[str, msgspec.Meta(min_length=2)]
Ids = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
Condition = dict[str, Any]


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something read from a data file."""


class Review(Row):
    """Who wrote a file's rows, who checked them, and by when they must be looked at again."""

    author: Words
    checker: Words
    reviewed_on: date
    review_by: date


class Source(Row):
    """A document; `read` says how: in the original, through another page, from memory, or our own proposal."""

    id: Words
    title: Words
    kind: Literal[
        "source_document",
        "label",
        "trial",
        "review",
        "study",
        "guideline",
        "regulation",
        "device_file",
        "clinic_page",
        "vendor_page",
        "report",
        "proposal",
    ]
    read: Literal["primary", "secondary", "recalled", "own"]
    where: Words
    year: int | None = None


class Cited(Row):
    """A number with its unit, the range it may lie in, its sources and its basis."""

    value: float
    unit: Words
    low: float
    high: float
    sources: Ids
    basis: Basis
    sd: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"value {self.value} lies outside its own range {self.low} to {self.high}")


class CitedRange(Row):
    """Two numbers from..to with unit, sources and basis."""

    low: float
    high: float
    usual: float
    unit: Words
    sources: Ids
    basis: Basis
    note: str = ""

    def __post_init__(self) -> None:
        if not self.low <= self.usual <= self.high:
            raise ValueError(f"usual {self.usual} lies outside {self.low} to {self.high}")


class Fact(Row):
    """A fact that is computed from the case, by name; `asked_as` is the key of the case file that would settle it."""

    name: Words
    kind: Literal["choice", "choices", "date", "number"]
    says: Words
    choices: tuple[str, ...] = ()
    unit: str = ""
    asked_as: str = ""
    each: Literal["case", "zone"] = "case"


class Layer(Row):
    """How thick a layer is in a zone, for a sex, by one method; methods are never mixed."""

    layer: Literal["stratum_corneum", "epidermis", "dermis", "full_skin"]
    sex: Literal["female", "male", "any"]
    method: Literal["ultrasound", "histology", "confocal_raman", "biopsy", "recalled"]
    mean: Cited


class ZoneFacts(Row):
    """What is known of a kind of zone: its skin and its depth limits."""

    id: Words
    label: Words
    depth_start: Cited
    depth_max: Cited
    layers: tuple[Layer, ...]
    dose_stack: dict[str, Cited]
    inside_orbital_rim: bool = False
    note: str = ""


class Clearance(Row):
    """What a device is cleared for: concerns, kinds of zone, skin types, age."""

    concerns: Ids
    zones: Ids
    skin_types: Ids
    min_age_years: int
    sources: Ids
    note: str = ""


class EvaluatedDepth(Row):
    """The deepest setting evaluated for concerns in zones on this device."""

    concerns: Ids
    zones: Ids
    depth: Cited


class NeedleGeometry(Row):
    """The needles: how many, how thick, over what width, in what pattern."""

    count: Cited
    diameter: Cited
    width: Cited
    pattern: Literal["circle", "rows"]
    rows: int | None = None
    drum_diameter: Cited | None = None
    disagreement: str = ""


class Device(Row):
    """A pen, roller or stamp."""

    id: Words
    name: Words
    maker: Words
    kind: Literal["pen", "roller", "stamp"]
    setting: Literal["professional", "home"]
    needles: NeedleGeometry
    depth_min: Cited
    depth_max: Cited
    reach: Cited
    single_use: Literal["cartridge", "whole", "one_person"]
    sources: Ids
    depth_step: Cited | None = None
    depth_tolerance: Cited | None = None
    rate: CitedRange | None = None
    cleared: tuple[Clearance, ...] = ()
    evaluated: tuple[EvaluatedDepth, ...] = ()
    note: str = ""


class GoalFacts(Row):
    """What a course toward a concern usually takes, when to stop a pass, and which scales fit, leading first."""

    id: Words
    label: Words
    family: Literal["scar", "wrinkle", "texture", "pigment", "laxity"]
    sessions: CitedRange
    interval: CitedRange
    endpoint: Words
    scales: Ids
    sources: Ids
    note: str = ""


class OperatorFacts(Row):
    """Who holds the device: what they may decide and how deep they go."""

    id: Words
    label: Words
    authority: Literal["prescriber", "operator", "nobody"]
    devices: Ids
    sources: Ids
    depth_max: Cited | None = None
    endpoint: str = ""
    note: str = ""


class Example(Row):
    """A patient for a rule: one that fires it and one that just does not."""

    at: date
    facts: dict[str, Any]
    fires: bool
    until: date | None = None


class Rule(Row):
    """A cited law: named facts in, one verdict out.

    `needs_decision` names what whoever may override it has to decide, and write into the chart, before a session.
    """

    id: Words
    verdict: Literal["stop", "refer", "wait", "change", "note"]
    when: Condition
    reason: Words
    sources: Ids
    basis: Basis
    overridable_by: Literal["nobody", "prescriber", "operator"]
    examples: tuple[Example, ...]
    if_unknown: str = ""
    needs_decision: str = ""
    each: Literal["case", "zone"] = "case"
    author: str = ""
    checker: str = ""
    reviewed_on: date | None = None
    review_by: date | None = None
    note: str = ""


Level = Literal["expected", "routine", "this_week", "call_48h", "same_day", "emergency"]


class TriageRule(Row):
    """A sign or a score at a time after the session, and how soon a person must look.

    `floor` is the lowest level that a practice may give the rule, and `why` the reason for the level. `tells` is what
    the patient is told beside the level's words, and instead of them where nothing else is as urgent;
    `answer_within_hours` is this rule's own clock, where it is shorter than its level's.
    """

    id: Words
    level: Level
    floor: Level
    why: Words
    when: Condition
    says: Words
    sources: Ids
    basis: Basis
    raised_by: tuple[str, ...] = ()
    tells: str = ""
    answer_within_hours: float | None = None


class TriageLevel(Row):
    """A level of triage: the words for the patient and the clock for staff."""

    id: Level
    says: Words
    sources: Ids
    basis: Basis
    answer_within_hours: float | None = None


class Preparation(Row):
    """Something to do, or to leave, before a session."""

    id: Words
    says: Words
    sources: Ids
    basis: Basis
    stop_by_days: int | None = None
    when: Condition | None = None


class Aftercare(Row):
    """Something to do or to leave after a session, from and until so many elapsed hours."""

    id: Words
    kind: Literal["allowed_from", "do", "avoid"]
    says: Words
    sources: Ids
    basis: Basis
    from_hours: float = 0
    until_hours: float | None = None
    prefer_from_hours: float | None = None
    prefer_at_depth_mm: float | None = None
    when: Condition | None = None


class Milestone(Row):
    """What may be seen on which days after a session, or at which look at the outcome."""

    id: Words
    says: Words
    from_day: int
    to_day: int
    counts_from: Literal["each_session", "last_session"]
    sources: Ids
    basis: Basis
    concerns: tuple[str, ...] = ()


class Pairing(Row):
    """How needles go with another procedure or product."""

    id: Words
    partner: Words
    says: Words
    sources: Ids
    basis: Basis
    gap_days: int | None = None


class Position(Row):
    """What one document says on a topic."""

    source: Words
    says: Words


class Disagreement(Row):
    """Where the sources disagree: what each says, what Needlepoint does, and why."""

    id: Words
    topic: Words
    positions: Annotated[tuple[Position, ...], msgspec.Meta(min_length=1)]
    does: Words
    why: Words
    lives_in: Ids
    when: Condition | None = None


class DoseParameter(Row):
    """A number of the dose's geometry that belongs to no device and no zone."""

    id: Words
    value: Cited
    says: Words


class Protocol(Row):
    """A published course: what was done to whom, and what came of it; numbers that were not found are left out."""

    id: Words
    title: Words
    device: Words
    concern: Words
    zones: Ids
    depth_mm: Cited
    operator: Words
    result: Words
    sources: Ids
    sessions: int | None = None
    interval_days: int | None = None
    passes: str = ""
    note: str = ""


class HomeUse(Row):
    """One line of the answer to "may I do this at home?"."""

    id: Words
    says: Words
    sources: Ids
    basis: Basis
