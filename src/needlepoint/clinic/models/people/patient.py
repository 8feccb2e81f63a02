"""The patient's name, contact and warnings, and the photos."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from needlepoint.clinic.models.people.clinic import Public, Row
from needlepoint.clinic.models.people.member import Member
from needlepoint.clinic.models.people.phone import PhoneEnd

GONE = ("left", "died")


class Patient(Public):
    """A person under care. The core sees the birth date, the skin type and the sex, and nothing else.

    Some have one name only, and of some the birth date is not known, or only the year or the month (`born_in`, as
    `1970` or `1970-06`). Who left the practice or died is `gone_as` one of GONE; all their rows stay in their lists.
    `phone` stays as it was typed, `phone_e164` is what is dialled and empty where it is no number; `sorted_as` orders
    lists, `known_as` is the name without accents and order, and `former_names` are those they had before.
    """

    fixed = ("public_id", "chart_number")

    chart_number = models.PositiveIntegerField()
    given_name = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80, blank=True)
    born_on = models.DateField(null=True)
    born_in = models.CharField(max_length=7, blank=True, default="")
    sex = models.CharField(max_length=10, default="unknown")
    skin_type = models.CharField(max_length=10, default="unknown")
    phone = models.CharField(max_length=40, blank=True)
    phone_e164 = models.CharField(max_length=16, blank=True, default="")
    sorted_as = models.CharField(max_length=200, blank=True, default="")
    known_as = models.CharField(max_length=200, blank=True, default="")
    former_names = models.CharField(max_length=400, blank=True, default="")
    email = models.EmailField(blank=True)
    allergies = models.TextField(blank=True)
    registered_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    gone_as = models.CharField(max_length=8, blank=True, default="")
    gone_why = models.TextField(blank=True, default="")
    gone_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    died_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "chart_number"], name="chart_number_once"),
            models.CheckConstraint(
                condition=~Q(given_name="") | ~Q(family_name=""), name="patient_has_a_name"
            ),
            models.CheckConstraint(condition=Q(born_on=None) | Q(born_in=""), name="patient_born_once"),
            models.CheckConstraint(
                condition=Q(gone_as="", gone_at=None) | Q(gone_as__in=GONE, gone_at__isnull=False),
                name="patient_here_or_gone",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "sorted_as", "id"], name="patient_by_name"),
            models.Index(fields=["clinic", "known_as"], name="patient_by_whole_name"),
            models.Index(fields=["clinic", "phone_e164"], name="patient_by_phone"),
            models.Index(fields=["clinic", "born_on"], name="patient_by_birth"),
            models.Index("clinic", Lower("email"), name="patient_by_email"),
            models.Index("clinic", PhoneEnd("phone"), name="patient_by_phone_end"),
        ]

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.family_name, self.given_name)))


class PatientWord(Row):
    """A word by which a patient is looked for: a part of a name they have or had. Words stay when a name changes."""

    frozen = True

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="words")
    word = models.CharField(max_length=170)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patient", "word"], name="patient_word_once")]
        indexes = [
            # PostgreSQL looks up beginnings by an operator class of its own; SQLite knows none and needs none.
            models.Index(
                fields=["clinic", "word"],
                name="patient_by_word",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            )
        ]


class Photo(Public):
    """An image, encrypted in the photo folder under a random name; the digest is of the encrypted file.

    Where nobody is named in `taken_by`, the patient sent it. One that was taken at a look names the course looked at.
    """

    frozen = True
    tied = {"course": ("patient_id",)}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="photos")
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    shows = models.CharField(max_length=30)
    stored_as = models.CharField(max_length=80, unique=True)
    sha256 = models.CharField(max_length=64)
    course = models.ForeignKey("clinic.Course", models.PROTECT, related_name="photos_of_looks", null=True)
