"""Taking a patient in, and keeping name and contact right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.names import keep_words, known_as, known_by, with_former
from needlepoint.clinic.chair.actions.outbox.contact import language_of, same_address
from needlepoint.clinic.chair.actions.outbox.message import enqueue
from needlepoint.clinic.models import Clinic, Patient
from needlepoint.clinic.models.adding import add
from needlepoint.clinic.models.written import Written
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.clinic.practice.actions.version import Version, check_version
from needlepoint.course.goals import Patient as CorePatient
from needlepoint.course.goals import Sex, SkinType

# Columns that follow from others and say nothing of their own.
DERIVED = frozenset(("phone_e164", "sorted_as", "known_as", "former_names"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the front desk writes down."""

    given_name: str
    family_name: str
    born_on: date | None
    born_in: str = ""
    sex: Sex = Sex.UNKNOWN
    skin_type: SkinType = SkinType.UNKNOWN
    phone: str = ""
    email: str = ""
    allergies: str = ""

    def check(self, today: date) -> None:
        """Raise where nobody is named, or the birth date cannot be."""
        if not self.given_name and not self.family_name:
            raise Refused(
                "Write a given or a family name. Who has one name only leaves the other field empty."
            )
        born = CorePatient(self.born_on, born_in=self.born_in).born_first
        if born is not None and born > today:
            raise Refused("The date of birth lies in the future. Look at the year.")


@action(Permission.EDIT_PATIENT)
def register(act: Act, *, person: Person) -> Patient:
    """Add a patient with the next chart number."""
    person.check(act.today)
    country, number = _held(act.actor.clinic)
    patient = Patient(
        clinic_id=act.actor.clinic,
        public_id=act.id_for("patient"),
        chart_number=number,
        registered_at=act.at,
        **_columns(person),
        **known_by(person, country),
    )
    add(patient)
    keep_words(patient)
    write(act, "registered patient", patient, patient)
    return patient


# The clinic's row is held, so that two at once do not take the same chart number.
_HELD = Written(
    lambda clinic: Clinic.objects.select_for_update(no_key=True).filter(pk=clinic).values_list("country")
)
_LAST = Written(
    lambda clinic: (
        Patient.objects.filter(clinic=clinic).order_by("-chart_number").values_list("chart_number")[:1]
    )
)


def _held(clinic: int) -> tuple[str, int]:
    """Return the clinic's country and the next chart number, with the clinic's row held."""
    country = str(_HELD.rows(clinic)[0][0])
    last: list[tuple[int]] = _LAST.rows(clinic)
    return country, last[0][0] + 1 if last else 1


def held_of(patient: Patient) -> dict[str, object]:
    """Return what is known of a patient, field by field, as the form shows it."""
    return {name: getattr(patient, name) for name in COLUMNS}


@action(Permission.EDIT_PATIENT)
def correct(act: Act, *, patient_id: UUID, person: Person, seen: Version) -> Patient:
    """Change what is known of a patient; the record keeps what each field held before and what it holds now.

    `seen` is what the page showed: where somebody saved since, Changed is raised.
    """
    person.check(act.today)
    patient = find(Patient, act.actor, patient_id, for_update=True)
    country = Clinic.objects.values_list("country", flat=True).get(pk=act.actor.clinic)
    columns = _columns(person)
    check_version(seen, held_of(patient), columns)
    columns |= known_by(person, country)
    if known_as(person) != patient.known_as:
        columns["former_names"] = with_former(patient)
    changed = sorted(name for name, value in columns.items() if getattr(patient, name) != value)
    before = {"email": patient.email, "sms": patient.phone_e164}
    named = [name for name in changed if name not in DERIVED]
    told = {name: [_plain(getattr(patient, name)), _plain(columns[name])] for name in named}
    for name in changed:
        setattr(patient, name, columns[name])
    if changed:
        _tell_old_addresses(act, patient, before)
        patient.save(update_fields=changed)
        keep_words(patient)
        write(act, "corrected patient", patient, patient, {"fields": named, "changes": told})
    return patient


def _tell_old_addresses(act: Act, patient: Patient, before: dict[str, str]) -> None:
    """Write to every address that counts no longer that it was changed: whoever holds it may not have wished it."""
    now = {"email": patient.email, "sms": patient.phone_e164}
    for channel, old in before.items():
        if old and not same_address(channel, old, now[channel], patient.clinic.country):
            enqueue(
                act,
                purpose="notice",
                channel=channel,
                to=patient,
                once_key=f"notice {act.id_for(channel)}",
                language=language_of(patient),
                address=old,
            )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


COLUMNS = (
    "given_name",
    "family_name",
    "born_on",
    "born_in",
    "sex",
    "skin_type",
    "phone",
    "email",
    "allergies",
)


def _columns(person: Person) -> dict[str, object]:
    return {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "born_on": person.born_on,
        "born_in": person.born_in,
        "sex": person.sex.value,
        "skin_type": person.skin_type.value,
        "phone": person.phone,
        "email": person.email,
        "allergies": person.allergies,
    }
