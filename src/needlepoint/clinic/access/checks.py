"""Asking and refusing from one source: `check_may` raises with a reason, `may` is derived from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext, gettext_noop

from needlepoint.clinic.access.roles import ROLES, Permission, Role
from needlepoint.clinic.access.said import said
from needlepoint.clinic.models import Grant, Member, Patient
from needlepoint.clinic.models.written import Written
from needlepoint.course.goals import OperatorRole
from needlepoint.course.instants import time_zone


class Refused(Exception):
    """Somebody may not do this, or it cannot be done now; the words say why and what to do next.

    Values are named in the text as `%(name)s`. It is told in the language of whoever reads it.
    """

    def __init__(self, text: str = "", /, **values: object) -> None:
        self.text, self.values = text, values
        super().__init__(text)

    def __str__(self) -> str:
        return said(self.text, self.values)


class NotAllowed(Refused):
    """The roles of this person do not reach so far."""


class Stop(Refused):
    """What must not be done at all, such as needling with a used cartridge; the page fills the screen."""


class NotHere(Exception):
    """There is no such row in this clinic; whether it exists elsewhere is not said."""


# Recovery codes stand for a factor that is held; without one they are none.
_FACTORS = Authenticator.objects.filter(user=OuterRef("member")).exclude(
    type=Authenticator.Type.RECOVERY_CODES
)
_GRANTED = Written(
    lambda member, clinic: Grant.objects.filter(member=member, clinic=clinic, ended_at=None).annotate(
        holds=Exists(_FACTORS)
    ),
    columns=(
        *("role", "clinic__name", "clinic__time_zone", "holds"),
        *("clinic__country", "clinic__region", "clinic__language"),
    ),
    flags=("holds",),
)


def _holds(member: Member) -> bool:
    held = Authenticator.objects.filter(user=member).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return bool(held.exists())


def _known(member: Member) -> tuple[str, str, bool, str, str, str]:
    clinic = member.clinic
    return clinic.name, clinic.time_zone, _holds(member), clinic.country, clinic.region, clinic.language


def place_of(country: str, region: str) -> str:
    """Return the code of ISO 3166 for where a clinic is; empty where it is not on record."""
    return f"{country}-{region}" if country and region else country


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking: one member of one clinic with the roles granted now."""

    member: int
    clinic: int
    name: str
    clinic_name: str
    zone: ZoneInfo
    profession: OperatorRole
    roles: frozenset[Role]
    holds_factor: bool = False
    place: str = ""
    language: str = ""

    @classmethod
    def of(cls, member: Member) -> Actor:
        """Read the member's roles; one statement."""
        granted = _GRANTED.rows(member.pk, member.clinic_id)
        known = granted[0][1:] if granted else _known(member)
        return cls(
            member=member.pk,
            clinic=member.clinic_id,
            name=member.name,
            clinic_name=known[0],
            zone=time_zone(known[1]),
            profession=OperatorRole(member.profession),
            roles=frozenset(Role(row[0]) for row in granted),
            holds_factor=bool(known[2]),
            place=place_of(known[3], known[4]),
            language=member.language or known[5],
        )

    @property
    def permissions(self) -> frozenset[Permission]:
        """Return all that the roles allow together."""
        return _of_roles(self.roles)


@cache
def _of_roles(roles: frozenset[Role]) -> frozenset[Permission]:
    return frozenset().union(*(ROLES[role] for role in roles))


class Asking(Protocol):
    """Whoever asks: a member, or a patient."""

    @property
    def permissions(self) -> frozenset[Permission]:
        """Return all that they may do."""


def check_may(actor: Asking, permission: Permission) -> None:
    """Raise NotAllowed unless one of the actor's roles reaches so far."""
    if permission not in actor.permissions:
        wanted = gettext(permission.value.replace("_", " "))
        able = ", ".join(gettext(role.value.replace("_", " ")) for role in Role if permission in ROLES[role])
        raise NotAllowed(
            "Your roles do not include “%(wanted)s”. These do: %(able)s.", wanted=wanted, able=able
        )


def may(actor: Asking, permission: Permission) -> bool:
    """Say whether `check_may` would let it pass."""
    try:
        check_may(actor, permission)
    except NotAllowed:
        return False
    return True


WENT = {"": "", "left": gettext_noop("left the practice"), "died": gettext_noop("has died")}


def check_here(patient: Patient) -> None:
    """Raise where nothing new may begin for a patient, since they left or died."""
    if patient.gone_as == "died":
        raise Refused(f"{patient} has died. Nothing new can begin here; the chart stays to be read.")
    if patient.gone_as:
        raise Refused(
            f"{patient} left the practice. A prescriber or the medical director can take them back on the chart."
        )
