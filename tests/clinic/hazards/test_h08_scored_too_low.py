"""H08: a red flag is scored too low."""

from contextlib import suppress

import pytest

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions import check_in
from needlepoint.clinic.models import TriageTask
from needlepoint.clinic.practice.actions.signed.triage import sign_triage
from needlepoint.clinic.practice.queries.signed.triage import triage_of
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.triage_table import digest

CALM = {"redness": 1, "swelling": 0, "pain": 0, "signs": ()}


def reported(practice, done, **told):
    kept = check_in.report(
        practice.as_patient(done.patient), session_id=done.public_id, told=check_in.Told(**(CALM | told))
    )
    return kept.level, TriageTask.objects.get(check_in=kept).urgency


@pytest.fixture
def done(practice):
    return practice.done()


def test_free_words_are_never_scored_as_expected(bites, practice, done):
    def in_words_alone():
        level, _ = reported(practice, done, words="Está muy caliente y huele mal.")
        assert level != "expected"

    bites(in_words_alone, instead=lambda level, _words: level)


def test_what_was_not_answered_is_never_scored_as_a_no(practice, done):
    calm, _ = reported(practice, done)
    practice.later(minutes=5)
    unsure, _ = reported(practice, done, unanswered=("fever",))
    assert (calm, unsure == "expected") == ("expected", False)


def test_words_that_alarm_make_a_report_red(bites, practice, done):
    def in_words_alone():
        level, urgency = reported(practice, done, words="no puedo resprar")
        assert (level, urgency) == ("emergency", 3)

    bites(in_words_alone, instead=lambda _text, _languages: ())


def test_no_row_is_signed_below_its_floor(bites, practice):
    levels = {rule.id: rule.level for rule in packaged().triage.values()}

    def signed_lower():
        chosen = levels | {"breathing_difficulty": "routine"}
        with suppress(Refused):
            sign_triage(practice.act(Role.MEDICAL_DIRECTOR), sha256=digest(packaged()), chosen=chosen)
        assert triage_of(practice.clinic.pk).triage["breathing_difficulty"].level == "emergency"

    bites(signed_lower, instead=dict)
