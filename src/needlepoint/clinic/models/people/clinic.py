"""A clinic, its rooms and its devices; every other row names the clinic it belongs to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from needlepoint.evidence.languages import first_language


class Clinic(models.Model):
    """A practice: whose rows these are, and by which clock its days are counted.

    `slug` and `portal_address` say where its patients find it, `phone`, `hours` and `emergency_number` whom they call.
    `hours` is what the clinic wrote of its opening hours itself; where it is empty, `hours_made` says them in each
    language as `OpenHours` has them. `out_of_hours` is what patients are told to do then, by language.
    `country` (ISO 3166-1, two letters; empty where a clinic was founded before it was asked) and `region` (the part
    after the hyphen of ISO 3166-2) say whose numbers, holidays and laws count.
    `language` is that of the staff's pages, unless a member has chosen their own.
    """

    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64)
    country = models.CharField(max_length=2, blank=True, default="")
    region = models.CharField(max_length=3, blank=True, default="")
    created_at = models.DateTimeField()
    slug = models.SlugField(max_length=40, unique=True, null=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    hours = models.CharField(max_length=200, blank=True)
    hours_made = models.JSONField(default=dict, blank=True)
    out_of_hours = models.JSONField(default=dict, blank=True)
    emergency_number = models.CharField(max_length=20, blank=True)
    portal_address = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5, default=first_language)

    def __str__(self) -> str:
        return self.name


class Row(models.Model):
    """A row of one clinic.

    `frozen`: never changed once written. `fixed`: columns that keep their first value. `closed`: a condition on the old
    row in SQL under which nothing changes any more. `tied`: for a reference, the columns that both rows must share; the
    clinic always is one. `apart`: columns of which no value stands in two rows that overlap from `starts_at` to
    `ends_at`, as long as neither has `released_at`.
    """

    frozen: ClassVar[bool] = False
    fixed: ClassVar[tuple[str, ...]] = ()
    closed: ClassVar[str] = ""
    tied: ClassVar[dict[str, tuple[str, ...]]] = {}
    apart: ClassVar[tuple[str, ...]] = ()

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Public(Row):
    """A row with an address: the random id stands in URLs, the integer key stays inside."""

    public_id = models.UUIDField(unique=True)

    class Meta:
        abstract = True


class Room(Row):
    """A room in which sessions take place; a column of the day view."""

    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "name"], name="room_once")]

    def __str__(self) -> str:
        return self.name


class OwnedDevice(Row):
    """A device of the clinic: `model` is its id in the knowledge base, or that of a pen which was entered here.

    Such a pen has its `name` beside it, since the knowledge base has none.
    """

    fixed = ("model", "serial", "name")

    model = models.CharField(max_length=64)
    serial = models.CharField(max_length=40)
    name = models.CharField(max_length=60, blank=True, default="")
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "model", "serial"], name="device_once")]

    def __str__(self) -> str:
        return f"{self.name or self.model} {self.serial}"
