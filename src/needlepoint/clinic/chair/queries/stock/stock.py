"""The stock by lot, and who was exposed to one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.find import find
from needlepoint.clinic.chair.queries.course.linked import standing_links
from needlepoint.clinic.chair.queries.stock.recall import SERVED, Sought, is_blocked, standing
from needlepoint.clinic.models import Cartridge, CartridgeUse, ChartLink, Patient
from needlepoint.clinic.models.written import STANDS_FOR, Written
from needlepoint.course.lots import article_key, lot_key
from needlepoint.exchange import table

WARN = timedelta(days=60)
LISTED = timedelta(days=180)
"""A lot that expired longer ago is listed no more, unless it was recalled."""


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot in stock."""

    gtin: str
    lot: str
    expires_on: date
    pieces: int
    unused: int
    recalled: bool
    expired: bool
    expires_soon: bool


def lots(actor: Actor, today: date) -> list[Lot]:
    """Return the lots that are in date, expired of late or recalled; two statements."""
    blocks = standing(actor.clinic)
    listed = Q(expires_on__gte=today - LISTED) | Q(lot_key__in=[each.lot_key for each in blocks])
    rows = (
        Cartridge.objects.filter(listed, clinic=actor.clinic, out_at=None)
        .values("gtin", "lot", "expires_on", "article_key", "lot_key")
        .annotate(pieces=Count("id", distinct=True), used=Count("id", filter=SERVED, distinct=True))
        .order_by("expires_on", "lot")
    )
    return [
        Lot(
            gtin=row["gtin"],
            lot=row["lot"],
            expires_on=row["expires_on"],
            pieces=row["pieces"],
            unused=row["pieces"] - row["used"],
            recalled=is_blocked(blocks, row["article_key"], row["lot_key"]),
            expired=row["expires_on"] < today,
            expires_soon=row["expires_on"] < today + WARN,
        )
        for row in rows
    ]


def labels(actor: Actor, lot: str) -> list[Cartridge]:
    """Return the unused pieces of a lot with their labels."""
    rows = Cartridge.objects.filter(clinic=actor.clinic, lot=lot, out_at=None).exclude(SERVED)
    return list(rows.order_by("serial")[:500])


class Piece(NamedTuple):
    """A piece that was taken in, and whether it is gone: used, or taken out again."""

    piece: Cartridge
    gone: bool


def receipt(actor: Actor, piece_id: UUID) -> list[Piece]:
    """Return all pieces that were taken in by the same act as this one; two statements."""
    one = find(Cartridge, actor, piece_id)
    rows = Cartridge.objects.filter(
        clinic=actor.clinic, received_at=one.received_at, received_by=one.received_by_id
    )
    counted = rows.annotate(used=Count("id", filter=SERVED)).order_by("pk")
    return [Piece(each, bool(each.used) or each.out_at is not None) for each in counted]


def taken_in(actor: Actor, today: date) -> int:
    """Return how many pieces somebody took into stock today and left there."""
    begins = datetime.combine(today, time(), actor.zone)
    rows = Cartridge.objects.filter(clinic=actor.clinic, received_at__gte=begins, out_at=None)
    return rows.filter(received_by=actor.member).count()


def other_dates(actor: Actor, gtin: str, lot: str, expires_on: date | None) -> list[date]:
    """Return the other expiry dates under which a lot of an article is in stock; there should be none."""
    rows = Cartridge.objects.filter(clinic=actor.clinic, lot_key=lot_key(lot), out_at=None)
    found = rows.filter(article_key=article_key(gtin)).exclude(expires_on=expires_on)
    return sorted(set(found.values_list("expires_on", flat=True)))


class Exposed(NamedTuple):
    """A patient who was needled with a cartridge of a lot: whom, in which session, with which piece."""

    patient_id: int
    family_name: str
    given_name: str
    chart_number: int
    born_on: date | None
    born_in: str
    phone: str
    email: str
    gone_at: datetime | None
    session_id: UUID
    opened_at: datetime
    operator: str
    gtin: str
    lot: str
    serial: str

    @property
    def reach_by(self) -> str:
        """Return how the patient can be told soonest; a warning about a lot needs no consent to messages."""
        return "phone" if self.phone else "e-mail" if self.email else _("no phone or e-mail: write a letter")

    def cells(self, zone: tzinfo) -> tuple[str, ...]:
        """Return the line of the sheet for the authority."""
        return (
            str(self.chart_number),
            self.family_name,
            self.given_name,
            self.born_on.isoformat() if self.born_on else self.born_in,
            table.phone(self.phone),
            self.email,
            self.reach_by,
            str(self.session_id),
            self.opened_at.astimezone(zone).isoformat(timespec="minutes"),
            self.operator,
            table.article(self.gtin),
            table.lot(self.lot),
            table.serial(self.serial),
        )


