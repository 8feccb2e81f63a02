"""Names are found however they are typed, and kept without the signs that nobody sees."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlepoint.exchange.names import asked_words, cleaned, folded, sort_key, telling, whole, words_of


def found(search: str, *names: str) -> bool:
    """Whether each word of a search begins a word of the name, in one of its spellings."""
    words = words_of(*names)
    asked = asked_words(search)
    return bool(asked) and all(
        any(word.startswith(each) for each in ways for word in words) for ways in asked
    )


@pytest.mark.parametrize(
    ("names", "search"),
    [
        (("van der Berg", "Anna"), "van der Berg"),
        (("van der Berg", "Anna"), "berg"),
        (("van der Berg", "Anna"), "vanderberg"),
        (("García Márquez", "María José"), "Márquez"),
        (("García Márquez", "María José"), "GARCÍA"),
        (("García Márquez", "María José"), "garcia marquez"),
        (("García Márquez", "María José"), "jose"),
        (("De Souza", "Ana"), "De Souza"),
        (("Öztürk", "Elif"), "öztürk"),
        (("Öztürk", "Elif"), "ozturk"),
        (("Öztürk", "Elif"), "OZTURK"),
        (("Jörg", "Hans"), "jorg"),
        (("Jörg", "Hans"), "joerg"),
        (("Mueller", "Eva"), "Müller"),
        (("Müller", "Eva"), "Mueller"),
        (("Ёлкина", "Ольга"), "ёлкина"),
        (("Ёлкина", "Ольга"), "Елкина"),
        (("Παπαδοπούλου", "Ελένη"), "παπαδ"),
        (("Παπαδοπούλου", "Ελένη"), "ΠΑΠΑΔ"),
        (("Παπάς", "Νίκος"), "ΠΑΠΑΣ"),
        (("O'Brien-Quill", "Aoife"), "O’Brien"),
        (("O'Brien-Quill", "Aoife"), "quill"),
        (("O'Brien-Quill", "Aoife"), "brien"),
        (("O'Brien-Quill", "Aoife"), "O'Brien-Quill, Aoife"),
        (("O’Connor", "Sian"), "O'Connor"),
        (("Nāʻālehu", "Kai"), "naalehu"),
        (("Mu\u0308nster", "Kai"), "Münster"),
        (("Münster", "Kai"), "Mu\u0308nster"),
        (("王", "小明"), "王小明"),
        (("王", "小明"), "小明王"),
        (("王", "小明"), "小明"),
        (("Łoś", "Łukasz"), "Lukasz Los"),
        (("Søndergård", "Bjørn"), "sondergard"),
        (("Søndergård", "Bjørn"), "soendergaard"),
        (("Đặng", "Thị"), "Dang"),
        (("Yılmaz", "İpek"), "YILMAZ ipek"),
        (("أحمد", "محمد"), "احمد"),
        (("فاطمة", ""), "فاطمه"),
        (("Strauß", "Ida"), "strauss"),
        (("d'Angelo", "Rosa"), "angelo"),
        (("", "Madonna"), "madonna"),
        (("Nguyễn", "An"), "ＮＧＵＹＥＮ"),
    ],
)
def test_a_name_is_found_as_people_type_it(names, search):
    assert found(search, *names)


@pytest.mark.parametrize(
    ("names", "search"), [(("Berg", "Anna"), "bert"), (("Berg", "Anna"), "erg"), (("Li", "Wei"), "wei chen")]
)
def test_another_name_is_not_found(names, search):
    assert not found(search, *names)


@given(st.text(max_size=40), st.text(max_size=40))
def test_every_name_is_found_by_itself(family, given_name):
    search = f"{family} {given_name}"
    if asked_words(search):
        assert found(search, family, given_name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ann\u202e", "Ann"),
        ("De  Souza", "De Souza"),
        ("\u200bAnna\ufeff", "Anna"),
        ("Mu\u0308nster", "Münster"),
        ("Anna\u00a0Maria", "Anna Maria"),
        ("\u2066ליאת\u2069", "ליאת"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Anna\tMaria", "Anna Maria"),
        ("\u200d", ""),
    ],
)
def test_what_nobody_sees_is_taken_out(typed, kept):
    assert cleaned(typed) == kept


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing_more(typed):
    once = cleaned(typed)
    assert cleaned(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert folded(folded(once)) == folded(once)


def test_a_list_is_ordered_as_people_look_for_names():
    names = [("Zero", "A"), ("van der Berg", "A"), ("Öztürk", "A"), ("Ellison", "A")]
    assert [family for family, _ in sorted(names, key=lambda each: sort_key(*each))] == [
        "Ellison",
        "Öztürk",
        "van der Berg",
        "Zero",
    ]


def test_the_order_of_names_does_not_count_for_the_whole():
    assert whole("Li", "Wang") == whole("Wang", "Li")
    assert whole("Łoś", "Łukasz") == whole("Los", "Lukasz")


def test_particles_say_nothing_about_who_somebody_is():
    assert telling("van der Berg", "Ian") == {"berg", "ian"}
    assert telling("王", "小明") == {"王", "小明"}
