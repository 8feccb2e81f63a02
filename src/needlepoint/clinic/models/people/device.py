"""A pen that is not in the knowledge base, as the practice entered it from its label; never changed once written."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from needlepoint.clinic.models.people.clinic import Row
from needlepoint.clinic.models.people.member import Member
from needlepoint.course.quantities import DEEPEST_MM


class EnteredDevice(Row):
    """What a label says of a make of pen. `model` is what its pieces name (`OwnedDevice.model`); a misread label is
    entered anew under another, so that what was done before keeps the numbers that it was done with.
    """

    frozen = True

    model = models.CharField(max_length=64)
    name = models.CharField(max_length=60)
    maker = models.CharField(max_length=60)
    label = models.CharField(max_length=300)
    depth_min_mm = models.DecimalField(max_digits=4, decimal_places=2)
    depth_max_mm = models.DecimalField(max_digits=4, decimal_places=2)
    depth_step_mm = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    needles = models.PositiveSmallIntegerField()
    needle_mm = models.DecimalField(max_digits=4, decimal_places=3)
    rate_low_hz = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    rate_high_hz = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    cleared_as = models.CharField(max_length=12, blank=True, default="")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Member, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "model"], name="entered_device_once"),
            models.CheckConstraint(condition=~Q(label=""), name="entered_device_has_a_label"),
            models.CheckConstraint(
                condition=Q(depth_max_mm__gt=0, depth_max_mm__lte=DEEPEST_MM),
                name="entered_device_within_reach",
            ),
        ]
