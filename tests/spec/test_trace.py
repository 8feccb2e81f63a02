"""The source trace: every statement of the five source documents is used, mended or refused, and says so."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from needlepoint.evidence.check import tables
from needlepoint.evidence.loader import load_trace, packaged
from needlepoint.evidence.trace import TraceRow

DOCUMENTS = ("S0", "S1", "S2", "S3", "S4")

# The documents have 19, 19, 16, 36 and 49 sentences and list entries; most of them state several things.
FEWEST_ROWS = {"S0": 60, "S1": 45, "S2": 45, "S3": 60, "S4": 85}

# The documents lie beside the checkout, never in it.
SOURCES = Path(__file__).resolve().parents[3] / "shared" / "sources"
LONGEST_SHARED_RUN = 7

SRC = Path(__file__).resolve().parents[2] / "src"

# Claims that the evidence refutes, by a word of our own row; each of them may only be refused.
REFUTED = (
    ("S0", "made of dead cells"),
    ("S0", "Ageing is turned back"),
    ("S0", "contaminated by an earlier one"),
    ("S0", "Numbing cream is part of the kit"),
    ("S0", "equals or beats invasive methods"),
    ("S1", "lie in the surface"),
    ("S1", "around the eyes"),
    ("S2", "hormones"),
    ("S2", "Toxins"),
    ("S2", "Anaesthetic is seldom required"),
    ("S2", "only the outermost layer"),
    ("S2", "Adding them does no harm"),
    ("S3", "No preparation is needed"),
    ("S4", "non-invasive"),
    ("S4", "sagging"),
    ("S4", "human factor"),
    ("S4", "Cross-contamination"),
    ("S4", "infection to arise"),
    ("S4", "do not hurt"),
    ("S4", "healed completely after 24 hours"),
)

# Claims that hold only in part; each of them says what stands instead.
MENDED = (
    ("S0", "2 mm and more"),
    ("S0", "hazmat box"),
    ("S0", "All instruments are sterile"),
    ("S1", "by 2 mm"),
    ("S1", "12 to 48 hours"),
    ("S1", "board certification"),
    ("S3", "have or had scars"),
    ("S3", "Make-up may hide"),
    ("S3", "Peeling is a reason"),
    ("S3", "Ibuprofen"),
    ("S4", "twelve needles"),
    ("S4", "once a year"),
    ("S4", "Seven weeks"),
    ("S4", "six months from the first session"),
)


def rows_of(document: str) -> list[TraceRow]:
    return [row for key, row in load_trace().items() if key.startswith(f"{document}-")]


def row_saying(document: str, words: str) -> TraceRow:
    (found,) = [row for row in rows_of(document) if words in row.says]
    return found


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower().replace("’", "'").replace("'", ""))


def runs_of(text: str, length: int) -> Iterator[tuple[str, ...]]:
    words = words_of(text)
    yield from zip(*(words[start:] for start in range(length)), strict=False)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_rows_are_numbered_in_the_order_of_the_document_without_a_gap(document: str) -> None:
    assert [row.id for row in rows_of(document)] == [
        f"{document}-{number:02d}" for number in range(1, len(rows_of(document)) + 1)
    ]


def test_every_row_belongs_to_one_of_the_five_documents() -> None:
    assert {key.partition("-")[0] for key in load_trace()} == set(DOCUMENTS)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_has_the_rows_that_its_sentences_warrant(document: str) -> None:
    assert len(rows_of(document)) >= FEWEST_ROWS[document]


@pytest.mark.parametrize("row", load_trace().values(), ids=load_trace().keys())
def test_a_row_points_at_places_that_exist(row: TraceRow) -> None:
    held = tables(packaged())
    places = [place.partition(":") for place in row.lives_in]
    assert [f"{table}:{key}" for table, _, key in places if key not in held.get(table, {})] == []


@pytest.mark.parametrize("row", load_trace().values(), ids=load_trace().keys())
def test_a_row_stands_on_its_own(row: TraceRow) -> None:
    assert row.says.endswith("."), "a statement is a sentence"
    assert len(words_of(row.says)) >= 3
    assert row.why == "" or row.why.endswith("."), "a reason is a sentence"


def test_no_statement_of_a_document_is_written_down_twice() -> None:
    for document in DOCUMENTS:
        said = [row.says for row in rows_of(document)]
        assert sorted(said) == sorted(set(said))


@pytest.mark.parametrize(("document", "words"), REFUTED)
def test_what_the_evidence_refutes_is_rejected_with_a_reason(document: str, words: str) -> None:
    row = row_saying(document, words)
    assert row.status == "rejected"
    assert len(words_of(row.why)) >= 5


@pytest.mark.parametrize(("document", "words"), MENDED)
def test_what_holds_only_in_part_is_corrected_with_a_reason(document: str, words: str) -> None:
    row = row_saying(document, words)
    assert row.status == "corrected"
    assert len(words_of(row.why)) >= 5


def test_every_criterion_of_a_document_reaches_something_that_acts() -> None:
    acting = (
        "rules:",
        "questions:",
        "goals:",
        "zones:",
        "operators:",
        "triage:",
        "home_use:",
        "preparation:",
    )
    criteria = [row for row in load_trace().values() if row.kind == "criterion" and row.status != "rejected"]
    assert [row.id for row in criteria if not any(place.startswith(acting) for place in row.lives_in)] == []


# The tables that something acts on, each with what reads it: a statement that lives there is more than text.
ACTED_ON = {
    "rules": "needlepoint.rules.rulebook:Rulebook",
    "questions": "needlepoint.clinic.chair.forms.screening:given",
    "triage": "needlepoint.advice.check_in:triage",
    "goals": "needlepoint.advice.plan:plan",
    "zones": "needlepoint.advice.depth_limits:limits",
    "devices": "needlepoint.advice.off_label:off_label",
    "operators": "needlepoint.advice.depth_limits:limits",
    "preparation": "needlepoint.advice.preparation:preparation",
    "aftercare": "needlepoint.advice.aftercare:aftercare",
    "milestones": "needlepoint.clinic.portal.queries.portal:today",
    "scales": "needlepoint.advice.plan:plan",
    "substances": "needlepoint.advice.substances:recognised",
    "looks": "needlepoint.advice.after_course:look_days",
    "maintenance": "needlepoint.advice.after_course:_maintenance",
}


def acted_on(row: TraceRow) -> bool:
    return bool(row.done_by) or any(place.partition(":")[0] in ACTED_ON for place in row.lives_in)


def standing(place: str) -> ast.stmt | None:
    """Return what has that name at the top of that module; the clinic is read, since it does not start here."""
    module, _, name = place.partition(":")
    source = SRC.joinpath(*module.split(".")).with_suffix(".py")
    for each in ast.parse(source.read_text()).body:
        targets = each.targets if isinstance(each, ast.Assign) else [each]
        if name in {getattr(one, "name", getattr(one, "id", "")) for one in targets}:
            return each
    return None


@pytest.mark.parametrize("table", ACTED_ON)
def test_what_reads_a_table_is_a_real_name_in_the_code(table: str) -> None:
    assert standing(ACTED_ON[table])
    assert table in tables(packaged())


def test_what_acts_on_a_statement_is_a_real_name_in_the_code() -> None:
    for row in load_trace().values():
        assert [place for place in row.done_by if standing(place) is None] == [], row.id


@pytest.mark.parametrize("row", load_trace().values(), ids=load_trace().keys())
def test_a_statement_is_acted_on_or_says_why_it_is_only_told(row: TraceRow) -> None:
    if row.status == "rejected":
        return
    assert acted_on(row) != bool(row.only_text), "either something acts on it, or it says why nothing does"


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("S1-23", "rules:scar.severe"),
        ("S3-58", "rules:koebner.other"),
        ("S0-43", "rules:topical.not_listed"),
        ("S2-36", "rules:home.alone"),
        ("S4-89", "looks:yearly"),
    ],
)
def test_a_claim_that_can_be_acted_on_has_something_that_acts(statement: str, place: str) -> None:
    assert place in load_trace()[statement].lives_in


def test_the_sleeve_and_the_sharps_container_are_ticked_before_a_session_opens() -> None:
    for statement, word in (("S4-21", "sleeve"), ("S0-42", "sharps")):
        (place,) = load_trace()[statement].done_by
        checklist = standing(place)
        assert checklist is not None
        assert word in ast.unparse(checklist)


def test_every_source_document_takes_part_in_a_disagreement() -> None:
    speaking = {position.source for row in packaged().disagreements.values() for position in row.positions}
    assert set(DOCUMENTS) <= speaking


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the five source documents are not beside this checkout")
def test_no_text_of_ours_copies_the_sources() -> None:
    length = LONGEST_SHARED_RUN + 1
    theirs = {run for path in SOURCES.glob("*.txt") for run in runs_of(path.read_text(), length)}
    assert theirs, "the folder holds the documents"
    ours = [(row.id, row.says) for row in load_trace().values()]
    ours += [
        (f"{table}:{key}", row.says)
        for table, rows in tables(packaged()).items()
        for key, row in rows.items()
        if hasattr(row, "says")
    ]
    ours += [
        (f"disagreements:{key}", position.says)
        for key, row in packaged().disagreements.items()
        for position in row.positions
    ]
    assert [where for where, text in ours if theirs & set(runs_of(text, length))] == []


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the five source documents are not beside this checkout")
def test_the_fewest_rows_are_not_fewer_than_the_sentences() -> None:
    for document, path in zip(DOCUMENTS, sorted(SOURCES.glob("*.txt")), strict=True):
        lines = [line for line in path.read_text().splitlines() if line.strip().endswith((".", "!"))]
        sentences = re.findall(r"[.!](?=\s|$)", "\n".join(lines))
        bullets = [line for line in path.read_text().splitlines() if line.strip().startswith("•")]
        assert FEWEST_ROWS[document] >= len(sentences) + len(bullets), document
