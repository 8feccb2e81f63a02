"""H25: aftercare in a wrong unit, locale or language."""

from unittest import mock

from needlepoint.clinic.chair.actions.outbox import message_words
from needlepoint.clinic.server import checks
from needlepoint.evidence.errors import EvidenceError


def missing():
    raise EvidenceError("words/es: no text for same_day")


def test_the_clinic_does_not_start_where_a_language_lacks_a_text_for_patients(bites):
    def starting():
        with mock.patch.object(checks, "languages", missing):
            assert checks.patients_have_words()

    bites(starting)


def test_the_clinic_does_not_start_where_a_message_lacks_its_words(bites):
    def starting():
        less = {"en": message_words._BODIES["en"], "es": {}}
        with mock.patch.object(message_words, "_BODIES", less):
            assert checks.messages_are_worded()

    bites(starting)
