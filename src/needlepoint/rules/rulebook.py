"""The rulebook: every rule compiled once, asked of every case, all reasons at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from needlepoint.course.zones import Zone
from needlepoint.evidence.addressed import to_you
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Rule
from needlepoint.rules.conditions import (
    NOT_ASKED,
    UNKNOWN,
    Between,
    Compiled,
    Facts,
    Truth,
    compile_condition,
)
from needlepoint.rules.verdicts import RANK, Judgement, Verdict
from needlepoint.rules.vocabulary import FactKind, Vocabulary, vocabulary

# An unknown answer blocks like yes where the rule would stop or refer.
BLOCKING = frozenset(("stop", "refer"))
PRESCRIBER, AUTHORITY = "prescriber", "operator.authority"


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule beside its compiled condition."""

    rule: Rule
    condition: Compiled

    def until(self, facts: Facts, today: date, names: Vocabulary) -> date | None:
        """Return the first day on which the rule no longer fires; None where no date ends it."""
        for day in self.condition.boundaries(facts, today):
            if not self.fires(facts, day, names):
                return day
        return None

    def fires(self, facts: Facts, today: date, names: Vocabulary) -> bool:
        """Return whether the rule speaks on that day, an unknown answer counted as the rule's class demands."""
        truth = self.condition(facts, today)
        return truth is Truth.YES or (truth is Truth.UNKNOWN and self.unknown_counts(facts, names))

    def unknown_counts(self, facts: Facts, names: Vocabulary) -> bool:
        """Return whether not knowing fires the rule: it would stop or refer, or only a date is missing."""
        if self.rule.verdict in BLOCKING:
            # A case that is older than the question is not held up by it; who was asked and is not sure is.
            return any(facts[name] is not NOT_ASKED for name in self.unknown(facts))
        # Who had laser on a day nobody remembers waits like one who had it today.
        return self.rule.verdict == "wait" and all(
            names.kind_of(name) is FactKind.DATE for name in self.unknown(facts)
        )

    def unknown(self, facts: Facts) -> tuple[str, ...]:
        """Return the facts of the condition that nobody has settled."""
        return tuple(
            name
            for name in self.condition.fact_names
            if facts[name] is UNKNOWN or facts[name] is NOT_ASKED or isinstance(facts[name], Between)
        )


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules of a knowledge base, those for the whole case and those asked of each zone."""

    of_case: tuple[CompiledRule, ...]
    of_zone: tuple[CompiledRule, ...]
    names: Vocabulary

    @staticmethod
    @lru_cache(maxsize=64)
    def of(knowledge: Knowledge) -> Rulebook:
        """Compile the rules of a knowledge base."""
        names = vocabulary(knowledge)
        rules = [_compiled(rule, names) for rule in knowledge.rules.values()]
        return Rulebook(
            tuple(rule for rule in rules if rule.rule.each == "case"),
            tuple(rule for rule in rules if rule.rule.each == "zone"),
            names,
        )

    def judge(self, facts: Facts, zone_facts: Mapping[Zone, Facts], today: date) -> Judgement:
        """Ask every rule; `zone_facts` holds, for each zone, the facts of the case and of the zone together."""
        fired: list[Verdict] = []
        open_facts: dict[str, None] = {}
        for rule in self.of_case:
            self._ask(rule, facts, today, (), fired, open_facts)
        for rule in self.of_zone:
            heard: list[Verdict] = []
            for zone, known in zone_facts.items():
                self._ask(rule, known, today, (zone,), heard, open_facts)
            fired += _together(heard)
        fired.sort(key=lambda verdict: -RANK[verdict.verdict])
        return Judgement(tuple(fired), self.names.first_asked(open_facts))

    def _ask(
        self,
        rule: CompiledRule,
        facts: Facts,
        today: date,
        zones: tuple[Zone, ...],
        fired: list[Verdict],
        open_facts: dict[str, None],
    ) -> None:
        truth = rule.condition.ask(facts, today)
        if truth is Truth.NO:
            return
        missing = rule.unknown(facts) if truth is Truth.UNKNOWN else ()
        open_facts.update(dict.fromkeys(missing))
        if truth is Truth.YES or rule.unknown_counts(facts, self.names):
            fired.append(self._verdict(rule, facts, today, zones, missing))

    def _verdict(
        self,
        compiled: CompiledRule,
        facts: Facts,
        today: date,
        zones: tuple[Zone, ...],
        missing: tuple[str, ...],
    ) -> Verdict:
        rule = compiled.rule
        asked = self.names.first_asked(missing)
        yours = rule.overridable_by == PRESCRIBER and facts.get(AUTHORITY) == PRESCRIBER
        reason = rule.reason if not asked else _not_known(rule, asked)
        return Verdict(
            rule=rule.id,
            verdict=rule.verdict,
            reason=to_you(reason) if yours else reason,
            until=compiled.until(facts, today, self.names),
            sources=rule.sources,
            basis=rule.basis,
            overridable_by=rule.overridable_by,
            zones=zones,
            because_unknown=asked,
            settled_by="you" if yours else rule.overridable_by,
        )


def _compiled(rule: Rule, names: Vocabulary) -> CompiledRule:
    try:
        compiled = compile_condition(rule.when, names)
    except EvidenceError as error:
        raise EvidenceError(f"rule {rule.id}: {error}") from None
    if rule.each == "case" and any(names.names[name].each == "zone" for name in compiled.fact_names):
        raise EvidenceError(f'rule {rule.id}: reads a zone\'s fact, so it needs each = "zone"')
    return CompiledRule(rule, compiled)


def _not_known(rule: Rule, asked: tuple[str, ...]) -> str:
    return f"Not known yet ({', '.join(asked)}), so it counts like yes. {rule.if_unknown or rule.reason}"


def _together(verdicts: list[Verdict]) -> list[Verdict]:
    """Join what one rule says of several zones into one line where all else is the same."""
    lines: dict[tuple[str, date | None], Verdict] = {}
    for verdict in verdicts:
        key = (verdict.reason, verdict.until)
        held = lines.get(key)
        lines[key] = verdict if held is None else _with_zones(held, held.zones + verdict.zones)
    return list(lines.values())


def _with_zones(verdict: Verdict, zones: tuple[Zone, ...]) -> Verdict:
    return replace(verdict, zones=zones)
