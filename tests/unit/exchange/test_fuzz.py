"""Whatever is in the file, a case comes out or one line that says why not; never anything else."""

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.exchange.cases import CASE, KNOWLEDGE

from needlepoint.course.case import Case
from needlepoint.course.errors import InputError
from needlepoint.exchange.case_file import read
from needlepoint.exchange.case_writer import tables
from needlepoint.exchange.json_form import json_ready

VALID = read(CASE.encode(), "case.toml", KNOWLEDGE)
PLAIN = json_ready(tables(VALID), VALID.clinic.time_zone)
NAMES = st.sampled_from(["case.toml", "case.json", "-"])
ODD = st.sampled_from(
    [
        *'[]{}"=.#\n\0é\ufeff',
        *(
            "1990-02-31",
            "1979-05-27T07:32:00",
            "23:59:60",
            "nan",
            "-inf",
            "1e400",
            "0x" + "f" * 3000,
            "9" * 4400,
        ),
        *("true", "'''", "[[session]]\n", "[answers]\n", "\x1b[31m"),
    ]
)
NUMBERS = st.integers() | st.floats() | st.booleans() | st.none()
LEAVES = NUMBERS | st.text(max_size=20) | st.dates().map(str) | st.datetimes().map(str)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


def outcome(content, name):
    try:
        return read(content, name, KNOWLEDGE)
    except InputError as error:
        return error


def only_a_case_or_a_line(content, name):
    came = outcome(content, name)
    if isinstance(came, InputError):
        assert came.key
        assert came.problem
        assert came.expected
        assert came.line.isprintable()
    else:
        assert isinstance(came, Case)


@given(st.binary(max_size=300), NAMES)
@example(b"\xed\xa0\x80", "case.toml")
@example(b'"\\ud800" = 1', "case.toml")
@example(b'{"\\ud800": 1}', "case.json")
@example(b"a.b.c = 1\n[a.b]\n", "case.toml")
def test_any_bytes(content, name):
    only_a_case_or_a_line(content, name)


@given(st.text(max_size=200), NAMES)
def test_any_text(text, name):
    only_a_case_or_a_line(text.encode(errors="replace"), name)


@st.composite
def mutated(draw):
    text = CASE
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 12))
        text = text[:start] + draw(ODD | st.text(max_size=5) | st.just("")) + text[start + length :]
    return text


@given(mutated())
@settings(max_examples=200)
def test_a_valid_file_with_something_else_somewhere(text):
    only_a_case_or_a_line(text.encode(errors="replace"), "case.toml")


@st.composite
def regrown(draw):
    plain = json.loads(json.dumps(PLAIN))
    for _ in range(draw(st.integers(1, 3))):
        branch = plain
        while True:
            key = draw(st.sampled_from(sorted(branch) if isinstance(branch, dict) else range(len(branch))))
            if isinstance(branch[key], dict | list) and branch[key] and draw(st.booleans()):
                branch = branch[key]
                continue
            if isinstance(branch, dict) and draw(st.integers(0, 5)) == 0:
                branch[draw(st.text(max_size=10))] = draw(ANYTHING)
            else:
                branch[key] = draw(ANYTHING)
            break
    return plain


@given(regrown())
@settings(max_examples=200)
def test_a_valid_structure_with_something_else_somewhere(plain):
    only_a_case_or_a_line(json.dumps(plain).encode(), "case.json")
