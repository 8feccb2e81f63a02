"""What needled a patient elsewhere, with a device that nobody here knows, as the patient told it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from needlepoint.clinic.models.people.clinic import Public
from needlepoint.clinic.models.people.member import Member
from needlepoint.clinic.models.people.patient import Patient


class NeedledElsewhere(Public):
    """One time: which kind of device, when, on which zones, how deep if known; taken back, it counts no more."""

    fixed = (
        "public_id",
        "patient_id",
        "device",
        "needled_on",
        "zones",
        "depth_mm",
        "words",
        "told_at",
        "told_by_id",
    )
    closed = "OLD.taken_back_at IS NOT NULL"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="needled_elsewhere")
    device = models.CharField(max_length=30)
    needled_on = models.DateField()
    zones = models.JSONField()
    depth_mm = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    words = models.CharField(max_length=300, blank=True, default="")
    told_at = models.DateTimeField()
    told_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    taken_back_because = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_back_at=None) | ~Q(taken_back_because=""),
                name="elsewhere_taken_back_with_a_reason",
            ),
        ]
