"""Patients' words: whole in every language, read by a twelve-year-old, promising and commanding nothing."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from needlepoint.course.session import Sign
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.loader import DATA, packaged
from needlepoint.evidence.word_shapes import Words
from needlepoint.evidence.words import FILES, languages, load_words, places, sourced, texts, words
from needlepoint.rules.triage import LEVELS

KNOWLEDGE = packaged()
LANGUAGES = ("en", "es")
each_language = pytest.mark.parametrize("language", LANGUAGES)
FILLED = {
    "clinic": "X", "phone": "1", "emergency": "1", "by": "X", "from": "X", "until": "X", "day": "1", "date": "X",
    "opens": "X",
}  # fmt: skip


def test_english_comes_first_and_spanish_stands_beside_it() -> None:
    assert languages() == LANGUAGES
    assert [words(each).name for each in LANGUAGES] == ["English", "Español"]


def test_a_language_is_read_once_and_has_a_digest_of_its_own() -> None:
    assert words("en") is words("en")
    assert words("en").sha256 != words("es").sha256


def test_a_signature_on_the_replies_outlives_a_change_of_a_page_but_none_of_a_reply(folder: Path) -> None:
    signed = words("es")
    for name, reply_stands in (("pages.toml", True), ("replies.toml", False)):
        path = folder / "es" / name
        path.write_text(path.read_text().replace("persona", "persona amable", 1))
        now = load_words(folder, KNOWLEDGE)["es"]
        assert (now.digests["replies.toml"] == signed.digests["replies.toml"]) is reply_stands
        assert now.sha256 != signed.sha256


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(EvidenceError, match="no texts in 'tlh'; there are en, ar, es"):
        words("tlh")


# -- nothing is missing, nothing is strange


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA / "words", tmp_path / "words"))


def first_row(text: str, table: str) -> str:
    return re.findall(rf"\[\[{table}\]\]\n.*?(?=\n\[\[|\Z)", text, re.DOTALL)[0]


MISSING = [
    ("questions.toml", "question", "no text for pregnant"),
    ("questions.toml", "choice", "no text for yes_no.yes"),
    ("checkin.toml", "score", "no text for redness"),
    ("checkin.toml", "step", "no text for redness.0"),
    ("checkin.toml", "sign", "no text for breathing_difficulty"),
    ("replies.toml", "reply", "no text for expected"),
    ("urgent.toml", "own", "no text for perioral_numbness.later"),
    ("urgent.toml", "aid", "no text for allergy"),
    ("urgent.toml", "place", "no text for near_eye"),
    ("urgent.toml", "alarm", "no text for breath"),
    ("replies.toml", "notice", "no text for received"),
    ("aftercare.toml", "line", "no text for make_up"),
    ("aftercare.toml", "milestone", "no text for redness"),
    ("aftercare.toml", "call", "no text for now"),
    ("preparation.toml", "line", "no text for retinoid"),
]


@each_language
@pytest.mark.parametrize(("name", "table", "says"), MISSING)
def test_a_missing_text_in_one_language_refuses_all(
    folder: Path, language: str, name: str, table: str, says: str
) -> None:
    path = folder / language / name
    text = path.read_text()
    path.write_text(text.replace(first_row(text, table), "", 1))
    with pytest.raises(EvidenceError, match=rf"words/{language}/{name}: {says}"):
        load_words(folder, KNOWLEDGE)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    (folder / "es" / name).unlink()
    with pytest.raises(EvidenceError, match=f"words/es/{name}: the file is missing"):
        load_words(folder, KNOWLEDGE)


def test_without_the_first_language_there_is_none(folder: Path) -> None:
    shutil.rmtree(folder / "en")
    with pytest.raises(EvidenceError, match="one language has to be the first"):
        load_words(folder, KNOWLEDGE)


BROKEN = [
    ("es", "phrases.toml", 'name = "Español"', "", "phrases.toml: the language's own name is missing"),
    ("es", "phrases.toml", 'name = "Español"', 'name = "Español"\nmoon = 1', "phrases.toml: 'moon' is nothing"),
    ("es", "phrases.toml", 'id = "not_sure"', 'id = "not_shure"', "phrases.toml: no text for not_sure"),
    ("en", "questions.toml", 'name = "nursing"', 'name = "pregnant"', r"question\[1\] pregnant: there twice"),
    ("en", "questions.toml", 'name = "nursing"', 'name = "moon"', "no text for nursing"),
    ("en", "replies.toml", "[[notice]]", '[[notice]]\nid = "moon"\nsays = "No."\n[[notice]]', "a text for moon"),
    ("en", "questions.toml", "asks =", "aks =", r"question\[0\]: .*aks"),
    ("en", "questions.toml", 'checker = "unchecked"', "", r"questions.toml: \[review\]: .*checker"),
    ("en", "checkin.toml", 'group = "surface"', 'group = "moon"', r"signs\..*: names 'moon', which does not exist"),
    ("en", "checkin.toml", 'sources = ["S3"', 'sources = ["moon"', "names 'moon', which does not exist"),
    ("en", "checkin.toml", "[[score]]", "[[score]", "checkin.toml: not readable as TOML"),
    ("es", "checkin.toml", 'sources = ["S3", ', 'sources = [', "not the same keys, sources, basis"),
    ("es", "replies.toml", "llame al {emergency}.", "llame al 911.", "not the same keys, .* or open places"),
    ("en", "replies.toml", "at {clinic} still", "at {moon} still", "leaves {moon} open, which nobody fills"),
    ("en", "replies.toml", 'id = "calls_by"', 'id = "calls_soon"', "no text for calls_by"),
    ("en", "aftercare.toml", "not_yet = ", "hint = ", r"line\[0\]: .*hint"),
    ("en", "aftercare.toml", 'then = "You can swim again."', "", "what waits has `not_yet` and `then`"),
    ("en", "pages.toml", 'id = "own_device"', 'id = "owned_device"', "pages.at_home: no text for own_device"),
    ("en", "pages.toml", 'settles = ["needle_count"]', 'settles = ["moon"]', "pages.needle_count: names 'moon'"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "name", "old", "new", "line"), BROKEN)
def test_a_file_that_is_not_in_order_is_refused(
    folder: Path, language: str, name: str, old: str, new: str, line: str
) -> None:
    path = folder / language / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(EvidenceError, match=line):
        load_words(folder, KNOWLEDGE)


def test_rows_in_another_order_are_refused(folder: Path) -> None:
    path = folder / "es" / "checkin.toml"
    text = path.read_text()
    first = first_row(text, "group")
    path.write_text(text.replace(first, "", 1) + "\n" + first)
    with pytest.raises(EvidenceError, match=r"checkin\.toml: groups in another order than in en"):
        load_words(folder, KNOWLEDGE)


# -- what the portal leans on


@each_language
def test_every_question_has_its_choices_and_not_sure_is_always_there(language: str) -> None:
    spoken = words(language)
    for question in KNOWLEDGE.questions.values():
        choices = spoken.choices_of(question.answer_set)
        assert choices[-1].value == "unknown"
        assert len({each.says for each in choices}) == len(choices)


@each_language
def test_every_score_has_its_steps_from_none_upwards(language: str) -> None:
    spoken = words(language)
    told = {score: [step.value for step in spoken.steps_of(score)] for score in spoken.scores}
    assert told == {"redness": list(range(5)), "swelling": list(range(5)), "pain": list(range(11))}


@each_language
def test_every_sign_is_in_one_group_and_looks_like_no_other(language: str) -> None:
    spoken = words(language)
    told = [sign for group in spoken.groups for sign in spoken.signs_of(group)]
    assert {sign.name for sign in told} == {sign.value for sign in Sign}
    assert len(told) == len({sign.label for sign in told}) == len(Sign)


@each_language
def test_every_open_place_is_filled(language: str) -> None:
    for where, text in texts(words(language)):
        assert places(text) <= set(FILLED), where
        assert "{" not in text.format(**FILLED), where


@each_language
def test_nobody_has_signed_the_words_yet_and_they_say_so(language: str) -> None:
    assert words(language).unsigned == FILES


@each_language
def test_an_emergency_is_told_to_call_and_not_to_wait_for_an_hour(language: str) -> None:
    reply = words(language).replies["emergency"]
    assert "emergency" in places(reply.title)
    assert "by" not in places(reply.title + reply.says)


SAID_OF = {
    "emergency": ("emergency_told", "emergency_telling", "emergency_nobody"),
    "same_day": ("today_told", "call_us_now"),
}


@each_language
def test_every_reply_names_the_telephone_and_the_calm_ones_no_less(language: str) -> None:
    spoken = words(language)
    assert list(spoken.replies) == list(LEVELS)
    for level, reply in spoken.replies.items():
        said = [spoken.promises[each].says for each in SAID_OF.get(level, ())]
        assert all("phone" in places(text) for text in said or [reply.says])


@each_language
def test_no_reply_reads_the_answers_back_or_names_a_product(language: str) -> None:
    """Fixed words only: what a patient is told at once depends on nothing but the level."""
    for reply in words(language).replies.values():
        assert places(reply.title + reply.says) <= {"clinic", "phone", "emergency", "by"}


LEVEL_OF_CALL = {"now": "emergency", "today": "same_day"}


@pytest.mark.parametrize("call", LEVEL_OF_CALL)
def test_the_list_of_signs_to_call_for_is_that_of_the_triage(call: str) -> None:
    rules = KNOWLEDGE.triage
    told = set(words("en").calls[call].signs)
    assert {rules[sign].level for sign in told} == {LEVEL_OF_CALL[call]}
    assert told == {sign.value for sign in Sign if sign in rules and rules[sign].level == LEVEL_OF_CALL[call]}


# -- sources


@each_language
def test_a_text_that_rests_on_a_judgement_or_on_memory_is_assumed(language: str) -> None:
    for where, row in sourced(words(language)):
        read = {KNOWLEDGE.sources[source].read for source in row.sources}
        if "own" in read or read == {"recalled"}:
            assert row.basis == "assumed", where
        if row.basis == "retrieved":
            assert read & {"primary", "secondary"}, where


def test_the_pages_settle_every_point_on_which_the_documents_disagree() -> None:
    settled = {
        topic for page in words("en").pages.values() for each in page.statements for topic in each.settles
    }
    assert settled == set(KNOWLEDGE.disagreements)


def test_a_page_never_rests_on_the_five_documents_alone_where_they_disagree() -> None:
    documents = {f"S{number}" for number in range(5)}
    for page in words("en").pages.values():
        for each in page.statements:
            assert not each.settles or set(each.sources) - documents, each.id


# -- how it reads

BANNED = {
    "en": r"safe(r|st|ly|ty)?|guarantee\w*|must|approved?|cures?|miracle\w*|perfect\w*|painless|non-invasive|obey",
    "es": r"segur[oa]s?|seguridad|garanti\w+|deb(e|en|er[aá]|emos)|tiene que|aprobad[oa]s?|cura|curan|milagr\w+|"
    r"perfect\w+|indolor[oa]?s?|no invasiv[oa]s?|infalibles?|tú|vos|tu|tus|te|ti|contigo",
}


@each_language
def test_no_text_promises_commands_or_is_too_familiar(language: str) -> None:
    banned = re.compile(rf"\b({BANNED[language]})\b", re.IGNORECASE)
    found = [(where, match[0]) for where, text in texts(words(language)) for match in banned.finditer(text)]
    assert found == []


@each_language
def test_no_dose_of_a_medicine_and_no_stop_of_a_prescribed_one_is_told(language: str) -> None:
    dose = re.compile(r"\b\d+\s?(mg|ml|g|tablets?|pastillas?|comprimidos?)\b")
    assert [where for where, text in texts(words(language)) if dose.search(text)] == []
    keep = {"en": "Keep taking", "es": "Siga tomando"}[language]
    assert words(language).preparation["anticoagulant"].says.startswith(keep)
    assert keep in words(language).questions["anticoagulant"].why


def sentences(text: str) -> list[str]:
    return [each for each in re.split(r"(?<=[.!?:;])\s+", text) if re.search(r"\w", each)]


def spoken_words(text: str) -> list[str]:
    return re.findall(r"[A-Za-zÁÉÍÓÚÜÑáéíóúüñ'-]+", text)


def english_syllables(word: str) -> int:
    """Count groups of vowels, without a silent e at the end."""
    plain = word.lower()
    count = len(re.findall(r"[aeiouy]+", plain))
    silent = re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$|[^aeiouysxzcg]es$", plain)
    return max(1, count - bool(silent))


def spanish_syllables(word: str) -> int:
    """Count vowels, where an unaccented i or u beside another vowel belongs to it."""
    plain = re.sub(r"([qg])u(?=[eiéí])", r"\1", word.lower()).replace("ü", "u")
    runs = re.findall(r"[aeiouáéíóúy]+", re.sub(r"y(?=[aeiouáéíóú])", "j", plain))
    return max(1, sum(max(1, len(re.findall(r"[aeoáéíóú]", run))) for run in runs))


def grade(texts_of_page: list[str]) -> float:
    """Return the Flesch-Kincaid grade (Kincaid and others, 1975; the formula is recalled): school years in the US."""
    said = [sentence for text in texts_of_page for sentence in sentences(text)]
    told = [word for sentence in said for word in spoken_words(sentence)]
    return 0.39 * len(told) / len(said) + 11.8 * sum(map(english_syllables, told)) / len(told) - 15.59


def ease(texts_of_page: list[str]) -> float:
    """Return Szigriszt-Pazos's ease (1993; recalled): on the INFLESZ scale, 65 and more is fairly easy."""
    said = [sentence for text in texts_of_page for sentence in sentences(text)]
    told = [word for sentence in said for word in spoken_words(sentence)]
    return 206.835 - 62.3 * sum(map(spanish_syllables, told)) / len(told) - len(told) / len(said)


