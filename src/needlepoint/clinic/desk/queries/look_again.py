"""Who is due to be looked at again, and what has to be seen to before anybody invites them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.chair.queries.course.linked import charts_beside, links_of
from needlepoint.clinic.chair.queries.look_again import LookAt, due_looks
from needlepoint.clinic.models import ContactConsent, Message, TriageTask


@dataclass(frozen=True, slots=True)
class Due:
    """A look that is due, with what stands against an invitation: a report, no consent, or one that was sent."""

    at: LookAt
    report: bool
    invited_at: datetime | None
    may_write: bool

    @property
    def inviting(self) -> bool:
        """Say whether one tap invites."""
        return (
            not (self.report or self.invited_at or self.at.booking or self.at.never_ended) and self.may_write
        )


def due_to_be_seen(actor: Actor, at: datetime) -> list[Due]:
    """Return who is due to be looked at again; a handful of statements, however many there are."""
    looks = due_looks(actor, at)
    patients = {each.course.patient_id for each in looks}
    reported = _reported(patients)
    agreed = _agreed(patients)
    invited = _invited(patients)
    return [
        Due(
            at=each,
            report=each.course.patient_id in reported,
            invited_at=invited.get(about(each)),
            may_write=each.course.patient_id in agreed,
        )
        for each in looks
    ]


def _reported(patients: Collection[int]) -> set[int]:
    """Return of whom a report waits for a person, on their own chart or on a linked one; two statements."""
    charts = {key: {key, *(each.pk for each in others)} for key, others in charts_beside(patients).items()}
    keys = set().union(*charts.values())
    waiting = set(
        TriageTask.objects.filter(patient__in=keys, closed_at=None).values_list("patient", flat=True)
    )
    return {key for key, of_one in charts.items() if of_one & waiting}


def waits_first(patient: int, at: datetime) -> bool:
    """Say whether a report of a patient, on this chart or on a linked one, waits for a person."""
    keys = [patient, *links_of(patient)]
    return TriageTask.objects.filter(patient__in=keys, closed_at=None, check_in__at__lte=at).exists()


def _agreed(patients: Iterable[int]) -> set[int]:
    """Return who agreed, on some way, to be written to about this; the latest word on each way counts."""
    rows = ContactConsent.objects.filter(patient__in=patients, purpose="look_again").order_by("at", "pk")
    said = {(row.patient_id, row.channel): row.agreed for row in rows}
    return {patient for (patient, _), yes in said.items() if yes}


def about(look: LookAt) -> str:
    """Return what an invitation is about: the key under which it goes out once on each way begins with it."""
    return f"look-again {look.course.public_id} {look.day.look.id}:{look.day.on:%Y%m%d}"


def _invited(patients: Iterable[int]) -> dict[str, datetime]:
    rows = Message.objects.filter(patient__in=patients, purpose="look_again").exclude(state="dropped")
    return {key.rpartition(" ")[0]: made_at for key, made_at in rows.values_list("once_key", "made_at")}
