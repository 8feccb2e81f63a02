"""Which lots are blocked, what a notice's lot is here, and what is written almost like it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Cartridge, Recall
from needlepoint.course.lots import article_key, is_gtin, look_alike, lot_key

# A piece whose session was voided serves another, unless it was spoilt.
SERVED = Q(use__isnull=False) & (Q(use__voided_at=None) | Q(use__spoilt=True))
# What a scanner without separators leaves in a lot that it joined with what follows: a serial number, a date, a lot.
_SWALLOWED = ("21", "17", "10")


class Sought(NamedTuple):
    """What a notice names: a lot, and an article or all of them (empty)."""

    lot: str
    article: str = ""

    @property
    def keys(self) -> tuple[str, str]:
        """Return the keys of article and lot."""
        return article_key(self.article) if self.article else "", lot_key(self.lot)


@dataclass(frozen=True, slots=True)
class KnownLot:
    """A lot as it was taken in here, with what became of its pieces."""

    gtin: str
    lot: str
    article_key: str
    lot_key: str
    expires_on: date
    pieces: int
    used: int
    out: int
    blocked: bool

    @property
    def unused(self) -> int:
        """Return how many pieces lie in the drawer."""
        return self.pieces - self.used - self.out


def holding(clinic: int, of_article: str, of_lot: str) -> list[Recall]:
    """Return the blocks that hold for a lot by its keys, the oldest first; while there is one, no piece may be used."""
    rows = Recall.objects.filter(clinic=clinic, lot_key=of_lot, lifted_at=None)
    return list(rows.filter(article_key__in=("", of_article)).select_related("recalled_by").order_by("pk"))


def standing(clinic: int) -> list[Recall]:
    """Return every block that holds in a clinic."""
    return list(Recall.objects.filter(clinic=clinic, lifted_at=None).order_by("pk"))


def is_blocked(blocks: Iterable[Recall], of_article: str, of_lot: str) -> bool:
    """Say of a lot whether one of these blocks holds for it, as `holding` asks the database."""
    return any(each.lot_key == of_lot and each.article_key in ("", of_article) for each in blocks)


def blocks_of(actor: Actor, sought: Sought) -> list[Recall]:
    """Return every block of a lot of this or of another article, standing or lifted, with who entered it."""
    rows = Recall.objects.filter(clinic=actor.clinic, lot_key=sought.keys[1])
    return list(rows.select_related("recalled_by", "lifted_by").order_by("recalled_at", "pk"))


def known(actor: Actor, sought: Sought) -> list[KnownLot]:
    """Return the lots here that a notice names, however they are spelt; two statements."""
    of_article, of_lot = sought.keys
    rows = Cartridge.objects.filter(clinic=actor.clinic, lot_key=of_lot)
    if of_article:
        rows = rows.filter(article_key=of_article)
    counted = rows.values("gtin", "lot", "article_key", "lot_key", "expires_on").annotate(
        pieces=Count("id", distinct=True),
        used=Count("id", filter=SERVED, distinct=True),
        out=Count("id", filter=Q(out_at__isnull=False), distinct=True),
    )
    blocks = standing(actor.clinic)
    found = [
        KnownLot(**row, blocked=is_blocked(blocks, row["article_key"], row["lot_key"]))
        for row in counted.order_by("lot", "gtin", "expires_on")
    ]
    # What was taken out at once, spelt wrongly or by mistake, was never in the drawer under this name.
    return [each for each in found if each.used or each.unused or each.blocked] or found


def almost(actor: Actor, sought: Sought) -> list[str]:
    """Return the lots here that could be the one of the notice, misread or joined with what follows; one statement."""
    rows = Cartridge.objects.filter(clinic=actor.clinic).exclude(lot_key=sought.keys[1])
    lots = rows.values_list("lot", flat=True).distinct().order_by("lot")
    return [each for each in lots if look_alike(each, sought.lot) or may_hold(each, sought.lot)]


def may_hold(stored: str, lot: str) -> bool:
    """Say whether a stored lot may be this one with a serial number or a date that a scanner joined to it."""
    whole, beginning = lot_key(stored), lot_key(lot)
    return len(beginning) > 2 and any(whole.startswith(beginning + each) for each in _SWALLOWED)


def almost_blocked(clinic: int, lot: str) -> list[str]:
    """Return the blocked lots that are written almost like this one: the notice may mean it."""
    return sorted(
        {each.lot for each in standing(clinic) if look_alike(each.lot, lot) or may_hold(lot, each.lot)}
    )


def is_article_here(clinic: int, article: str) -> bool:
    """Say whether an article number is a GTIN or one under which pieces were taken in here."""
    rows = Cartridge.objects.filter(clinic=clinic, article_key=article_key(article))
    return is_gtin(article) or rows.exists()
