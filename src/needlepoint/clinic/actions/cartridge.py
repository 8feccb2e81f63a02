"""Cartridges: received by the piece, claimed by one session for ever, recalled by lot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.actions.act import Act, action
from needlepoint.clinic.actions.record import write
from needlepoint.clinic.models import Cartridge, CartridgeUse, Recall, Session
from needlepoint.course.quantities import whole


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a code said; the serial number may come from the clinic's own label, the expiry may be missing."""

    gtin: str
    lot: str
    serial: str = ""
    expires_on: date | None = None


class Stop(Refused):
    """A cartridge that must not be used; the page fills the screen."""


@action(Permission.RECEIVE_STOCK)
def receive(act: Act, *, scanned: Scanned, pieces: int) -> list[Cartridge]:
    """Add pieces of a lot; without a serial number each gets one of the clinic's own, to be stuck on its pouch."""
    whole("pieces", pieces, 1, 200)
    if scanned.expires_on is None:
        raise Refused("The expiry date is missing. Scan the code that carries it, or type it.")
    if scanned.expires_on < act.today:
        raise Refused(f"This lot expired on {scanned.expires_on:%d %b %Y}. Do not take it into stock.")
    if scanned.serial and pieces != 1:
        raise Refused("A code with a serial number stands for one piece. Scan each piece.")
    serials = [scanned.serial] if scanned.serial else _labels(act, pieces)
    try:
        with transaction.atomic():
            added = [_add(act, scanned, serial) for serial in serials]
    except IntegrityError:
        raise Refused(f"The piece {scanned.serial} of lot {scanned.lot} is in stock already.") from None
    write(
        act, "received cartridges", f"lot:{scanned.lot}", detail={"gtin": scanned.gtin, "pieces": len(added)}
    )
    return added


def _labels(act: Act, pieces: int) -> list[str]:
    taken = Cartridge.objects.filter(clinic=act.actor.clinic, serial__gte="NP", serial__lt="NQ").count()
    return [f"NP{taken + each:06d}" for each in range(1, pieces + 1)]


def _add(act: Act, scanned: Scanned, serial: str) -> Cartridge:
    return Cartridge.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for(f"cartridge {serial}"),
        gtin=scanned.gtin,
        lot=scanned.lot,
        serial=serial,
        expires_on=scanned.expires_on,
        received_at=act.at,
        received_by_id=act.actor.member,
    )


def claim(act: Act, session: Session, scanned: Scanned) -> CartridgeUse:
    """Consume a cartridge for a session inside the session's transaction; Stop says why it must not be used."""
    cartridge = usable(act, scanned)
    try:
        with transaction.atomic():
            return CartridgeUse.objects.create(
                clinic_id=act.actor.clinic, cartridge=cartridge, session=session, used_at=act.at
            )
    except IntegrityError:
        raise Stop(
            f"Used before: cartridge {cartridge.serial} has served a session. Take a new one."
        ) from None


def usable(act: Act, scanned: Scanned) -> Cartridge:
    """Return the cartridge that was scanned if it is in stock, unused, in date and not recalled."""
    if not scanned.serial:
        raise Stop(
            "The code has no serial number. Scan or type the clinic's own label on the pouch (NP and six digits)."
        )
    cartridge = _in_stock(act, scanned)
    if served(cartridge):
        raise Stop(f"Used before: cartridge {cartridge.serial} has served a session. Take a new one.")
    expires_on = min(day for day in (cartridge.expires_on, scanned.expires_on) if day is not None)
    if expires_on < act.today:
        raise Stop(f"Expired on {expires_on:%d %b %Y}: cartridge {cartridge.serial}. Take another one.")
    if recalled(act.actor.clinic, cartridge.gtin, cartridge.lot):
        raise Stop(f"Recalled: lot {cartridge.lot}. Set the whole lot aside.")
    return cartridge


def served(cartridge: Cartridge) -> bool:
    """Say whether a piece has served: one whose session was voided has not, unless it was spoilt."""
    standing = Q(voided_at=None) | Q(spoilt=True)
    return CartridgeUse.objects.filter(standing, cartridge=cartridge).exists()


def _in_stock(act: Act, scanned: Scanned) -> Cartridge:
    rows = Cartridge.objects.filter(clinic=act.actor.clinic, serial=scanned.serial)
    if scanned.gtin:
        rows = rows.filter(gtin=scanned.gtin)
    if scanned.lot:
        rows = rows.filter(lot=scanned.lot)
    found = list(rows[:2])
    if len(found) != 1:
        what = "is not in stock" if not found else "is not the only one of that number; scan its whole code"
        raise Stop(f"Cartridge {scanned.serial} {what}. Receive it first, or take another one.")
    return found[0]


def recalled(clinic: int, gtin: str, lot: str) -> bool:
    """Say whether a lot was recalled."""
    return Recall.objects.filter(Q(gtin=gtin) | Q(gtin=""), clinic=clinic, lot=lot).exists()


@action(Permission.RECALL)
def recall(act: Act, *, lot: str, gtin: str, reason: str) -> Recall:
    """Block a lot from now on."""
    if not lot.strip() or not reason.strip():
        raise Refused("Write the lot and the reason of the recall.")
    row = Recall.objects.create(
        clinic_id=act.actor.clinic,
        lot=lot.strip(),
        gtin=gtin.strip(),
        reason=reason.strip(),
        recalled_at=act.at,
        recalled_by_id=act.actor.member,
    )
    write(act, "recalled lot", f"lot:{row.lot}")
    return row
