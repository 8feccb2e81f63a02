"""What was done and what the patient told: in bounds, and silence is not a no."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from needlepoint.course.answers import YesNo
from needlepoint.course.errors import InputError
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Cartridge, CheckIn, Pass, Session, Sign, Topical, TopicalKind
from needlepoint.course.zones import Zone

START = datetime(2026, 2, 2, 19, 0, tzinfo=UTC)


def a_pass(mm="1.0", **given):
    return Pass(Zone.CHEEK_LEFT, Depth(Decimal(mm)), given.pop("passes", 2), **given)


@pytest.mark.parametrize("gtin", ["12345678", "123456789012", "1234567890123", "00860000000001", None])
def test_a_gtin_has_8_or_12_to_14_digits(gtin):
    assert Cartridge(gtin=gtin).gtin == gtin


@pytest.mark.parametrize(
    "gtin", ["", "123456789", "1234567890", "12345678901", "123456789012345", "1234567a", "１２３４５６７８"]
)
def test_anything_else_is_no_gtin(gtin):
    with pytest.raises(InputError, match=r"gtin: .* is not a GTIN"):
        Cartridge(gtin=gtin)


def test_a_cartridge_expires_within_the_calendar():
    assert Cartridge(expires_on=date(2027, 1, 31)).expires_on == date(2027, 1, 31)
    with pytest.raises(InputError, match="expires_on"):
        Cartridge(expires_on=date(9999, 12, 31))


@pytest.mark.parametrize(
    ("name", "high"), [("strength_percent", 100), ("grams", 500), ("area_cm2", 20000), ("on_minutes", 1440)]
)
def test_a_topical_keeps_to_its_bounds(name, high):
    assert getattr(Topical(TopicalKind.SERUM, "gel", **{name: high}), name) == high
    for beyond in (high + 0.1, -0.1):
        with pytest.raises(InputError, match=f"{name}: .* is out of bounds"):
            Topical(TopicalKind.SERUM, "gel", **{name: beyond})


def test_what_is_not_told_of_a_topical_is_not_known():
    topical = Topical(TopicalKind.ANAESTHETIC, "lidocaine")
    assert topical.grams is None
    assert topical.occluded is topical.compounded is YesNo.UNKNOWN


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("rate_hz", 1, 1000), ("speed_mm_s", 0.1, 1000), ("seconds", 0.1, 7200), ("area_cm2", 0.1, 20000)],
)
def test_a_pass_keeps_to_its_bounds(name, low, high):
    assert getattr(a_pass(**{name: low}), name) == Decimal(str(low))
    assert getattr(a_pass(**{name: high}), name) == high
    for beyond in (low / 2, high + 1):
        with pytest.raises(InputError, match=f"{name}: .* is out of bounds"):
            a_pass(**{name: beyond})


@pytest.mark.parametrize("passes", [0, 101, 2.5])
def test_passes_are_counted_from_1_to_100(passes):
    with pytest.raises(InputError, match="passes: "):
        a_pass(passes=passes)


def test_a_session_ends_after_it_starts():
    with pytest.raises(InputError, match="ended_at: the session ends before it starts"):
        Session(START, "exceed", ended_at=START - timedelta(seconds=1))
    assert Session(START, "exceed", ended_at=START).ended_at == START


def test_aftercare_counts_from_the_end_where_it_is_known():
    end = START + timedelta(minutes=40)
    assert Session(START, "exceed", ended_at=end).clock_starts_at == end
    assert Session(START, "exceed").clock_starts_at == START


def test_the_deepest_pass_is_the_sessions_depth():
    session = Session(START, "exceed", passes=(a_pass("0.5"), a_pass("1.25"), a_pass("1.0")))
    assert session.deepest == Depth(Decimal("1.25"))
    assert Session(START, "exceed").deepest is None


@pytest.mark.parametrize(("name", "high"), [("redness", 4), ("swelling", 4), ("pain", 10)])
def test_a_score_keeps_to_its_scale(name, high):
    assert getattr(CheckIn(START, **{name: high}), name) == high
    assert getattr(CheckIn(START), name) is None
    for beyond in (-1, high + 1, 1.5):
        with pytest.raises(InputError, match=f"{name}: "):
            CheckIn(START, **{name: beyond})


def test_a_sign_is_reported_or_unanswered_and_not_both():
    with pytest.raises(InputError, match="unanswered: a sign is both reported and unanswered"):
        CheckIn(START, signs=frozenset({Sign.FEVER}), unanswered=frozenset({Sign.FEVER}))


def test_a_sign_that_nobody_asked_for_is_unknown():
    assert CheckIn(START).asked(Sign.FEVER) is YesNo.UNKNOWN


def test_a_list_of_signs_answers_for_every_sign_but_the_unanswered():
    told = CheckIn(START, signs=frozenset({Sign.PUS}), unanswered=frozenset({Sign.FEVER}))
    assert told.asked(Sign.PUS) is YesNo.YES
    assert told.asked(Sign.FEVER) is YesNo.UNKNOWN
    assert told.asked(Sign.BRUISE) is YesNo.NO
