"""The practice that is asked, and the signed-in prescriber who asks."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import Clinic, Grant, Member, OwnedDevice, RecordHead, Room
from needlepoint.clinic.practice.actions.act import Act

NAME = "Bench Skin"


class Quick(Practice):
    """A practice whose acts follow each other within a millisecond, so that hundreds end before the present."""

    def act(self, role: Role = Role.PRESCRIBER) -> Act:
        """Return the next thing that somebody does."""
        self.at -= timedelta(milliseconds=999)
        return super().act(role)


def found() -> tuple[Practice, str]:
    """Return a practice of today and the cookie of somebody who may do everything; a kept one is found again."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    known = Clinic.objects.filter(name=NAME).first()
    practice = _again(known) if known else _new()
    client = Client()
    client.force_login(practice.members[Role.PRESCRIBER])
    return practice, client.cookies["sessionid"].value


def _new() -> Practice:
    practice = Quick.of_today(NAME)
    for role in (Role.MEDICAL_DIRECTOR, Role.CLINIC_ADMIN):
        Grant.objects.create(
            clinic=practice.clinic,
            member=practice.members[Role.PRESCRIBER],
            role=role.value,
            granted_at=practice.at,
        )
    return practice


def _again(clinic: Clinic) -> Practice:
    members = {role: Member.objects.get(clinic=clinic, email__startswith=f"{role.value}@") for role in Role}
    at = timezone.now() - timedelta(minutes=50)  # noqa: TID251 (a command line of its own)
    written = RecordHead.objects.get(clinic=clinic)
    return Quick(
        clinic,
        members,
        rooms=list(Room.objects.filter(clinic=clinic).order_by("name")),
        device=OwnedDevice.objects.get(clinic=clinic),
        at=max(at, written.at or at),
        # What it does now has other keys than what it did before.
        acts=written.number + 1_000_000,
    )
