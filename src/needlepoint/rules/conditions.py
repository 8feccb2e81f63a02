"""Conditions as data, compiled once and asked often: yes, no or unknown, never a quiet no.

A condition is a small table. It either compares one fact or joins other conditions:
`{fact, is}`, `{fact, in}`, `{fact, under}`, `{fact, at_most}`, `{fact, above}`, `{fact, at_least}`,
`{fact, within = "6 months"}`, `{fact, since = "14 days"}`, `{fact, known = false}`, `{all = [...]}`, `{any = [...]}`,
`{not = ...}`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any

from needlepoint.course.instants import months_after
from needlepoint.evidence.errors import EvidenceError
from needlepoint.rules.vocabulary import FactKind, Vocabulary


class Truth(IntEnum):
    """Kleene's three values in the order that makes `all` a minimum and `any` a maximum."""

    NO = 0
    UNKNOWN = 1
    YES = 2


class Absent(Enum):
    """Why a fact has no value: nobody said, nobody was asked, or there is nothing to say.

    A case written before a question existed cannot hold its answer. That is open like any unknown, and is listed; it
    does not count like a yes, as an answer of "not sure" does.
    """

    UNKNOWN = "unknown"
    NOT_ASKED = "not asked"
    NOT_APPLICABLE = "not applicable"


UNKNOWN = Absent.UNKNOWN
NOT_ASKED = Absent.NOT_ASKED
NOT_APPLICABLE = Absent.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class Between:
    """A dated fact of which only the first and the last day are known on which it can have been."""

    first: date
    last: date


Facts = Mapping[str, Any]
Ask = Callable[[Facts, date], Truth]


@dataclass(frozen=True, slots=True)
class Window:
    """A span of calendar time counted from a dated fact."""

    fact: str
    count: int
    unit: str

    def end(self, facts: Facts) -> date | None:
        """Return the first day after the span, or None where the fact has no date or the calendar ends."""
        day = facts[self.fact]
        if isinstance(day, Absent):
            return None
        return self.end_of(day.last if isinstance(day, Between) else day)

    def end_of(self, day: date) -> date | None:
        """Return the first day after the span that begins on a day; None where the calendar ends."""
        try:
            return self.after(day)
        except (OverflowError, ValueError):
            return None

    def after(self, day: date) -> date:
        """Return the day so many days, weeks, months or years later."""
        if self.unit in ("months", "years"):
            return months_after(day, self.count * (12 if self.unit == "years" else 1))
        return day + timedelta(days=self.count * (7 if self.unit == "weeks" else 1))


@dataclass(frozen=True, slots=True)
class Compiled:
    """A condition ready to be asked, with the facts and the windows that it reads."""

    ask: Ask
    fact_names: tuple[str, ...]
    windows: tuple[Window, ...] = ()

    def __call__(self, facts: Facts, today: date) -> Truth:
        """Return whether the condition holds on that day."""
        return self.ask(facts, today)

    def boundaries(self, facts: Facts, today: date) -> list[date]:
        """Return the days after today on which a window ends, earliest first: only then can the answer change."""
        ends = (window.end(facts) for window in self.windows)
        return sorted({end for end in ends if end is not None and end > today})


ALWAYS = Compiled(lambda _facts, _today: Truth.YES, ())

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": operator.eq,
    "under": operator.lt,
    "at_most": operator.le,
    "above": operator.gt,
    "at_least": operator.ge,
}
_NUMERIC = frozenset(("under", "at_most", "above", "at_least"))
_TIMED = frozenset(("within", "since"))
_OPERATORS = frozenset((*_COMPARISONS, "in", "known", *_TIMED))
_UNITS = ("days", "weeks", "months", "years")


def compile_condition(condition: Mapping[str, Any], vocabulary: Vocabulary) -> Compiled:
    """Compile a condition; an unknown fact, operator, choice or unit is an EvidenceError."""
    match sorted(condition):
        case ["all"]:
            return _joined(Truth.NO, condition["all"], vocabulary)
        case ["any"]:
            return _joined(Truth.YES, condition["any"], vocabulary)
        case ["not"]:
            return _negated(compile_condition(condition["not"], vocabulary))
        case [first, second] if "fact" in (first, second):
            return _comparison(condition, second if first == "fact" else first, vocabulary)
    raise EvidenceError(f"condition {dict(condition)}: expected a fact with one comparison, or all, any, not")


def _joined(settled: Truth, conditions: list[Mapping[str, Any]], vocabulary: Vocabulary) -> Compiled:
    """Join conditions so that the first `settled` answer decides: NO settles `all`, YES settles `any`."""
    if not conditions:
        raise EvidenceError("condition: all or any of nothing")
    parts = tuple(compile_condition(condition, vocabulary) for condition in conditions)
    asks = tuple(part.ask for part in parts)
    otherwise = Truth.YES if settled is Truth.NO else Truth.NO

    def ask(facts: Facts, today: date) -> Truth:
        answer = otherwise
        for each in asks:
            held = each(facts, today)
            if held is settled:
                return settled
            if held is Truth.UNKNOWN:
                answer = held
        return answer

    names = tuple(dict.fromkeys(name for part in parts for name in part.fact_names))
    return Compiled(ask, names, tuple(window for part in parts for window in part.windows))


