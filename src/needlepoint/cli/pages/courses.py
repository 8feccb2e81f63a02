"""Pages on courses: to which end, by whom, what was published; and what comes before, after and beside a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from needlepoint.cli.pages.markdown import cited, cited_range, code, columns, page, sources
from needlepoint.cli.words import condition
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Condition

Columns = Mapping[str, Callable[[Any], object]]


def _days(days: int | None) -> str:
    return "" if days is None else f"{days} days"


def _hours(hours: float | None) -> str:
    return "" if hours is None else f"{hours:g} h"


def _when(when: Condition | None) -> str:
    return condition(when) if when else "always"


_ID: Columns = MappingProxyType({"Id": lambda row: f"`{row.id}`"})
_BEHIND: Columns = MappingProxyType(
    {"Basis": lambda row: row.basis, "Sources": lambda row: sources(row.sources)}
)
_NOTED: Columns = MappingProxyType(
    {"Sources": lambda row: sources(row.sources), "Note": lambda row: row.note}
)

GOALS: Columns = {
    **_ID,
    "Label": lambda goal: goal.label,
    "Sessions": lambda goal: cited_range(goal.sessions),
    "Interval": lambda goal: cited_range(goal.interval),
    "Endpoint": lambda goal: goal.endpoint,
    "Scales": lambda goal: code(goal.scales),
    **_NOTED,
}
OPERATORS: Columns = {
    **_ID,
    "Label": lambda operator: operator.label,
    "Authority": lambda operator: operator.authority,
    "Depth": lambda operator: cited(operator.depth_max) if operator.depth_max else "no limit of their own",
    "Devices": lambda operator: code(operator.devices),
    **_NOTED,
}
SUBSTANCES: Columns = {
    **_ID,
    "Names": lambda row: ", ".join(row.named),
    "What is known": lambda row: row.known,
    "Rule": lambda row: f"`{row.rule}`" if row.rule else "none of its own",
    "Allergy asked as": lambda row: f"`{row.allergy}`" if row.allergy else "",
    **_BEHIND,
}
GLIDES: Columns = {
    "Device": lambda row: f"`{row.device}`",
    "Gel": lambda row: row.title,
    "Names": lambda row: ", ".join(row.named),
    **_BEHIND,
}
JURISDICTIONS: Columns = {
    **_ID,
    "Place": lambda row: row.place,
    "Operators": lambda row: code(row.operators),
    "Devices": lambda row: code(row.settings),
    "May": lambda row: row.may,
    "Depth": lambda row: cited(row.depth_max) if row.depth_max else "",
    "What it says": lambda row: row.says,
    "As of": lambda row: row.says_on,
    "Looked up": lambda row: row.seen_on,
    **_BEHIND,
}
PROTOCOLS: Columns = {
    **_ID,
    "Title": lambda protocol: protocol.title,
    "Device": lambda protocol: protocol.device,
    "Sessions": lambda protocol: protocol.sessions,
    "Days apart": lambda protocol: protocol.interval_days,
    "Depth": lambda protocol: cited(protocol.depth_mm),
    "Operator": lambda protocol: protocol.operator,
    "Result": lambda protocol: protocol.result,
    **_NOTED,
}
PARAMETERS: Columns = {**_ID, "Says": lambda each: each.says, "Value": lambda each: cited(each.value)}
PREPARATION: Columns = {
    **_ID,
    "Says": lambda line: line.says,
    "Stop": lambda line: _days(line.stop_by_days),
    "When": lambda line: _when(line.when),
    **_BEHIND,
}
AFTERCARE: Columns = {
    **_ID,
    "Kind": lambda line: line.kind,
    "Says": lambda line: line.says,
    "From": lambda line: _hours(line.from_hours),
    "Until": lambda line: _hours(line.until_hours),
    "Better from": lambda line: _hours(line.prefer_from_hours),
    "When": lambda line: _when(line.when),
    **_BEHIND,
}
MILESTONES: Columns = {
    **_ID,
    "Says": lambda line: line.says,
    "Days": lambda line: f"{line.from_day} to {line.to_day}",
    "Counted from": lambda line: line.counts_from.replace("_", " "),
    "Concerns": lambda line: code(line.concerns),
    **_BEHIND,
}
LOOKS: Columns = {
    **_ID,
    "Says": lambda look: look.says,
    "On": lambda look: f"{look.days} days" if look.days else f"{look.months} months, again and again",
    "Asked for": lambda look: f"{look.early_days} days before to {look.asked_days} days after",
    "After a course that was": lambda look: " or ".join(look.after),
    "Why": lambda look: look.why,
    **_BEHIND,
}
MAINTENANCE: Columns = {
    **_ID,
    "Says": lambda row: row.says,
    "From": lambda row: f"`{row.from_look}`",
    "Why": lambda row: row.why,
    **_BEHIND,
}
PAIRING: Columns = {
    **_ID,
    "Partner": lambda pair: pair.partner,
    "Says": lambda pair: pair.says,
    "Gap": lambda pair: _days(pair.gap_days),
    **_BEHIND,
}
HOME_USE: Columns = {**_ID, "Says": lambda line: line.says, **_BEHIND}


def courses(knowledge: Knowledge) -> str:
    """Return goals, operators, published courses, and the numbers of the dose."""
    return page(
        "Goals, operators and published courses",
        "What a course toward a goal usually takes, who may do what, and which courses were published.",
        "## Goals",
        columns(knowledge.goals.values(), GOALS),
        "## Operators",
        columns(knowledge.operators.values(), OPERATORS),
        "## What places say of who may hold a device",
        columns(knowledge.jurisdictions.values(), JURISDICTIONS),
        "## Published courses",
        columns(knowledge.protocols.values(), PROTOCOLS),
        "## Numbers of the dose",
        columns(knowledge.dose_parameters.values(), PARAMETERS),
    )


def care(knowledge: Knowledge) -> str:
    """Return what to do before and after, what may be seen, what goes beside, and what to say of needling at home."""
    return page(
        "Before, after and beside a session",
        "The lines that an advice chooses from. Hours are elapsed hours from the end of the session, or from its "
        "start where the end was not recorded.",
        "## Preparation",
        columns(knowledge.preparation.values(), PREPARATION),
        "## Aftercare",
        columns(knowledge.aftercare.values(), AFTERCARE),
        "## Milestones",
        columns(knowledge.milestones.values(), MILESTONES),
        "## After the course",
        columns(knowledge.looks.values(), LOOKS),
        columns(knowledge.maintenance.values(), MAINTENANCE),
        "## Beside other procedures",
        columns(knowledge.pairing.values(), PAIRING),
        "## What is put on needled skin",
        columns(knowledge.substances.values(), SUBSTANCES),
        "## What labels list to glide on",
        columns(knowledge.glides.values(), GLIDES),
        "## Needling at home",
        columns(knowledge.home_use.values(), HOME_USE),
    )
