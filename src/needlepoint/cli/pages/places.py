"""Pages on what is needled, with what, by whom and to which end; and on what comes before and after."""

from __future__ import annotations

from collections.abc import Iterator

from needlepoint.cli.pages.markdown import bullets, cited, cited_range, code, page, sources, table
from needlepoint.cli.words import condition
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Condition, Device, ZoneFacts


def devices(knowledge: Knowledge) -> str:
    """Return every device with its needles, settings, clearances and evaluated depths."""
    parts = [part for each in knowledge.devices.values() for part in _device(each)]
    return page(
        "Devices", "Needles, settings, what each is cleared for and how deep it was evaluated.", *parts
    )


def _device(device: Device) -> Iterator[str]:
    needles = device.needles
    yield f"## {device.id}"
    yield f"{device.name}, {device.maker}: {device.kind}, {device.setting}, single use: {device.single_use}."
    yield device.note
    yield bullets(
        (
            f"needles: {cited(needles.count)}",
            f"pattern: {needles.pattern}" + (f", {needles.rows} rows" if needles.rows else ""),
            f"needle width: {cited(needles.diameter)}",
            f"swath: {cited(needles.width)}",
            f"least depth: {cited(device.depth_min)}",
            f"greatest depth: {cited(device.depth_max)}",
            f"step: {cited(device.depth_step)}",
            f"tolerance: {cited(device.depth_tolerance)}",
            f"rate: {cited_range(device.rate)}",
            f"reach: {cited(device.reach)}",
            needles.disagreement,
            f"sources: {sources(device.sources)}",
        )
    )
    if device.cleared:
        rows = (
            (
                code(x.concerns),
                code(x.zones),
                ", ".join(x.skin_types),
                f"{x.min_age_years}",
                sources(x.sources),
                x.note,
            )
            for x in device.cleared
        )
        yield table(("Cleared for", "Zones", "Skin types", "From age", "Sources", "Note"), rows)
    if device.evaluated:
        rows_of_depth = ((code(x.concerns), code(x.zones), cited(x.depth)) for x in device.evaluated)
        yield table(("Evaluated for", "Zones", "Deepest"), rows_of_depth)


def zones(knowledge: Knowledge) -> str:
    """Return every zone with its depth limits and its layers."""
    limits = (
        (f"`{each.id}`", each.label, cited(each.depth_start), cited(each.depth_max), each.note)
        for each in knowledge.zones.values()
    )
    layers = [row for each in knowledge.zones.values() for row in _layers(each)]
    stacks = [
        (f"`{each.id}`", f"`{name}`", cited(value))
        for each in knowledge.zones.values()
        for name, value in each.dose_stack.items()
    ]
    return page(
        "Zones",
        "Paired zones carry `_left` or `_right` in a case. The limit of a plan is the smallest of four: the zone's, "
        "the device's, the evaluated depth, and the operator's.",
        "## Depth limits",
        table(("Zone", "Label", "Start", "Max", "Note"), limits),
        "## Thickness, method by method",
        table(("Zone", "Layer", "Sex", "Method", "Mean"), layers),
        "## What the dose is computed with",
        table(("Zone", "Layer", "Value"), stacks),
    )


def _layers(zone: ZoneFacts) -> Iterator[tuple[str, ...]]:
    for each in zone.layers:
        yield f"`{zone.id}`", each.layer.replace("_", " "), each.sex, each.method, cited(each.mean)


def courses(knowledge: Knowledge) -> str:
    """Return goals, operators, published courses, and the numbers of the dose."""
    goals = (
        (
            f"`{x.id}`",
            x.label,
            cited_range(x.sessions),
            cited_range(x.interval),
            x.endpoint,
            x.scale,
            sources(x.sources),
            x.note,
        )
        for x in knowledge.goals.values()
    )
    operators = (
        (
            f"`{x.id}`",
            x.label,
            x.authority,
            cited(x.depth_max) if x.depth_max else "no limit of their own",
            code(x.devices),
            sources(x.sources),
            x.note,
        )
        for x in knowledge.operators.values()
    )
    protocols = (
        (
            f"`{x.id}`",
            x.title,
            x.device,
            x.sessions,
            x.interval_days,
            cited(x.depth_mm),
            x.operator,
            x.result,
            sources(x.sources),
            x.note,
        )
        for x in knowledge.protocols.values()
    )
    parameters = ((f"`{x.id}`", x.says, cited(x.value)) for x in knowledge.dose_parameters.values())
    return page(
        "Goals, operators and published courses",
        "What a course toward a goal usually takes, who may do what, and which courses were published.",
        "## Goals",
        table(("Goal", "Label", "Sessions", "Interval", "Endpoint", "Scale", "Sources", "Note"), goals),
        "## Operators",
        table(("Operator", "Label", "Authority", "Depth", "Devices", "Sources", "Note"), operators),
        "## Published courses",
        table(
            (
                "Course",
                "Title",
                "Device",
                "Sessions",
                "Days apart",
                "Depth",
                "Operator",
                "Result",
                "Sources",
                "Note",
            ),
            protocols,
        ),
        "## Numbers of the dose",
        table(("Parameter", "Says", "Value"), parameters),
    )


def care(knowledge: Knowledge) -> str:
    """Return what to do before and after, what may be seen, what goes beside, and what to say of needling at home."""
    before = (
        (f"`{x.id}`", x.says, _days(x.stop_by_days), _when(x.when), x.basis, sources(x.sources))
        for x in knowledge.preparation.values()
    )
    after = (
        (
            f"`{x.id}`",
            x.kind,
            x.says,
            _hours(x.from_hours),
            _hours(x.until_hours),
            _when(x.when),
            x.basis,
            sources(x.sources),
        )
        for x in knowledge.aftercare.values()
    )
    seen = (
        (
            f"`{x.id}`",
            x.says,
            f"{x.from_day} to {x.to_day}",
            x.counts_from,
            code(x.concerns),
            x.basis,
            sources(x.sources),
        )
        for x in knowledge.milestones.values()
    )
    beside = (
        (f"`{x.id}`", x.partner, x.says, _days(x.gap_days), x.basis, sources(x.sources))
        for x in knowledge.pairing.values()
    )
    home = ((f"`{x.id}`", x.says, x.basis, sources(x.sources)) for x in knowledge.home_use.values())
    return page(
        "Before, after and beside a session",
        "The lines that an advice chooses from. Hours are elapsed hours from the end of the session, or from its "
        "start where the end was not recorded.",
        "## Preparation",
        table(("Line", "Says", "Stop", "When", "Basis", "Sources"), before),
        "## Aftercare",
        table(("Line", "Kind", "Says", "From", "Until", "When", "Basis", "Sources"), after),
        "## Milestones",
        table(("Milestone", "Says", "Days", "Counted from", "Concerns", "Basis", "Sources"), seen),
        "## Beside other procedures",
        table(("Pairing", "Partner", "Says", "Gap", "Basis", "Sources"), beside),
        "## Needling at home",
        table(("Line", "Says", "Basis", "Sources"), home),
    )


def _days(days: int | None) -> str:
    return "" if days is None else f"{days} days"


def _hours(hours: float | None) -> str:
    return "" if hours is None else f"{hours:g} h"


def _when(when: Condition | None) -> str:
    return condition(when) if when else "always"
