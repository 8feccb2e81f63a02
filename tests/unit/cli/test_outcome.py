"""`needlepoint outcome`: the scales with their direction, and how a course went on them."""

import json

import pytest
from tests.unit.cli.commands import case_file, needlepoint

from needlepoint.evidence.loader import packaged

SCORES = """
[[score]]
at = 2026-02-01T10:00:00-05:00
scale = "goodman_baron"
value = 4
blind = "yes"

[[score]]
at = 2026-03-01T10:00:00-05:00
scale = "goodman_baron"
value = 3

[[score]]
at = 2026-03-01T10:00:00-05:00
scale = "patient_scar"
value = 6
by = "patient"
"""
LATER = "2026-06-01T10:00:00-05:00"


def scored(folder, *changes):
    path = case_file(folder)
    text = SCORES
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(path.read_text() + text)
    return path


def said(*words):
    return " ".join(needlepoint("outcome", *words, env={"COLUMNS": "200"}).stdout.split())


def test_the_scales_are_listed_with_direction_rater_blindness_and_sources():
    text = said()
    for scale in packaged().scales.values():
        assert f"({scale.id})" in text
    assert "0 to 24 points in steps of 0.1, lower is better; the clinician scores" in text
    assert "raters blind in skinpen-neck; raters not blind in ablon-2018" in text
    assert "assumed: dreno-2007, rana-2017" in text


def test_how_a_course_went_is_told_in_words_apart_for_clinic_and_patient(tmp_path):
    text = said(scored(tmp_path), "--at", LATER)
    assert "Goodman-Baron grade: better, by the clinician" in text
    assert "(blind to before and after)" in text
    assert "(whether blind is not on record)" in text
    assert "Scar, by the patient: scored once, by the patient" in text
    assert "ECCA sum of acne scars (ecca): 0 to 540 points" in text


def test_json_holds_trends_and_the_scales_they_name(tmp_path):
    told = json.loads(needlepoint("outcome", scored(tmp_path), "--at", LATER, "--json").stdout)
    assert [(each["scale"], each["by"], each["word"]) for each in told["trends"]] == [
        ("goodman_baron", "clinician", "better"),
        ("patient_scar", "patient", None),
    ]
    assert {each["id"]: each["better"] for each in told["scales"]} == {
        "goodman_baron": "lower",
        "patient_scar": "lower",
    }
    every = json.loads(needlepoint("outcome", "--json").stdout)["scales"]
    assert [each["id"] for each in every] == list(packaged().scales)


def test_all_scales_that_fit_may_be_scored(tmp_path):
    text = said(case_file(tmp_path), "--at", LATER)
    assert "Fits this goal, and was not scored" in text
    assert "better, by" not in text


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("value = 4", "value = 5"), "score[0].value: 5 is out of bounds; expected 1 to 4"),
        (("value = 4", "value = 3.5"), "score[0].value: 3.5 lies between two steps; expected steps of 1"),
        (('"goodman_baron"', '"goodman"'), "score[0].scale: 'goodman' is not a scale"),
        (('by = "patient"', 'by = "clinician"'), "score[2].by: patient_scar is not scored by the clinician"),
        (('blind = "yes"', 'blind = "perhaps"'), "score[0].blind: "),
    ],
)
def test_a_score_that_cannot_be_is_refused_in_one_line(tmp_path, change, line):
    done = needlepoint("outcome", scored(tmp_path, change), "--at", LATER)
    assert done.exit_code == 2
    assert line in " ".join(done.stderr.replace('"', "'").split())


def test_an_instant_goes_with_a_case():
    assert needlepoint("outcome", "--at", LATER).exit_code == 2
