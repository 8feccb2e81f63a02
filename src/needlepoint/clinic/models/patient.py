"""The patient's name, contact and warnings, and the photos."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from needlepoint.clinic.models.clinic import Public
from needlepoint.clinic.models.member import Member


class Patient(Public):
    """A person under care. The core sees the birth date, the skin type and the sex, and nothing else."""

    fixed = ("public_id", "chart_number")

    chart_number = models.PositiveIntegerField()
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    born_on = models.DateField()
    sex = models.CharField(max_length=10, default="unknown")
    skin_type = models.CharField(max_length=10, default="unknown")
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    allergies = models.TextField(blank=True)
    registered_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "chart_number"], name="chart_number_once"),
        ]
        indexes = [
            models.Index(fields=["clinic", "family_name", "given_name"], name="patient_by_name"),
            models.Index(fields=["clinic", "born_on"], name="patient_by_birth"),
            models.Index("clinic", Lower("email"), name="patient_by_email"),
        ]

    def __str__(self) -> str:
        return f"{self.family_name}, {self.given_name}"


class Photo(Public):
    """An image, encrypted in the photo folder under a random name; the digest is of the encrypted file.

    Where nobody is named in `taken_by`, the patient sent it.
    """

    frozen = True

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="photos")
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    shows = models.CharField(max_length=30)
    stored_as = models.CharField(max_length=80, unique=True)
    sha256 = models.CharField(max_length=64)
