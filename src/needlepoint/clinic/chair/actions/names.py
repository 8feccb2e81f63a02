"""By what a patient is found: the words of their names, those they had before, and the number as it is dialled."""

from __future__ import annotations

from typing import Protocol

from needlepoint.clinic.models import Patient, PatientWord
from needlepoint.clinic.models.adding import add
from needlepoint.exchange.names import sort_key, whole, words_of
from needlepoint.exchange.phone import Phone, e164

LONGEST_WORD, LONGEST_KEY, LONGEST_FORMER = 170, 200, 400


class Called(Protocol):
    """Whoever has a name and a phone."""

    @property
    def given_name(self) -> str:
        """The given name."""

    @property
    def family_name(self) -> str:
        """The family name."""

    @property
    def phone(self) -> str:
        """The phone, as somebody wrote it."""


def known_as(person: Called) -> str:
    """Return the name as two spellings of one name share it."""
    return whole(person.family_name, person.given_name)[:LONGEST_KEY]


def known_by(person: Called, country: str) -> dict[str, str]:
    """Return the columns that follow from a name and a phone, for a clinic in that country."""
    number = e164(person.phone, country)
    return {
        "phone_e164": number.e164 if isinstance(number, Phone) else "",
        "sorted_as": sort_key(person.family_name, person.given_name)[:LONGEST_KEY],
        "known_as": known_as(person),
    }


def with_former(patient: Patient) -> str:
    """Return the former names with the one that a patient has until now."""
    now = " ".join(filter(None, (patient.given_name, patient.family_name)))
    before = [each for each in patient.former_names.split("; ") if each and each != now]
    return "; ".join([now, *before])[:LONGEST_FORMER]


def keep_words(patient: Patient) -> None:
    """Keep the words of a patient's name beside those there are already: they are found by a former name too."""
    words = {each[:LONGEST_WORD] for each in words_of(patient.family_name, patient.given_name)}
    there = set(PatientWord.objects.filter(patient=patient).values_list("word", flat=True))
    add(
        *(
            PatientWord(clinic_id=patient.clinic_id, patient=patient, word=each)
            for each in sorted(words - there)
        )
    )
