"""What a medical director has to look at: finished sessions and how complete their charts are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_noop

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import (
    CartridgeUse,
    Consent,
    HealingCheck,
    Photo,
    Session,
    SessionTopical,
    Signature,
)
from needlepoint.course.states import SessionState

TICKS = (
    "consent",
    gettext_noop("photo before"),
    "cartridge",
    gettext_noop("lots of topicals"),
    gettext_noop("sharps container"),
    gettext_noop("healing looked at"),
)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A finished session with its six ticks."""

    session: Session
    ticks: tuple[tuple[str, bool], ...]

    @property
    def complete(self) -> bool:
        """Say whether all six are there."""
        return all(done for _, done in self.ticks)


def to_review(actor: Actor) -> list[Reviewed]:
    """Return the latest hundred finished sessions that nobody has reviewed; one statement."""
    reviewed = Signature.objects.filter(session=OuterRef("pk"), meaning="reviewed")
    rows = _ticked(actor).filter(~Exists(reviewed)).select_related("patient", "course", "operator")
    return [Reviewed(row, _ticks(row)) for row in rows.order_by("-finished_at")[:100]]


def finished_since(actor: Actor, since: datetime) -> list[Reviewed]:
    """Return the sessions finished since an instant, the latest two thousand at most; one statement."""
    rows = _ticked(actor).filter(finished_at__gt=since).order_by("-finished_at")
    return [Reviewed(row, _ticks(row)) for row in rows.defer("draft", "checklist", "note")[:2000]]


def _ticked(actor: Actor) -> QuerySet[Session]:
    # Each tick is a question of its own, so that it is asked only of the rows that are shown.
    return Session.objects.filter(clinic=actor.clinic, state=SessionState.DONE.value).annotate(
        has_cartridge=Exists(CartridgeUse.objects.filter(session=OuterRef("pk"), voided_at=None)),
        has_consent=Exists(Consent.objects.filter(session=OuterRef("pk"), withdrawal=None)),
        has_photo=Exists(
            Photo.objects.filter(patient=OuterRef("patient"), taken_at__lte=OuterRef("opened_at"))
        ),
        has_topical_without_lot=Exists(SessionTopical.objects.filter(session=OuterRef("pk"), lot="")),
        looked_at=Exists(HealingCheck.objects.filter(session=OuterRef("pk"))),
    )


def _ticks(row: Session) -> tuple[tuple[str, bool], ...]:
    found = (
        row.has_consent,
        row.has_photo,
        row.has_cartridge,
        not row.has_topical_without_lot,
        bool(row.sharps_container),
        row.looked_at,
    )
    return tuple(zip(TICKS, found, strict=True))
