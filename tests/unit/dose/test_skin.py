"""Skin as the dose sees it: edges of the layers, and what is said where nobody measured."""

import pytest
from tests.unit.dose.factory import KNOWLEDGE

from needlepoint.course.goals import Sex
from needlepoint.course.zones import KINDS
from needlepoint.dose.skin import assumptions, skin_of, sources_of
from needlepoint.evidence.schema import Cited


def cited(value, basis="assumed", sources=("NP",)):
    return Cited(value=value, unit="mm", low=value, high=value, sources=sources, basis=basis)


def test_the_layers_of_a_womans_cheek_end_where_ultrasound_says():
    skin = skin_of("cheek", Sex.FEMALE, KNOWLEDGE)
    assert skin.ends_mm == pytest.approx((0.0168, 0.20, 0.20 + 0.15 * 0.87, 1.07))
    assert skin.edges_mm == (0.0, *skin.ends_mm)
    assert skin.assumed == ("Assumed of the skin, cheek: papillary part 0.15 of the dermis.",)
    assert skin.sources == ("egawa-2007", "face-ultrasound", "NP")


@pytest.mark.parametrize(
    ("kind", "thinner"), [("cheek", Sex.FEMALE), ("forehead", Sex.FEMALE), ("neck", Sex.FEMALE)]
)
def test_an_unknown_sex_takes_the_thinner_whole_skin_and_says_so(kind, thinner):
    unknown = skin_of(kind, Sex.UNKNOWN, KNOWLEDGE)
    known = skin_of(kind, thinner, KNOWLEDGE)
    assert unknown.ends_mm == known.ends_mm
    assert unknown.assumed[0] == "Sex was not recorded: the thinner skin of the two stands in."
    assert unknown.assumed[1:] == known.assumed
    assert unknown.sources == known.sources


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sex", Sex)
def test_the_layers_of_every_zone_lie_on_top_of_one_another(kind, sex):
    edges = skin_of(kind, sex, KNOWLEDGE).edges_mm
    assert list(edges) == sorted(set(edges))
    assert edges[-1] < 4.0


def test_a_zone_nobody_measured_says_what_stands_in():
    (line,) = skin_of("forearm", Sex.FEMALE, KNOWLEDGE).assumed
    assert line.startswith("Assumed of the skin, forearm: epidermis 0.17 mm, dermis 1.38 mm")


def test_only_assumed_numbers_are_named():
    used = {"one": cited(1.0), "two": cited(2.0, "retrieved"), "three": cited(3.5)}
    assert assumptions("it", used) == ("Assumed of it: one 1 mm, three 3.5 mm.",)
    assert assumptions("it", {"two": cited(2.0, "calibrated")}) == ()


def test_sources_stand_once_in_the_order_of_use():
    assert sources_of(cited(1, sources=("b", "a")), cited(2, sources=("c", "a"))) == ("b", "a", "c")
