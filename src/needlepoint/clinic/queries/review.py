"""What a medical director has to look at: finished sessions and how complete their charts are."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Consent, HealingCheck, Photo, Session, SessionTopical, Signature
from needlepoint.course.states import SessionState


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
    rows = Session.objects.filter(
        ~Exists(reviewed), clinic=actor.clinic, state=SessionState.DONE.value, patient__archived_at=None
    )
    rows = rows.select_related("patient", "course", "operator").annotate(
        cartridges=Count("cartridge_uses"),
        has_consent=Exists(Consent.objects.filter(session=OuterRef("pk"), withdrawal=None)),
        has_photo=Exists(
            Photo.objects.filter(patient=OuterRef("patient"), taken_at__lte=OuterRef("opened_at"))
        ),
        has_topical_without_lot=Exists(SessionTopical.objects.filter(session=OuterRef("pk"), lot="")),
        looked_at=Exists(HealingCheck.objects.filter(session=OuterRef("pk"))),
    )
    return [Reviewed(row, _ticks(row)) for row in rows.order_by("-finished_at")[:100]]


def _ticks(row: Session) -> tuple[tuple[str, bool], ...]:
    return (
        ("consent", row.has_consent),
        ("photo before", row.has_photo),
        ("cartridge", row.cartridges > 0),
        ("lots of topicals", not row.has_topical_without_lot),
        ("sharps container", bool(row.sharps_container)),
        ("healing looked at", row.looked_at),
    )
