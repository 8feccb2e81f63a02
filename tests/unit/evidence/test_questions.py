"""Questions of the screening: each has answers of its kind, and is put only to whom it can apply."""

from dataclasses import asdict, is_dataclass

import msgspec
import pytest

from needlepoint.evidence.loader import packaged
from needlepoint.evidence.staff_words import _shared
from needlepoint.evidence.trace import TraceRow

QUESTIONS = packaged().questions
CHOICE = next(each for each in QUESTIONS.values() if each.kind == "choice")
NUMBER = next(each for each in QUESTIONS.values() if each.kind == "number")
FOR_WOMEN = next(each for each in QUESTIONS.values() if each.sexes == ("female",))
FOR_SCARS = next(each for each in QUESTIONS.values() if each.concerns)


def changed(row, **fields):
    """Return a row with other fields, checked as it is when it is read."""
    if is_dataclass(row):
        return type(row)(**{**asdict(row), **fields})
    return type(row)(**{name: getattr(row, name) for name in row.__struct_fields__} | fields)


@pytest.mark.parametrize(
    ("row", "fields", "said"),
    [
        (CHOICE, {"choices": ()}, "lists its choices"),
        (CHOICE, {"choices": ("unknown",)}, "without unknown"),
        (CHOICE, {"harmless": "nothing"}, "none of its choices"),
        (NUMBER, {"unit": ""}, "has a unit"),
        (NUMBER, {"low": NUMBER.high + 1}, "a range"),
    ],
)
def test_a_question_has_the_answers_of_its_kind(row, fields, said):
    with pytest.raises((ValueError, msgspec.ValidationError), match=said):
        changed(row, **fields)


def test_a_question_is_put_to_whom_it_can_apply_and_to_whose_sex_is_not_known():
    assert [FOR_WOMEN.asked_of(sex, "acne_scars") for sex in ("female", "male", "unknown")] == [
        True,
        False,
        True,
    ]
    concern = FOR_SCARS.concerns[0]
    assert FOR_SCARS.asked_of("female", concern)
    assert not FOR_SCARS.asked_of("female", "no such concern")


def test_each_question_names_the_set_of_words_that_its_answers_have():
    assert {CHOICE.answer_set, NUMBER.answer_set} == {
        CHOICE.name if not CHOICE.answers else CHOICE.answers,
        "number",
    }


def test_in_the_first_language_patients_words_lend_members_nothing():
    assert _shared("en", packaged()) == {}


def test_a_statement_that_something_acts_on_is_not_only_text():
    said = {"id": "S0-1", "says": "Needles are sterile.", "kind": "fact", "lives_in": ("rules",)}
    with pytest.raises(ValueError, match="is not only text"):
        TraceRow(**said, status="kept", done_by=("needlepoint:x",), only_text="wording")
