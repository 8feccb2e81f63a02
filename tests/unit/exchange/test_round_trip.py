"""Reading what was written gives the same case, in TOML and in JSON."""

import msgspec
import pytest
from hypothesis import given, settings
from tests.unit.exchange.cases import CASE, KNOWLEDGE, cases

from needlepoint.course.errors import InputError
from needlepoint.exchange.case_file import read, write
from needlepoint.exchange.case_writer import tables
from needlepoint.exchange.json_form import json_ready


@given(cases())
@settings(max_examples=60)
def test_reading_what_was_written_gives_the_same_case(case):
    assert read(write(case).encode(), "case.toml", KNOWLEDGE) == case


@given(cases())
@settings(max_examples=30)
def test_reading_json_gives_the_same_case(case):
    content = msgspec.json.encode(json_ready(tables(case), case.clinic.time_zone))
    assert read(content, "case.json", KNOWLEDGE) == case


@given(cases())
@settings(max_examples=20)
def test_what_was_read_is_written_the_same_way_every_time(case):
    once = write(read(write(case).encode(), "case.toml", KNOWLEDGE))
    assert write(read(once.encode(), "case.toml", KNOWLEDGE)) == once


def test_instants_are_written_on_the_clinics_clock():
    text = write(read(CASE.encode(), "case.toml", KNOWLEDGE))
    assert "started_at = 2026-02-02T14:00:00-05:00" in text


def test_an_offset_with_seconds_is_written_in_utc():
    # Liberia's clocks stood 44 minutes and 30 seconds behind until 1972; TOML knows no seconds in an offset.
    old = (
        CASE.replace("America/New_York", "Africa/Monrovia")
        .replace("2026-", "1971-")
        .replace("1990-", "1950-")
    )
    case = read(old.encode(), "case.toml", KNOWLEDGE)
    assert "started_at = 1971-02-02T19:00:00+00:00" in write(case)
    assert read(write(case).encode(), "case.toml", KNOWLEDGE) == case


def test_names_with_quotes_and_other_signs_survive():
    odd = CASE.replace('"lidocaine"', "'li\"do\\caïne\u3000€'".replace("\u3000", ""))
    case = read(odd.encode(), "case.toml", KNOWLEDGE)
    assert case.sessions[0].topicals[0].name == 'li"do\\caïne€'
    assert read(write(case).encode(), "case.toml", KNOWLEDGE) == case


def test_the_unwanted_effects_after_a_session_are_read_and_written():
    told = CASE.replace('healed     = "yes"', 'healed = "yes"\nadverse = ["dark_patch", "burn"]')
    case = read(told.encode(), "case.toml", KNOWLEDGE)
    assert case.sessions[0].adverse == ("dark_patch", "burn")
    assert read(write(case).encode(), "case.toml", KNOWLEDGE) == case


def test_an_unwanted_effect_of_no_known_kind_is_refused_by_its_key():
    told = CASE.replace('healed     = "yes"', 'healed = "yes"\nadverse = ["dark_patch", "curse"]')
    with pytest.raises(InputError) as refused:
        read(told.encode(), "case.toml", KNOWLEDGE)
    assert refused.value.key == "session[0].adverse[1]"
