"""The rulebook: all reasons at once, unknown that blocks, and the first day on which a rule rests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest

from needlepoint.course.zones import Zone
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.questions import Question
from needlepoint.evidence.schema import Fact, Rule
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN
from needlepoint.rules.rulebook import Rulebook
from needlepoint.rules.verdicts import Verdict, strictest
from needlepoint.rules.vocabulary import vocabulary

TODAY = date(2026, 3, 2)


def rule(name: str, verdict: str, when: dict[str, Any], **more: Any) -> Rule:
    row = {"id": name, "verdict": verdict, "when": when, "reason": f"Because of {name}.", "sources": ["NP"]}
    row |= {"basis": "assumed", "overridable_by": "nobody", "examples": []}
    return msgspec.convert(row | more, Rule)


def knowing(*rules: Rule) -> Knowledge:
    return replace(packaged(), rules={each.id: each for each in rules})


def judge(
    knowledge: Knowledge, facts: dict[str, Any], zones: dict[Zone, dict[str, Any]] | None = None
) -> Any:
    return Rulebook.of(knowledge).judge(facts, zones or {}, TODAY)


PREGNANT = {"fact": "pregnant", "is": "yes"}
LASER = {"all": [{"fact": "laser", "is": "past"}, {"fact": "laser_on", "within": "28 days"}]}


def test_all_reasons_come_at_once_strictest_first() -> None:
    book = knowing(
        rule("a.note", "note", PREGNANT), rule("b.stop", "stop", PREGNANT), rule("c.wait", "wait", PREGNANT)
    )
    judged = judge(book, {"pregnant": "yes"})
    assert [verdict.rule for verdict in judged.verdicts] == ["b.stop", "c.wait", "a.note"]
    assert strictest(judged.verdicts) == "stop"
    assert judged.unanswered == ()


@pytest.mark.parametrize(
    ("verdict", "blocks"),
    [("stop", True), ("refer", True), ("wait", False), ("change", False), ("note", False)],
)
def test_an_unknown_answer_blocks_where_the_rule_would_stop_or_refer(verdict: str, blocks: bool) -> None:
    judged = judge(knowing(rule("aa", verdict, PREGNANT)), {"pregnant": UNKNOWN})
    assert bool(judged.verdicts) is blocks
    assert judged.unanswered == ("pregnant",)


def test_a_verdict_from_an_unknown_answer_says_so_and_has_no_date() -> None:
    book = knowing(rule("aa", "stop", PREGNANT, if_unknown="Ask first."))
    (verdict,) = judge(book, {"pregnant": UNKNOWN}).verdicts
    assert verdict.reason == "Not known yet (pregnant), so it counts like yes. Ask first."
    assert verdict.because_unknown == ("pregnant",)
    assert verdict.until is None


def test_without_words_of_its_own_an_unknown_answer_gets_the_rules_reason() -> None:
    (verdict,) = judge(knowing(rule("aa", "stop", PREGNANT)), {"pregnant": UNKNOWN}).verdicts
    assert verdict.reason.endswith("Because of aa.")


def test_a_known_procedure_on_an_unknown_day_waits_without_a_date() -> None:
    (verdict,) = judge(knowing(rule("aa", "wait", LASER)), {"laser": "past", "laser_on": UNKNOWN}).verdicts
    assert (verdict.verdict, verdict.until, verdict.because_unknown) == ("wait", None, ("laser_on",))


def test_an_unknown_procedure_does_not_wait_but_is_asked() -> None:
    judged = judge(knowing(rule("aa", "wait", LASER)), {"laser": UNKNOWN, "laser_on": UNKNOWN})
    assert judged.verdicts == ()
    assert judged.unanswered == ("laser",)


def test_a_question_that_follows_another_is_asked_once_the_other_is_answered() -> None:
    names = vocabulary(packaged())
    assert names.first_asked(["laser", "laser_on", "rosacea", "rosacea_kind"]) == ("laser", "rosacea")
    assert names.first_asked(["laser_on", "rosacea_kind"]) == ("laser_on", "rosacea_kind")
    assert names.first_asked(["session.last_healed"]) == ("healed",)


def test_until_is_the_first_day_on_which_the_rule_rests() -> None:
    (verdict,) = judge(
        knowing(rule("aa", "wait", LASER)), {"laser": "past", "laser_on": date(2026, 2, 20)}
    ).verdicts
    assert verdict.until == date(2026, 3, 20)


def test_until_skips_a_boundary_on_which_another_part_still_fires() -> None:
    when = {
        "any": [LASER, {"all": [{"fact": "peel", "is": "past"}, {"fact": "peel_on", "within": "28 days"}]}]
    }
    facts = {"laser": "past", "laser_on": date(2026, 2, 20), "peel": "past", "peel_on": date(2026, 2, 25)}
    (verdict,) = judge(knowing(rule("aa", "wait", when)), facts).verdicts
    assert verdict.until == date(2026, 3, 25)


def test_until_is_open_where_something_undated_keeps_the_rule_firing() -> None:
    (verdict,) = judge(
        knowing(rule("aa", "wait", {"any": [LASER, PREGNANT]})),
        {"laser": "past", "laser_on": date(2026, 2, 20), "pregnant": "yes"},
    ).verdicts
    assert verdict.until is None


def test_zones_with_the_same_word_share_one_line() -> None:
    book = knowing(rule("zz", "wait", {"fact": "zone.last_on", "within": "28 days"}, each="zone"))
    days = {
        Zone.CHIN: date(2026, 2, 20),
        Zone.NOSE: date(2026, 2, 20),
        Zone.NECK: date(2026, 2, 21),
        Zone.CHEST: NOT_APPLICABLE,
    }
    judged = judge(book, {}, {zone: {"zone.last_on": day} for zone, day in days.items()})
    assert [(v.zones, v.until) for v in judged.verdicts] == [
        ((Zone.CHIN, Zone.NOSE), date(2026, 3, 20)),
        ((Zone.NECK,), date(2026, 3, 21)),
    ]


def test_a_case_rule_that_reads_a_zones_fact_is_refused() -> None:
    with pytest.raises(EvidenceError, match='rule zz: reads a zone\'s fact, so it needs each = "zone"'):
        Rulebook.of(knowing(rule("zz", "wait", {"fact": "zone.last_on", "within": "28 days"})))


def test_an_unknown_fact_name_is_refused_when_the_rulebook_is_read() -> None:
    with pytest.raises(EvidenceError, match="rule zz: condition: 'pregnnt' is no fact"):
        Rulebook.of(knowing(rule("zz", "stop", {"fact": "pregnnt", "is": "yes"})))


def test_a_computed_fact_may_not_take_a_questions_name() -> None:
    fact = Fact(name="pregnant", kind="number", says="A clash.")
    with pytest.raises(EvidenceError, match="pregnant is a question's name already"):
        vocabulary(replace(packaged(), facts={"pregnant": fact}))


def test_a_fact_without_a_question_is_asked_by_its_last_word() -> None:
    names = vocabulary(packaged())
    assert names.question_of("patient.skin_type") == "skin_type"
    assert names.question_of("isotretinoin_last_used_on") == "isotretinoin_last_used_on"


def test_unknown_is_no_choice_that_a_rule_may_name() -> None:
    question = Question(
        name="pregnant",
        kind="yes_no",
        asks="Pregnant?",
        why="It matters.",
        sources=("S3",),
        valid_days=1,
        group="you",
    )
    names = vocabulary(replace(packaged(), questions={"pregnant": question}, facts={}))
    assert names.choices_of("pregnant") == ("yes", "no")


def test_the_strictest_of_nothing_is_none() -> None:
    no_verdicts: tuple[Verdict, ...] = ()
    assert strictest(no_verdicts) == "none"


def test_a_verdict_carries_all_of_its_rule() -> None:
    more = {"sources": ["S1", "S3"], "basis": "retrieved", "overridable_by": "prescriber"}
    zoned = {"fact": "zone.last_on", "within": "28 days"}
    book = knowing(rule("aa", "stop", PREGNANT, **more), rule("zz", "wait", zoned, each="zone", **more))
    days = {zone: {"zone.last_on": date(2026, 2, 20)} for zone in (Zone.CHIN, Zone.NOSE)}
    judged = judge(book, {"pregnant": "yes"}, days)
    shared = {"sources": ("S1", "S3"), "basis": "retrieved", "overridable_by": "prescriber"}
    shared |= {"settled_by": "prescriber"}
    until = date(2026, 3, 20)
    assert judged.verdicts == (
        Verdict(rule="aa", verdict="stop", reason="Because of aa.", until=None, **shared),
        Verdict(
            rule="zz",
            verdict="wait",
            reason="Because of zz.",
            until=until,
            zones=(Zone.CHIN, Zone.NOSE),
            **shared,
        ),
    )


@pytest.mark.parametrize(
    ("overridable_by", "authority", "settled_by"),
    [
        ("prescriber", "prescriber", "you"),
        ("prescriber", "delegated", "prescriber"),
        ("nobody", "prescriber", "nobody"),
    ],
)
def test_only_what_a_prescriber_may_settle_is_a_prescribers_own(
    overridable_by: str, authority: str, settled_by: str
) -> None:
    book = knowing(rule("a.stop", "stop", PREGNANT, overridable_by=overridable_by))
    (verdict,) = judge(book, {"pregnant": "yes", "operator.authority": authority}).verdicts
    assert (verdict.overridable_by, verdict.settled_by) == (overridable_by, settled_by)


def test_a_rule_that_holds_for_one_reason_says_nothing_of_another_that_is_open() -> None:
    either = {"any": [PREGNANT, {"fact": "nursing", "is": "yes"}]}
    judged = judge(knowing(rule("aa", "stop", either)), {"pregnant": "yes", "nursing": UNKNOWN})
    assert [verdict.reason for verdict in judged.verdicts] == ["Because of aa."]
    assert judged.unanswered == ()


def test_several_open_questions_are_named_together() -> None:
    either = {"any": [PREGNANT, {"fact": "nursing", "is": "yes"}]}
    judged = judge(knowing(rule("aa", "stop", either)), {"pregnant": UNKNOWN, "nursing": UNKNOWN})
    assert judged.verdicts[0].reason.startswith("Not known yet (pregnant, nursing), ")
    assert judged.unanswered == ("pregnant", "nursing")


def test_each_kind_of_question_becomes_a_fact_of_its_kind() -> None:
    names = vocabulary(packaged())
    kinds = {
        "pregnant": "choice",
        "isotretinoin": "choice",
        "laser": "choice",
        "eczema": "choice",
        "rosacea_kind": "choice",
    }
    kinds |= {"scar_age_months": "number", "isotretinoin_last_used_on": "date", "laser_on": "date"}
    assert {name: names.kind_of(name).value for name in kinds} == kinds
    assert {names.question_of(name) for name in kinds} == set(kinds)
