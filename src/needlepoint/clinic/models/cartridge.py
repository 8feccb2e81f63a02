"""Cartridges by the piece: received, used once, recalled by lot."""

from __future__ import annotations

from django.db import models

from needlepoint.clinic.models.clinic import Public, Row
from needlepoint.clinic.models.member import Member
from needlepoint.clinic.models.session import Session


class Cartridge(Public):
    """One sterile needle head. Where the maker prints no serial number, the clinic sticks on one of its own."""

    frozen = True

    gtin = models.CharField(max_length=14)
    lot = models.CharField(max_length=20)
    serial = models.CharField(max_length=20)
    expires_on = models.DateField()
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(Member, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "gtin", "lot", "serial"], name="cartridge_once"),
            models.CheckConstraint(
                condition=~models.Q(serial="") & ~models.Q(lot=""), name="cartridge_named"
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "lot"], name="cartridge_by_lot"),
            models.Index(fields=["clinic", "serial"], name="cartridge_by_serial"),
        ]


class CartridgeUse(Row):
    """The one session a cartridge served: the cartridge is unique here, so there can be no second.

    A further cartridge of a session says why it was taken (`reason`) and which one it `replaces`. Where a session was
    voided no needle touched skin: `voided_at` says when, and only a piece that is not `spoilt` may serve another.
    """

    fixed = ("cartridge_id", "session_id", "used_at", "reason", "replaces_id")
    closed = "OLD.voided_at IS NOT NULL"
    tied = {"replaces": ("session_id",)}

    cartridge = models.ForeignKey(Cartridge, models.PROTECT, related_name="uses", related_query_name="use")
    session = models.ForeignKey(Session, models.PROTECT, related_name="cartridge_uses")
    used_at = models.DateTimeField()
    reason = models.CharField(max_length=20, blank=True, default="")
    replaces = models.ForeignKey("self", models.PROTECT, related_name="+", null=True)
    voided_at = models.DateTimeField(null=True)
    spoilt = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cartridge"],
                condition=models.Q(voided_at=None) | models.Q(spoilt=True),
                name="cartridge_serves_once",
            ),
        ]


class Recall(Row):
    """A lot that must not be used any more."""

    frozen = True

    gtin = models.CharField(max_length=14, blank=True)
    lot = models.CharField(max_length=20)
    reason = models.TextField()
    recalled_at = models.DateTimeField()
    recalled_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
