"""Consent: which text was signed, for which session, zones and device; and its withdrawal."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from needlepoint.clinic.models.chair.session import Session
from needlepoint.clinic.models.people.clinic import Public, Row
from needlepoint.clinic.models.people.member import Member
from needlepoint.clinic.models.people.patient import Patient


class ConsentText(Row):
    """A text that patients sign; a changed text is a new version."""

    frozen = True

    kind = models.CharField(max_length=12)
    version = models.PositiveSmallIntegerField()
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "kind", "version"], name="consent_text_once"),
            models.CheckConstraint(condition=Q(kind__in=["session", "photos"]), name="consent_text_kind"),
        ]


class Consent(Public):
    """A signed yes: to one session, or to uses of photos. The signature is kept as strokes."""

    frozen = True
    tied = {"session": ("patient_id",)}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="consents")
    session = models.ForeignKey(Session, models.PROTECT, related_name="consents", null=True)
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="+")
    text_sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=12)
    zones = models.JSONField(default=list)
    device = models.CharField(max_length=64, blank=True)
    uses = models.JSONField(default=list)
    signed_name = models.CharField(max_length=160)
    signed_as = models.CharField(max_length=10, default="patient")
    relationship = models.CharField(max_length=80, blank=True)
    strokes = models.JSONField()
    signed_at = models.DateTimeField()
    witness = models.ForeignKey(Member, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="session", session__isnull=False) | Q(kind="photos", session__isnull=True),
                name="consent_to_a_session_names_it",
            ),
            models.CheckConstraint(
                condition=Q(signed_as="patient") | (Q(signed_as="guardian") & ~Q(relationship="")),
                name="consent_guardian_says_who",
            ),
        ]


class Withdrawal(Row):
    """A consent taken back; from then on it counts no more."""

    frozen = True

    consent = models.OneToOneField(Consent, models.PROTECT, related_name="withdrawal")
    withdrawn_at = models.DateTimeField()
    reason = models.TextField(blank=True)
    taken_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
