"""The patient's own door: a visitor instead of a member, links that open it once, and the stay behind it."""

from __future__ import annotations

from django.db import models

from needlepoint.clinic.models.chair.course import Course, Screening
from needlepoint.clinic.models.people.clinic import Public, Row
from needlepoint.clinic.models.people.member import Member
from needlepoint.clinic.models.people.patient import Patient
from needlepoint.evidence.languages import first_language


class Visitor(Row):
    """A patient as somebody who may come to the portal; apart from the members in every way.

    One that was closed can be invited again; the record tells when it was which.
    """

    fixed = ("patient_id", "begun_at")

    patient = models.OneToOneField(Patient, models.PROTECT, related_name="visitor")
    language = models.CharField(max_length=5, default=first_language)
    begun_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)


class Knock(Row):
    """Somebody asks for a way in by an address. It is answered afterwards, so that nothing shows whether it is known.

    The address is blotted out once the knock was answered; the tries at the code are counted here, known or not.
    """

    fixed = ("browser_sha256", "language", "made_at")

    address = models.CharField(max_length=254, blank=True)
    browser_sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=5)
    made_at = models.DateTimeField()
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["made_at"], condition=models.Q(answered_at=None), name="knock_unanswered"),
            models.Index(fields=["browser_sha256", "-made_at"], name="knock_by_browser"),
        ]


class SignInLink(Row):
    """A way in that works once, from one browser, for a short time; only digests of the link and the code are kept.

    Link and code are computed from `seed` and the key outside the database, whenever the message is handed over.
    """

    fixed = ("visitor_id", "seed", "token_sha256", "code_sha256", "made_at", "expires_at", "knock_id")
    closed = "OLD.used_at IS NOT NULL"

    visitor = models.ForeignKey(Visitor, models.PROTECT, related_name="links")
    seed = models.UUIDField(unique=True, null=True)
    knock = models.ForeignKey(Knock, models.PROTECT, related_name="links", null=True)
    opened_at = models.DateTimeField(null=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    code_sha256 = models.CharField(max_length=64, blank=True)
    browser_sha256 = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)


class Stay(Row):
    """A visitor who is signed in, from one browser; the cookie holds the key, the row its digest."""

    fixed = ("visitor_id", "key_sha256", "begun_at")
    closed = "OLD.ended_at IS NOT NULL"

    visitor = models.ForeignKey(Visitor, models.PROTECT, related_name="stays")
    key_sha256 = models.CharField(max_length=64, unique=True)
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class HomeScreening(Public):
    """The questionnaire as a patient fills it in at home, saved as they go; once sent it is a screening."""

    fixed = ("public_id", "patient_id", "course_id", "begun_at")
    closed = "OLD.sent_at IS NOT NULL"
    tied = {"course": ("patient_id",), "screening": ("patient_id", "course_id")}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, models.PROTECT, related_name="home_screenings")
    language = models.CharField(max_length=5)
    answers = models.JSONField(default=dict)
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    screening = models.OneToOneField(Screening, models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course"], condition=models.Q(sent_at=None), name="one_home_screening_at_a_time"
            )
        ]


class Enquiry(Public):
    """Somebody who asks for an appointment; a stranger, or a patient who asks for the next one."""

    fixed = ("public_id", "given_name", "family_name", "email", "phone", "words", "made_at")
    closed = "OLD.closed_at IS NOT NULL"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="enquiries", null=True)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    concern = models.CharField(max_length=40, blank=True)
    wished = models.CharField(max_length=200, blank=True)
    words = models.TextField(blank=True)
    language = models.CharField(max_length=5, default=first_language)
    made_at = models.DateTimeField()
    answered_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    answer = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "closed_at", "made_at"], name="enquiry_by_age")]
