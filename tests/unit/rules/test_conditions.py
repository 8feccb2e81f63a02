"""Conditions: three-valued, compiled once, refused where they could not mean anything."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlepoint.evidence.errors import EvidenceError
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN, Truth, Window, compile_condition
from needlepoint.rules.vocabulary import FactKind, Name, Vocabulary

NAMES = Vocabulary(
    {
        "kind": Name(FactKind.CHOICE, ("red", "blue")),
        "kinds": Name(FactKind.CHOICES, ("red", "blue", "green")),
        "number": Name(FactKind.NUMBER),
        "day": Name(FactKind.DATE),
        **{f"x{index}": Name(FactKind.CHOICE, ("yes", "no")) for index in range(4)},
    }
)
TODAY = date(2026, 3, 2)
YES, NO, OPEN = Truth.YES, Truth.NO, Truth.UNKNOWN


def ask(condition: dict[str, Any], today: date = TODAY, **facts: Any) -> Truth:
    return compile_condition(condition, NAMES)(facts, today)


@pytest.mark.parametrize(
    ("condition", "held", "expected"),
    [
        ({"fact": "kind", "is": "red"}, "red", YES),
        ({"fact": "kind", "is": "red"}, "blue", NO),
        ({"fact": "kind", "in": ["red", "blue"]}, "blue", YES),
        ({"fact": "kinds", "is": "red"}, ("red", "green"), YES),
        ({"fact": "kinds", "in": ["blue"]}, ("red", "green"), NO),
        ({"fact": "number", "under": 4}, 4, NO),
        ({"fact": "number", "under": 4}, 3.9, YES),
        ({"fact": "number", "at_most": 4}, 4, YES),
        ({"fact": "number", "at_most": 4}, 4.1, NO),
        ({"fact": "number", "above": 4}, 4, NO),
        ({"fact": "number", "above": 4}, 4.1, YES),
        ({"fact": "number", "at_least": 4}, 4, YES),
        ({"fact": "number", "at_least": 4}, 3.9, NO),
        ({"fact": "day", "within": "14 days"}, date(2026, 2, 17), YES),
        ({"fact": "day", "within": "14 days"}, date(2026, 2, 16), NO),
        ({"fact": "day", "since": "2 weeks"}, date(2026, 2, 16), YES),
        ({"fact": "day", "since": "2 weeks"}, date(2026, 2, 17), NO),
        ({"fact": "day", "within": "6 months"}, date(2025, 9, 3), YES),
        ({"fact": "day", "within": "6 months"}, date(2025, 9, 2), NO),
        ({"fact": "day", "within": "1 year"}, date(2025, 3, 3), YES),
        ({"fact": "day", "within": "1 year"}, date(2025, 3, 2), NO),
    ],
)
def test_a_comparison_answers_yes_or_no(condition: dict[str, Any], held: object, expected: Truth) -> None:
    assert ask(condition, **{condition["fact"]: held}) is expected
    assert ask(condition, **{condition["fact"]: UNKNOWN}) is OPEN
    assert ask(condition, **{condition["fact"]: NOT_APPLICABLE}) is NO


@pytest.mark.parametrize(
    ("held", "known", "not_known"), [("red", YES, NO), (UNKNOWN, NO, YES), (NOT_APPLICABLE, NO, NO)]
)
def test_known_answers_about_the_answer_itself(held: object, known: Truth, not_known: Truth) -> None:
    assert ask({"fact": "kind", "known": True}, kind=held) is known
    assert ask({"fact": "kind", "known": False}, kind=held) is not_known


def test_a_window_past_the_end_of_the_calendar_has_not_ended() -> None:
    last = date.max - timedelta(days=2)
    assert ask({"fact": "day", "within": "14 days"}, day=last) is YES
    assert ask({"fact": "day", "within": "6 months"}, day=last) is YES
    assert ask({"fact": "day", "since": "14 days"}, day=last) is NO


def test_boundaries_are_the_ends_still_ahead_each_once() -> None:
    parts = [
        {"fact": "day", "since": "3 days"},
        {"fact": "day", "within": "14 days"},
        {"fact": "day", "within": "2 weeks"},
    ]
    compiled = compile_condition({"all": parts}, NAMES)
    assert compiled.boundaries({"day": date(2026, 2, 26)}, TODAY) == [date(2026, 3, 12)]
    assert compiled.boundaries({"day": date(2026, 3, 1)}, TODAY) == [date(2026, 3, 4), date(2026, 3, 15)]
    assert compiled.boundaries({"day": UNKNOWN}, TODAY) == []
    assert compiled.boundaries({"day": NOT_APPLICABLE}, TODAY) == []


@given(
    st.dates(date(1950, 1, 1), date(2150, 1, 1)),
    st.integers(1, 60),
    st.sampled_from(["days", "weeks", "months", "years"]),
)
def test_a_window_ends_on_the_first_day_outside(day: date, count: int, unit: str) -> None:
    end = Window("day", count, unit).after(day)
    inside = {"fact": "day", "within": f"{count} {unit}"}
    assert ask(inside, today=end - timedelta(days=1), day=day) is YES
    assert ask(inside, today=end, day=day) is NO


truths = st.sampled_from(["yes", "no", UNKNOWN, NOT_APPLICABLE])
leaves = st.sampled_from([{"fact": f"x{index}", "is": word} for index in range(4) for word in ("yes", "no")])
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=4).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=12,
)


def plainly(tree: dict[str, Any], facts: dict[str, Any]) -> int:
    """Return what Kleene's tables say, without any shortcut."""
    if "all" in tree:
        return min(plainly(part, facts) for part in tree["all"])
    if "any" in tree:
        return max(plainly(part, facts) for part in tree["any"])
    if "not" in tree:
        return 2 - plainly(tree["not"], facts)
    held = facts[tree["fact"]]
    return 1 if held is UNKNOWN else 2 * (held == tree["is"])


