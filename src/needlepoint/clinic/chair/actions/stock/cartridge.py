"""Cartridges in use: each is claimed by one session for ever, and none that must not be used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from needlepoint.clinic.access.checks import Stop
from needlepoint.clinic.chair.queries.stock.recall import holding
from needlepoint.clinic.models import Cartridge, CartridgeUse, Session
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.course.lots import article_key, lot_key


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a code said; the serial number may come from the clinic's own label, the expiry may be missing.

    `others` are further ways to read the same signs; `doubts` what a person must answer before anything is stored.
    """

    gtin: str
    lot: str
    serial: str = ""
    expires_on: date | None = None
    others: tuple[Scanned, ...] = ()
    doubts: tuple[str, ...] = ()


# Why a further cartridge is taken; the one before it may be the suspect where it failed.
REASONS = {
    "failed": gettext_noop("the one before failed"),
    "dropped": gettext_noop("the one before was dropped"),
    "blunt": gettext_noop("the one before is worn"),
    "other_zone": gettext_noop("another zone needs a fresh one"),
    "other_lot": gettext_noop("its lot must not be used any more"),
}


def claim(
    act: Act, session: Session, scanned: Scanned, reason: str = "", replaces: CartridgeUse | None = None
) -> CartridgeUse:
    """Consume a cartridge for a session inside the session's transaction; Stop says why it must not be used."""
    cartridge = usable(act, scanned)
    try:
        with transaction.atomic():
            return CartridgeUse.objects.create(
                clinic_id=act.actor.clinic,
                cartridge=cartridge,
                session=session,
                # As the device told it, where it was taken without a network; never before the session was opened.
                used_at=max(act.told_at or act.at, session.opened_at or act.at),
                reason=reason,
                replaces=replaces,
            )
    except IntegrityError:
        raise Stop(
            "Used before: cartridge %(serial)s has served a session. Take a new one.", serial=cartridge.serial
        ) from None


def usable(act: Act, scanned: Scanned) -> Cartridge:
    """Return the cartridge that was scanned if it is in stock, unused, in date and not recalled."""
    cartridge = _in_stock(act, scanned)
    if served(cartridge):
        raise Stop(
            "Used before: cartridge %(serial)s has served a session. Take a new one.", serial=cartridge.serial
        )
    expires_on = min(day for day in (cartridge.expires_on, scanned.expires_on) if day is not None)
    if expires_on < act.today:
        raise Stop(
            "Expired on %(expires_on)s: cartridge %(serial)s. Take another one.",
            expires_on=expires_on,
            serial=cartridge.serial,
        )
    if recalled(act.actor.clinic, cartridge.article_key, cartridge.lot_key):
        raise Stop("Recalled: lot %(lot)s. Set the whole lot aside.", lot=cartridge.lot)
    return cartridge


def recalled(clinic: int, of_article: str, of_lot: str) -> bool:
    """Say by its keys whether a lot is blocked."""
    return bool(holding(clinic, of_article, of_lot))


def served(cartridge: Cartridge) -> bool:
    """Say whether a piece has served: one whose session was voided has not, unless it was spoilt."""
    standing = Q(voided_at=None) | Q(spoilt=True)
    return CartridgeUse.objects.filter(standing, cartridge=cartridge).exists()


def _in_stock(act: Act, scanned: Scanned) -> Cartridge:
    # A scanner without separators gives several readings; the piece that lies here says which is right.
    readings = [each for each in (scanned, *scanned.others) if each.serial]
    if not readings:
        raise Stop(
            "The code has no serial number. Scan or type the clinic's own label on the pouch (NP and six digits)."
        )
    found = {row.pk: row for each in readings for row in _pieces(act, each)}
    here = [row for row in found.values() if row.out_at is None]
    if len(here) == 1:
        return here[0]
    raise Stop(_not_here(" or ".join(each.serial for each in readings), found.values()))


def _pieces(act: Act, scanned: Scanned) -> Iterable[Cartridge]:
    serials = {scanned.serial, scanned.serial.upper()}
    rows = Cartridge.objects.filter(clinic=act.actor.clinic, serial__in=serials)
    if scanned.gtin:
        rows = rows.filter(article_key=article_key(scanned.gtin))
    if scanned.lot:
        rows = rows.filter(lot_key=lot_key(scanned.lot))
    # Whoever takes pieces out of stock holds the same rows: a piece is never used and taken out at once.
    return rows.select_for_update(no_key=True).order_by("pk")[:20]


def _not_here(serial: str, found: Iterable[Cartridge]) -> str:
    out = [row for row in found if row.out_at is not None]
    if not found:
        return _("Cartridge %(serial)s is not in stock. Receive it first, or take another one.") % {
            "serial": serial
        }
    if len(out) == len(list(found)):
        return _("Cartridge %(serial)s was taken out of stock (%(out)s). Take another one.") % {
            "serial": serial,
            "out": out[-1].out_because,
        }
    return _(
        "Cartridge %(serial)s is not the only one of that number; scan its whole code, or take another one."
    ) % {"serial": serial}
