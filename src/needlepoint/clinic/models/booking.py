"""What is booked: a patient, a room and a stretch of time with numbing before and clean-down after."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from needlepoint.clinic.models.clinic import Public, Room
from needlepoint.clinic.models.member import Member
from needlepoint.clinic.models.patient import Patient
from needlepoint.clinic.models.session import Session


class Booking(Public):
    """A visit in the diary."""

    fixed = ("public_id", "patient_id")
    tied = {"session": ("patient_id",)}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="bookings")
    session = models.ForeignKey(Session, models.PROTECT, related_name="bookings", null=True)
    room = models.ForeignKey(Room, models.PROTECT, related_name="+")
    operator = models.ForeignKey(Member, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    numbing_minutes = models.PositiveSmallIntegerField(default=0)
    clean_down_minutes = models.PositiveSmallIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_it_starts"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "starts_at"], name="booking_by_day")]
