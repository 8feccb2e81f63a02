"""Two charts of one person, laid beside one another by somebody's word; neither chart is touched by it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from needlepoint.clinic.models.people.clinic import Public
from needlepoint.clinic.models.people.member import Member
from needlepoint.clinic.models.people.patient import Patient


class ChartLink(Public):
    """What somebody decided of two charts: that they are of one person, or that they are not. The latest row counts.

    The chart with the lesser key is always `one`, so that a pair has one name.
    """

    frozen = True

    one = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    other = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    holds = models.BooleanField()
    reason = models.TextField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Member, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="chart_link_names_a_pair_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="chart_link_has_a_reason"),
        ]
