"""What patients report after a session, who looks at it by when, and what was done about it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from needlepoint.clinic.models.chair.course import Course
from needlepoint.clinic.models.chair.session import Session
from needlepoint.clinic.models.people.clinic import Public, Row
from needlepoint.clinic.models.people.member import Member
from needlepoint.clinic.models.people.patient import Patient, Photo
from needlepoint.evidence.languages import first_language


class CheckIn(Public):
    """A report as it was given, with what the rulebook made of it then; `taken_by` where a member wrote it down."""

    frozen = True
    tied = {
        "course": ("patient_id",),
        "session": ("patient_id", "course_id"),
        "photo": ("patient_id",),
    }

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="check_ins")
    course = models.ForeignKey(Course, models.PROTECT, related_name="check_ins")
    session = models.ForeignKey(Session, models.PROTECT, related_name="check_ins")
    photo = models.ForeignKey(Photo, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()
    taken_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    language = models.CharField(max_length=5, default=first_language)
    answers = models.JSONField()
    level = models.CharField(max_length=20)
    document = models.JSONField()
    rulebook_sha256 = models.CharField(max_length=64)
    looked_at_by = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "at"], name="check_in_by_time"),
            models.Index(fields=["course", "at"], name="check_in_by_course"),
        ]


class ReportDraft(Row):
    """What a patient has answered of a report that is not sent: nothing of the chart, and emptied after a day."""

    fixed = ("patient_id",)

    patient = models.OneToOneField(Patient, models.PROTECT, related_name="+")
    typed = models.JSONField(default=dict)
    saved_at = models.DateTimeField()


class TriageTask(Public):
    """A check-in that waits for a person: whose it is, until when, and how far it has climbed."""

    fixed = ("public_id", "patient_id", "check_in_id", "opened_at")
    closed = "OLD.closed_at IS NOT NULL"
    tied = {"check_in": ("patient_id",)}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    check_in = models.OneToOneField(CheckIn, models.PROTECT, related_name="task")
    level = models.CharField(max_length=20)
    urgency = models.PositiveSmallIntegerField()
    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    rung = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    climbs_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    patient_told_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="triage_is_closed_by_somebody_who_saw_it",
            )
        ]
        indexes = [
            models.Index(
                fields=["clinic", "-urgency", "due_at"], condition=Q(closed_at=None), name="triage_open"
            ),
            models.Index(
                fields=["climbs_at"],
                condition=Q(acknowledged_at=None, closed_at=None),
                name="triage_climbing",
            ),
        ]


class TriageStep(Row):
    """One thing that was done about a check-in: assigned, seen, called, advised, climbed, told, closed."""

    frozen = True

    task = models.ForeignKey(TriageTask, models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    what = models.CharField(max_length=20)
    words = models.TextField(blank=True)


class SignedWords(Row):
    """The fixed words that patients are shown, in one language and wording, signed by somebody who answers for them."""

    frozen = True

    language = models.CharField(max_length=5)
    sha256 = models.CharField(max_length=64)
    signed_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()


class SignedTriage(Row):
    """The table of triage as somebody of the clinic read, corrected and signed it; every signature is a version."""

    frozen = True

    sha256 = models.CharField(max_length=64)
    levels = models.JSONField()
    signed_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
