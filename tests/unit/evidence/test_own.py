"""A pen that a practice entered is bound by its label and by every rule, and never softer than any."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.factories import AT, case, goal, session

from needlepoint.advice import advise
from needlepoint.course.devices import OwnDevice
from needlepoint.course.errors import InputError
from needlepoint.dose.session import doses
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.own import ASSUMED_AS, is_own, knowing
from needlepoint.exchange.case_file import read, write

KNOWLEDGE = packaged()
PEN = OwnDevice(
    id="own-1",
    name="Bench Pen",
    maker="Bench Works",
    label="Instructions for use, edition 3 of 2025",
    depth_min_mm=Decimal(0),
    depth_max_mm=Decimal("2.0"),
    needles=16,
    needle_mm=Decimal("0.3"),
    depth_step_mm=Decimal("0.25"),
    rate_low_hz=Decimal(80),
    rate_high_hz=Decimal(120),
)


def with_pen(pen=PEN, **changes):
    return case(device=pen.id, own_devices=(pen,), **changes)


def deepest(told):
    return max(zone.depth_mm.max for each in told.plan.sessions for zone in each.zones)


def test_its_label_is_its_source_and_the_rest_is_assumed():
    row = knowing(KNOWLEDGE, (PEN,)).devices["own-1"]
    assert (row.depth_max.value, row.needles.count.value, row.needles.diameter.value) == (2.0, 16, 0.3)
    assert (row.rate.low, row.rate.usual, row.rate.high) == (80, 100, 120)
    assert {row.depth_max.sources, row.needles.count.sources} == {("entered-here",)}
    assert (row.needles.width, row.reach) == (
        KNOWLEDGE.devices[ASSUMED_AS].needles.width,
        KNOWLEDGE.devices[ASSUMED_AS].reach,
    )
    assert PEN.label in row.note


def test_what_a_label_does_not_say_is_left_out():
    row = knowing(
        KNOWLEDGE, (replace(PEN, depth_step_mm=None, rate_low_hz=None, rate_high_hz=None),)
    ).devices["own-1"]
    assert (row.depth_step, row.rate, row.cleared) == (None, None, ())


def test_nothing_else_of_the_knowledge_base_changes_and_asking_twice_gives_the_same():
    known = knowing(KNOWLEDGE, (PEN,))
    assert set(known.devices) - set(KNOWLEDGE.devices) == {"own-1"}
    assert (known.sha256, known.rules) == (KNOWLEDGE.sha256, KNOWLEDGE.rules)
    assert knowing(KNOWLEDGE, (replace(PEN),)) is known is knowing(known, (PEN,))
    assert knowing(KNOWLEDGE, ()) is KNOWLEDGE


def test_a_number_of_the_list_brings_its_claims():
    told = advise(with_pen(replace(PEN, cleared_as="K243800")), AT)
    assert not [each for each in told.plan.off_label if "no clearance" in each]
    assert [each for each in advise(with_pen(), AT).plan.off_label if "no clearance" in each]


@pytest.mark.parametrize(
    ("number", "why"), [("K999999", "not on the list"), ("K202243", "on file as SkinPen")]
)
def test_a_number_that_is_not_its_own_is_refused(number, why):
    with pytest.raises(InputError, match=why):
        knowing(KNOWLEDGE, (replace(PEN, cleared_as=number),))


def test_it_is_planned_dosed_and_cited_as_any_device():
    told = advise(with_pen(sessions=(session(device="own-1"),)), AT)
    assert told.plan.sessions
    assert told.dose[0].channels_per_cm2 > 0
    assert "entered-here" in {each.id for each in told.citations}


@given(
    st.sampled_from(["cheek_left", "forehead", "neck", "thigh_left", "abdomen", "periorbital_left"]),
    st.decimals(Decimal("0.5"), Decimal(3), places=2),
    st.sampled_from(["acne_scars", "fine_lines", "stretch_marks"]),
)
def test_its_dial_only_ever_makes_a_limit_stricter(zone, depth, concern):
    pen = replace(PEN, depth_max_mm=depth, depth_step_mm=None)
    told = advise(with_pen(pen, goal=goal(concern, zone)), AT)
    limit = KNOWLEDGE.zones[zone.removesuffix("_left")].depth_max
    assert not told.plan.sessions or deepest(told) <= min(depth, Decimal(str(limit.value)))


def test_a_deeper_dial_never_softens_a_verdict():
    shallow, deep = (advise(with_pen(replace(PEN, depth_max_mm=Decimal(mm))), AT) for mm in ("1.0", "3.0"))
    assert [each.rule for each in shallow.verdicts] == [each.rule for each in deep.verdicts]


def test_a_case_file_with_it_is_read_as_it_was_written():
    told = with_pen(sessions=(session(device="own-1"),))
    assert read(write(told).encode(), "case.toml", KNOWLEDGE) == told


def test_more_needles_and_thicker_ones_make_more_of_a_dose():
    thin, thick = (
        doses((session(device="own-1"),), case().patient.sex, knowing(KNOWLEDGE, (pen,)))[0]
        for pen in (PEN, replace(PEN, needles=32, needle_mm=Decimal("0.4")))
    )
    assert thick.channels_per_cm2 == pytest.approx(2 * thin.channels_per_cm2)
    assert thick.injured_fraction.epidermis > thin.injured_fraction.epidermis


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "skinpen-precision"),
        ("id", "own-"),
        ("name", " "),
        ("maker", ""),
        ("label", "leaflet"),
        ("label", "a\nlabel that moves"),
        ("depth_min_mm", Decimal("-0.1")),
        ("depth_max_mm", Decimal(250)),
        ("depth_max_mm", Decimal("NaN")),
        ("depth_max_mm", Decimal("0.1")),
        ("depth_step_mm", Decimal("0.01")),
        ("depth_step_mm", Decimal("0.9")),
        ("needles", 0),
        ("needles", 201),
        ("needle_mm", Decimal(30)),
        ("rate_low_hz", Decimal(0)),
        ("rate_high_hz", None),
        ("rate_high_hz", Decimal(60)),
    ],
)
def test_what_a_label_cannot_say_is_refused_by_its_name(key, value):
    changes = {key: value}
    if value == Decimal("0.1"):
        changes["depth_min_mm"] = Decimal("0.2")
    if value == Decimal("0.9"):
        changes["depth_max_mm"] = Decimal("0.5")
    with pytest.raises(InputError) as refused:
        replace(PEN, **changes)
    assert refused.value.key == key


def test_it_is_told_apart_by_its_id():
    assert is_own(PEN.id)
    assert not any(is_own(each) for each in (*KNOWLEDGE.devices, *KNOWLEDGE.elsewhere))
