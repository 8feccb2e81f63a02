"""The outbox: messages written in the transaction of what they tell, sent afterwards, and what became of each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from needlepoint.clinic.models.care.check_in import TriageTask
from needlepoint.clinic.models.people.clinic import Public, Row
from needlepoint.clinic.models.people.member import Member
from needlepoint.clinic.models.people.patient import Patient
from needlepoint.evidence.languages import first_language


class ContactConsent(Row):
    """What a patient agreed to be written to about, and how; the latest row for a purpose and channel counts."""

    frozen = True

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="contact_consents")
    purpose = models.CharField(max_length=20)
    channel = models.CharField(max_length=10)
    agreed = models.BooleanField()
    address = models.CharField(max_length=254, blank=True)
    wording = models.CharField(max_length=64)
    at = models.DateTimeField()
    taken_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)

    class Meta:
        indexes = [
            models.Index(fields=["patient", "purpose", "channel", "-at"], name="contact_consent_latest")
        ]


class Message(Public):
    """One message. `once_key` names what it is about, so that it is written once only; its text holds no name.

    `about` is the report of which it tells: an alarm to a member, or to the patient that nobody has looked.
    """

    fixed = ("public_id", "patient_id", "member_id", "about_id", "purpose", "channel", "once_key", "made_at")
    closed = "OLD.state IN ('delivered', 'dropped')"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="messages", null=True)
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    about = models.ForeignKey(TriageTask, models.PROTECT, related_name="messages", null=True)
    purpose = models.CharField(max_length=20)
    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=5, default=first_language)
    words = models.CharField(max_length=40)
    filled_with = models.JSONField(default=dict)
    once_key = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    useless_after = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, default="waiting")
    tries = models.PositiveSmallIntegerField(default=0)
    held_by = models.CharField(max_length=60, blank=True)
    held_until = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    gateway_id = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "once_key"], name="message_once"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "waiting",
                        "sending",
                        "handed_over",
                        "delivered",
                        "failed",
                        "unknown",
                        "dropped",
                    ]
                ),
                name="message_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=["waiting", "sending"]), name="message_due"
            ),
            models.Index(fields=["clinic", "state", "due_at"], name="message_by_state"),
        ]


class MessageStep(Row):
    """What became of a message, and when."""

    frozen = True

    message = models.ForeignKey(Message, models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    state = models.CharField(max_length=12)
    words = models.CharField(max_length=200, blank=True)


class SendingHold(Row):
    """While one stands, nothing is sent: set by a restore, lifted by a person."""

    fixed = ("reason", "since")
    closed = "OLD.lifted_at IS NOT NULL"

    reason = models.CharField(max_length=200)
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