HEADINGS = (
    *("chart number", "family name", "given name", "born on", "phone", "email", "reach by"),
    *("session", "opened at", "operator", "article", "lot", "serial", "other charts of the same person"),
)


def _exposed(clinic: int, of_lot: str, of_article: str) -> QuerySet:
    # By the clinic of the cartridge, which the database holds to be that of its use: else SQLite would go through
    # every use of the clinic instead of the pieces of the lot.
    of = Q(cartridge__article_key=of_article) if of_article else Q()
    uses = CartridgeUse.objects.filter(
        of, voided_at=None, cartridge__clinic=clinic, cartridge__lot_key=of_lot
    )
    return uses.order_by("used_at", "id")


_OF_PATIENT = (
    *("id", "family_name", "given_name", "chart_number", "born_on", "born_in"),
    *("phone", "email", "gone_at"),
)
_SHOWN = (
    *(f"session__patient__{name}" for name in _OF_PATIENT),
    *("session__public_id", "session__opened_at", "session__operator__name"),
    *("cartridge__gtin", "cartridge__lot", "cartridge__serial"),
)
_OF_LOT = Written(
    lambda clinic, of_lot: _exposed(clinic, of_lot, ""), STANDS_FOR, "stands for a lot", columns=_SHOWN
)


def exposed(actor: Actor, lot: str, gtin: str = "") -> list[Exposed]:
    """Return every patient exposed to a lot however it is spelt, those who left too: they must be told as well.

    One statement.
    """
    of_article, of_lot = Sought(lot, gtin).keys
    found = (
        _exposed(actor.clinic, of_lot, of_article).values_list(*_SHOWN)
        if of_article
        else _OF_LOT.rows(actor.clinic, of_lot)
    )
    return [Exposed(*each) for each in found]


class Counts(NamedTuple):
    """How many were exposed: a person may have two charts, a session two cartridges."""

    people: int
    sessions: int
    pieces: int


def counts(rows: list[Exposed], people: list[Person]) -> Counts:
    """Return how many people, sessions and pieces there were."""
    pieces = {(each.gtin, each.lot, each.serial) for each in rows}
    return Counts(len(people), len({each.session_id for each in rows}), len(pieces))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was exposed, with all their charts: each session with the lot, and what another chart adds."""

    uses: list[Exposed]
    others: list[Patient]

    @property
    def charted(self) -> list[Exposed]:
        """Return one line for each chart with a session, in order."""
        return list({each.chart_number: each for each in reversed(self.uses)}.values())[::-1]

    @property
    def charts(self) -> list[tuple[str, str, int]]:
        """Return family name, given name and number of each chart with a session, in order."""
        return list(
            dict.fromkeys((each.family_name, each.given_name, each.chart_number) for each in self.uses)
        )

    @property
    def reach_by(self) -> str:
        """Return how to tell the person soonest, whichever chart says so."""
        told: list[Exposed | Patient] = [*self.uses, *self.others]
        phone, email = any(each.phone for each in told), any(each.email for each in told)
        return "phone" if phone else "e-mail" if email else _("no phone or e-mail: write a letter")


def people(actor: Actor, rows: list[Exposed]) -> list[Person]:
    """Return each exposed person once, with the charts that are linked with theirs; one statement."""
    links = list(ChartLink.objects.filter(clinic=actor.clinic).select_related("one", "other").order_by("pk"))
    charts = {each.pk: each for link in links for each in (link.one, link.other)}
    linked = {
        key: standing_links(key, (each for each in links if key in (each.one_id, each.other_id)))
        for key in charts
    }
    found: dict[int, Person] = {}
    for row in rows:
        same = {row.patient_id, *linked.get(row.patient_id, ())}
        found.setdefault(min(same), Person([], [])).uses.append(row)
    for first, person in found.items():
        exposed_in = {each.patient_id for each in person.uses}
        person.others.extend(charts[key] for key in {first, *linked.get(first, ())} - exposed_in)
    return list(found.values())


def sheet(actor: Actor, rows: list[Exposed]) -> Iterator[list[str]]:
    """Yield the lines of the sheet for the authority; what is written of it is made safe for a spreadsheet."""
    yield list(HEADINGS)
    for person in people(actor, rows):
        charts: list[Exposed | Patient] = [*person.uses, *person.others]
        numbers = {each.chart_number for each in charts}
        for row in person.uses:
            others = ", ".join(str(each) for each in sorted(numbers - {row.chart_number}))
            yield [*row.cells(actor.zone), others]
