"""The texts of the knowledge base: what patients read before, after and at home, and what rests on which document."""

from __future__ import annotations

import re
from typing import Any

import pytest

from needlepoint.evidence.check import tables
from needlepoint.evidence.loader import load_trace, packaged
from needlepoint.rules.conditions import compile_condition
from needlepoint.rules.vocabulary import vocabulary

KNOWLEDGE = packaged()
TEXTS = ("preparation", "aftercare", "milestones", "pairing", "home_use")
FOR_PATIENTS = ("preparation", "aftercare", "milestones", "home_use")
FILES = ("sources", *TEXTS, "disagreements")

ROWS = [(f"{table}:{key}", row) for table in TEXTS for key, row in tables(KNOWLEDGE)[table].items()]
each_row = pytest.mark.parametrize("row", [row for _, row in ROWS], ids=[where for where, _ in ROWS])


def sentences(text: str) -> list[str]:
    return [sentence for sentence in re.split(r"(?<=[.!?:;])\s", text) if sentence]


def words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]+", text)


def all_words_of_ours() -> list[tuple[str, str]]:
    """Every text in the author's own words, with its place."""
    said = [(where, row.says) for where, row in ROWS]
    for key, row in KNOWLEDGE.disagreements.items():
        said += [(f"disagreements:{key}", text) for text in (row.topic, row.does, row.why)]
        said += [(f"disagreements:{key}", position.says) for position in row.positions]
    for statement in load_trace().values():
        said += [(f"trace:{statement.id}", statement.says), (f"trace:{statement.id}", statement.why)]
    return said


# ------------------------------------------------------------------------------------------------------------- sources


def test_every_source_document_was_read_in_the_original() -> None:
    documents = [KNOWLEDGE.sources[f"S{number}"] for number in range(5)]
    assert {(row.kind, row.read) for row in documents} == {("source_document", "primary")}


def test_our_own_proposals_are_one_source_of_their_own_kind() -> None:
    own = {row.id for row in KNOWLEDGE.sources.values() if row.read == "own" or row.kind == "proposal"}
    assert own == {"NP"}


def test_a_year_is_one_in_which_needling_was_studied() -> None:
    years = {row.id: row.year for row in KNOWLEDGE.sources.values() if row.year is not None}
    assert [key for key, year in years.items() if not 1980 <= year <= 2026] == []


def test_a_year_in_an_id_is_the_year_of_the_source() -> None:
    dated = {row.id: row.year for row in KNOWLEDGE.sources.values() if re.search(r"-(19|20)\d\d$", row.id)}
    assert [key for key, year in dated.items() if year != int(key[-4:])] == []


@each_row
def test_a_row_that_rests_on_a_judgement_or_on_memory_is_assumed(row: Any) -> None:
    read = {KNOWLEDGE.sources[source].read for source in row.sources}
    if "own" in read or read == {"recalled"}:
        assert row.basis == "assumed"


@each_row
def test_a_row_that_was_retrieved_names_what_was_read(row: Any) -> None:
    read = {KNOWLEDGE.sources[source].read for source in row.sources}
    if row.basis == "retrieved":
        assert read & {"primary", "secondary"}


# --------------------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    "banned", [r"\bsafe(r|st|ly)?\b", r"\byou must\b", r"\bapproved?\b", r"\bguarantee", r"\bcures?\b"]
)
def test_no_text_promises_or_commands(banned: str) -> None:
    assert [where for where, text in all_words_of_ours() if re.search(banned, text, re.IGNORECASE)] == []


@pytest.mark.parametrize("table", FOR_PATIENTS)
def test_patients_read_short_sentences_of_short_words(table: str) -> None:
    texts = [row.says for row in tables(KNOWLEDGE)[table].values()]
    said = [sentence for text in texts for sentence in sentences(text)]
    letters = [len(word) for text in texts for word in words(text)]
    assert [sentence for sentence in said if len(words(sentence)) > 30] == []
    assert sum(len(words(sentence)) for sentence in said) / len(said) <= 15
    assert sum(letters) / len(letters) <= 5


def test_no_dose_of_a_medicine_is_told_to_a_patient() -> None:
    dose = re.compile(r"\b\d+\s?(mg|ml|g|tablets?)\b")
    told = [(where, row.says) for where, row in ROWS if where.partition(":")[0] in FOR_PATIENTS]
    assert [where for where, says in told if dose.search(says)] == []


def test_nobody_is_told_to_stop_a_prescribed_blood_thinner() -> None:
    line = KNOWLEDGE.preparation["anticoagulant"]
    assert line.says.startswith("Keep taking")
    assert line.stop_by_days is None


# --------------------------------------------------------------------------------------------------------------- times

STOP_BY = {
    "retinoid": 3,
    "exfoliating_acid": 3,
    "benzoyl_peroxide": 3,
    "hydroquinone": 3,
    "nsaid": 3,
    "botulinum": 14,
    "filler": 14,
    "sun": 14,
    "laser": 28,
    "peel": 28,
    "rf_needling": 28,
    "deep_resurfacing": 90,
}

