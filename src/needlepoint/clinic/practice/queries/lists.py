"""What can be chosen from: rooms, people, devices."""

from __future__ import annotations

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.roles import ROLES, Permission
from needlepoint.clinic.models import Member, OwnedDevice, Room
from needlepoint.clinic.models.written import Written

MOST_PAGES = 100_000


def page_number(asked: object) -> int:
    """Return the number of the page that was asked for; the first where that is none."""
    text = str(asked or "")
    return min(max(int(text), 1), MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 9 else 1


_ROOMS = Written(lambda clinic: Room.objects.filter(clinic=clinic).order_by("name"))


def rooms(actor: Actor) -> list[Room]:
    """Return the rooms by name."""
    return _ROOMS.objects(actor.clinic)


def operators(actor: Actor) -> list[Member]:
    """Return those who may needle, by name."""
    return able_to(actor, Permission.NEEDLE)


def able_to(actor: Actor, permission: Permission) -> list[Member]:
    """Return those whose roles reach so far, by name."""
    roles = [role.value for role, permissions in ROLES.items() if permission in permissions]
    rows = Member.objects.filter(
        clinic=actor.clinic, is_active=True, grants__role__in=roles, grants__ended_at=None
    )
    return list(rows.distinct().order_by("name"))


def devices(actor: Actor) -> list[OwnedDevice]:
    """Return the devices in use."""
    return list(OwnedDevice.objects.filter(clinic=actor.clinic, retired_on=None).order_by("model", "serial"))
