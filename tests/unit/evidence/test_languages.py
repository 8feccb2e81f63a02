"""A language is a folder that says what it is; one that is off may lack texts, and shows those of the first."""

import shutil
from pathlib import Path

import pytest

from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.languages import every_language, first_language, language_of, read_languages
from needlepoint.evidence.loader import DATA, packaged
from needlepoint.evidence.staff_words import FILE, SHARED, read_staff_words, staff_words, texts_of
from needlepoint.evidence.words import languages, load_words, words

FIRST = first_language()
OFF = [each.code for each in every_language() if not each.on]
OTHER = next(each.code for each in every_language() if each.on and not each.first)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA / "words", tmp_path / "words"))


def changed(folder: Path, code: str, old: str, new: str) -> Path:
    path = folder / code / "language.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return folder


def test_the_first_language_comes_first_and_stands_for_one_that_is_none() -> None:
    assert every_language()[0].first
    assert [each.first for each in every_language()].count(True) == 1
    assert language_of("xx").code == FIRST
    assert language_of(OTHER).code == OTHER


def test_a_language_that_nobody_has_read_says_so() -> None:
    assert not any(each.reviewed for each in every_language() if not each.first)


def test_a_folder_that_does_not_say_what_it_is_is_refused(folder: Path) -> None:
    (folder / OTHER / "language.toml").unlink()
    with pytest.raises(EvidenceError, match=rf"words/{OTHER}/language.toml: the file is missing"):
        read_languages(folder)


def test_two_first_languages_are_none(folder: Path) -> None:
    with pytest.raises(EvidenceError, match="one language has to be the first, and only one"):
        read_languages(changed(folder, OTHER, "on = true", "on = true\nfirst = true"))


def test_who_has_read_a_translation_and_when_belong_together(folder: Path) -> None:
    with pytest.raises(EvidenceError, match="who has read it and when belong together"):
        read_languages(changed(folder, OTHER, 'reviewed_by = ""', 'reviewed_by = "Dr. Ada Byron"'))
    read = changed(
        folder, OTHER, 'reviewed_by = "Dr. Ada Byron"', 'reviewed_by = "A. B."\nreviewed_on = 2026-11-30'
    )
    assert next(each for each in read_languages(read) if each.code == OTHER).reviewed


def test_a_language_that_is_off_shows_the_first_where_it_lacks_a_text() -> None:
    assert not set(OFF) & set(languages())
    for code in OFF:
        spoken, first = words(code), words(FIRST)
        assert spoken.replies == first.replies
        assert spoken.scores["redness"].asks != first.scores["redness"].asks


def test_a_language_that_is_on_may_lack_nothing(folder: Path) -> None:
    (folder / OTHER / "replies.toml").unlink()
    with pytest.raises(EvidenceError, match=rf"words/{OTHER}/replies.toml: the file is missing"):
        load_words(folder, packaged())
    read = load_words(changed(folder, OTHER, "on = true", "on = false"), packaged())
    assert read[OTHER].replies == read[FIRST].replies


def test_members_read_the_knowledge_base_itself_in_the_first_language() -> None:
    assert dict(staff_words(FIRST)) == {}
    assert staff_words("xx") == staff_words(FIRST)


def test_members_read_each_text_of_the_knowledge_base_in_another_language() -> None:
    said = staff_words(OTHER)
    reason = packaged().rules["pregnancy"].reason
    assert said[reason] != reason
    for table, names in SHARED.items():
        key, row = next(iter(getattr(packaged(), table).items()))
        for name in names:
            assert said[getattr(row, name)] == getattr(getattr(words(OTHER), table)[key], name)
    assert len(list(texts_of(packaged()))) > 250


def test_a_row_that_words_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / FILE
    assert dict(read_staff_words(path, packaged())) == {}
    path.write_text('[rules.moon]\nreason = "No."\n')
    with pytest.raises(EvidenceError, match=r"rules\.moon: reason words nothing"):
        read_staff_words(path, packaged())
