"""Blocking a lot, and lifting the block again; each with a reason, each in the record."""

from __future__ import annotations

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find_by_key
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.queries.stock.recall import Sought, is_article_here
from needlepoint.clinic.models import Recall
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import hold, write
from needlepoint.course.instants import local_date
from needlepoint.course.lots import LONGEST_LOT, gtin_14, without_blanks


def sought(clinic: int, lot: str, article: str) -> Sought:
    """Return what a notice names, its GTIN in 14 digits; InputError says what is wrong with the number."""
    bare = lot.strip().removeprefix("(10)").strip()
    if len(bare) > LONGEST_LOT:
        raise Refused(
            "A lot has at most %(longest_lot)s signs; %(bare)s has %(bare2)s.",
            longest_lot=LONGEST_LOT,
            bare=bare[:30],
            bare2=len(bare),
        )
    number = article.strip().removeprefix("(01)").strip()
    if number and not (without_blanks(number).isdigit() or not is_article_here(clinic, number)):
        return Sought(bare, number)
    return Sought(bare, gtin_14(number) if number else "")


@action(Permission.RECALL)
def recall(act: Act, *, lot: str, gtin: str, reason: str) -> Recall:
    """Block a lot of one article, or of all, from now on."""
    if not lot.strip() or not reason.strip():
        raise Refused("Write the lot and the reason of the recall.")
    of = sought(act.actor.clinic, lot, gtin)
    of_article, of_lot = of.keys
    # Whoever blocks or lifts meanwhile does it after us.
    hold(act)
    rows = Recall.objects.filter(clinic=act.actor.clinic, lot_key=of_lot, article_key=of_article)
    if earlier := rows.filter(lifted_at=None).first():
        since = local_date(earlier.recalled_at, act.actor.zone)
        raise Refused("Lot %(lot)s is blocked already, since %(since)s.", lot=earlier.lot, since=since)
    row = Recall.objects.create(
        clinic_id=act.actor.clinic,
        lot=of.lot,
        gtin=of.article,
        reason=reason.strip(),
        recalled_at=act.at,
        recalled_by_id=act.actor.member,
    )
    write(act, "recalled lot", f"lot:{row.lot}", detail={"gtin": row.gtin, "reason": row.reason})
    return row


@action(Permission.RECALL)
def lift(act: Act, *, key: object, reason: str) -> Recall:
    """Take a block away: its pieces may be used again from now on, unless another block holds."""
    if not reason.strip():
        raise Refused("Write why the block is lifted, and who said so.")
    hold(act)
    row: Recall = find_by_key(Recall, act.actor, key)
    if row.lifted_at is not None:
        raise Refused("This block does not hold any more. Open the lot anew.")
    row.lifted_at, row.lifted_by_id, row.lifted_because = act.at, act.actor.member, reason.strip()
    row.save(update_fields=["lifted_at", "lifted_by", "lifted_because"])
    write(act, "lifted recall", f"lot:{row.lot}", detail={"gtin": row.gtin, "reason": row.lifted_because})
    return row
