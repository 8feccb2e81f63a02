"""Adverse events: what happened, with which device and cartridge, what was done, and who was told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from needlepoint.clinic.models.care.check_in import CheckIn
from needlepoint.clinic.models.chair.cartridge import Cartridge
from needlepoint.clinic.models.chair.session import Session
from needlepoint.clinic.models.people.clinic import OwnedDevice, Public, Row
from needlepoint.clinic.models.people.member import Member
from needlepoint.clinic.models.people.patient import Patient


class AdverseEvent(Public):
    """An unwanted effect as it was first written down; what follows is added beside it."""

    frozen = True
    tied = {"session": ("patient_id",), "check_in": ("patient_id",)}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="adverse_events")
    session = models.ForeignKey(Session, models.PROTECT, related_name="adverse_events", null=True)
    check_in = models.ForeignKey(CheckIn, models.PROTECT, related_name="+", null=True)
    device = models.ForeignKey(OwnedDevice, models.PROTECT, related_name="+", null=True)
    cartridge = models.ForeignKey(Cartridge, models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=40)
    severity = models.CharField(max_length=20)
    serious = models.JSONField(default=list)
    began_on = models.DateField()
    words = models.TextField()
    action_taken = models.TextField(blank=True)
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey(Member, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="adverse_event_is_described")]
        indexes = [models.Index(fields=["clinic", "reported_at"], name="adverse_event_by_time")]


class AdverseFollowUp(Row):
    """What was seen, done or told afterwards; `outcome` is empty while the event goes on."""

    frozen = True

    event = models.ForeignKey(AdverseEvent, models.PROTECT, related_name="follow_ups")
    at = models.DateTimeField()
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    words = models.TextField()
    outcome = models.CharField(max_length=40, blank=True)
    told = models.CharField(max_length=120, blank=True)
