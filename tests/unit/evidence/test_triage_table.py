"""The table of triage as a practice corrects it: never below a floor, and older corrections only where they raise."""

import pytest

from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.triage_table import choices, corrected, corrections, digest, only_raised

KNOWN = packaged()
ORDER = list(KNOWN.levels)
FEVER = KNOWN.triage["fever"]
# A row that may be set higher than it stands.
LOWER = next(each for each in KNOWN.triage.values() if each.level != ORDER[-1])


def test_a_row_may_be_given_any_level_from_its_floor_up():
    assert choices(LOWER, KNOWN) == tuple(ORDER[ORDER.index(LOWER.floor) :])


def test_what_stays_as_it_was_is_no_correction():
    assert corrections({LOWER.id: LOWER.level}, KNOWN) == {}
    assert corrections({LOWER.id: ORDER[-1]}, KNOWN) == {LOWER.id: ORDER[-1]}


def test_a_row_that_is_not_there_and_a_level_below_the_floor_are_refused():
    with pytest.raises(EvidenceError, match="no row 'nothing'"):
        corrections({"nothing": ORDER[-1]}, KNOWN)
    floored = next(each for each in KNOWN.triage.values() if each.floor != ORDER[0])
    with pytest.raises(EvidenceError, match="below"):
        corrections({floored.id: ORDER[0]}, KNOWN)


def test_of_older_corrections_only_what_raises_holds():
    older = {LOWER.id: ORDER[-1], FEVER.id: ORDER[0], "nothing": ORDER[-1]}
    assert only_raised(older, KNOWN) == {LOWER.id: ORDER[-1]}


def test_a_corrected_table_has_these_rows_at_these_levels_and_another_digest():
    assert corrected(KNOWN, {}) is KNOWN
    raised = corrected(KNOWN, {LOWER.id: ORDER[-1]})
    assert raised.triage[LOWER.id].level == ORDER[-1]
    assert raised.triage[FEVER.id] == FEVER
    assert digest(raised) != digest(KNOWN)
