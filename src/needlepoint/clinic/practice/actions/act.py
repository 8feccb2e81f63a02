"""What every action is given: who acts, when, and under which key; and how an action is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, cast
from uuid import UUID, uuid5

from django.db import OperationalError, transaction

from needlepoint.clinic.access.checks import Refused, check_may
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.models import Clinic
from needlepoint.course.instants import local_date, time_zone

# What PostgreSQL calls it when two wait for each other, and it lets one of them go.
DEADLOCK = "40P01"
CROSSED = "Somebody else was changing the same at this moment, and nothing of yours was saved. Do it again."


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody does. The key is made where the form is made; new rows take their ids from it."""

    # An Actor, or a Visitor in the portal, whom every staff action refuses by its permission.
    actor: Any
    at: datetime
    key: UUID
    # Whether nobody yet knows if the clock is right; the record says so beside what is written meanwhile.
    doubtful: bool = False
    # When it was done, where only a device saw it and handed it in later; within bounds, see `asking.act_of`.
    told_at: datetime | None = None

    @property
    def today(self) -> date:
        """Return the day in the clinic's zone."""
        return local_date(self.at, self.actor.zone)

    def id_for(self, what: str) -> UUID:
        """Return the id of a row that this act makes; done again it is the same."""
        return uuid5(self.key, what)


@dataclass(frozen=True, slots=True)
class Program:
    """Stands where a member would: what the program does by itself names nobody."""

    clinic: int
    zone: Any
    member: None = None


def by_itself(clinic: Clinic, at: datetime, key: UUID) -> Act:
    """Return an act of the program for a clinic."""
    return Act(cast(Any, Program(clinic.pk, time_zone(clinic.time_zone))), at, key)


def action(permission: Permission) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function an action: first the permission, then all of it in one transaction or nothing."""

    def made(do: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(do)
        def checked(act: Act, **given: Any) -> Any:
            check_may(act.actor, permission)
            try:
                with transaction.atomic():
                    return do(act, **given)
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", "") == DEADLOCK:
                    raise Refused(CROSSED) from None
                raise

        checked.__dict__["permission"] = permission
        return checked

    return made
