"""Several answers at once: every reason is heard, the strictest leads, the latest day counts."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

import pytest
from tests.spec.contract import CLASSES, CONDITIONS, MEDICINES, PROCEDURES, YES_NO, ago, answered

DAYS = (0, 1, 2, 3, 13, 14, 27, 28, 89, 90, 150, 181, 182, 400, 4000)
Choice = tuple[str, str, int | None]


def any_answer(name: str, random: Random) -> Choice:
    if name in YES_NO:
        return name, random.choice(("yes", "unknown")), None
    if name in CONDITIONS:
        return name, random.choice(("in_zone", "quiescent_in_zone", "elsewhere", "unknown")), None
    use = random.choice(("current", "past", "unknown") if name in MEDICINES else ("past", "unknown"))
    return name, use, None if use == "unknown" else random.choice((None, *DAYS))


def given(choice: Choice) -> dict[str, Any]:
    name, answer, days = choice
    dated = f"{name}_last_used_on" if name in MEDICINES else f"{name}_on"
    return {name: answer} | ({} if days is None else {dated: ago(days)})


@cache
def alone(choice: Choice) -> dict[str, Any]:
    return answered(**given(choice))


@pytest.mark.parametrize("seed", range(60))
def test_what_is_said_of_several_answers_is_what_is_said_of_each(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - chance for tests, not for secrets
    names = random.sample([*YES_NO, *MEDICINES, *PROCEDURES, *CONDITIONS], random.randint(2, 8))
    choices = [any_answer(name, random) for name in names]
    told = answered(**{key: value for choice in choices for key, value in given(choice).items()})
    each = [alone(choice) for choice in choices]
    assert {v["rule"] for v in told["verdicts"]} == {v["rule"] for one in each for v in one["verdicts"]}
    assert told["verdict"] == max((one["verdict"] for one in each), key=CLASSES.index)
    assert set(told["unanswered"]) == {name for one in each for name in one["unanswered"]}
    days = [one["earliest_on"] for one in each if one["earliest_on"]]
    ends = [v["until"] for v in told["verdicts"] if v["verdict"] in ("wait", "refer") and v["until"]]
    assert told["earliest_on"] == (None if told["verdict"] == "stop" else max(ends, default=None))
    if told["verdict"] != "stop":
        assert told["earliest_on"] == max(days, default=None)