@given(trees, st.tuples(truths, truths, truths, truths))
def test_the_compiled_condition_agrees_with_kleenes_tables(
    tree: dict[str, Any], held: tuple[object, ...]
) -> None:
    facts = {f"x{index}": value for index, value in enumerate(held)}
    assert ask(tree, **facts) == plainly(tree, facts)


@given(trees, st.tuples(truths, truths, truths, truths), st.sampled_from(["yes", "no"]))
def test_settling_an_unknown_never_turns_yes_into_no(
    tree: dict[str, Any], held: tuple[object, ...], word: str
) -> None:
    facts = {f"x{index}": value for index, value in enumerate(held)}
    settled = {name: word if value is UNKNOWN else value for name, value in facts.items()}
    before, after = ask(tree, **facts), ask(tree, **settled)
    assert before is OPEN or before is after


ONE = r"condition \{.*\}: expected a fact with one comparison, or all, any, not$"
NOTHING = "^condition: all or any of nothing$"
NO_FACT = "^condition: 'colour' is no fact"
NUMBERS = "^condition on (number|kind): 'under' needs a number fact and a number$"
CHOICES = "^condition on (number|kind): '(is|in)' needs (a fact with choices|a choice, or a list for in)$"
DATES = """^condition on (kind|day): 'within' needs a dated fact and a span like "6 months"$"""
SPAN = """^condition on day: '.*' is not a span such as "6 months" or "14 days"$"""


@pytest.mark.parametrize(
    ("condition", "line"),
    [
        ({}, ONE),
        ({"fact": "kind"}, ONE),
        ({"is": "red"}, ONE),
        ({"fact": "kind", "is": "red", "in": ["red"]}, ONE),
        ({"all": []}, NOTHING),
        ({"any": []}, NOTHING),
        ({"fact": "colour", "is": "red"}, NO_FACT),
        ({"not": {"fact": "colour", "is": "red"}}, NO_FACT),
        (
            {"fact": "kind", "equals": "red"},
            "^condition on kind: 'equals' is not one of above, at_least, at_most, in, ",
        ),
        ({"fact": "kind", "is": "green"}, "^condition on kind: 'green' is not one of red, blue$"),
        ({"fact": "kind", "is": ["red"]}, CHOICES),
        ({"fact": "kind", "in": "red"}, CHOICES),
        ({"fact": "number", "is": "red"}, CHOICES),
        ({"fact": "number", "under": "four"}, NUMBERS),
        ({"fact": "number", "under": True}, NUMBERS),
        ({"fact": "kind", "under": 4}, NUMBERS),
        ({"fact": "kind", "within": "6 months"}, DATES),
        ({"fact": "day", "within": 6}, DATES),
        ({"fact": "day", "within": "6"}, SPAN),
        ({"fact": "day", "within": "0 days"}, SPAN),
        ({"fact": "day", "within": "six months"}, SPAN),
        ({"fact": "day", "since": "6 moons"}, SPAN),
        ({"fact": "day", "since": "6 long months"}, SPAN),
        ({"fact": "kind", "known": "yes"}, "^condition on kind: 'known' needs true or false$"),
    ],
)
def test_a_condition_that_means_nothing_is_refused_when_it_is_read(
    condition: dict[str, Any], line: str
) -> None:
    with pytest.raises(EvidenceError, match=line):
        compile_condition(condition, NAMES)


@pytest.mark.parametrize(
    "condition",
    [
        {"fact": "kind", "is": "red"},
        {"fact": "kind", "in": ["red"]},
        {"fact": "kinds", "in": ["red"]},
        {"fact": "number", "under": 4},
        {"fact": "day", "within": "6 days"},
        {"fact": "kind", "known": True},
    ],
)
def test_a_condition_names_the_facts_it_reads_and_keeps_its_windows(condition: dict[str, Any]) -> None:
    other = {"fact": "x0", "is": "yes"}
    compiled = compile_condition({"not": {"all": [other, condition, other]}}, NAMES)
    assert compiled.fact_names == ("x0", condition["fact"])
    assert len(compiled.windows) == ("within" in condition)


def test_a_window_that_ends_today_is_no_boundary_ahead() -> None:
    compiled = compile_condition({"fact": "day", "within": "14 days"}, NAMES)
    assert compiled.boundaries({"day": date(2026, 2, 16)}, TODAY) == []


@pytest.mark.parametrize("span", ["1 day", "1 week", "1 month", "1 year"])
def test_a_span_of_one_may_be_written_in_the_singular(span: str) -> None:
    assert ask({"fact": "day", "within": span}, day=TODAY) is YES


@pytest.mark.parametrize("held", [Decimal("0.3"), 0.3])
def test_a_threshold_is_the_decimal_number_that_was_written(held: object) -> None:
    assert ask({"fact": "number", "at_most": 0.3}, number=Decimal("0.3")) is YES
    assert ask({"fact": "number", "above": 0.3}, number=Decimal("0.3")) is NO
    assert ask({"fact": "number", "at_least": 0.25}, number=held) is YES
