"""Who is called when a patient is unwell, when the practice is open, and what somebody wrote back to a text message."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from needlepoint.clinic.models.people.clinic import Public, Row
from needlepoint.clinic.models.people.member import Member
from needlepoint.clinic.models.people.patient import Patient

CLOSED_DAYS = 7
"""Stands where a weekday (0 is Monday) would: the shift is for days on which the practice is closed."""


class DutyShift(Row):
    """A shift of the rota: in which place somebody is called, from when until when by the clinic's clock.

    It comes again every `weekday`, or is for the one day `only_on`, on which it takes the place of the weekly ones;
    then `member` may be empty, so that nobody is called. One that ends no later than it begins goes on past midnight.
    """

    fixed = ("member_id", "place", "weekday", "only_on", "begins", "ends", "begun_at")
    closed = "OLD.ended_at IS NOT NULL"

    member = models.ForeignKey(Member, models.PROTECT, related_name="shifts", null=True)
    place = models.PositiveSmallIntegerField()
    weekday = models.PositiveSmallIntegerField(null=True)
    only_on = models.DateField(null=True)
    begins = models.TimeField()
    ends = models.TimeField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__lte=CLOSED_DAYS, only_on=None) | Q(weekday=None, only_on__isnull=False),
                name="shift_is_weekly_or_of_a_day",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False) | Q(only_on__isnull=False), name="weekly_shift_has_somebody"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "ended_at"], name="shift_of_clinic")]


class OpenHours(Row):
    """From when until when the practice is open on a weekday; a lunch break makes two rows."""

    fixed = ("weekday", "opens", "closes", "begun_at")
    closed = "OLD.ended_at IS NOT NULL"

    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class ClosedDay(Row):
    """A day on which the practice is closed, whatever weekday it is; `opened_at` where that was taken back."""

    fixed = ("closed_on", "made_at")
    closed = "OLD.opened_at IS NOT NULL"

    closed_on = models.DateField()
    name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "closed_on"], condition=Q(opened_at=None), name="closed_day_once"
            )
        ]


class TextAnswer(Public):
    """What somebody wrote back to a text message and no rule understood: a person reads it and says what it meant."""

    fixed = ("public_id", "sender", "words", "heard_at", "why")
    closed = "OLD.settled_at IS NOT NULL"

    sender = models.CharField(max_length=40)
    words = models.CharField(max_length=480)
    why = models.CharField(max_length=20)
    heard_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    came_to = models.CharField(max_length=20, blank=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+", null=True)

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "heard_at"], condition=Q(settled_at=None), name="text_answer_open")
        ]
