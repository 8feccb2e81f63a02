"""The staff's door: one-time links, who was shut out, and which sessions were begun by whom and how they ended."""

from __future__ import annotations

from django.db import models

from needlepoint.clinic.models.people.clinic import Row
from needlepoint.clinic.models.people.member import Member
from needlepoint.clinic.models.people.patient import Patient


class WayIn(Row):
    """A link that works once, for some days, and lets a member set a password; only the digest of it is kept.

    `made_by` is empty where the command line made it: whoever runs the server founds a clinic.
    """

    fixed = ("member_id", "token_sha256", "made_by_id", "made_at", "expires_at")
    closed = "OLD.used_at IS NOT NULL OR OLD.voided_at IS NOT NULL"

    member = models.ForeignKey(Member, models.PROTECT, related_name="ways_in")
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)


class ShutOut(Row):
    """A member who may not come in any more, since when and why, until they are let in again."""

    fixed = ("member_id", "by_id", "at", "reason")
    closed = "OLD.ended_at IS NOT NULL"

    member = models.ForeignKey(Member, models.PROTECT, related_name="shut_outs")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=models.Q(ended_at=None), name="shut_out_once_at_a_time"
            )
        ]


class SignIn(Row):
    """A session that a member began: when, how, from which part of the network, in which browser.

    `session_key` names Django's session while it is open, so that one of several can be ended; afterwards it is empty.
    """

    fixed = ("member_id", "begun_at", "way", "network", "browser")
    closed = "OLD.ended_at IS NOT NULL"

    member = models.ForeignKey(Member, models.PROTECT, related_name="sign_ins")
    session_key = models.CharField(max_length=40, blank=True)
    begun_at = models.DateTimeField()
    way = models.CharField(max_length=40)
    network = models.CharField(max_length=50)
    browser = models.CharField(max_length=60)
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["member", "-begun_at"], name="sign_in_by_member"),
            models.Index(
                fields=["session_key"], condition=models.Q(ended_at=None), name="sign_in_by_session"
            ),
        ]


class UnknownTry(models.Model):
    """A try to sign in under a name that nobody has here; of no clinic, and only the newest are kept.

    The name itself is not: people type passwords into the wrong box.
    """

    at = models.DateTimeField(db_index=True)
    network = models.CharField(max_length=50)
    browser = models.CharField(max_length=60)


class Lending(Row):
    """A tablet that a member gave to a patient: until somebody takes it back, nothing else of the clinic opens there.

    `pin` is the digest of a short secret of the member in that session. Each try is counted before it is compared.
    """

    fixed = ("member_id", "patient_id", "course_id", "session_id", "purpose", "lent_at", "pin")
    closed = "OLD.back_at IS NOT NULL"
    tied = {"course": ("patient_id",), "session": ("patient_id",)}

    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    course = models.ForeignKey("clinic.Course", models.PROTECT, related_name="+")
    session = models.ForeignKey("clinic.Session", models.PROTECT, related_name="+", null=True)
    purpose = models.CharField(max_length=12)
    pin = models.CharField(max_length=128)
    tries = models.PositiveSmallIntegerField(default=0)
    lent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    back_at = models.DateTimeField(null=True)
    back_by = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(tries__lte=5), name="lending_five_tries")]
