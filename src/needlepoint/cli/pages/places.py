"""Pages on what is needled and with what."""

from __future__ import annotations

from collections.abc import Iterator

from needlepoint.cli.pages.markdown import bullets, cited, cited_range, code, page, sources, table
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Device, ZoneFacts


def devices(knowledge: Knowledge) -> str:
    """Return every device with its needles, settings, clearances and evaluated depths."""
    parts = [part for each in knowledge.devices.values() for part in _device(each)]
    return page(
        "Devices",
        "Needles, settings, what each is cleared for and how deep it was evaluated.",
        *parts,
        "## The numbers of the published list",
        "Where the summary was read, it was on a page that copies the authority's. Where only the number was found, "
        "nothing is filled in.",
        table(("Number", "Device", "Maker", "Claims", "Needles", "Sources"), _numbers(knowledge)),
        "## What was used elsewhere",
        "These can stand in the past of a case, never in a plan. They have no number at all.",
        table(
            ("Device", "What it is", "What is not known", "Sources"),
            ((f"`{x.id}`", x.label, x.says, sources(x.sources)) for x in knowledge.elsewhere.values()),
        ),
    )


def _numbers(knowledge: Knowledge) -> Iterator[tuple[str, ...]]:
    for each in knowledge.cleared_numbers.values():
        told = (each.name, each.maker, each.claims, each.needles)
        yield each.number, *(text or "not found" for text in told), sources(each.sources)


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
    step = knowledge.depth_parameters["step"].value
    layers = [row for each in knowledge.zones.values() for row in _layers(each)]
    stacks = [
        (f"`{each.id}`", f"`{name}`", cited(value))
        for each in knowledge.zones.values()
        for name, value in each.dose_stack.items()
    ]
    return page(
        "Zones",
        "Paired zones carry `_left` or `_right` in a case. The limit of a plan is the smallest of all: the zone's, "
        "the device's, the evaluated depth, the operator's, how deep courses for the goal went, and the law's.",
        "## Depth limits",
        table(("Zone", "Label", "Start", "Max", "Note"), limits),
        "## Depth by goal",
        "As courses were done. Where a row has no start, the zone's own holds; a ceiling is one more limit.",
        table(("Row", "Goals", "Zones", "Start", "Ceiling", "Ended", "Told as"), _by_goal(knowledge)),
        "## From one session to the next",
        f"The last depth in a zone moves by one step of the device's dial, or by {cited(step)} where its steps are not "
        "known. On another device it starts anew, and no deeper than last time. What a report tells counts where its "
        "row of triage certainly holds; an unwanted effect of the skin counts as a reaction.",
        table(("Reason", "Depth", "Words", "Sources"), _moves(knowledge)),
        table(("Row or level of triage", "Depth", "Why", "Sources"), _reactions(knowledge)),
        "## Thickness, method by method",
        table(("Zone", "Layer", "Sex", "Method", "Mean"), layers),
        "## What the dose is computed with",
        table(("Zone", "Layer", "Value"), stacks),
    )


def _by_goal(knowledge: Knowledge) -> Iterator[tuple[str, ...]]:
    for each in knowledge.depths.values():
        numbers = (cited(number) if number else "" for number in (each.start, each.ceiling, each.ended))
        told = f"{each.says} ({each.basis}: {sources(each.sources)})"
        yield f"`{each.id}`", code(each.concerns), code(each.zones), *numbers, told


def _moves(knowledge: Knowledge) -> Iterator[tuple[str, ...]]:
    for each in knowledge.depth_moves.values():
        yield f"`{each.id}`", each.move, each.says, f"{each.basis}: {sources(each.sources)}"


def _reactions(knowledge: Knowledge) -> Iterator[tuple[str, ...]]:
    for each in knowledge.depth_reactions.values():
        yield f"`{each.id}`", each.move, each.why, f"{each.basis}: {sources(each.sources)}"


def _layers(zone: ZoneFacts) -> Iterator[tuple[str, ...]]:
    for each in zone.layers:
        yield f"`{zone.id}`", each.layer.replace("_", " "), each.sex, each.method, cited(each.mean)
