"""The rulebook as sentences: every rule brings its own patients, one that fires it and one that just does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from needlepoint.evidence.loader import packaged
from needlepoint.evidence.schema import Example, Rule
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN
from needlepoint.rules.rulebook import CompiledRule, Rulebook
from needlepoint.rules.vocabulary import FactKind, vocabulary

RULEBOOK = Rulebook.of(packaged())
NAMES = vocabulary(packaged())
COMPILED = {each.rule.id: each for each in (*RULEBOOK.of_case, *RULEBOOK.of_zone)}
EXAMPLES = [(rule, example) for rule in packaged().rules.values() for example in rule.examples]
WORDS = {"unknown": UNKNOWN, "n/a": NOT_APPLICABLE}


def facts_of(example: Example) -> dict[str, Any]:
    return {
        name: WORDS.get(value, value) if isinstance(value, str) else value
        for name, value in example.facts.items()
    }


def name_of(pair: tuple[Rule, Example]) -> str:
    rule, example = pair
    return f"{rule.id}-{'fires' if example.fires else 'rests'}-{example.at}"


@pytest.mark.parametrize("pair", EXAMPLES, ids=name_of)
def test_an_example_patient_gets_the_verdict_the_rule_promises(pair: tuple[Rule, Example]) -> None:
    rule, example = pair
    compiled, facts = COMPILED[rule.id], facts_of(example)
    assert compiled.fires(facts, example.at, NAMES) is example.fires
    if example.fires:
        assert compiled.until(facts, example.at, NAMES) == example.until


@pytest.mark.parametrize("pair", [p for p in EXAMPLES if p[1].until], ids=name_of)
def test_a_rule_with_a_date_fires_on_the_day_before_and_rests_on_the_day(pair: tuple[Rule, Example]) -> None:
    rule, example = pair
    compiled, facts = COMPILED[rule.id], facts_of(example)
    assert example.until is not None
    assert compiled.fires(facts, example.until - timedelta(days=1), NAMES)
    assert not compiled.fires(facts, example.until, NAMES)


@pytest.mark.parametrize("rule", packaged().rules.values(), ids=lambda rule: rule.id)
def test_every_rule_has_a_patient_on_each_side(rule: Rule) -> None:
    assert {example.fires for example in rule.examples} == {True, False}


@pytest.mark.parametrize("rule", packaged().rules.values(), ids=lambda rule: rule.id)
def test_an_example_says_just_the_facts_its_rule_reads(rule: Rule) -> None:
    for example in rule.examples:
        assert set(example.facts) == set(COMPILED[rule.id].condition.fact_names)
        for name, value in example.facts.items():
            fits(name, value)


def fits(name: str, value: object) -> None:
    if value in ("unknown", "n/a"):
        return
    kind, choices = NAMES.kind_of(name), NAMES.choices_of(name)
    match kind:
        case FactKind.DATE:
            assert isinstance(value, date)
        case FactKind.NUMBER:
            assert isinstance(value, int | float)
        case FactKind.CHOICE:
            assert value in choices
        case FactKind.CHOICES:
            assert isinstance(value, list)
            assert set(value) <= set(choices)


def window_ends(condition: Any) -> Iterator[bool]:
    """Yield yes for each span after which the condition no longer holds."""
    if isinstance(condition, list):
        for each in condition:
            yield from window_ends(each)
    elif isinstance(condition, dict):
        yield "within" in condition
        for each in condition.values():
            yield from window_ends(each)


@pytest.mark.parametrize("compiled", COMPILED.values(), ids=lambda compiled: compiled.rule.id)
def test_a_rule_with_a_window_shows_its_boundary_day(compiled: CompiledRule) -> None:
    # What only begins on a day has no last one.
    dated = any(window_ends(compiled.rule.when))
    assert any(example.until for example in compiled.rule.examples) is dated


def test_every_rule_names_its_people_and_its_sources() -> None:
    for name, review in packaged().reviews.items():
        assert review.author, name
        assert review.checker, name
        assert review.reviewed_on < review.review_by, name
    for rule in packaged().rules.values():
        assert set(rule.sources) <= set(packaged().sources), rule.id


def test_every_answer_the_contract_names_is_a_question() -> None:
    expected = set(
        """pregnant nursing keloid_history active_acne active_infection open_wound herpes_active
        herpes_history skin_cancer suspicious_lesion actinic_keratosis scleroderma bleeding_disorder
        diabetes_controlled diabetes_uncontrolled metal_allergy anaesthetic_allergy
        methaemoglobinaemia_risk tattoo_in_zone collagen_vascular_disease cardiac_abnormality
        isotretinoin retinoid exfoliating_acid benzoyl_peroxide hydroquinone anticoagulant nsaid
        chemotherapy immunosuppression radiation_in_zone botulinum filler filler_permanent laser
        peel deep_resurfacing surgery_in_zone rf_needling sunburn tan eczema psoriasis dermatitis
        rosacea rosacea_kind scar_age_months""".split()
    )
    assert {q.name for q in packaged().questions.values() if not q.since} == expected


def test_every_question_is_read_by_a_rule_or_feeds_a_fact_that_is() -> None:
    read = {name for each in COMPILED.values() for name in each.condition.fact_names}
    for question in packaged().questions.values():
        assert (question.feeds or question.name) in read, question.name


def test_every_question_stands_in_a_group_and_each_group_holds_some() -> None:
    groups = [question.group for question in packaged().questions.values()]
    assert list(dict.fromkeys(groups)) == list(packaged().question_groups)


def test_the_questions_of_a_group_stand_together() -> None:
    groups = [question.group for question in packaged().questions.values()]
    assert sum(one != other for one, other in pairwise(groups)) == len(set(groups)) - 1


def test_no_words_promise_safety_or_give_orders() -> None:
    for rule in packaged().rules.values():
        words = f"{rule.reason} {rule.if_unknown}".lower()
        assert not any(banned in words for banned in (" safe", "you must", "approved", "guarantee")), rule.id