def chapters(spoken: Words) -> dict[str, list[str]]:
    """Return what is read together: each page, and each kind of text."""
    kinds: dict[str, list[str]] = {}
    for where, text in texts(spoken):
        table, _, key = where.partition(".")
        kinds.setdefault(f"pages.{key}" if table == "pages" else table, []).append(text)
    short = ("choices", "steps", "scores", "groups", "phrases", "calls")
    return {name: said for name, said in kinds.items() if name not in short}


@pytest.mark.parametrize("chapter", chapters(words("en")))
def test_english_reads_at_the_age_of_eleven(chapter: str) -> None:
    assert grade(chapters(words("en"))[chapter]) < 6


@pytest.mark.parametrize("chapter", chapters(words("en")))
def test_spanish_reads_easily(chapter: str) -> None:
    assert ease(chapters(words("es"))[chapter]) > 65


@each_language
def test_no_sentence_is_long(language: str) -> None:
    most = {"en": 28, "es": 32}[language]
    said = [each for _, text in texts(words(language)) for each in sentences(text)]
    assert [each for each in said if len(spoken_words(each)) > most] == []


@pytest.mark.parametrize(
    ("word", "count"), [("skin", 1), ("needle", 2), ("make", 1), ("redness", 2), ("collagen", 3), ("the", 1)]
)
def test_english_syllables_are_counted(word: str, count: int) -> None:
    assert english_syllables(word) == count


