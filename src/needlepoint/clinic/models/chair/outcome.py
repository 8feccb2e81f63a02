"""Whether it got better: scores on named scales, and changes measured between two photos."""

from __future__ import annotations

from django.db import models

from needlepoint.clinic.models.chair.course import Course
from needlepoint.clinic.models.people.clinic import Public
from needlepoint.clinic.models.people.member import Member
from needlepoint.clinic.models.people.patient import Patient, Photo


class OutcomeScore(Public):
    """A value on a scale, with the side on which it is better; by a member, or by the patient where nobody is named.

    `blind` says whether the rater was kept from knowing before from after; None where nobody said.
    """

    frozen = True
    tied = {"course": ("patient_id",)}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, models.PROTECT, related_name="outcome_scores")
    scale = models.CharField(max_length=30)
    value = models.DecimalField(max_digits=5, decimal_places=2)
    better = models.CharField(max_length=6)
    moment = models.CharField(max_length=12)
    scored_at = models.DateTimeField()
    scored_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    blind = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(better__in=["higher", "lower"]), name="outcome_has_a_direction"
            ),
            models.CheckConstraint(
                condition=models.Q(scored_by__isnull=False) | models.Q(blind=None) | models.Q(blind=False),
                name="outcome_no_patient_is_blind",
            ),
        ]
        indexes = [models.Index(fields=["course", "scale", "scored_at"], name="outcome_by_course")]


class PhotoChange(Public):
    """What was measured between two photos of one patient, or why nothing could be; shown, and fed to no rule."""

    frozen = True
    tied = {"before": ("patient_id",), "after": ("patient_id",)}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="photo_changes")
    before = models.ForeignKey(Photo, models.PROTECT, related_name="+")
    after = models.ForeignKey(Photo, models.PROTECT, related_name="changes")
    method = models.CharField(max_length=64)
    verdict = models.CharField(max_length=20)
    document = models.JSONField()
    measured_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["before", "after", "method"], name="photo_change_once"),
        ]
