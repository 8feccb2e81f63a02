"""A course with what was asked, advised, decided and planned for it; nearly all of it is only ever added to."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from needlepoint.clinic.models.people.clinic import OwnedDevice, Public, Row
from needlepoint.clinic.models.people.member import Member
from needlepoint.clinic.models.people.patient import Patient


class Course(Public):
    """All sessions toward one goal for one patient; `follows` is the completed course whose result it keeps."""

    fixed = ("public_id", "patient_id", "concern", "zones", "drafted_at", "follows_id")
    tied = {"follows": ("patient_id",)}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="courses")
    concern = models.CharField(max_length=40)
    zones = models.JSONField()
    device = models.ForeignKey(OwnedDevice, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)
    follows = models.ForeignKey("self", models.PROTECT, related_name="followed_by", null=True)


class DeviceChange(Row):
    """Another device in the middle of a course, and why; from then on the new one's limits count."""

    frozen = True
    tied = {"course": ("patient_id",)}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, models.PROTECT, related_name="device_changes")
    before = models.ForeignKey(OwnedDevice, models.PROTECT, related_name="+")
    after = models.ForeignKey(OwnedDevice, models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="device_change_has_a_reason")]


class Waiting(Public):
    """Something that waits for whoever plans or decides, until they did it or said that nothing is to be done.

    `kind` says what: a plan, a decision, or a look at a screening from home. Nobody asked where it came from home.
    """

    fixed = ("public_id", "patient_id", "course_id", "kind", "words", "asked_at", "asked_by_id")
    closed = "OLD.closed_at IS NOT NULL"
    tied = {"course": ("patient_id",)}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, models.PROTECT, related_name="waiting")
    kind = models.CharField(max_length=12)
    words = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    outcome = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "kind"], condition=Q(closed_at=None), name="waiting_once_of_a_kind"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "closed_at"], name="waiting_by_end")]


class Screening(Public):
    """The answers as they were given; questions left out were not answered. Without `asked_by` they came from home."""

    frozen = True
    tied = {"course": ("patient_id",)}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="screenings")
    course = models.ForeignKey(Course, models.PROTECT, related_name="screenings")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    answers = models.JSONField()


class AdviceGiven(Public):
    """What the rulebook said of which case: with both kept, it can be asked again and must answer the same."""

    frozen = True
    tied = {"course": ("patient_id",)}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, models.PROTECT, related_name="advice_given")
    at = models.DateTimeField()
    rulebook_version = models.CharField(max_length=40)
    rulebook_sha256 = models.CharField(max_length=64)
    case_snapshot = models.JSONField()
    document = models.JSONField()
    verdict = models.CharField(max_length=10)


class Decision(Public):
    """What somebody entitled to it decided on a verdict, and why: set aside, or answered where a rule asks for that.

    It counts for the next session; where `for_course`, for all sessions of the course.
    """

    frozen = True
    tied = {"course": ("patient_id",), "advice": ("course_id", "patient_id")}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, models.PROTECT, related_name="decisions")
    advice = models.ForeignKey(AdviceGiven, models.PROTECT, related_name="+")
    rule = models.CharField(max_length=80)
    verdict = models.CharField(max_length=10)
    reason = models.TextField()
    for_course = models.BooleanField(default=False)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Member, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="decision_has_a_reason")]


class Plan(Public):
    """The sessions intended; a changed plan is a new version."""

    frozen = True
    tied = {"course": ("patient_id",), "advice": ("course_id", "patient_id")}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, models.PROTECT, related_name="plans")
    advice = models.ForeignKey(AdviceGiven, models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    sessions = models.PositiveSmallIntegerField()
    interval_days = models.PositiveSmallIntegerField()
    agreed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Member, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "version"], name="plan_version_once"),
            models.CheckConstraint(condition=Q(sessions__gte=1, sessions__lte=20), name="plan_has_sessions"),
        ]


def depth_within(name: str) -> models.CheckConstraint:
    """Return the check that a depth is above zero and within its limit, and the limit within any device's reach."""
    within = Q(depth_mm__gt=0, depth_mm__lte=F("limit_mm"), limit_mm__lte=3)
    return models.CheckConstraint(condition=within, name=name)


class PlanZone(Row):
    """How deep and how often a zone is to be needled, and what limits it."""

    frozen = True

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="zones")
    zone = models.CharField(max_length=30)
    depth_mm = models.DecimalField(max_digits=4, decimal_places=2)
    limit_mm = models.DecimalField(max_digits=4, decimal_places=2)
    limited_by = models.CharField(max_length=200)
    passes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "zone"], name="plan_zone_once"),
            models.CheckConstraint(condition=Q(passes__gte=1, passes__lte=20), name="plan_zone_passes"),
            depth_within("plan_zone_depth"),
        ]
