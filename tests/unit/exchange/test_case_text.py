"""The text of a case file: TOML or JSON in UTF-8, of a size a person could have written."""

import json

import pytest
import tomli
from tests.unit.exchange.cases import CASE, KNOWLEDGE

from needlepoint.course.errors import InputError
from needlepoint.exchange.case_file import read
from needlepoint.exchange.case_text import MOST_BYTES, is_json, parse
from needlepoint.exchange.case_writer import tables
from needlepoint.exchange.json_form import json_ready

WHOLE = read(CASE.encode(), "case.toml", KNOWLEDGE)
AS_JSON = json.dumps(json_ready(tables(WHOLE), WHOLE.clinic.time_zone))


def refusal(content, name="case.toml"):
    with pytest.raises(InputError) as error:
        read(content, name, KNOWLEDGE)
    assert "\n" not in error.value.line
    return error.value


@pytest.mark.parametrize("name", ["case.json", "CASE.JSON", "case.toml", "-"])
def test_json_of_the_same_structure_is_the_same_case(name):
    assert read(AS_JSON.encode(), name, KNOWLEDGE) == WHOLE


@pytest.mark.parametrize("name", ["case.toml", "case", "standard input"])
def test_everything_else_is_toml(name):
    assert read(CASE.encode(), name, KNOWLEDGE) == WHOLE


def test_the_name_or_the_first_brace_says_which_language_it_is():
    assert is_json(b'\xef\xbb\xbf \n {"patient": 1}', "case.toml")
    assert is_json(b"[patient]", "case.json")
    assert not is_json(b"[patient]", "case.toml")


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbf" + CASE.encode(), CASE.replace("\n", "\r\n").encode(), CASE.rstrip().encode()]
)
def test_the_marks_of_other_editors_change_nothing(content):
    assert read(content, "case.toml", KNOWLEDGE) == WHOLE


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["case.toml", "case.json"])
def test_an_empty_file_is_no_case(content, name):
    assert refusal(content, name).line.startswith(f"{name}: is empty; expected a case file")


def test_a_file_of_ten_megabytes_is_refused_unread():
    line = refusal(b"#" * 10_000_000).line
    assert line == "case.toml: is larger than 1 MB; expected a case file in TOML or JSON of at most 1 MB"
    assert read(CASE.encode().ljust(MOST_BYTES), "case.toml", KNOWLEDGE) == WHOLE


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n", b"\xff\xfe[\0p\0", CASE.encode("utf-16"), b"\0" * 99]
)
@pytest.mark.parametrize("name", ["case.toml", "case.json"])
def test_a_file_that_is_no_text_is_refused(content, name):
    assert refusal(content, name).key == name


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"a = " + b"[" * 100_000, "case.toml"),
        (b"a = " + b"{a=" * 100_000, "case.toml"),
        (b"a." * 100_000 + b"a = 1", "case.toml"),
        (b"[" * 100_000, "case.json"),
        (b'{"a":' * 100_000, "case.json"),
    ],
)
def test_a_file_nested_too_deeply_is_refused(content, name):
    assert refusal(content, name).line.startswith(f"{name}: is nested too deeply")


@pytest.mark.parametrize(
    ("content", "name"), [(b"a = " + b"9" * 5000, "case.toml"), (b'{"a": ' + b"9" * 5000 + b"}", "case.json")]
)
def test_a_number_of_thousands_of_digits_is_refused(content, name):
    assert refusal(content, name).line.startswith(f"{name}: holds a number of thousands of digits")


@pytest.mark.parametrize("text", ["hello", "[patient", "a = ", "[a]\n[a]", "\0", "[[a]]\n[a]"])
def test_what_is_not_toml_is_refused_with_its_place(text):
    assert "case.toml: is not readable as TOML: " in refusal(text.encode()).line
    assert "line " in refusal(text.encode()).line


@pytest.mark.parametrize("text", ["{", '{"a": 1,}', "{}{}", "[1, 2", "nul", '{"a": 1'])
def test_what_is_not_json_is_refused_with_its_place(text):
    line = refusal(text.encode(), "case.json").line
    assert line.startswith("case.json: is not readable as JSON: ")
    assert "(line 1, column " in line


@pytest.mark.parametrize("text", ["[]", "null", "7", '"patient"', "NaN"])
def test_json_that_is_no_table_is_refused(text):
    assert refusal(text.encode(), "case.json").line.startswith("case.json: is ")


JSON_WRONG = [
    ('"born_on": "1990-05-14"', '"born_on": "1990-02-31"', "patient.born_on", "is not a date or an instant"),
    ('"born_on": "1990-05-14"', '"born_on": 19900514', "patient.born_on", "is a whole number"),
    ('"born_on": "1990-05-14"', '"born_on": null', "patient.born_on", "is empty"),
    ('"sex": "female"', '"sex": "female", "sex": "male"', "patient.sex", "is given twice"),
    ('"pregnant": "no"', '"pregnant": "no", "pregnant": "no"', "answers.pregnant", "is given twice"),
    ('"laser_on": "2026-02-20"', '"laser_on": "20 Feb"', "answers.laser_on", "is not a date or an instant that exists"),
    ('"depth_mm": 1.0', '"depth_mm": NaN', "session[0].passes[0].depth_mm", "nan is not a finite number"),
    ('"depth_mm": 1.0', '"depth_mm": 1e999', "session[0].passes[0].depth_mm", "inf is not a finite number"),
    ("T14:00:00-05:00", "T14:00:00", "session[0].started_at", "has no offset from UTC"),
    ('"lidocaine"', '"\\ud800"', "session[0].topicals[0].name", "printable characters"),
    ('"pregnant"', '"pregnant\\u0000"', "answers.'pregnant\\x00'", "is not a known key"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "says"), JSON_WRONG)
def test_what_is_wrong_in_json_is_named_by_its_path_too(old, new, key, says):
    assert old in AS_JSON
    error = refusal(AS_JSON.replace(old, new, 1).encode(), "case.json")
    assert error.key == key
    assert says in error.line


def test_nothing_in_json_is_the_same_as_leaving_the_key_out():
    left_open = AS_JSON.replace('"redness": 2', '"redness": null').replace(
        '"pregnant": "no"', '"pregnant": null'
    )
    case = read(left_open.encode(), "case.json", KNOWLEDGE)
    assert case.check_ins[0].redness is None
    assert "pregnant" not in case.answers


def test_a_key_is_found_among_brackets_in_quotes_and_comments():
    text = '[t]\nx = [{ a = "[{,", b = [1, 2] }, { # }]\n "c.d" = 1, e = 1990-02-31 }]\n'
    with pytest.raises(InputError) as error:
        parse(text.encode(), "case.toml")
    assert error.value.key == "t.x[1].e"


def test_a_key_outside_of_every_table_is_named_alone():
    with pytest.raises(InputError) as error:
        parse(b"x = 1990-02-31", "case.toml")
    assert error.value.key == "x"


def test_brackets_that_close_too_often_lead_nowhere():
    with pytest.raises(InputError) as error:
        parse(b'"]" = 1\n"}" = [1]\nx.y = 1990-02-31', "case.toml")
    assert error.value.key.endswith("y")


def test_the_parser_still_tells_where_it_stopped():
    # The path of a key is found from these; another parser would lose it quietly.
    with pytest.raises(tomli.TOMLDecodeError) as error:
        tomli.loads("a = 1990-02-31")
    assert (error.value.msg, error.value.lineno, error.value.pos) == ("Invalid date or datetime", 1, 4)
