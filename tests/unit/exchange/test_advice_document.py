"""The advice document: the keys of the contract, and nothing in it that JSON does not know."""

import json
from datetime import date, datetime

import pytest
from tests.unit.exchange.cases import CASE, KNOWLEDGE

from needlepoint.advice import advise
from needlepoint.advice.intended import intended
from needlepoint.exchange import forecast_document
from needlepoint.exchange.advice_document import document
from needlepoint.exchange.case_file import read
from needlepoint.healing.forecast import forecast

AT = datetime.fromisoformat("2026-03-02T15:00:00+00:00")


@pytest.fixture(scope="module")
def advice():
    plain = document(advise(read(CASE.encode(), "case.toml", KNOWLEDGE), AT, KNOWLEDGE))
    return json.loads(json.dumps(plain, allow_nan=False))


def test_the_keys_are_those_of_the_contract(advice):
    named = """at rulebook verdict earliest_on verdicts unanswered plan dose preparation aftercare check_in
    milestones forecast citations""".split()
    assert set(named) <= set(advice)
    assert set(advice["rulebook"]) == {"version", "sha256"}
    assert {"sessions_range", "interval_days", "sessions", "off_label"} <= set(advice["plan"])
    verdict_keys = "rule verdict reason until sources basis overridable_by".split()
    assert all(set(verdict_keys) <= set(each) for each in advice["verdicts"])
    layers = {"stratum_corneum", "epidermis", "papillary_dermis", "reticular_dermis"}
    assert all(set(each["injured_fraction"]) == layers for each in advice["dose"])


def test_there_is_something_in_every_part(advice):
    parts = "verdicts unanswered dose preparation aftercare milestones citations check_in plan".split()
    assert [part for part in parts if not advice[part]] == []


def test_instants_carry_the_clinics_offset(advice):
    assert advice["at"] == "2026-03-02T10:00:00-05:00"
    starts = [line["from_at"] for line in advice["aftercare"] if line["from_at"]]
    assert starts
    assert all(datetime.fromisoformat(start).utcoffset() is not None for start in starts)


def test_days_are_iso_days(advice):
    days = [each["until"] for each in advice["verdicts"] if each["until"]]
    assert days
    assert all(date.fromisoformat(day) for day in days)


def test_depths_are_plain_numbers(advice):
    depths = [zone["depth_mm"] for session in advice["plan"]["sessions"] for zone in session["zones"]]
    assert depths
    assert all(isinstance(depth[name], float) for depth in depths for name in ("start", "max"))
    assert advice["plan"]["sessions_range"] == [3, 6]


def test_a_forecast_stands_in_the_advice_as_it_stands_alone():
    case = read(CASE.encode(), "case.toml", KNOWLEDGE)
    advice = advise(case, AT, KNOWLEDGE, with_forecast=True)
    plain = json.loads(json.dumps(document(advice), allow_nan=False))
    planned = intended(case, AT, advice.plan, KNOWLEDGE)
    alone = forecast_document.document(forecast(case, AT, KNOWLEDGE, intended=planned), case.clinic.time_zone)
    assert plain["forecast"] == json.loads(json.dumps(alone))
    assert document(advise(case, AT, KNOWLEDGE))["forecast"] is None