def _negated(part: Compiled) -> Compiled:
    def ask(facts: Facts, today: date) -> Truth:
        return Truth(2 - part.ask(facts, today))

    return Compiled(ask, part.fact_names, part.windows)


def _comparison(condition: Mapping[str, Any], comparison: str, vocabulary: Vocabulary) -> Compiled:
    name, expected = condition["fact"], condition[comparison]
    kind = vocabulary.kind_of(name)
    if comparison not in _OPERATORS:
        raise EvidenceError(
            f"condition on {name}: {comparison!r} is not one of {', '.join(sorted(_OPERATORS))}"
        )
    if comparison in _TIMED:
        return _timed(name, comparison, expected, kind)
    if comparison == "known":
        _require(isinstance(expected, bool), name, comparison, "true or false")
        return Compiled(_known(name, expected), (name,))
    if comparison in _NUMERIC:
        _require(
            kind is FactKind.NUMBER and _is_number(expected), name, comparison, "a number fact and a number"
        )
        # A depth of 0.3 mm is an exact decimal and the nearest float is not, so thresholds are decimals too.
        return Compiled(_plain(name, _COMPARISONS[comparison], Decimal(str(expected))), (name,))
    return _choice(name, comparison, expected, kind, vocabulary)


def _choice(name: str, comparison: str, expected: Any, kind: FactKind, vocabulary: Vocabulary) -> Compiled:
    _require(kind in (FactKind.CHOICE, FactKind.CHOICES), name, comparison, "a fact with choices")
    _require(
        isinstance(expected, list if comparison == "in" else str),
        name,
        comparison,
        "a choice, or a list for in",
    )
    wanted = frozenset(expected if comparison == "in" else (expected,))
    for each in wanted:
        if each not in vocabulary.choices_of(name):
            raise EvidenceError(
                f"condition on {name}: {each!r} is not one of {', '.join(vocabulary.choices_of(name))}"
            )
    if kind is FactKind.CHOICES:
        return Compiled(_plain(name, lambda held, some: not some.isdisjoint(held), wanted), (name,))
    return Compiled(_plain(name, lambda held, some: held in some, wanted), (name,))


def _plain(name: str, compare: Callable[[Any, Any], bool], expected: Any) -> Ask:
    def ask(facts: Facts, _today: date) -> Truth:
        held = facts[name]
        if held.__class__ is Absent:
            return Truth.NO if held is NOT_APPLICABLE else Truth.UNKNOWN
        return Truth.YES if compare(held, expected) else Truth.NO

    return ask


def _known(name: str, expected: bool) -> Ask:
    """Ask whether somebody has settled the fact: the one comparison that unknown answers with yes or no."""

    def ask(facts: Facts, _today: date) -> Truth:
        held = facts[name]
        settled = held is not UNKNOWN and held is not NOT_ASKED
        return Truth.YES if held is not NOT_APPLICABLE and settled is expected else Truth.NO

    return ask


def _timed(name: str, comparison: str, expected: Any, kind: FactKind) -> Compiled:
    _require(
        kind is FactKind.DATE and isinstance(expected, str),
        name,
        comparison,
        'a dated fact and a span like "6 months"',
    )
    window = _window(name, expected)
    inside = comparison == "within"

    def ask(facts: Facts, today: date) -> Truth:
        held = facts[name]
        if held.__class__ is Absent:
            return Truth.NO if held is NOT_APPLICABLE else Truth.UNKNOWN
        days = {held.first, held.last} if isinstance(held, Between) else {held}
        said = {_is_inside(window.end_of(day), today) is inside for day in days}
        if len(said) > 1:
            return Truth.UNKNOWN
        return Truth.YES if said.pop() else Truth.NO

    return Compiled(ask, (name,), (window,))


def _is_inside(end: date | None, today: date) -> bool:
    # A span past the end of the calendar has not ended.
    return end is None or today < end


def _window(name: str, span: str) -> Window:
    count, _, unit = span.partition(" ")
    plural = unit if unit.endswith("s") else f"{unit}s"
    if not count.isdecimal() or int(count) < 1 or plural not in _UNITS:
        raise EvidenceError(f'condition on {name}: {span!r} is not a span such as "6 months" or "14 days"')
    return Window(name, int(count), plural)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _require(holds: bool, name: str, comparison: str, form: str) -> None:
    if not holds:
        raise EvidenceError(f"condition on {name}: {comparison!r} needs {form}")
