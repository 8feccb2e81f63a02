"""Triage of a check-in: the most urgent rule leads, and what was not answered counts as its worst answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
# What nobody answered asks for a call by a person, and never for an ambulance.
UNANSWERED_UP_TO = URGENCY["same_day"]


@dataclass(frozen=True, slots=True)
class TriageResult:
    """How soon a person must look, and why: the rules that hold or may hold, most urgent first."""

    level: TriageLevel
    rules: tuple[TriageRule, ...]
    says: str
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A rule that holds, or that may hold because something was not answered."""

    rule: TriageRule
    rank: int
    leads: bool
    certain: bool
    because: tuple[str, ...]

    @property
    def tells(self) -> str:
        """Return the rule's own words; what only may be is not told as if it were."""
        return self.rule.tells if self.certain else ""


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: TriageRule
    condition: Compiled
    raised_by: tuple[tuple[Compiled, int], ...]

    def asks(self, facts: Facts, today: date) -> tuple[int, bool] | None:
        """Return the rank of the level the rule asks for, and whether it is certain; None where it is silent."""
        holds = self.condition.ask(facts, today)
        if holds is Truth.NO:
            return None
        rank = URGENCY[self.rule.level]
        rank = max([rank, *(min(rank + 1, top) for top in self._tops(facts, today))])
        certain = holds is Truth.YES
        return rank if certain else min(rank, UNANSWERED_UP_TO), certain

    def because(self, facts: Facts) -> tuple[str, ...]:
        """Return what of a report made the rule hold: its signs, its scores, its place; `open` where nothing did."""
        told = (name.removeprefix(_OF) for name in self.condition.fact_names if _told(name, facts[name]))
        return tuple(dict.fromkeys(told)) or ("open",)

    def _tops(self, facts: Facts, today: date) -> Iterator[int]:
        """Yield how far each circumstance that is there, or may be there, can raise the rule."""
        for condition, up_to in self.raised_by:
            holds = condition(facts, today)
            if holds is not Truth.NO:
                yield up_to if holds is Truth.YES else min(up_to, UNANSWERED_UP_TO)


@dataclass(frozen=True, slots=True)
class Triage:
    """All triage rules of a knowledge base, ready to be asked."""

    rules: tuple[_Compiled, ...]
    levels: tuple[TriageLevel, ...]

    @staticmethod
    @lru_cache(maxsize=64)
    def of(knowledge: Knowledge) -> Triage:
        """Compile the triage rules of a knowledge base."""
        names = vocabulary(knowledge)
        missing = [level for level in LEVELS if level not in knowledge.levels]
        if missing:
            raise EvidenceError(f"triage.toml: no words for the level {', '.join(missing)}")
        raisers = {
            each.id: (_compiled(each.id, each.when, names), URGENCY[each.up_to])
            for each in knowledge.raisers.values()
        }
        rules = tuple(_with_raisers(rule, raisers, names) for rule in knowledge.triage.values())
        return Triage(rules, tuple(knowledge.levels[level] for level in LEVELS))

    def judge(self, facts: Facts, today: date) -> TriageResult:
        """Return the most urgent level that any rule asks for; `expected` where none does."""
        asked = [(each, found) for each in self.rules if (found := each.asks(facts, today)) is not None]
        top = max((rank for _, (rank, _certain) in asked), default=0)
        held = [
            Held(each.rule, rank, rank == top, certain, each.because(facts))
            for each, (rank, certain) in asked
        ]
        held.sort(key=lambda each: -each.rank)
        level, replaced = self.levels[top], _instead(top, [each for each in held if each.leads])
        own = dict.fromkeys(each.tells for each in held if each.tells)
        says = " ".join([*([] if replaced else [level.says]), *own])
        return TriageResult(level, tuple(each.rule for each in held), says, tuple(held))


_OF = "check_in."
_SCORES = ("check_in.redness", "check_in.swelling", "check_in.pain")
_PLACES = ("check_in.near_eye", "check_in.on_face", "check_in.on_neck")


def _told(name: str, value: object) -> bool:
    if name in _SCORES:
        return isinstance(value, int) and value > 0
    return (name.startswith("check_in.sign.") or name in _PLACES) and value == "yes"


def _instead(top: int, leading: Sequence[Held]) -> bool:
    """Say whether rules' own words stand in the place of the level's: where all that lead have some.

    Where nothing is urgent one is enough: nobody is told that all is as it should be beside a word of warning.
    """
    own = [bool(each.tells) for each in leading]
    return bool(own) and (all(own) or (top == 0 and any(own)))


def _with_raisers(
    rule: TriageRule, raisers: Mapping[str, tuple[Compiled, int]], names: Vocabulary
) -> _Compiled:
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
