"""The record: who did or saw what, when and why, chained so that nothing can be taken out unnoticed."""

from __future__ import annotations

from django.db import models

from needlepoint.clinic.models.people.clinic import Row
from needlepoint.clinic.models.people.member import Member
from needlepoint.clinic.models.people.patient import Patient


class RecordHead(Row):
    """The number and digest of a clinic's last line; whoever writes a line holds this row first."""

    fixed = ("clinic_id",)
    closed = "NEW.number <> OLD.number + 1"

    number = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic"], name="one_record_for_each_clinic")]


class RecordLine(Row):
    """One line. `about` names the row it is about, `detail` holds what a reader needs to know.

    Where safety hangs on a value, such as an allergy, it holds the old one and the new one, sealed like all the rest.
    """

    frozen = True

    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+", null=True)
    act = models.CharField(max_length=40)
    about = models.CharField(max_length=80)
    detail = models.JSONField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "number"], name="record_number_once")]
        indexes = [
            models.Index(fields=["clinic", "member", "at"], name="record_by_member"),
            models.Index(fields=["clinic", "patient", "at"], name="record_by_patient"),
        ]


class Submission(Row):
    """A form that was taken: sent again with the same key it gives the same answer and does nothing."""

    frozen = True

    key = models.UUIDField()
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+", null=True)
    sha256 = models.CharField(max_length=64)
    location = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "key"], name="submission_once")]
