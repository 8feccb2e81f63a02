"""Five hundred check-ins, each with the level that table 5.2 of the evidence gives it, and the row that says so.

The levels were written from the document's rows by hand, never by asking the engine. A line whose `why` begins with
"reading:" stands where the row's bare words leave a choice: the more careful one was taken, for a clinician to sign.
`changed` says which level a line had in an earlier rulebook, and why it has another one now.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.spec.contract import LEVELS, advice, case, session

from needlepoint.advice.door import advise, judge
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.case_file import read

# The rows of table 5.2 in our own words, and how many vignettes each has at the least.
ROWS = {
    "airway": ("trouble breathing, swollen lips or tongue, collapse", 20),
    "numbing": ("signs of numbing medicine in the blood", 25),
    "methaemoglobin": ("blue-grey colour", 5),
    "eye": ("eye pain or redness, changed sight", 14),
    "infection": ("spreading redness, pus, red streaks; with fever", 70),
    "herpes": ("grouped blisters, near the eye or on eczema skin", 20),
    "raw": ("sheets of peeling, wet raw skin, blisters", 25),
    "bleeding": ("bleeding under pressure, a spreading bruise, on a blood thinner", 20),
    "granuloma": ("firm red papules that stay", 10),
    "redness_72h": ("redness unchanged or worse at 72 hours", 30),
    "redness_7d": ("redness for more than seven days", 15),
    "redness_28d": ("redness for more than 28 days", 8),
    "tracks": ("lines along the path, a new scar", 15),
    "pigment": ("a new brown or grey patch", 15),
    "milia": ("milia, a flare of acne", 8),
    "blood_contact": ("a reused cartridge, a sharps injury", 10),
    "expected": ("fine flaking, pink skin, mild swelling in their days", 60),
    "unanswered": ("an unknown answer counts as the worst; never normal with a red flag left open", 50),
    "leads": ("any red flag overrides what is normal", 15),
}
STARTED = datetime.fromisoformat("2026-03-02T14:00:00-05:00")
PERSONS: dict[str, dict[str, Any]] = {
    "": {},
    "age_70": {"patient": {"born_on": "1955-08-09"}},
    "immunosuppressed": {"answers": {"immunosuppression": "current"}},
    "blood_thinner": {"answers": {"anticoagulant": "current"}},
    "eczema": {"answers": {"eczema": "elsewhere"}},
}

with (Path(__file__).parent / "triage_vignettes.csv").open(newline="") as table:
    VIGNETTES = list(csv.DictReader(table))


def case_of(vignette: dict[str, str]) -> dict[str, Any]:
    """Return the changes to the plain case that the vignette asks for."""
    changes = {name: dict(each) for name, each in PERSONS[vignette["person"]].items()}
    changes.setdefault("patient", {})["skin_type"] = vignette["skin_type"]
    zone = vignette["zone"]
    visit = session(STARTED.isoformat(), float(vignette["depth_mm"]))
    visit["passes"][0]["zone"] = zone
    reports = [report(vignette)]
    if vignette["earlier_redness"]:
        earlier = {"redness": int(vignette["earlier_redness"]), "swelling": 0, "pain": 0, "signs": []}
        reports.insert(0, {**earlier, "at": at(min(20.0, float(vignette["hours"]) / 2))})
    return {**changes, "goal": {"zones": [zone]}, "session": [visit], "check_in": reports}


def at(hours: float) -> str:
    return (STARTED + timedelta(hours=hours)).isoformat()


def report(vignette: dict[str, str]) -> dict[str, Any]:
    """Return the check-in; a dash is a score that was left out, a star a form whose boxes were all left out."""
    scores = {name: vignette[name] for name in ("redness", "swelling", "pain")}
    told: dict[str, Any] = {name: int(score) for name, score in scores.items() if score != "-"}
    told["at"] = at(float(vignette["hours"]))
    if vignette["unanswered"] == "*":
        return told
    return {**told, "signs": vignette["signs"].split(), "unanswered": vignette["unanswered"].split()}


@pytest.mark.parametrize("vignette", VIGNETTES, ids=[each["id"] for each in VIGNETTES])
def test_a_check_in_has_the_level_of_the_evidence_table(vignette: dict[str, str]) -> None:
    told = advice(at(float(vignette["hours"])), **case_of(vignette))
    assert told["check_in"]["level"] == vignette["level"], vignette["why"]


def test_a_report_is_judged_alone_as_it_is_in_the_whole_advice() -> None:
    for vignette in VIGNETTES:
        told_at = datetime.fromisoformat(at(float(vignette["hours"])))
        told = read(json.dumps(case(**case_of(vignette))).encode(), "case.json", packaged())
        assert judge(told, told_at) == advise(told, told_at).check_in, vignette["id"]


def test_there_are_five_hundred_and_no_two_are_alike() -> None:
    told = {
        tuple(value for name, value in each.items() if name not in ("id", "why", "changed"))
        for each in VIGNETTES
    }
    assert len(VIGNETTES) == len(told) == 500


def test_every_row_of_the_table_and_every_level_is_played() -> None:
    rows = Counter(each["row"] for each in VIGNETTES)
    assert set(rows) == set(ROWS)
    assert {row for row, (_, fewest) in ROWS.items() if rows[row] < fewest} == set()
    assert {each["level"] for each in VIGNETTES} == set(LEVELS)


def test_every_changed_level_says_what_it_was_and_why() -> None:
    changed = [each for each in VIGNETTES if each["changed"]]
    assert len(changed) == 99
    for each in changed:
        was, _, reason = each["changed"].removeprefix("was ").partition(": ")
        assert was in LEVELS
        assert was != each["level"]
        assert len(reason) > 30


def test_every_vignette_says_why() -> None:
    assert [each["id"] for each in VIGNETTES if len(each["why"]) < 15] == []
