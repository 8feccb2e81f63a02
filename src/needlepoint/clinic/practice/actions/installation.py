"""What happens to an installation as a whole stands in the record of each of its clinics."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.models import Clinic
from needlepoint.clinic.practice.actions.act import Act, action, by_itself
from needlepoint.clinic.practice.actions.record import write

LONGEST_WHY = 300


def restored(at: datetime, as_of: str, key: UUID) -> None:
    """Write that everything stands as it did in a backup, and as of when; what was done since is gone."""
    with transaction.atomic():
        for clinic in Clinic.objects.order_by("pk"):
            act = by_itself(clinic, at, uuid5(key, str(clinic.pk)))
            write(act, "restored backup", f"clinic:{clinic.pk}", detail={"as_of": as_of})


@action(Permission.LIFT_HOLD)
def accept(act: Act, *, known_lines: int, found_lines: int, why: str) -> None:
    """Take the database as it is, although this installation knew of more: somebody answers for that."""
    if not why.strip():
        raise Refused("Say why: it goes into the record.")
    detail = {"known_lines": known_lines, "found_lines": found_lines, "why": why.strip()[:LONGEST_WHY]}
    write(act, "took database as it is", f"clinic:{act.actor.clinic}", detail=detail)
