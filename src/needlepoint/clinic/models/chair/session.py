"""A session and what was done in it. Once done or called off, its row and all that hangs on it stay as they are."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from needlepoint.clinic.models.chair.course import AdviceGiven, Course, depth_within
from needlepoint.clinic.models.people.clinic import OwnedDevice, Public, Row
from needlepoint.clinic.models.people.member import Member
from needlepoint.clinic.models.people.patient import Patient


class Session(Public):
    """One visit; `draft` holds what is typed while it is under way and counts for nothing until it is finished.

    `broken_off` says why a session that is done ended before all its zones were needled, `zones_left` which were not;
    it does not count as one of the plan's sessions, and the one that makes up for it `repeats` it. `told` names what
    only a device saw happen, without a network, and when it was handed in.
    """

    fixed = ("public_id", "patient_id", "course_id", "number")
    closed = "OLD.state IN ('done', 'called_off')"
    tied = {
        "course": ("patient_id",),
        "advice": ("course_id", "patient_id"),
        "repeats": ("course_id", "patient_id"),
    }

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, models.PROTECT, related_name="sessions")
    advice = models.ForeignKey(AdviceGiven, models.PROTECT, related_name="+", null=True)
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12)
    planned_on = models.DateField(null=True)
    device = models.ForeignKey(OwnedDevice, models.PROTECT, related_name="+")
    operator = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    numbing_on_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    checklist = models.JSONField(default=list)
    pain = models.PositiveSmallIntegerField(null=True)
    note = models.TextField(blank=True)
    sharps_container = models.CharField(max_length=40, blank=True)
    draft = models.JSONField(default=dict)
    draft_saved_at = models.DateTimeField(null=True)
    told = models.JSONField(default=dict)
    end_reason = models.TextField(blank=True)
    broken_off = models.TextField(blank=True, default="")
    zones_left = models.JSONField(default=list)
    repeats = models.ForeignKey("self", models.PROTECT, related_name="repeated_by", null=True)

    @property
    def complete(self) -> bool:
        """Say whether it was done to its end, and so counts as one of the plan's sessions."""
        return self.state == "done" and not self.broken_off

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="session_number_once"),
            models.CheckConstraint(
                condition=Q(broken_off="") | Q(state="done"), name="session_broken_off_is_done"
            ),
            models.CheckConstraint(condition=Q(pain=None) | Q(pain__lte=10), name="session_pain"),
            models.CheckConstraint(
                condition=~Q(state__in=["under_way", "done"])
                | Q(opened_at__isnull=False, operator__isnull=False),
                name="session_opened_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(finished_at__gte=models.F("opened_at")),
                name="session_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "state", "planned_on"], name="session_by_day"),
            models.Index(fields=["clinic", "state", "finished_at"], name="session_by_end"),
        ]


class SessionPass(Row):
    """Sweeps over a zone at one setting, as done."""

    frozen = True

    session = models.ForeignKey(Session, models.PROTECT, related_name="passes")
    place = models.PositiveSmallIntegerField()
    zone = models.CharField(max_length=30)
    depth_mm = models.DecimalField(max_digits=4, decimal_places=2)
    limit_mm = models.DecimalField(max_digits=4, decimal_places=2)
    passes = models.PositiveSmallIntegerField()
    rate_hz = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    endpoint = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "place"], name="session_pass_place"),
            models.CheckConstraint(condition=Q(passes__gte=1, passes__lte=20), name="session_pass_passes"),
            depth_within("session_pass_depth"),
        ]


class ZoneAdded(Row):
    """A zone that came to a session while it was under way: why, by whom, within which limit, and by which consent."""

    frozen = True
    tied = {"consent": ("session_id",)}

    session = models.ForeignKey(Session, models.PROTECT, related_name="zones_added")
    zone = models.CharField(max_length=30)
    limit_mm = models.DecimalField(max_digits=4, decimal_places=2)
    limited_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=1000)
    consent = models.ForeignKey("clinic.Consent", models.PROTECT, related_name="+")
    advice = models.ForeignKey(AdviceGiven, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Member, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "zone"], name="zone_added_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="zone_added_has_a_reason"),
        ]


class SessionTopical(Row):
    """What was put on the skin, with its lot."""

    frozen = True

    session = models.ForeignKey(Session, models.PROTECT, related_name="topicals")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    lot = models.CharField(max_length=40, blank=True)
    strength_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    grams = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    area_cm2 = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    on_minutes = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    occluded = models.CharField(max_length=8, default="unknown")
    compounded = models.CharField(max_length=8, default="unknown")
    reason = models.CharField(max_length=200, blank=True, default="")
    patient_kg = models.DecimalField(max_digits=5, decimal_places=1, null=True)


class SessionDose(Row):
    """The dose that the core computed for a zone when the session was finished."""

    frozen = True

    session = models.ForeignKey(Session, models.PROTECT, related_name="doses")
    zone = models.CharField(max_length=30)
    channels_per_cm2 = models.FloatField()
    depth_reached_mm = models.FloatField()
    document = models.JSONField()


class Signature(Row):
    """Somebody's name under a session, over the digest of all that was in it."""

    frozen = True

    session = models.ForeignKey(Session, models.PROTECT, related_name="signatures")
    signed_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    meaning = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "signed_by", "meaning"], name="signed_once"),
        ]


class Amendment(Row):
    """A correction beside what was signed; both stay readable."""

    frozen = True

    session = models.ForeignKey(Session, models.PROTECT, related_name="amendments")
    says = models.TextField()
    reason = models.TextField()
    amended_at = models.DateTimeField()
    amended_by = models.ForeignKey(Member, models.PROTECT, related_name="+")


class HealingCheck(Row):
    """The look at the skin before the next session: has this one healed?"""

    frozen = True

    session = models.ForeignKey(Session, models.PROTECT, related_name="healing_checks")
    healed = models.CharField(max_length=8)
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