WINDOWS = {
    "make_up": ("allowed_from", 24, None),
    "sunscreen": ("allowed_from", 24, None),
    "shade": ("do", 0, 24),
    "sun_protection": ("do", 24, 672),
    "sun_protection_darker_skin": ("do", 24, 672),
    "gentle_products": ("do", 0, 48),
    "barrier_care": ("do", 0, 72),
    "creams": ("avoid", 0, 24),
    "strenuous_exercise": ("avoid", 0, 24),
    "swimming": ("avoid", 0, 24),
    "vitamin_c_and_fragrance": ("avoid", 0, 72),
    "actives": ("allowed_from", 120, None),
    "laser_or_rf_gap": ("avoid", 0, 672),
}


def test_what_is_left_out_before_a_session_is_left_out_for_so_many_days() -> None:
    lines = KNOWLEDGE.preparation.values()
    assert {line.id: line.stop_by_days for line in lines if line.stop_by_days is not None} == STOP_BY


@pytest.mark.parametrize("key", sorted(set(STOP_BY) & set(KNOWLEDGE.pairing)))
def test_the_gap_beforehand_is_the_gap_of_the_pairing(key: str) -> None:
    assert KNOWLEDGE.pairing[key].gap_days == STOP_BY[key]


@pytest.mark.parametrize("key", WINDOWS)
def test_aftercare_begins_and_ends_at_these_hours(key: str) -> None:
    line = KNOWLEDGE.aftercare[key]
    assert (line.kind, line.from_hours, line.until_hours) == WINDOWS[key]


def test_make_up_waits_two_days_after_a_deep_session() -> None:
    line = KNOWLEDGE.aftercare["make_up"]
    assert (line.prefer_from_hours, line.prefer_at_depth_mm) == (48, 1.0)


@pytest.mark.parametrize("line", KNOWLEDGE.aftercare.values(), ids=KNOWLEDGE.aftercare.keys())
def test_an_aftercare_window_runs_forward(line: Any) -> None:
    assert line.from_hours >= 0
    assert line.kind == "allowed_from" or line.until_hours is not None
    assert line.until_hours is None or line.until_hours > line.from_hours
    assert line.prefer_from_hours is None or line.prefer_from_hours > line.from_hours


def test_shade_covers_the_hours_until_sunscreen_is_allowed() -> None:
    assert KNOWLEDGE.aftercare["shade"].until_hours == KNOWLEDGE.aftercare["sunscreen"].from_hours


@pytest.mark.parametrize("milestone", KNOWLEDGE.milestones.values(), ids=KNOWLEDGE.milestones.keys())
def test_a_milestone_runs_forward_and_names_known_concerns(milestone: Any) -> None:
    assert 0 <= milestone.from_day <= milestone.to_day
    assert set(milestone.concerns) <= set(KNOWLEDGE.goals)


def test_smoother_skin_is_looked_for_in_the_second_week() -> None:
    smoother = KNOWLEDGE.milestones["smoother"]
    assert (smoother.from_day, smoother.to_day, smoother.sources) == (7, 14, ("S1", "S3"))


def test_the_outcome_is_looked_at_after_30_90_and_180_days() -> None:
    looks = [row for key, row in KNOWLEDGE.milestones.items() if key.startswith("outcome_")]
    assert [(look.from_day, look.counts_from) for look in looks] == [
        (30, "last_session"),
        (90, "last_session"),
        (180, "last_session"),
    ]


# ---------------------------------------------------------------------------------------------------------- conditions

CONDITIONS = [
    (f"{table}:{key}", row.when)
    for table in ("preparation", "aftercare", "disagreements")
    for key, row in tables(KNOWLEDGE)[table].items()
    if row.when is not None
]


@pytest.mark.parametrize("when", [when for _, when in CONDITIONS], ids=[where for where, _ in CONDITIONS])
def test_a_condition_of_a_text_reads_facts_of_the_case(when: dict[str, Any]) -> None:
    names = vocabulary(KNOWLEDGE)
    compiled = compile_condition(when, names)
    assert {names.names[fact].each for fact in compiled.fact_names} == {"case"}


# ------------------------------------------------------------------------------------------------------- disagreements

TOPICS = """
depth anaesthetic sessions spacing scars downtime eye_area make_up sunscreen peeling bleeding infection contamination
serums lasers_rf who_treats results_date sites pigment preparation wording needle_count isotretinoin retinoids
fillers_toxins
""".split()


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_on_which_the_documents_disagree_has_a_row(topic: str) -> None:
    row = KNOWLEDGE.disagreements[topic]
    assert len({position.source for position in row.positions}) >= 2


@pytest.mark.parametrize("topic", KNOWLEDGE.disagreements)
def test_a_disagreement_lives_in_places_that_exist(topic: str) -> None:
    held = tables(KNOWLEDGE)
    places = [place.partition(":") for place in KNOWLEDGE.disagreements[topic].lives_in]
    assert [f"{table}:{key}" for table, _, key in places if key not in held.get(table, {})] == []


def test_home_use_answers_in_a_few_lines() -> None:
    assert 5 <= len(KNOWLEDGE.home_use) <= 8


@pytest.mark.parametrize("name", [f"{table}.toml" for table in FILES] + ["rulebook.toml"])
def test_a_file_says_who_wrote_it_and_when_it_is_looked_at_again(name: str) -> None:
    review = KNOWLEDGE.reviews[name]
    assert review.author == "Needlepoint"
    assert review.review_by > review.reviewed_on
