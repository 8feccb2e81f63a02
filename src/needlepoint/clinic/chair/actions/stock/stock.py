"""Taking cartridges into stock by the piece, correcting what was read wrongly, and taking pieces out again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.said import short_day
from needlepoint.clinic.chair.actions.stock.cartridge import Scanned
from needlepoint.clinic.chair.queries.stock.recall import almost_blocked, holding
from needlepoint.clinic.chair.queries.stock.stock import other_dates, receipt
from needlepoint.clinic.models import Cartridge
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import hold, write
from needlepoint.course.lots import LONGEST_ARTICLE, LONGEST_LOT, article_key, lot_key
from needlepoint.course.quantities import whole

MOST_PIECES = 200


class Ask(Refused):
    """Something that a person must look at before it is stored: `about` what was read, `names` what was asked."""

    def __init__(self, about: Scanned, asked: dict[str, str]) -> None:
        self.about = about
        self.names = tuple(asked)
        super().__init__(" ".join(asked.values()))


@action(Permission.RECEIVE_STOCK)
def receive(act: Act, *, scanned: Scanned, pieces: int, agreed: Collection[str] = ()) -> list[Cartridge]:
    """Add pieces of a lot; without a serial number each gets one of the clinic's own, to be stuck on its pouch.

    What cannot be believed unasked raises Ask, unless it was asked and `agreed` names it.
    """
    whole("pieces", pieces, 1, MOST_PIECES)
    _check(act, scanned)
    _ask(act, scanned, agreed)
    if scanned.serial and pieces != 1:
        raise Refused("A code with a serial number stands for one piece. Scan each piece.")
    serials = [scanned.serial] if scanned.serial else _labels(act, pieces)
    added = _add(act, scanned, serials)
    detail = {"gtin": scanned.gtin, "pieces": len(added), "serials": [each.serial for each in added]}
    write(act, "received cartridges", f"lot:{scanned.lot}", detail=detail)
    return added


@action(Permission.RECEIVE_STOCK)
def receive_each(
    act: Act, *, labels: Sequence[Scanned], pieces: int, agreed: Collection[str] = ()
) -> list[Cartridge]:
    """Add what several codes in one box say, all of them or none."""
    taken: list[Cartridge] = []
    for each in labels:
        taken += receive(act, scanned=each, pieces=1 if each.serial else pieces, agreed=agreed)
    return taken


@action(Permission.RECEIVE_STOCK)
def correct(act: Act, *, piece_id: UUID, scanned: Scanned, agreed: Collection[str] = ()) -> list[Cartridge]:
    """Put right what was read or typed wrongly of pieces that no session has used; each keeps its own label."""
    old = _unused(act, piece_id)
    wrong = [each for each in old if (each.gtin, each.lot) == (old[0].gtin, old[0].lot)]
    _check(act, scanned)
    _out(act, wrong, f"corrected: lot {scanned.lot}")
    _ask(act, scanned, agreed)
    serials = [each.serial for each in wrong]
    if scanned.serial and scanned.serial not in serials:
        serials = [scanned.serial]
    added = _add(act, scanned, serials)
    detail = {"gtin": scanned.gtin, "before": f"{wrong[0].gtin} {wrong[0].lot} {wrong[0].expires_on}"}
    write(act, "corrected cartridges", f"lot:{scanned.lot}", detail=detail | {"serials": serials})
    return added


@action(Permission.RECEIVE_STOCK)
def take_out(act: Act, *, piece_id: UUID, reason: str, serials: Collection[str] = ()) -> list[Cartridge]:
    """Take pieces out of stock that no session has used: all that came with this one, or those of these numbers."""
    pieces = _held(act, piece_id)
    if not reason.strip():
        raise Refused("Write why these pieces leave the stock.")
    leaving = [each for each in pieces if each.serial in serials] if serials else pieces
    if not leaving:
        raise Refused("None of these pieces is in stock. Open the lot anew.")
    _out(act, leaving, reason.strip())
    detail = {"serials": [each.serial for each in leaving], "reason": reason.strip()}
    write(act, "took cartridges out of stock", f"lot:{leaving[0].lot}", detail=detail)
    return leaving


# ----------------------------------------------------------------------------------------------------------- looks
def _check(act: Act, scanned: Scanned) -> None:
    wanted = {_("article number"): scanned.gtin, _("lot"): scanned.lot, _("expiry date"): scanned.expires_on}
    missing = [name for name, value in wanted.items() if not value]
    if missing:
        names = _(" and the ").join(missing)
        raise Ask(
            scanned,
            {
                "missing": _("The %(names)s is missing. Scan the code that carries it, or type it.")
                % {"names": names}
            },
        )
    if len(scanned.gtin) > LONGEST_ARTICLE or max(len(scanned.lot), len(scanned.serial)) > LONGEST_LOT:
        raise Refused(
            "A lot and a serial number have at most %(longest_lot)s signs.", longest_lot=LONGEST_LOT
        )
    if scanned.expires_on is not None and scanned.expires_on < act.today:
        raise Refused(
            "This lot expired on %(expires_on)s. Do not take it into stock.",
            expires_on=scanned.expires_on,
        )
    if blocks := holding(act.actor.clinic, article_key(scanned.gtin), lot_key(scanned.lot)):
        raise Refused(
            "Lot %(lot)s is recalled (%(blocks)s). Do not take it into stock; set it aside.",
            lot=scanned.lot,
            blocks=blocks[0].reason,
        )


def _day(scanned: Scanned) -> str:
    return short_day(scanned.expires_on) if scanned.expires_on else ""


def _ask(act: Act, scanned: Scanned, agreed: Collection[str]) -> None:
    asked: dict[str, str] = {}
    if scanned.doubts and not _whole_before(act, scanned):
        asked["read"] = " ".join(scanned.doubts)
    if dates := other_dates(act.actor, scanned.gtin, scanned.lot, scanned.expires_on):
        others = _(" and ").join(short_day(each) for each in dates)
        asked["dates"] = _(
            "Lot %(lot)s is in stock with the expiry date %(others)s, and this says %(expires_on)s. Look "
            "at the pouch."
        ) % {
            "lot": scanned.lot,
            "others": others,
            "expires_on": short_day(scanned.expires_on) if scanned.expires_on else "",
        }
    if alike := almost_blocked(act.actor.clinic, scanned.lot):
        asked["alike"] = _(
            "Lot %(alike)s is recalled and written almost like %(lot)s. Compare the pouch with the "
            "notice, sign by sign."
        ) % {"alike": " and ".join(alike), "lot": scanned.lot}
    if asked.keys() - set(agreed):
        raise Ask(scanned, asked)


def _whole_before(act: Act, scanned: Scanned) -> bool:
    """Say whether a person said before that this very lot holds nothing that a scanner joined to it."""
    if not scanned.others or scanned.serial:
        return False
    rows = Cartridge.objects.filter(clinic=act.actor.clinic, gtin=scanned.gtin, lot=scanned.lot, out_at=None)
    return bool(rows.filter(expires_on=scanned.expires_on).exists())


# ------------------------------------------------------------------------------------------------------------ rows
def _labels(act: Act, pieces: int) -> list[str]:
    hold(act)
    rows = Cartridge.objects.filter(clinic=act.actor.clinic, serial__gte="NP", serial__lt="NQ")
    last = rows.filter(serial__regex=r"^NP[0-9]{6}$").aggregate(last=Max("serial"))["last"]
    taken = int(last[2:]) if last else 0
    return [f"NP{taken + each:06d}" for each in range(1, pieces + 1)]


def _add(act: Act, scanned: Scanned, serials: Sequence[str]) -> list[Cartridge]:
    here = Cartridge.objects.filter(clinic=act.actor.clinic, serial__in=serials, out_at=None)
    keys = {"article_key": article_key(scanned.gtin), "lot_key": lot_key(scanned.lot)}
    if there := here.filter(**keys).first():
        raise Refused(
            "The piece %(serial)s of lot %(lot)s is in stock already.", serial=there.serial, lot=there.lot
        )
    try:
        with transaction.atomic():
            return [_row(act, replace(scanned, serial=each)) for each in serials]
    except IntegrityError:
        raise Refused(
            "A piece of lot %(lot)s is in stock already. Look, and scan again.", lot=scanned.lot
        ) from None


def _row(act: Act, scanned: Scanned) -> Cartridge:
    return Cartridge.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for(f"cartridge {scanned.gtin} {scanned.lot} {scanned.serial}"),
        gtin=scanned.gtin,
        lot=scanned.lot,
        serial=scanned.serial,
        expires_on=scanned.expires_on,
        received_at=act.at,
        received_by_id=act.actor.member,
    )


def _unused(act: Act, piece_id: UUID) -> list[Cartridge]:
    found = [each.piece for each in receipt(act.actor, piece_id) if not each.gone]
    if not found:
        raise Refused("Nothing of this is in stock any more: it was used or taken out.")
    return found


def _held(act: Act, piece_id: UUID) -> list[Cartridge]:
    """Return what nobody has used, looked at again once no session can claim a piece any more."""
    keys = [each.pk for each in _unused(act, piece_id)]
    list(
        Cartridge.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk")
    )
    return _unused(act, piece_id)


def _out(act: Act, pieces: Sequence[Cartridge], reason: str) -> None:
    Cartridge.objects.filter(pk__in=[each.pk for each in pieces], out_at=None).update(
        out_at=act.at, out_by=act.actor.member, out_because=reason
    )
