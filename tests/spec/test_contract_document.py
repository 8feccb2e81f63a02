"""The shape of the advice document: every key of the contract, its type, its sources, and words it never uses."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from typing import Any

import pytest
from tests.spec.contract import (
    AT,
    CLASSES,
    CONDITIONS,
    HARMLESS,
    LEVELS,
    MEDICINES,
    PROCEDURES,
    YES_NO,
    advice,
    advice_on,
    case,
    session,
    walk,
)

from needlepoint.evidence.loader import packaged

CHECK_IN = {
    "at": "2026-03-01T09:00:00-05:00",
    "redness": 2,
    "swelling": 1,
    "pain": 3,
    "signs": ["fine_flaking"],
}
DONE = {"session": [session("2026-01-28T14:00:00-05:00")]}
EVERYTHING = {
    **dict.fromkeys(YES_NO, "yes"),
    **dict.fromkeys(MEDICINES, "current"),
    **dict.fromkeys(PROCEDURES, "past"),
    **dict.fromkeys(CONDITIONS, "in_zone"),
    "scar_age_months": 1,
}
CASES: dict[str, dict[str, Any]] = {
    "nothing to tell": {},
    "all at once": {"answers": EVERYTHING},
    "elsewhere": {"answers": dict.fromkeys(CONDITIONS, "elsewhere")},
    "silence": {"answers": dict.fromkeys(HARMLESS, None)},
    "between sessions": {**DONE, "check_in": [CHECK_IN]},
    "bumps": {**DONE, "check_in": [{**CHECK_IN, "signs": ["firm_red_bumps", "fever", "track_marks"]}]},
    "eyelid": {"goal": {"concern": "wrinkles", "zones": ["eyelid_left", "periorbital_left", "neck"]}},
    "body": {"goal": {"concern": "stretch_marks", "zones": ["thigh_left", "abdomen", "back"]}},
    "at home": {"clinic": {"operator": "home_user"}, "device": {"id": "home-roller"}},
    "roller": {"device": {"id": "dermaroller-mf8"}, "patient": {"skin_type": "VI"}},
    "raised scar": {"goal": {"concern": "hypertrophic_scar", "zones": ["abdomen"]}},
    "pigment": {"goal": {"concern": "hyperpigmentation", "zones": ["cheek_left"]}},
}


def told_of(name: str) -> dict[str, Any]:
    plain = case(**CASES[name])
    plain["answers"] = {each: value for each, value in plain["answers"].items() if value is not None}
    return advice_on(plain)


@pytest.fixture(params=CASES)
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    return told_of(request.param)


def test_every_key_of_the_contract_is_there(told: dict[str, Any]) -> None:
    assert set(told) >= set(
        """at rulebook verdict earliest_on verdicts unanswered plan dose preparation aftercare check_in
        milestones forecast citations""".split()
    )
    assert set(told["rulebook"]) >= {"version", "sha256"}
    assert set(told["plan"]) >= {"sessions_range", "interval_days", "sessions", "off_label"}
    assert set(told["plan"]["interval_days"]) >= {"usual", "minimum"}
    for planned in told["plan"]["sessions"]:
        assert set(planned) >= {"number", "earliest_on", "zones"}
        for zone in planned["zones"]:
            assert set(zone) >= {"zone", "depth_mm", "endpoint"}
            assert set(zone["depth_mm"]) >= {"start", "max", "limited_by"}


ROWS = {
    "verdicts": "rule verdict reason until sources basis overridable_by",
    "dose": "session zone channels_per_cm2 depth_reached_mm injured_fraction hit_twice_fraction",
    "preparation": "id says stop_by sources",
    "aftercare": "id says from_at until_at allowed_now sources",
    "milestones": "id from_day to_day says sources",
    "citations": "id title year where",
}


@pytest.mark.parametrize("part", ROWS)
def test_every_row_has_the_keys_of_the_contract(told: dict[str, Any], part: str) -> None:
    for row in told[part]:
        assert set(row) >= set(ROWS[part].split())


def test_values_are_of_the_types_of_the_contract(told: dict[str, Any]) -> None:
    assert told["verdict"] in CLASSES
    assert re.fullmatch(r"[0-9a-f]{64}", told["rulebook"]["sha256"])
    low, high = told["plan"]["sessions_range"]
    assert isinstance(low, int)
    assert isinstance(high, int)
    assert 1 <= low <= high
    for key, value in walk(told):
        if key.endswith(("_on", ".until", "stop_by")) and value is not None:
            date.fromisoformat(value)
        if key == "at" or key.endswith("_at"):
            assert value is None or datetime.fromisoformat(value).utcoffset() is not None
        if key.endswith(("depth_mm.max", "depth_mm.start")):
            assert isinstance(value, float | int)
        assert not (isinstance(value, float) and value != value)


def test_classes_and_bases_are_those_of_the_contract(told: dict[str, Any]) -> None:
    for each in told["verdicts"]:
        assert each["verdict"] in CLASSES[1:]
        assert each["basis"] in ("retrieved", "calibrated", "assumed")
        assert each["overridable_by"] in ("nobody", "prescriber", "operator")
    if told["check_in"]:
        assert told["check_in"]["level"] in LEVELS
        assert set(told["check_in"]) >= {"level", "says", "rules", "answer_by_at"}
    assert told["forecast"] is None or isinstance(told["forecast"], dict)


def test_the_strictest_verdict_leads_and_stands_first(told: dict[str, Any]) -> None:
    ranks = [CLASSES.index(each["verdict"]) for each in told["verdicts"]]
    assert ranks == sorted(ranks, reverse=True)
    assert told["verdict"] == (CLASSES[ranks[0]] if ranks else "none")


def named(told: dict[str, Any]) -> set[str]:
    return {
        source
        for key, value in walk(told)
        if key.endswith("sources")
        for source in value
        if isinstance(value, list)
    }


def test_everything_said_names_its_sources_and_every_source_is_cited_once(told: dict[str, Any]) -> None:
    for part in ("verdicts", "preparation", "aftercare", "milestones"):
        assert all(row["sources"] for row in told[part])
    assert all(zone["sources"] for planned in told["plan"]["sessions"] for zone in planned["zones"])
    cited = [citation["id"] for citation in told["citations"]]
    assert len(cited) == len(set(cited))
    assert named(told) == set(cited)
    assert all(citation["title"] and citation["where"] for citation in told["citations"])


def test_what_rests_on_a_proposal_alone_is_marked_assumed(told: dict[str, Any]) -> None:
    for part in ("verdicts", "preparation", "aftercare", "milestones"):
        for row in told[part]:
            if row["sources"] == ["NP"]:
                assert row["basis"] == "assumed"


NEVER = r"\b(safe|safely|safest|must|approved|guaranteed?|risk-free)\b"


def said(told: dict[str, Any]) -> list[str]:
    keys = (
        "says",
        "reason",
        "endpoint",
        "limited_by",
        "does",
        "why",
        "passes",
        "off_label[]",
        "still_open[]",
    )
    return [value for key, value in walk(told) if key.endswith(keys) and isinstance(value, str)]


def test_no_text_says_safe_or_must_or_approved(told: dict[str, Any]) -> None:
    # What a document claims may be told in its own words where the sources are held against each other.
    quoted = {value for key, value in walk(told) if "positions" in key and isinstance(value, str)}
    assert [text for text in said(told) if re.search(NEVER, text, re.IGNORECASE) and text not in quoted] == []


def test_nothing_anybody_reads_says_safe_or_must_or_approved() -> None:
    knowledge = packaged()
    rows = [
        *knowledge.rules.values(), *knowledge.triage.values(), *knowledge.levels.values(),
        *knowledge.preparation.values(), *knowledge.aftercare.values(), *knowledge.milestones.values(),
        *knowledge.pairing.values(), *knowledge.home_use.values(), *knowledge.questions.values(),
    ]  # fmt: skip
    texts = [
        str(getattr(row, name, ""))
        for row in rows
        for name in ("says", "reason", "if_unknown", "asks", "text")
    ]
    assert [text for text in texts if re.search(NEVER, text, re.IGNORECASE)] == []


def test_the_same_case_at_the_same_instant_gives_the_same_bytes() -> None:
    assert json.dumps(advice(**DONE)) == json.dumps(advice(**DONE))


def test_the_instant_is_told_in_the_clinics_zone() -> None:
    assert advice("2026-03-02T15:00:00+00:00")["at"] == AT


def test_a_dose_is_a_number_for_every_zone_of_every_session() -> None:
    (dose,) = advice(**DONE)["dose"]
    assert (dose["session"], dose["zone"]) == (1, "cheek_left")
    assert dose["channels_per_cm2"] > 0
    assert 0 < dose["depth_reached_mm"] <= 1.0
    assert 0 <= dose["hit_twice_fraction"] < 1
    fractions = dose["injured_fraction"]
    assert set(fractions) == {"stratum_corneum", "epidermis", "papillary_dermis", "reticular_dermis"}
    assert all(0 <= each <= 1 for each in fractions.values())


def test_more_passes_give_a_higher_dose_and_no_dose_is_deeper_than_the_dial() -> None:
    doses = []
    for passes in (1, 2, 8):
        done = session(
            "2026-01-28T14:00:00-05:00", passes=[{"zone": "cheek_left", "depth_mm": 1.0, "passes": passes}]
        )
        doses.append(advice(session=[done])["dose"][0])
    assert doses[0]["channels_per_cm2"] < doses[1]["channels_per_cm2"] < doses[2]["channels_per_cm2"]
    for name in ("epidermis", "papillary_dermis"):
        amounts = [dose["injured_fraction"][name] for dose in doses]
        assert amounts == sorted(amounts)
    assert all(dose["depth_reached_mm"] <= 1.0 for dose in doses)


def test_without_passes_there_is_no_dose() -> None:
    assert advice()["dose"] == []
