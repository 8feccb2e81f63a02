"""What is booked: a patient, a room and a stretch of time, numbing before, clean-down after; and what it takes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from needlepoint.clinic.models.chair.course import Course
from needlepoint.clinic.models.chair.session import Session
from needlepoint.clinic.models.people.clinic import OwnedDevice, Public, Room, Row
from needlepoint.clinic.models.people.member import Member
from needlepoint.clinic.models.people.patient import Patient


class Booking(Public):
    """A visit in the diary; moved, it stays the same visit, so that a calendar knows it again.

    `early_reason` is why a prescriber booked it sooner than the rulebook has it; `arrived_at` and `no_show_at` say what
    became of it where no session does. `looks_at` is the ended course that it looks at again, `look` which look it is.
    """

    fixed = ("public_id", "patient_id")
    tied = {"session": ("patient_id",), "looks_at": ("patient_id",)}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="bookings")
    session = models.ForeignKey(Session, models.PROTECT, related_name="bookings", null=True)
    room = models.ForeignKey(Room, models.PROTECT, related_name="+")
    operator = models.ForeignKey(Member, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    numbing_minutes = models.PositiveSmallIntegerField(default=0)
    clean_down_minutes = models.PositiveSmallIntegerField(default=0)
    early_reason = models.TextField(blank=True, default="")
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.TextField(blank=True, default="")
    arrived_at = models.DateTimeField(null=True)
    no_show_at = models.DateTimeField(null=True)
    no_show_reason = models.TextField(blank=True, default="")
    looks_at = models.ForeignKey(Course, models.PROTECT, related_name="looks", null=True)
    look = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(no_show_at=None) | Q(arrived_at=None), name="booking_came_or_did_not"
            ),
            models.CheckConstraint(
                condition=Q(looks_at=None, look="") | (Q(looks_at__isnull=False, session=None) & ~Q(look="")),
                name="booking_names_its_look",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "starts_at"], name="booking_by_day")]


class BookingMoved(Row):
    """A visit that was put elsewhere: from where, to where, by whom and why."""

    frozen = True

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="moves")
    from_starts_at = models.DateTimeField()
    from_room = models.ForeignKey(Room, models.PROTECT, related_name="+")
    from_operator = models.ForeignKey(Member, models.PROTECT, related_name="+")
    to_starts_at = models.DateTimeField()
    to_room = models.ForeignKey(Room, models.PROTECT, related_name="+")
    to_operator = models.ForeignKey(Member, models.PROTECT, related_name="+")
    moved_at = models.DateTimeField()
    moved_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    why = models.TextField(blank=True)


class Hold(Row):
    """Somebody or something that is taken from when to when: no two holds of the same one overlap, in the database.

    A visit takes its room from beginning to end, the patient until clean-down, the operator from the end of numbing to
    clean-down, the device from the end of numbing to the end. What is not taken any more has `released_at`.
    """

    fixed = ("kind", "booking_id", "room_id", "member_id", "device_id", "patient_id", "starts_at", "ends_at")
    closed = "OLD.released_at IS NOT NULL"
    apart = ("room_id", "member_id", "device_id", "patient_id")

    kind = models.CharField(max_length=12)
    booking = models.ForeignKey(Booking, models.PROTECT, related_name="holds", null=True)
    room = models.ForeignKey(Room, models.PROTECT, related_name="+", null=True)
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    device = models.ForeignKey(OwnedDevice, models.PROTECT, related_name="+", null=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+", null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="hold_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(room__isnull=False, member=None, device=None, patient=None)
                | Q(room=None, member__isnull=False, device=None, patient=None)
                | Q(room=None, member=None, device__isnull=False, patient=None)
                | Q(room=None, member=None, device=None, patient__isnull=False),
                name="hold_is_of_one",
            ),
        ]
        indexes = [
            models.Index(fields=["room", "starts_at"], name="hold_by_room"),
            models.Index(fields=["member", "starts_at"], name="hold_by_member"),
            models.Index(fields=["device", "starts_at"], name="hold_by_device"),
            models.Index(fields=["patient", "starts_at"], name="hold_by_patient"),
        ]
