"""Days, hours and conditions in words."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.unit.exchange.cases import KNOWLEDGE

from needlepoint.cli.words import clock, condition, day, number, signature, spoken

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "today 10:00"),
        (13.5, "today 23:30"),
        (14, "tomorrow 00:00"),
        (-24, "yesterday 10:00"),
        (72, "Thu 5 Mar 10:00"),
        # The clocks go forward on 8 March: the same number of hours later it is an hour later on the wall.
        (24 * 7, "Mon 9 Mar 11:00"),
        (24 * 365, "Tue 2 Mar 2027 10:00"),
    ],
)
def test_an_instant_is_told_as_seen_from_now(hours, words):
    assert clock(NOW + timedelta(hours=hours), NOW, NEW_YORK) == words


@pytest.mark.parametrize(("hour", "words"), [(5, "01:30 (UTC-0400)"), (6, "01:30 (UTC-0500)"), (7, "02:30")])
def test_the_hour_that_comes_twice_says_which_it_is(hour, words):
    now = datetime(2026, 11, 1, 1, 0, tzinfo=UTC)
    assert clock(datetime(2026, 11, 1, hour, 30, tzinfo=UTC), now, NEW_YORK) == f"tomorrow {words}"


def test_a_day_is_told_with_its_weekday():
    assert day(date(2026, 7, 10)) == "Fri 10 Jul 2026"


@pytest.mark.parametrize(
    ("value", "words"), [(0.9, "0.9"), (910, "910"), (1234.5, "1,234"), (0.033709, "0.0337"), (0, "0")]
)
def test_a_number_has_as_many_digits_as_a_person_uses(value, words):
    assert number(value) == words


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"fact": "pregnant", "is": "yes"}, "pregnant is yes"),
        ({"fact": "patient.skin_type", "in": ["V", "VI"]}, "patient.skin_type is one of V, VI"),
        ({"fact": "n", "under": 4}, "n is under 4"),
        ({"fact": "n", "at_most": 4}, "n is at most 4"),
        ({"fact": "n", "above": 4}, "n is above 4"),
        ({"fact": "n", "at_least": 4}, "n is at least 4"),
        ({"fact": "laser_on", "within": "28 days"}, "laser_on lies within the last 28 days"),
        ({"fact": "laser_on", "since": "28 days"}, "laser_on lies back at least 28 days"),
        ({"fact": "n", "known": True}, "n is known"),
        ({"fact": "n", "known": False}, "n is not known"),
        ({"not": {"fact": "a", "is": "b"}}, "not (a is b)"),
        (
            {
                "all": [
                    {"fact": "a", "is": "b"},
                    {"any": [{"fact": "c", "is": "d"}, {"fact": "e", "is": "f"}]},
                ]
            },
            "a is b and (c is d or e is f)",
        ),
        (
            {
                "any": [
                    {"fact": "a", "is": "b"},
                    {"all": [{"fact": "c", "is": "d"}, {"fact": "e", "is": "f"}]},
                ]
            },
            "a is b or (c is d and e is f)",
        ),
    ],
)
def test_a_condition_is_a_sentence(when, words):
    assert condition(when) == words


def test_every_condition_of_the_rulebook_can_be_said():
    for rule in KNOWLEDGE.rules.values():
        assert "{" not in condition(rule.when)


def test_an_id_is_words_with_gaps():
    assert spoken("cheek_left") == "cheek left"


def test_nobody_signed_is_said():
    assert signature("unchecked") == "not yet checked by a clinician"
    assert signature("Dr Ada") == "checked by Dr Ada"
