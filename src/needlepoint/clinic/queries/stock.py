"""The stock by lot, and who was exposed to one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Cartridge, CartridgeUse, ChartLink, Patient, Recall
from needlepoint.clinic.models.written import STANDS_FOR, Written
from needlepoint.clinic.queries.linked import standing_links

WARN = timedelta(days=60)
LISTED = timedelta(days=180)
"""A lot that expired longer ago is listed no more, unless it was recalled."""


# A piece whose session was voided serves another, unless it was spoilt.
SERVED = Q(use__isnull=False) & (Q(use__voided_at=None) | Q(use__spoilt=True))


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
    recalled = list(Recall.objects.filter(clinic=actor.clinic).values_list("lot", "gtin"))
    listed = Q(expires_on__gte=today - LISTED) | Q(lot__in=[lot for lot, _ in recalled])
    rows = (
        Cartridge.objects.filter(listed, clinic=actor.clinic)
        .values("gtin", "lot", "expires_on")
        .annotate(pieces=Count("id"), used=Count("use", filter=SERVED))
        .order_by("expires_on", "lot")
    )
    return [
        Lot(
            gtin=row["gtin"],
            lot=row["lot"],
            expires_on=row["expires_on"],
            pieces=row["pieces"],
            unused=row["pieces"] - row["used"],
            recalled=(row["lot"], row["gtin"]) in recalled or (row["lot"], "") in recalled,
            expired=row["expires_on"] < today,
            expires_soon=row["expires_on"] < today + WARN,
        )
        for row in rows
    ]


def labels(actor: Actor, lot: str) -> list[Cartridge]:
    """Return the unused pieces of a lot with their labels."""
    rows = Cartridge.objects.filter(clinic=actor.clinic, lot=lot).exclude(SERVED)
    return list(rows.order_by("serial")[:500])


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
        return "phone" if self.phone else "e-mail" if self.email else "no phone or e-mail: write a letter"

    def cells(self, zone: tzinfo) -> tuple[str, ...]:
        """Return the line of the sheet for the authority."""
        return (
            str(self.chart_number),
            self.family_name,
            self.given_name,
            self.born_on.isoformat() if self.born_on else self.born_in,
            self.phone,
            self.email,
            self.reach_by,
            str(self.session_id),
            self.opened_at.astimezone(zone).isoformat(timespec="minutes"),
            self.operator,
            self.gtin,
            self.lot,
            self.serial,
        )


HEADINGS = (
    *("chart number", "family name", "given name", "born on", "phone", "email", "reach by"),
    *("session", "opened at", "operator", "GTIN", "lot", "serial", "other charts of the same person"),
)


def _exposed(clinic: int, lot: str, gtin: str) -> QuerySet:
    # By the clinic of the cartridge, which the database holds to be that of its use: else SQLite would go through
    # every use of the clinic instead of the pieces of the lot.
    uses = CartridgeUse.objects.filter(
        Q(cartridge__gtin=gtin) if gtin else Q(), voided_at=None, cartridge__clinic=clinic, cartridge__lot=lot
    )
    patient = (
        "id",
        "family_name",
        "given_name",
        "chart_number",
        "born_on",
        "born_in",
        "phone",
        "email",
        "gone_at",
    )
    return uses.order_by("used_at", "id").values_list(
        *(f"session__patient__{name}" for name in patient),
        *("session__public_id", "session__opened_at", "session__operator__name"),
        *("cartridge__gtin", "cartridge__lot", "cartridge__serial"),
    )


_OF_LOT = Written(lambda clinic, lot: _exposed(clinic, lot, ""), STANDS_FOR, "stands for a lot")


def exposed(actor: Actor, lot: str, gtin: str = "") -> list[Exposed]:
    """Return every patient exposed to a lot, those who left too: they must be told as well. One statement."""
    found = _exposed(actor.clinic, lot, gtin) if gtin else _OF_LOT.rows(actor.clinic, lot)
    return [Exposed(*each) for each in found]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was exposed, with all their charts: each session with the lot, and what another chart adds."""

    uses: list[Exposed]
    others: list[Patient]

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
        return "phone" if phone else "e-mail" if email else "no phone or e-mail: write a letter"


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


def recalls(actor: Actor, lot: str) -> list[Recall]:
    """Return the recalls of a lot, with who entered them."""
    rows = Recall.objects.filter(clinic=actor.clinic, lot=lot).select_related("recalled_by")
    return list(rows.order_by("recalled_at"))


def sheet(actor: Actor, rows: list[Exposed]) -> Iterator[list[str]]:
    """Yield the lines of the sheet; a cell that a spreadsheet would read as a formula is made a text."""
    yield list(HEADINGS)
    for person in people(actor, rows):
        charts: list[Exposed | Patient] = [*person.uses, *person.others]
        numbers = {each.chart_number for each in charts}
        for row in person.uses:
            others = ", ".join(str(each) for each in sorted(numbers - {row.chart_number}))
            yield [
                f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
                for cell in (*row.cells(actor.zone), others)
            ]
