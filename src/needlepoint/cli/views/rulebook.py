"""The rulebook and its sources for a person who wants to know what advice rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from needlepoint.cli.views.terminal import badge, bullet, dim, grid, heading, indented
from needlepoint.cli.words import condition, day, signature, spoken
from needlepoint.evidence.check import Finding
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Example, Rule, Source
from needlepoint.evidence.trace import ONLY_TEXT, TraceRow

ONE_LINE = ("Verdict", "Looks back", "Review by", "Id", "Year", "Read as")


def rulebook(
    rules: Sequence[Rule], spans: Mapping[str, tuple[str, ...]], knowledge: Knowledge
) -> Iterator[RenderableType]:
    """Yield all rules, a line each."""
    table = _table("Verdict", "Rule and its sources", "Looks back", "Review by")
    for each in rules:
        named = Text().append(each.id, style="bold").append(f"\n{', '.join(each.sources)}", style="dim")
        table.add_row(
            each.verdict, named, "\n".join(spans[each.id]), f"{knowledge.review_of(each).review_by}"
        )
    yield table
    yield dim(f"Rulebook {knowledge.version}, {len(rules)} rules, sha256 {knowledge.sha256}")


def rule(one: Rule, spans: Mapping[str, tuple[str, ...]], knowledge: Knowledge) -> Iterator[RenderableType]:
    """Yield one rule with all that stands behind it."""
    review = knowledge.review_of(one)
    yield badge(one.verdict).append(f"  {one.id}", style="bold")
    yield indented(Text(one.reason))
    rows = [
        ("when", condition(one.when)),
        ("asked of", "each zone" if one.each == "zone" else "the whole case"),
        ("looks back", ", ".join(spans[one.id])),
        ("if unknown", one.if_unknown),
        ("override", one.overridable_by),
        ("basis", one.basis),
        ("written by", f"{review.author}, in {knowledge.rule_files[one.id]}"),
        ("reviewed", f"{day(review.reviewed_on)}, {signature(review.checker)}, due {day(review.review_by)}"),
        ("note", one.note),
    ]
    yield indented(grid(*((dim(label), Text(words)) for label, words in rows if words)))
    yield heading("Example patients")
    yield from (bullet(Text(_example(each))) for each in one.examples)
    yield heading("Sources")
    yield from (_source(knowledge.sources[name]) for name in one.sources)


def _example(example: Example) -> str:
    facts = ", ".join(f"{name} = {value}" for name, value in example.facts.items())
    until = f" until {example.until}" if example.until else ""
    return f"on {example.at}, {'fires' if example.fires else 'rests'}{until}: {facts}"


def found(findings: Sequence[Finding], knowledge: Knowledge, on: date) -> Iterator[RenderableType]:
    """Yield what is not in order, and what merely should be known."""
    errors = [each for each in findings if each.level == "error"]
    notes = [each for each in findings if each.level == "note"]
    for title, group in (("To mend", errors), ("To know", notes)):
        if group:
            yield heading(title)
            yield indented(grid(*((Text(each.place, style="bold"), Text(each.says)) for each in group)))
    yield Text()
    yield Text(
        f"Rulebook {knowledge.version} on {day(on)}: {len(knowledge.rules)} rules, "
        f"{sum(len(each.examples) for each in knowledge.rules.values())} example patients, "
        f"{len(errors)} to mend, {len(notes)} to know."
    )


def sources(knowledge: Knowledge) -> Iterator[RenderableType]:
    """Yield all sources, a line each."""
    table = _table("Id", "Year", "Read as", "Title")
    for each in knowledge.sources.values():
        table.add_row(Text(each.id, style="bold"), f"{each.year or ''}", each.read, each.title)
    yield table


def source(one: Source, places: Sequence[str]) -> Iterator[RenderableType]:
    """Yield one source, and every row that rests on it."""
    yield _source(one)
    yield heading(f"What rests on it ({len(places)})")
    yield from (bullet(Text(place)) for place in places)


def _source(one: Source) -> RenderableType:
    year = f" ({one.year})" if one.year else ""
    title = Text().append(one.id, style="bold").append(f"  {one.title}{year}")
    return indented(title, indented(dim(f"{spoken(one.kind)}, read as {one.read}: {one.where}")))


def trace(rows: Sequence[TraceRow]) -> Iterator[RenderableType]:
    """Yield every statement of a source document, in our words, and what became of it."""
    for row in rows:
        title = Text().append(f"{row.id} ", style="bold").append(f"{row.status}  ").append(row.says)
        parts: list[RenderableType] = [title]
        if row.why:
            parts.append(indented(Text(row.why)))
        if row.lives_in:
            parts.append(indented(dim(", ".join((*row.lives_in, *row.done_by)))))
        if row.only_text:
            parts.append(indented(Text(ONLY_TEXT[row.only_text])))
        yield indented(*parts)
    counts = {
        status: sum(row.status == status for row in rows) for status in ("kept", "corrected", "rejected")
    }
    yield Text()
    yield Text(
        f"{len(rows)} statements: " + ", ".join(f"{count} {status}" for status, count in counts.items())
    )


def _table(*titles: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 2, 0, 0))
    for title in titles:
        table.add_column(title, overflow="fold", no_wrap=title in ONE_LINE)
    return table
