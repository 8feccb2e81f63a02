"""Forty-two patients on a phone: none in danger by the answer, none sent an ambulance for nothing."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import tomli
from tests.unit import factories

from needlepoint.advice.door import judge
from needlepoint.clinic.care.actions.check_in import Told
from needlepoint.clinic.care.actions.check_in import _at_least as raised
from needlepoint.clinic.care.actions.check_in import _document as document
from needlepoint.clinic.care.queries.free_words import reading_of
from needlepoint.clinic.chair.queries.course.case import check_in_from
from needlepoint.clinic.models import CheckIn as Row
from needlepoint.clinic.portal.queries.replies import Answer, answer_of
from needlepoint.course.answers import Medicine, Use
from needlepoint.course.goals import Patient, Sex, SkinType
from needlepoint.course.session import Sign, Topical, TopicalKind
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.words import languages, words

VIGNETTES = tomli.loads((Path(__file__).parent / "vignettes.toml").read_text())["vignette"]
VISIT = factories.session(60)
each = pytest.mark.parametrize("vignette", VIGNETTES, ids=[row["id"] for row in VIGNETTES])


def told_of(given: dict[str, Any]) -> Told:
    signs = tuple(given["signs"])
    left = tuple(sign.value for sign in Sign if sign.value not in signs) if "unanswered" in given else ()
    scores = {name: given.get(name) for name in ("redness", "swelling", "pain")}
    where = tuple(given["where"]) if "where" in given else None
    return Told(**scores, signs=signs, unanswered=left, where=where, words=given.get("words", ""))


def case_of(vignette: dict[str, Any], told: Told, at: datetime) -> Any:
    cream = (Topical(TopicalKind.ANAESTHETIC, "lidocaine"),) if vignette.get("cream") else ()
    answers = {name: Medicine(Use(value)) for name, value in vignette.get("answers", {}).items()}
    born_on = date.fromisoformat(vignette.get("born_on", "1990-05-14"))
    return factories.case(
        patient=Patient(born_on, SkinType(vignette.get("skin", "II")), Sex.FEMALE),
        goal=factories.goal("wrinkles", vignette.get("zone", "cheek_left")),
        sessions=(factories.session(60, topicals=cream),),
        check_ins=(check_in_from(told.answers, at),),
        answers=factories.answers(**answers),
    )


def reported(vignette: dict[str, Any]) -> tuple[Row, float | None]:
    """The row that the report makes, not kept, and within how many hours a person looks."""
    told = told_of(vignette["told"])
    at = VISIT.clock_starts_at + timedelta(hours=vignette["hours"])
    judged = judge(case_of(vignette, told, at), at)
    assert judged is not None
    reading = reading_of(told.words)
    level = raised(judged.level, reading)
    kept = Row(
        at=at, answers=told.answers, level=level, document=document(judged, level, told.words, reading)
    )
    hours = (judged.answer_by_at - at) / timedelta(hours=1) if judged.answer_by_at else None
    return kept, hours


def said(answer: Answer) -> str:
    return " ".join((answer.title, answer.says, *answer.own, *answer.calm))


@each
def test_a_patient_is_answered_at_a_level_that_a_clinician_accepts(vignette: dict[str, Any]) -> None:
    kept, hours = reported(vignette)
    assert kept.level in vignette["levels"], vignette["why"]
    if "within_hours" in vignette:
        assert hours is not None
        assert hours <= vignette["within_hours"]


@each
@pytest.mark.parametrize("language", languages())
def test_what_she_reads_names_the_reason_and_the_first_aid(vignette: dict[str, Any], language: str) -> None:
    spoken = words(language)
    kept, _hours = reported(vignette)
    answer = answer_of(kept, spoken)
    assert answer.title
    assert said(answer).strip()
    if kept.level in ("same_day", "emergency") and not kept.answers["unanswered"]:
        assert answer.because or any(value is None for value in kept.answers.values()), answer
    if "aid" in vignette:
        assert spoken.aids[vignette["aid"]] in answer.aids


@each
def test_every_fired_rules_own_words_are_shown(vignette: dict[str, Any]) -> None:
    spoken = words("en")
    kept, _hours = reported(vignette)
    sure = [reason["rule"] for reason in kept.document["reasons"] if reason["certain"]]
    own = [spoken.own_replies[rule].says for rule in sure if rule in spoken.own_replies]
    answer = answer_of(kept, spoken)
    assert set(own) == {*answer.own, *answer.calm}


@each
def test_nothing_is_called_normal_beside_words_or_a_score_in_its_upper_third(
    vignette: dict[str, Any],
) -> None:
    kept, _hours = reported(vignette)
    given = kept.answers
    high = any((given[name] or 0) >= least for name, least in (("redness", 3), ("swelling", 3), ("pain", 7)))
    for language, word in (("en", "normal"), ("es", "normal")):
        text = said(answer_of(kept, words(language)))
        assert not (high or vignette["told"].get("words")) or word not in text


def test_blood_of_another_is_answered_with_its_own_words_and_nothing_of_cream_or_eyes() -> None:
    (vignette,) = (row for row in VIGNETTES if row["id"] == "27")
    answer = answer_of(reported(vignette)[0], words("en"))
    assert answer.title == words("en").own_replies["reused_cartridge"].title
    assert "72 hours" in said(answer)
    everything = said(answer) + " ".join(aid.says for aid in answer.aids)
    assert "cream" not in everything
    assert "eye" not in everything


def test_all_that_were_tried_are_here_and_none_is_dangerous_absurd_or_too_low_any_more() -> None:
    tried = {row["id"].rstrip("bc") for row in VIGNETTES}
    assert tried == {str(number) for number in range(1, 39)}
    assert len(VIGNETTES) >= 42
    assert Counter(row["was"] for row in VIGNETTES).keys() == {"right", "dangerous", "absurd", "low", "words"}
    order = list(packaged().levels)
    for row in VIGNETTES:
        if row["was"] == "absurd":
            assert "emergency" not in row["levels"]
        if row["was"] == "dangerous":
            assert min(order.index(level) for level in row["levels"]) >= order.index("same_day")
