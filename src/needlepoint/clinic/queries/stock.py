"""The stock by lot, and who was exposed to one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Cartridge, CartridgeUse, Recall

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
    recalled = list(Recall.objects.filter(clinic=actor.clinic).values_list("lot", "gtin"))
    listed = Q(expires_on__gte=today - LISTED) | Q(lot__in=[lot for lot, _ in recalled])
    rows = (
        Cartridge.objects.filter(listed, clinic=actor.clinic)
        .values("gtin", "lot", "expires_on")
        .annotate(pieces=Count("id"), used=Count("use"))
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
    rows = Cartridge.objects.filter(clinic=actor.clinic, lot=lot, use=None)
    return list(rows.order_by("serial")[:500])


@dataclass(frozen=True, slots=True)
class Exposed:
    """A patient who was needled with a cartridge of a lot."""

    use: CartridgeUse

    @property
    def reach_by(self) -> str:
        """Return how the patient can be told soonest; a warning about a lot needs no consent to messages."""
        patient = self.use.session.patient
        return (
            "phone" if patient.phone else "e-mail" if patient.email else "no phone or e-mail: write a letter"
        )

    def cells(self, zone: object) -> tuple[str, ...]:
        """Return the line of the sheet for the authority."""
        patient, session = self.use.session.patient, self.use.session
        return (
            str(patient.chart_number),
            patient.family_name,
            patient.given_name,
            patient.born_on.isoformat(),
            patient.phone,
            patient.email,
            self.reach_by,
            str(session.public_id),
            session.opened_at.astimezone(zone).isoformat(timespec="minutes"),
            session.operator.name,
            self.use.cartridge.gtin,
            self.use.cartridge.lot,
            self.use.cartridge.serial,
        )


HEADINGS = (
    *("chart number", "family name", "given name", "born on", "phone", "email", "reach by"),
    *("session", "opened at", "operator", "GTIN", "lot", "serial"),
)


def exposed(actor: Actor, lot: str, gtin: str = "") -> list[Exposed]:
    """Return every patient exposed to a lot, archived ones too: they must be told as well. One statement."""
    wanted = Q(cartridge__lot=lot) & (Q(cartridge__gtin=gtin) if gtin else Q())
    # By the clinic of the cartridge, which the database holds to be that of its use: else SQLite would go through
    # every use of the clinic instead of the pieces of the lot.
    uses = CartridgeUse.objects.filter(wanted, cartridge__clinic=actor.clinic)
    uses = uses.select_related("cartridge", "session", "session__patient", "session__operator")
    return [Exposed(use) for use in uses.order_by("used_at", "id")]


def recalls(actor: Actor, lot: str) -> list[Recall]:
    """Return the recalls of a lot, with who entered them."""
    rows = Recall.objects.filter(clinic=actor.clinic, lot=lot).select_related("recalled_by")
    return list(rows.order_by("recalled_at"))


def sheet(actor: Actor, rows: list[Exposed]) -> Iterator[list[str]]:
    """Yield the lines of the sheet; a cell that a spreadsheet would read as a formula is made a text."""
    yield list(HEADINGS)
    for row in rows:
        yield [
            f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
            for cell in row.cells(actor.zone)
        ]