@pytest.mark.parametrize(
    ("word", "count"),
    [("piel", 1), ("aguja", 3), ("día", 2), ("que", 1), ("ampolla", 3), ("hay", 1), ("y", 1), ("colágeno", 4),
     ("muy", 1), ("guía", 2), ("ayuda", 3), ("rodea", 3), ("pequeño", 3)],
)  # fmt: skip
def test_spanish_syllables_are_counted(word: str, count: int) -> None:
    assert spanish_syllables(word) == count


def numbers(text: str) -> list[str]:
    return sorted(re.findall(r"\d+(?:\.\d+)?", text))


def test_every_text_has_the_same_figures_in_each_language() -> None:
    pairs = zip(texts(words("en")), texts(words("es")), strict=True)
    assert [where for (where, english), (_, spanish) in pairs if numbers(english) != numbers(spanish)] == []


@pytest.mark.parametrize("table", ["aftercare", "milestones", "preparation"])
def test_no_figure_is_told_that_the_row_behind_it_does_not_have(table: str) -> None:
    for key, row in getattr(KNOWLEDGE, table).items():
        told = getattr(words("en"), table)[key].says
        assert set(numbers(told)) <= set(numbers(row.says)), key


def test_no_english_text_is_left_standing_in_spanish() -> None:
    pairs = zip(texts(words("en")), texts(words("es")), strict=True)
    assert [where for (where, english), (_, spanish) in pairs if english == spanish and " " in english] == []
