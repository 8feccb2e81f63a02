"""What a name on a tube means, and what follows from it."""

import pytest
from tests.unit.factories import AT, LIDOCAINE, PEN, answers, case, session

from needlepoint.advice import advise
from needlepoint.advice.substances import glide, recognised
from needlepoint.course.answers import YesNo
from needlepoint.course.session import Topical, TopicalKind
from needlepoint.evidence.loader import packaged
from needlepoint.rules.verdicts import RANK
from needlepoint.rules.vocabulary import vocabulary

KNOWLEDGE = packaged()
ROWS = [(row.id, name) for row in KNOWLEDGE.substances.values() for name in row.named]


@pytest.mark.parametrize(("substance", "name"), ROWS)
def test_every_name_of_a_substance_is_recognised_whatever_stands_around_it(substance, name):
    for said in (name, name.upper(), f"Serum, {name} 5 %", f"gel-{name}"):
        assert substance in recognised(said, KNOWLEDGE)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Ácido tranexámico 5 %", {"tranexamic_acid"}),
        ("ácido hialurónico", {"hyaluronic_acid"}),
        ("PRP + vitamin C", {"platelet_rich_plasma", "vitamin_c"}),
        ("salmon PDRN", {"polynucleotides"}),
        ("Exosoma facial", {"exosomes"}),
        ("gel", set()),
        ("a surprising cream", set()),
        ("vitamin complex", set()),
        ("", set()),
    ],
)
def test_free_text_is_read_word_by_word(name, found):
    assert recognised(name, KNOWLEDGE) == found


def test_no_two_substances_share_a_name():
    names = [name for _, name in ROWS]
    assert len(names) == len(set(names))


def test_the_facts_know_every_substance():
    assert set(vocabulary(KNOWLEDGE).choices_of("session.substances")) == set(KNOWLEDGE.substances)


@pytest.mark.parametrize(
    "row", [each for each in KNOWLEDGE.substances.values() if each.rule], ids=lambda row: row.id
)
def test_a_substance_and_its_rule_rest_on_the_same_documents(row):
    assert set(row.sources) & set(KNOWLEDGE.rules[row.rule].sources)


@pytest.mark.parametrize(
    ("name", "device", "said"),
    [
        ("Lift HG", PEN, "listed"),
        ("SkinPen hydrogel", PEN, "listed"),
        ("hyaluronic gel", PEN, "not_listed"),
        ("Lift HG", "exceed", "no_list"),
    ],
)
def test_a_glide_is_on_the_list_of_its_device_or_not_or_there_is_none(name, device, said):
    assert glide(name, device, KNOWLEDGE) == said


def used(*topicals, device=PEN, **given):
    """The advice after a session with these on the skin."""
    done = session(40, device=device, topicals=topicals)
    return advise(case(device=device, sessions=(done,), answers=answers(**given)), AT)


def rules(advice):
    return {each.rule: each.verdict for each in advice.verdicts}


@pytest.mark.parametrize(
    ("name", "rule", "verdict"),
    [
        ("PRP", "topical.platelet_rich_plasma", "refer"),
        ("exosome", "topical.exosomes", "refer"),
        ("salmon PDRN", "topical.polynucleotides", "refer"),
        ("tranexamic acid", "topical.tranexamic_acid", "refer"),
        ("vitamin C", "topical.vitamin_c", "change"),
        ("retinol", "topical.retinoid", "change"),
    ],
)
@pytest.mark.parametrize("kind", [TopicalKind.SERUM, TopicalKind.GLIDE, TopicalKind.OTHER])
def test_a_substance_is_judged_by_its_name_whatever_kind_was_ticked(kind, name, rule, verdict):
    assert rules(used(Topical(kind, name)))[rule] == verdict
    assert rule not in rules(used(Topical(kind, "water")))


def test_an_allergy_meets_its_substance():
    fish = used(Topical(TopicalKind.SERUM, "PDRN"), fish_allergy=YesNo.YES)
    assert rules(fish)["topical.allergy"] == "refer"
    assert "topical.allergy" not in rules(used(Topical(TopicalKind.SERUM, "PDRN")))
    assert "topical.allergy" not in rules(
        used(Topical(TopicalKind.SERUM, "vitamin C"), fish_allergy=YesNo.YES)
    )
    assert rules(used(LIDOCAINE, anaesthetic_allergy=YesNo.YES))["topical.allergy"] == "refer"


def test_a_gel_that_is_on_the_list_says_nothing_and_another_is_a_note():
    assert rules(used(Topical(TopicalKind.GLIDE, "Lift HG"))) == {}
    assert rules(used(Topical(TopicalKind.GLIDE, "aloe gel"))) == {"topical.not_listed": "note"}
    assert "topical.no_list" in rules(used(Topical(TopicalKind.GLIDE, "aloe gel"), device="exceed"))


@pytest.mark.parametrize("row", KNOWLEDGE.substances.values(), ids=lambda row: row.id)
def test_a_substance_more_never_softens_the_verdict(row):
    plain, name = Topical(TopicalKind.OTHER, "water"), row.named[0]
    for other in KNOWLEDGE.substances.values():
        first = used(Topical(TopicalKind.OTHER, other.named[0]), plain)
        both = used(Topical(TopicalKind.OTHER, other.named[0]), Topical(TopicalKind.OTHER, name))
        assert RANK[both.verdict] >= RANK[first.verdict]
