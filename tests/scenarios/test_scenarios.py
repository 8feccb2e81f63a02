"""Whole cases: what a clinician expects by hand, and the advice beside it.

A file on record holds all that was worked out for the case: verdicts with their words, dates, depths, doses, levels.
Lines that are the same for everyone stand there by their id; their words are tested where they are written.

`NEEDLEPOINT_WRITE_SCENARIOS=1 pytest tests/scenarios` writes the advice files anew; read the difference before
you commit it.
"""

from __future__ import annotations

import json
import math
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import tomli

from needlepoint.advice import advise
from needlepoint.course.session import Sign
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.advice_document import document
from needlepoint.exchange.case_file import read

HERE = Path(__file__).parent
EXPECTED = tomli.loads((HERE / "expectations.toml").read_text())
RED_FLAGS = tomli.loads((HERE / "red_flags.toml").read_text())
CASES = sorted(path.name.removesuffix(".case.toml") for path in HERE.glob("*.case.toml"))
PIVOTAL = "first_evening"


def text_of(name: str) -> str:
    return (HERE / f"{name}.case.toml").read_text()


def advice_on(text: str) -> dict[str, Any]:
    at = next(line.removeprefix("# At: ") for line in text.splitlines() if line.startswith("# At: "))
    case = read(text.encode(), "case.toml", packaged())
    advice: dict[str, Any] = json.loads(json.dumps(document(advise(case, datetime.fromisoformat(at)))))
    # The digest changes with every word of the data files; the version is what a reader compares.
    advice["rulebook"].pop("sha256")
    return advice


def rules_of(advice: dict[str, Any]) -> set[str]:
    return {verdict["rule"] for verdict in advice["verdicts"]}


def test_every_case_has_its_expectation_and_says_why_it_exists() -> None:
    assert set(EXPECTED) == set(CASES)
    assert len(CASES) >= 20
    for name in CASES:
        assert text_of(name).startswith("# Why: "), name


def deepest(advice: dict[str, Any]) -> dict[str, float]:
    return {
        zone["zone"]: zone["depth_mm"]["max"]
        for session in advice["plan"]["sessions"]
        for zone in session["zones"]
    }


def make_up_from(advice: dict[str, Any]) -> str:
    return next(line["from_at"] for line in advice["aftercare"] if line["id"] == "make_up")


# How each word of expectations.toml is read off an advice.
READINGS = {
    "verdict": lambda advice: advice["verdict"],
    "earliest_on": lambda advice: advice["earliest_on"] or "",
    "level": lambda advice: advice["check_in"]["level"],
    "sessions": lambda advice: [session["number"] for session in advice["plan"]["sessions"]],
    "next_on": lambda advice: advice["plan"]["sessions"][0]["earliest_on"],
    "off_label": lambda advice: bool(advice["plan"]["off_label"]),
    "home_use": lambda advice: bool(advice["home_use"]),
    "make_up_from": make_up_from,
}


@pytest.mark.parametrize("name", CASES)
def test_a_clinician_finds_what_she_expects(name: str) -> None:
    advice, expected = advice_on(text_of(name)), EXPECTED[name]
    for word, read_off in READINGS.items():
        if word in expected:
            assert read_off(advice) == expected[word], word
    assert set(expected.get("fires", ())) <= rules_of(advice)
    assert not set(expected.get("rests", ())) & rules_of(advice)
    assert set(expected.get("unanswered", ())) <= set(advice["unanswered"])
    assert expected.get("max", {}).items() <= deepest(advice).items()


def ids(lines: list[dict[str, Any]]) -> list[str]:
    return [line["id"] for line in lines]


def worked_out(advice: dict[str, Any]) -> dict[str, Any]:
    """Return the advice with the words that are the same for everyone replaced by their ids."""
    brief = {
        key: ids(advice[key]) for key in ("milestones", "pairing", "home_use", "disagreements", "citations")
    }
    clock = ("from_at", "until_at", "prefer_from_at", "allowed_now")
    brief["aftercare"] = {line["id"]: [line[key] for key in clock] for line in advice["aftercare"]}
    brief["preparation"] = {line["id"]: line["stop_by"] for line in advice["preparation"]}
    brief["plan"] = advice["plan"] | {"sessions": list(map(planned, advice["plan"]["sessions"]))}
    return advice | brief


def planned(session: dict[str, Any]) -> dict[str, Any]:
    zones = {zone["zone"]: zone["depth_mm"] for zone in session["zones"]}
    return session | {"zones": zones}


@pytest.mark.parametrize("name", CASES)
def test_the_advice_is_the_one_on_file(name: str) -> None:
    advice, path = worked_out(advice_on(text_of(name))), HERE / f"{name}.advice.json"
    if os.environ.get("NEEDLEPOINT_WRITE_SCENARIOS"):
        path.write_text(json.dumps(advice, indent=1, ensure_ascii=False) + "\n")
    assert close(advice, json.loads(path.read_text())), name


def close(ours: Any, on_file: Any) -> bool:
    """Return whether two documents are the same, numbers to a millionth: numpy's last digits differ by machine."""
    if isinstance(ours, dict) and isinstance(on_file, dict):
        return ours.keys() == on_file.keys() and all(close(ours[key], on_file[key]) for key in ours)
    if isinstance(ours, list) and isinstance(on_file, list):
        return len(ours) == len(on_file) and all(map(close, ours, on_file))
    if isinstance(ours, float) and isinstance(on_file, int | float):
        return math.isclose(ours, on_file, rel_tol=1e-6, abs_tol=1e-9)
    return bool(ours == on_file)


# What numbing cream can do is an emergency on the day of the cream, so it is told of that evening.
ON_THE_DAY = (
    "perioral_numbness",
    "metallic_taste",
    "tinnitus",
    "palpitations",
    "twitching",
    "blue_grey_colour",
)


def with_sign(sign: str) -> str:
    before, _, _ = text_of(PIVOTAL).partition("[[check_in]]")
    before = before.replace("# At: 2026-02-02T20:00:00-05:00", "# At: 2026-02-04T07:00:00-05:00")
    told_at = "2026-02-02T19:00:00-05:00" if sign in ON_THE_DAY else "2026-02-04T06:00:00-05:00"
    report = f'at = {told_at}\nredness = 1\nswelling = 0\npain = 1\nsigns = ["{sign}"]'
    return f"{before}[[check_in]]\n{report}\n"


@pytest.mark.parametrize("sign", RED_FLAGS)
def test_each_sign_reaches_the_level_it_should(sign: str) -> None:
    check_in = advice_on(with_sign(sign))["check_in"]
    assert check_in["level"] == RED_FLAGS[sign][0]
    assert check_in["says"]
    assert (check_in["answer_by_at"] is None) is (check_in["level"] == "expected")


def test_every_sign_of_the_contract_is_a_scenario() -> None:
    assert set(RED_FLAGS) == {sign.value for sign in Sign}


@pytest.mark.parametrize("name", CASES)
def test_no_advice_promises_safety(name: str) -> None:
    words = json.dumps(advice_on(text_of(name))).lower()
    assert " safe " not in words
    assert "safely" not in words
