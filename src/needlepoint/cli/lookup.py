"""Looking things up in the knowledge base: rules, sources, the trace; and whether all of it is in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from needlepoint.course.errors import InputError
from needlepoint.evidence.check import Finding, findings, named_sources, tables
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.loader import load_trace
from needlepoint.evidence.schema import Example, Rule, Source
from needlepoint.evidence.trace import TraceRow
from needlepoint.exchange.plain_words import chosen, meant, shown
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN
from needlepoint.rules.rulebook import CompiledRule, Rulebook
from needlepoint.rules.vocabulary import Vocabulary

_ABSENT = {"unknown": UNKNOWN, "n/a": NOT_APPLICABLE}


def rules(name: str | None, knowledge: Knowledge) -> tuple[Rule, ...]:
    """Return the rule of that id, or those on that subject, or all."""
    found = tuple(
        rule
        for rule in knowledge.rules.values()
        if name is None or name in (rule.id, rule.id.partition(".")[0])
    )
    if found or name is None:
        return found
    subjects = (rule.partition(".")[0] for rule in knowledge.rules)
    problem = f"{shown(name)} is no rule{meant(name, (*knowledge.rules, *subjects))}"
    raise InputError("RULE", problem, "an id that `needlepoint rulebook` lists")


def windows(knowledge: Knowledge) -> Mapping[str, tuple[str, ...]]:
    """Return, for each rule, the spans of time that it looks back over."""
    book = Rulebook.of(knowledge)
    return {
        each.rule.id: tuple(
            dict.fromkeys(f"{window.count} {window.unit}" for window in each.condition.windows)
        )
        for each in (*book.of_case, *book.of_zone)
    }


def rules_document(found: tuple[Rule, ...], knowledge: Knowledge) -> dict[str, Any]:
    """Return rules for other programs, each with its review and its windows."""
    spans = windows(knowledge)
    return {
        "version": knowledge.version,
        "sha256": knowledge.sha256,
        "rules": [
            msgspec.to_builtins(rule)
            | msgspec.to_builtins(knowledge.review_of(rule))
            | {"file": knowledge.rule_files[rule.id], "windows": spans[rule.id]}
            for rule in found
        ],
    }


def source(name: str, knowledge: Knowledge) -> Source:
    """Return the source of that id."""
    if name in knowledge.sources:
        return knowledge.sources[name]
    problem = f"{shown(name)} is no source{meant(name, knowledge.sources)}"
    raise InputError("ID", problem, "an id that `needlepoint sources` lists")


def resting_on(knowledge: Knowledge) -> Mapping[str, tuple[str, ...]]:
    """Return, for each source, every row of the knowledge base that names it, as `table:key`."""
    places: dict[str, dict[str, None]] = {name: {} for name in knowledge.sources}
    for table, rows in tables(knowledge).items():
        for key, row in rows.items():
            for name in named_sources(msgspec.to_builtins(row)):
                places[name][f"{table}:{key}"] = None
    return {name: tuple(found) for name, found in places.items()}


def traced(document: str) -> tuple[TraceRow, ...]:
    """Return every statement of a source document, and where each lives."""
    rows = load_trace()
    documents = dict.fromkeys(key.partition("-")[0] for key in rows)
    chosen("--trace", document, documents, "a traced document")
    return tuple(row for key, row in rows.items() if key.partition("-")[0] == document)


def sources_document(name: str | None, document: str | None, knowledge: Knowledge) -> Any:
    """Return all sources, one with what rests on it, or the trace of a document, for other programs."""
    if document is not None:
        return [msgspec.to_builtins(row) for row in traced(document)]
    if name is None:
        return [msgspec.to_builtins(each) for each in knowledge.sources.values()]
    return msgspec.to_builtins(source(name, knowledge)) | {"resting_on": resting_on(knowledge)[name]}


def checked(knowledge: Knowledge, on: date) -> tuple[Finding, ...]:
    """Return what is not in order on a day, errors first: reviews, signatures, sources, places, examples."""
    return tuple(
        sorted(
            (*findings(knowledge, load_trace(), on), *_examples(knowledge)),
            key=lambda finding: (finding.level, finding.place),
        )
    )


def _examples(knowledge: Knowledge) -> Iterator[Finding]:
    """Yield the example patients that do not get what their rule promises."""
    try:
        book = Rulebook.of(knowledge)
    except EvidenceError as error:
        yield Finding("error", "rules", str(error))
        return
    for each in (*book.of_case, *book.of_zone):
        for number, example in enumerate(each.rule.examples, start=1):
            problem = _played(each, example, book.names)
            if problem:
                place = f"{knowledge.rule_files[each.rule.id]}: {each.rule.id}"
                yield Finding("error", place, f"example {number}: {problem}")


def _played(rule: CompiledRule, example: Example, names: Vocabulary) -> str:
    """Return what is wrong with an example; nothing where it gets what it expects."""
    facts = {
        name: _ABSENT.get(value, value) if isinstance(value, str) else value
        for name, value in example.facts.items()
    }
    try:
        fires = rule.fires(facts, example.at, names)
        until = rule.until(facts, example.at, names) if fires else None
    except KeyError as error:
        return f"the fact {error} is missing"
    if fires is not example.fires:
        return f"the rule {'fires' if fires else 'does not fire'}, and the example says otherwise"
    return f"fires until {until}, and the example says {example.until}" if until != example.until else ""
