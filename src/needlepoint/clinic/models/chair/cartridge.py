"""Cartridges by the piece: received, used once or taken out of stock, recalled by lot."""

from __future__ import annotations

from typing import Any

from django.db import models

from needlepoint.clinic.models.chair.session import Session
from needlepoint.clinic.models.people.clinic import Public, Row
from needlepoint.clinic.models.people.member import Member
from needlepoint.course.lots import LONGEST_ARTICLE, article_key, lot_key


class OfLot(models.Model):
    """What names an article and a lot, beside the keys by which two spellings of them are one."""

    article_key = models.CharField(max_length=LONGEST_ARTICLE, blank=True, default="", editable=False)
    lot_key = models.CharField(max_length=20, blank=True, default="", editable=False)

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **given: Any) -> None:
        # Here and not in `save`, so that rows written in bulk have them as well. A row that is read brings its own.
        if not args and "lot" in given:
            given |= {"article_key": article_key(given.get("gtin", "")), "lot_key": lot_key(given["lot"])}
        super().__init__(*args, **given)


class Cartridge(OfLot, Public):
    """One sterile needle head. Where the maker prints no serial number, the clinic sticks on one of its own.

    `gtin` is the article number: a GTIN in 14 digits, or what another agency or the maker calls it. A piece that leaves
    the stock unused, taken in by mistake, dropped or sent back, says since when and why; if it comes again, it is a new
    row.
    """

    fixed = (
        *("gtin", "lot", "serial", "article_key", "lot_key", "expires_on"),
        *("public_id", "received_at", "received_by_id"),
    )
    closed = "OLD.out_at IS NOT NULL"

    gtin = models.CharField(max_length=LONGEST_ARTICLE)
    lot = models.CharField(max_length=20)
    serial = models.CharField(max_length=20)
    expires_on = models.DateField()
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    out_at = models.DateTimeField(null=True)
    out_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    out_because = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "gtin", "lot", "serial"],
                condition=models.Q(out_at=None),
                name="cartridge_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(serial="") & ~models.Q(lot=""), name="cartridge_named"
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "lot_key"], name="cartridge_by_lot"),
            models.Index(fields=["clinic", "serial"], name="cartridge_by_serial"),
            models.Index(fields=["clinic", "received_at"], name="cartridge_by_receipt"),
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


class Recall(OfLot, Row):
    """A block: a lot that must not be used any more, of one article or of all, until it is lifted with a reason."""

    fixed = ("gtin", "lot", "article_key", "lot_key", "reason", "recalled_at", "recalled_by_id")
    closed = "OLD.lifted_at IS NOT NULL"

    gtin = models.CharField(max_length=LONGEST_ARTICLE, blank=True)
    lot = models.CharField(max_length=20)
    reason = models.TextField()
    recalled_at = models.DateTimeField()
    recalled_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    lifted_because = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["clinic", "lot_key"], name="recall_by_lot")]
