"""What the rulebook says of a case: all verdicts, the strictest of them, and the first day on which none waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from needlepoint.advice.facts.zones import zone_facts
from needlepoint.advice.moment import Moment
from needlepoint.rules.rulebook import Rulebook
from needlepoint.rules.verdicts import Verdict, strictest

DATED = frozenset(("wait", "refer"))


@dataclass(frozen=True, slots=True)
class Screening:
    """All verdicts, strictest first, with what they come to."""

    verdict: str
    earliest_on: date | None
    verdicts: tuple[Verdict, ...]
    unanswered: tuple[str, ...]

    @property
    def stops(self) -> bool:
        """Say whether a stop stands."""
        return self.verdict == "stop"

    @property
    def undated(self) -> tuple[str, ...]:
        """Return the rules of the waits and referrals that no date ends."""
        return tuple(each.rule for each in self.verdicts if each.verdict in DATED and each.until is None)


def screen(moment: Moment, facts: Mapping[str, object]) -> Screening:
    """Ask the whole rulebook about a case."""
    zones = {zone: {**facts, **own} for zone, own in zone_facts(moment).items()}
    judgement = Rulebook.of(moment.knowledge).judge(facts, zones, moment.today)
    verdict = strictest(judgement.verdicts)
    return Screening(verdict, _earliest(judgement.verdicts), judgement.verdicts, judgement.unanswered)


def _earliest(verdicts: Iterable[Verdict]) -> date | None:
    """Return the latest end of the waits and referrals; no day can be named while a stop stands."""
    held = tuple(verdicts)
    if any(each.verdict == "stop" for each in held):
        return None
    ends = [each.until for each in held if each.verdict in DATED and each.until is not None]
    return max(ends, default=None)
