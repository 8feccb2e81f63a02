"""What somebody has typed into a page and not yet sent."""

from __future__ import annotations

from django.db import models

from needlepoint.clinic.models.people.clinic import Row
from needlepoint.clinic.models.people.member import Member


class Typed(Row):
    """What one member typed into one form, for that member alone; it counts for nothing, and goes with the form.

    `page` is the address that the form is sent to.
    """

    page = models.CharField(max_length=200)
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    fields = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "member", "page"], name="typed_once")]
        indexes = [models.Index(fields=["saved_at"], name="typed_by_age")]
