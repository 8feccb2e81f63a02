"""A patient who is signed in to the portal: who that is, and the only way to a row of their own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from needlepoint.clinic.access.checks import NotHere, place_of
from needlepoint.clinic.access.roles import Permission, Role
from needlepoint.clinic.models import Clinic, Patient, Stay
from needlepoint.clinic.models import Visitor as VisitorRow
from needlepoint.clinic.models.written import STANDS_FOR, Written
from needlepoint.course.goals import OperatorRole
from needlepoint.course.instants import time_zone

IDLE = timedelta(minutes=15)
# So long a report that was begun may still be sent, and its answer be read.
ANSWERING = timedelta(hours=3)
LONGEST = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is asking: one patient of one clinic. It stands wherever an actor does, with one permission and no role.

    `profession` is that of whoever holds the device in the course looked at; a patient never holds one.
    """

    patient: int
    clinic: int
    name: str
    clinic_name: str
    zone: ZoneInfo
    language: str
    place: str = ""
    profession: OperatorRole = OperatorRole.NURSE
    member: None = None
    roles: frozenset[Role] = frozenset()
    permissions: frozenset[Permission] = frozenset((Permission.PATIENT,))

    @classmethod
    def of(cls, row: VisitorRow) -> Visitor:
        """Read who it is from the row, which comes with its patient and clinic."""
        return cls(
            patient=row.patient_id,
            clinic=row.clinic_id,
            name=row.patient.given_name,
            clinic_name=row.clinic.name,
            zone=time_zone(row.clinic.time_zone),
            language=row.language,
            place=place_of(row.clinic.country, row.clinic.region),
        )

    def on(self, course: Any) -> Visitor:
        """Return the visitor with the profession of whoever drafted the course; it comes with that member."""
        return replace(self, profession=OperatorRole(course.drafted_by.profession))


def sha256_of(secret: str) -> str:
    """Return the digest under which a key, a token or a browser is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def stay_of(key: str, slug: str, at: datetime, idle: timedelta = IDLE) -> Stay | None:
    """Return the stay that a cookie opens in the clinic at an address now, with all that a page needs of it.

    One statement, and None for anything else.
    """
    found: Stay | None = _STAY.first(sha256_of(key), slug, at - idle, at - LONGEST)
    if found is not None:
        found.visitor.clinic = found.clinic
    return found


def _stays(digest: str, slug: str, seen_after: datetime, begun_after: datetime) -> QuerySet[Stay]:
    rows = Stay.objects.filter(key_sha256=digest, clinic__slug=slug, ended_at=None)
    rows = rows.filter(visitor__closed_at=None, visitor__patient__gone_at=None)
    return rows.filter(seen_at__gt=seen_after, begun_at__gt=begun_after).order_by("pk")


_INSTANTS = (datetime(1970, 1, 2, tzinfo=UTC), datetime(1970, 1, 3, tzinfo=UTC))
_STAY = Written(
    _stays,
    *("stands for a digest", "stands for a slug", *_INSTANTS),
    together=("visitor__patient", "clinic"),
)


def clinic_by(slug: str) -> Clinic:
    """Return the clinic at an address; NotHere where there is none."""
    found = Clinic.objects.filter(slug=slug).first()
    if found is None:
        raise NotHere
    return found


def own(model: Any, visitor: Visitor, public_id: UUID, *together: str) -> Any:
    """Return a row of the visitor's own; somebody else's is not there."""
    row = _own(model, together).first(visitor.clinic, visitor.patient, public_id)
    if row is None:
        raise NotHere
    return row


@cache
def _own(model: Any, together: tuple[str, ...]) -> Written:
    def build(clinic: int, patient: int, public_id: UUID) -> QuerySet[Any]:
        return model.objects.filter(clinic=clinic, patient=patient, public_id=public_id)

    return Written(build, STANDS_FOR, STANDS_FOR + 1, UUID(int=STANDS_FOR), together=together)


def own_patient(visitor: Visitor, *, for_update: bool = False) -> Patient:
    """Return the visitor's own patient row."""
    rows = Patient.objects.filter(clinic=visitor.clinic, pk=visitor.patient, gone_at=None)
    row = (rows.select_for_update(no_key=True) if for_update else rows).first()
    if row is None:
        raise NotHere
    return row
