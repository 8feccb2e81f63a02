"""Pages on what is decided: the rulebook, the questions and facts it reads, triage, and where sources disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from needlepoint.cli.lookup import windows
from needlepoint.cli.pages.markdown import bullets, code, page, sources, table
from needlepoint.cli.words import condition, signature
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Disagreement, Example, Rule
from needlepoint.evidence.urgent import AlarmWord, Unread
from needlepoint.exchange.case_answers import keys_of

Spans = Mapping[str, tuple[str, ...]]


def rulebook(knowledge: Knowledge) -> str:
    """Return every rule with its condition, sources, examples and review."""
    spans = windows(knowledge)
    by_file = groupby(knowledge.rules.values(), key=lambda rule: knowledge.rule_files[rule.id])
    parts = [part for name, rules in by_file for part in _file(name, list(rules), spans, knowledge)]
    return page(
        "Rulebook",
        f"Version {knowledge.version}: {len(knowledge.rules)} rules. What is not known counts like yes where a rule "
        "would stop or refer, and where only the day of something that happened is missing. `none` is no promise: it "
        "says that no rule spoke.",
        *parts,
    )


def _file(name: str, rules: list[Rule], spans: Spans, knowledge: Knowledge) -> Iterator[str]:
    review = knowledge.reviews[name]
    yield f"## {name}"
    yield (
        f"Written by {review.author}, {signature(review.checker)}, "
        f"reviewed on {review.reviewed_on}, due again by {review.review_by}."
    )
    for rule in rules:
        yield f"### {rule.id}"
        yield f"**{rule.verdict}**: {rule.reason}"
        yield bullets(_rule(rule, spans))


def _rule(rule: Rule, spans: Spans) -> Iterator[str]:
    yield f"when {condition(rule.when)}" + (" (asked of each zone)" if rule.each == "zone" else "")
    yield f"looks back over {', '.join(spans[rule.id])}" if spans[rule.id] else ""
    yield f"if unknown: {rule.if_unknown}" if rule.if_unknown else ""
    yield f"{rule.basis}: {sources(rule.sources)}; may be overridden by: {rule.overridable_by}"
    yield f"{signature(rule.checker)}, due again by {rule.review_by}" if rule.checker else ""
    yield rule.note
    yield from (_example(example) for example in rule.examples)


def _example(example: Example) -> str:
    facts = ", ".join(f"{name} = {value}" for name, value in example.facts.items())
    until = f" until {example.until}" if example.until else ""
    return f"on {example.at} it {'fires' if example.fires else 'rests'}{until}: `{facts}`"


def questions(knowledge: Knowledge) -> str:
    """Return the screening's questions with their keys in a case file, and the facts that are computed."""
    asked = (
        (code(keys_of(each)), each.kind, each.asks, each.why, f"{each.valid_days}", sources(each.sources))
        for each in knowledge.questions.values()
    )
    computed = (
        (f"`{each.name}`", each.kind, each.each, f"{each.says}{_of(each.unit)}", code(each.choices))
        for each in knowledge.facts.values()
    )
    return page(
        "Questions and facts",
        "Rules read facts. Every answer of the screening is one, under the name of its key; others are computed from "
        "the case. A question that nobody answered is unknown, never a no.",
        "## Questions",
        table(("Key in `[answers]`", "Kind", "Question", "Why", "Days valid", "Sources"), asked),
        "## Computed facts",
        table(("Fact", "Kind", "Of each", "What it says", "Choices"), computed),
    )


def _of(unit: str) -> str:
    return f" ({unit})" if unit else ""


def triage(knowledge: Knowledge) -> str:
    """Return the levels, the rules that lead to them, and what raises them."""
    levels = (
        (
            f"`{each.id}`",
            each.says,
            "" if each.answer_within_hours is None else f"{each.answer_within_hours:g} h",
            sources(each.sources),
        )
        for each in knowledge.levels.values()
    )
    rules = (
        (
            f"`{each.id}`",
            each.level,
            each.floor,
            condition(each.when),
            each.says,
            each.why,
            code(each.raised_by),
            each.basis if each.sources != ("NP",) else "our judgement",
            sources(each.sources),
        )
        for each in knowledge.triage.values()
    )
    raisers = (
        (f"`{each.id}`", each.says, condition(each.when), each.up_to, each.basis, sources(each.sources))
        for each in knowledge.raisers.values()
    )
    return page(
        "Triage",
        "How soon a person must look at a check-in. The most urgent rule leads; an answer that is missing counts as "
        "the worst one up to a call the same day, and one more sign at the same hour never lowers a level. "
        "A practice reads the table on a page of its own, may raise any row, may lower none below its floor, and signs "
        "it. Basis: `our judgement` where no document stands behind a row.",
        "## Levels",
        table(("Level", "What the patient is told", "Answer within", "Sources"), levels),
        "## Rules",
        table(
            ("Rule", "Level", "Floor", "When", "Says", "Why this level", "Raised by", "Basis", "Sources"),
            rules,
        ),
        "## What raises a level",
        table(("Raiser", "Says", "When", "Up to", "Basis", "Sources"), raisers),
        *_when_urgent(knowledge),
    )


def _when_urgent(knowledge: Knowledge) -> Iterator[str]:
    """Yield what free words do, what first aid there is, and whom to call where."""
    words: list[Unread | AlarmWord] = [*knowledge.unread.values(), *knowledge.alarm_words.values()]
    yield "## Free words"
    yield table(
        ("Words", "Level at the least", "Says", "Basis", "Sources"),
        ((f"`{each.id}`", each.level, each.says, each.basis, sources(each.sources)) for each in words),
    )
    yield "## First aid"
    yield table(
        ("Aid", "For", "Says", "Basis", "Sources"),
        (
            (f"`{each.id}`", code((*each.rules, *each.words)), each.says, each.basis, sources(each.sources))
            for each in knowledge.first_aid.values()
        ),
    )
    numbers = [*knowledge.common_numbers.values(), *knowledge.emergency_numbers.values()]
    yield "## Emergency numbers"
    yield table(
        ("Country", "Number", "Basis", "Sources"),
        ((each.country, each.number, each.basis, sources(each.sources)) for each in numbers),
    )


def disagreements(knowledge: Knowledge) -> str:
    """Return where the sources disagree, what each says, and what is done about it."""
    parts = [part for each in knowledge.disagreements.values() for part in _disagreement(each)]
    return page(
        "Where the sources disagree",
        "What each document says, in our words; what Needlepoint does; and why.",
        *parts,
    )


def _disagreement(row: Disagreement) -> Iterator[str]:
    yield f"## {row.topic}"
    yield table(("Source", "Says"), ((sources([each.source]), each.says) for each in row.positions))
    yield f"**Here:** {row.does}"
    yield f"**Why:** {row.why} (lives in {code(row.lives_in)})"
