"""Words that alarm: found in every language, with slips, without accents, whatever stands around them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from needlepoint.evidence.alarm_words import FORGIVES_ONE, alarms, plain, slips, split
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.words import languages, words

ALL = [words(each) for each in languages()]


def found(text: str) -> tuple[str, ...]:
    return alarms(text, ALL)


TOLD = [
    ("My throat feels tight and I cannot breathe well", {"breath", "throat"}),
    ("i cant breath", {"breath"}),
    ("icantbreathe!!", {"breath"}),
    ("trouble breething", {"breath"}),
    ("I'm chocking", {"breath"}),
    ("me falta el aire", {"breath"}),
    ("No puedo RESPIRAR", {"breath"}),
    ("throt swollen", {"throat", "allergy"}),
    ("I want to kill myself", {"self_harm"}),
    ("I would like to kill, honestly, myself", {"self_harm"}),
    ("suisidal thoughts", {"self_harm"}),
    ("me quiero morir", {"self_harm"}),
    ("quiero suicidarme", {"self_harm"}),
    ("my eye is red", {"eye"}),
    ("no veo bien con un ojo", {"eye", "sight"}),
    ("can't see with the left one", {"sight"}),
    ("cegera", {"sight"}),
    ("tengo fiebre", {"fever"}),
    ("Fiébreee", {"fever"}),
    ("fevre", {"fever"}),
    ("escalofrios", {"fever"}),
    ("blod everywhere", {"blood"}),
    ("sigue sangrando", {"blood"}),
    ("me desmayé", {"collapse"}),
    ("ronchas por todo el cuerpo", {"allergy"}),
    ("hives since noon", {"allergy"}),
    ("there is pus", {"infection"}),
    ("unbearable pain", {"pain"}),
]


@pytest.mark.parametrize(("text", "expected"), TOLD)
def test_a_word_that_alarms_is_found_however_it_is_written(text: str, expected: set[str]) -> None:
    assert set(found(text)) == expected


@pytest.mark.parametrize(("text", "expected"), TOLD)
def test_no_negation_no_case_and_no_accent_hides_it(text: str, expected: set[str]) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    for told in (
        f"No, I have no {text}",
        f"sin {text}",
        text.upper(),
        decomposed,
        f"{text}. All is well, thanks!",
    ):
        assert set(found(told)) >= expected


ORDINARY = [
    "It itches a little, may I swim again?",
    "Never had this before, fewer spots than before",
    "My skin is slightly pink and dry",
    "When can I use make-up? I chose the beige one",
    "A faint redness on my cheek",
    "Todo bien, gracias. ¿Puedo usar maquillaje ahora?",
    "Ayer comencé con la crema nueva",
    "fine flakes near the breast bone",
    "my collagen drink is expected on Friday",
    "Can I check the injection date",
    "May I go in the sun in February? Nos vemos en febrero",
    "I feel fine now, it looks great",
    "Tomo el té en la tarde, ¿puedo?",
    "A bit tight this morning, through the day better",
    "Ahora está mejor, alegre de ver el cambio",
    "😊👍",
    "",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_message_alarms_nobody(text: str) -> None:
    assert found(text) == ()


@pytest.mark.parametrize("language", languages())
def test_every_form_of_every_file_is_found_as_it_stands_and_without_its_accents(language: str) -> None:
    for row in words(language).alarms.values():
        for form in (*row.forms, *row.exact):
            for told in (form.replace("*", ""), f"Hello, {form.replace('*', 'x')} since 3 o'clock"):
                assert row.id in found(told), (form, told)


@pytest.mark.parametrize("language", languages())
def test_one_swapped_pair_of_letters_in_a_long_word_is_forgiven(language: str) -> None:
    for row in words(language).alarms.values():
        for form in row.forms:
            word = form.rstrip("*")
            if " " in form or len(word) < FORGIVES_ONE + 1:
                continue
            swapped = word[:2] + word[3] + word[2] + word[4:]
            assert row.id in found(swapped), (form, swapped)


@pytest.mark.parametrize("language", languages())
def test_a_word_that_is_spared_alarms_nobody_by_itself(language: str) -> None:
    for row in words(language).alarms.values():
        for each in row.spared:
            assert row.id not in found(each), each


def test_every_alarm_has_a_level_sources_and_forms_in_every_language() -> None:
    for spoken in ALL:
        assert list(spoken.alarms) == list(packaged().alarm_words)
        assert all(row.forms or row.exact for row in spoken.alarms.values())
    assert {each.level for each in packaged().alarm_words.values()} == {"same_day", "emergency"}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400), st.sampled_from(TOLD), st.text(max_size=400))
def test_whatever_stands_around_a_word_it_is_found(
    before: str, told: tuple[str, set[str]], after: str
) -> None:
    assert set(found(f"{before} {told[0]} {after}")) >= told[1]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=2000))
def test_no_text_whatever_is_too_strange_to_read(text: str) -> None:
    assert set(found(text)) <= set(packaged().alarm_words)


def test_letters_are_read_without_case_accent_and_stretch() -> None:
    assert plain("FIÉBREEE") == "fiebre"
    assert split("I can’t — see") == ["i", "cant", "see"]


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("fever", "fever", 0), ("fever", "fevre", 1), ("throat", "throt", 1), ("ab", "", 2)],
)
def test_slips_are_counted(one: str, other: str, count: int) -> None:
    assert slips(one, other) == count == slips(other, one)
