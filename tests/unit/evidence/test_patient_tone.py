"""How patients are spoken to: the treatment by its name, no quarrel with strangers, one Spanish, one clock a thing."""

from __future__ import annotations

import re

import pytest

from needlepoint.evidence.loader import packaged
from needlepoint.evidence.word_shapes import COUNTED
from needlepoint.evidence.words import texts, words

KNOWLEDGE = packaged()
LANGUAGES = ("en", "es")
each_language = pytest.mark.parametrize("language", LANGUAGES)


@each_language
@pytest.mark.parametrize("page", ["how_it_works", "who_it_is_for", "what_happens", "at_home"])
def test_a_page_calls_the_treatment_by_its_name(language: str, page: str) -> None:
    text = words(language).pages[page]
    assert "icroneedling" in text.title + text.lead


ARGUES = {
    "en": r"you may read|some pages|pages (say|differ)|both are wrong|from memory|not checked|it is not a hormone",
    "es": r"tal vez lea|algunas páginas|las páginas no|son falsas|de memoria|vuelto a revisar|no es una hormona",
}


@each_language
def test_no_text_argues_with_a_page_that_the_patient_never_saw_or_speaks_of_memory(language: str) -> None:
    arguing = re.compile(ARGUES[language], re.IGNORECASE)
    assert [where for where, text in texts(words(language)) if arguing.search(text)] == []


# What a native reader marked as calqued, or as Spain's; patients' words are those of Latin America throughout.
FOREIGN = (
    r"las agujas (no son para|ayudan|van bien|solas)|no hay agujas|lija de la piel|hall(amos|ó)|de día en día"
    r"|mirada al resultado|habla en contra|la mayoría de las personas está|hematoma|moratón|\bañad|ordenador|móvil"
    r"|conduzca|caducad[oa]|vosotros"
)


def test_spanish_is_of_one_kind_and_not_calqued() -> None:
    foreign = re.compile(FOREIGN, re.IGNORECASE)
    assert [(where, text) for where, text in texts(words("es")) if foreign.search(text)] == []


def test_a_scale_of_redness_can_be_answered_on_dark_skin() -> None:
    for language in LANGUAGES:
        assert all(step.darker for step in words(language).steps_of("redness"))


@each_language
def test_what_is_gentle_has_its_clock_beside_make_up_and_says_so(language: str) -> None:
    line = words(language).aftercare["gentle_products"]
    assert {"gentle_products", "make_up"} <= set(COUNTED)
    assert {"en": "Make-up", "es": "maquillaje"}[language] in line.says
    assert line.not_yet
    assert line.then


def test_no_line_gives_back_before_the_gentle_days_end_what_they_leave_out() -> None:
    ends = KNOWLEDGE.aftercare["gentle_products"].until_hours
    assert ends is not None
    for key in ("creams", "hydration"):
        line = words("en").aftercare[key]
        assert "your clinic has named" in line.then + line.says
    back = {key: row.until_hours or row.from_hours for key, row in KNOWLEDGE.aftercare.items()}
    assert min(back[key] for key in ("vitamin_c_and_fragrance", "actives")) >= ends


def test_while_germs_can_get_in_swimming_is_better_left() -> None:
    assert KNOWLEDGE.aftercare["swimming"].prefer_from_hours == KNOWLEDGE.aftercare["clean_hands"].until_hours
