"""Triage of a check-in: the most urgent rule leads, and what was not answered counts as its worst answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import TriageLevel, TriageRule
from needlepoint.rules.conditions import Compiled, Facts, Truth, compile_condition
from needlepoint.rules.vocabulary import Vocabulary, vocabulary

LEVELS = ("expected", "routine", "this_week", "call_48h", "same_day", "emergency")
URGENCY = {level: rank for rank, level in enumerate(LEVELS)}


@dataclass(frozen=True, slots=True)
class TriageResult:
    """How soon a person must look, and why: the rules that hold, most urgent first."""

    level: TriageLevel
    rules: tuple[TriageRule, ...]
    says: str


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: TriageRule
    condition: Compiled
    raised_by: tuple[Compiled, ...]

    def urgency(self, facts: Facts, today: date) -> int | None:
        """Return the rank of the level the rule asks for, or None where it has nothing to say."""
        if self.condition.ask(facts, today) is Truth.NO:
            return None
        raised = any(condition(facts, today) is not Truth.NO for condition in self.raised_by)
        return min(URGENCY[self.rule.level] + raised, len(LEVELS) - 1)


@dataclass(frozen=True, slots=True)
class Triage:
    """All triage rules of a knowledge base, ready to be asked."""

    rules: tuple[_Compiled, ...]
    levels: tuple[TriageLevel, ...]

    @staticmethod
    @lru_cache(maxsize=8)
    def of(knowledge: Knowledge) -> Triage:
        """Compile the triage rules of a knowledge base."""
        names = vocabulary(knowledge)
        missing = [level for level in LEVELS if level not in knowledge.levels]
        if missing:
            raise EvidenceError(f"triage.toml: no words for the level {', '.join(missing)}")
        raisers = {each.id: _compiled(each.id, each.when, names) for each in knowledge.raisers.values()}
        rules = tuple(_with_raisers(rule, raisers, names) for rule in knowledge.triage.values())
        return Triage(rules, tuple(knowledge.levels[level] for level in LEVELS))

    def judge(self, facts: Facts, today: date) -> TriageResult:
        """Return the most urgent level that any rule asks for; `expected` where none does."""
        ranked = [
            (rank, each.rule) for each in self.rules if (rank := each.urgency(facts, today)) is not None
        ]
        ranked.sort(key=lambda pair: -pair[0])
        top = ranked[0][0] if ranked else 0
        leading = [rule for rank, rule in ranked if rank == top]
        return TriageResult(
            self.levels[top], tuple(rule for _, rule in ranked), _says(self.levels[top], leading)
        )


def _says(level: TriageLevel, leading: list[TriageRule]) -> str:
    """Return the level's words, unless every rule that leads has words of its own."""
    own = [rule.tells for rule in leading]
    return " ".join(dict.fromkeys(own)) if own and all(own) else level.says


def _with_raisers(rule: TriageRule, raisers: dict[str, Compiled], names: Vocabulary) -> _Compiled:
    unknown = [each for each in rule.raised_by if each not in raisers]
    if unknown:
        raise EvidenceError(
            f"triage rule {rule.id}: raised_by names {', '.join(unknown)}, which triage.toml does not define"
        )
    return _Compiled(
        rule, _compiled(rule.id, rule.when, names), tuple(raisers[each] for each in rule.raised_by)
    )


def _compiled(name: str, condition: dict[str, object], names: Vocabulary) -> Compiled:
    try:
        return compile_condition(condition, names)
    except EvidenceError as error:
        raise EvidenceError(f"triage rule {name}: {error}") from None
