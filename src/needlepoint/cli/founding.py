"""Founding a clinic and taking people on from the command line."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import click

from needlepoint.clinic.access.checks import Actor, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.actions import clinic as actions
from needlepoint.clinic.actions.act import Act
from needlepoint.course.errors import InputError
from needlepoint.course.goals import OperatorRole
from needlepoint.evidence.loader import packaged

SHORTEST_PASSWORD = 12


@dataclass(frozen=True, slots=True)
class Founding:
    """A clinic to be founded."""

    name: str
    zone: str
    at: datetime
    country: str
    region: str = ""

    def found(
        self, email: str, person: str, password: str, rooms: tuple[str, ...], devices: tuple[str, ...]
    ) -> object:
        """Found it with its admin, rooms and devices."""
        check_password(password)
        pairs = [_device(each) for each in devices]
        clinic = actions.found(
            name=self.name, zone_name=self.zone, at=self.at, country=self.country, region=self.region
        )
        admin = actions.enrol(
            clinic,
            email=email,
            name=person,
            profession=OperatorRole.AESTHETICIAN,
            roles=[Role.CLINIC_ADMIN],
            password=password,
            at=self.at,
        )
        actor = Actor.of(admin)
        for room in rooms:
            actions.add_room(_act(actor, self.at), name=room)
        for model, serial in pairs:
            actions.add_device(_act(actor, self.at), model=model, serial=serial)
        return clinic


def _act(actor: Actor, at: datetime) -> Act:
    return Act(actor, at, UUID(bytes=secrets.token_bytes(16), version=4))


def _device(given: str) -> tuple[str, str]:
    model, _, serial = given.partition(":")
    if model not in packaged().devices or not serial:
        known = ", ".join(packaged().devices)
        raise InputError("--device", f"{given!r} is not MODEL:SERIAL", f"a model of {known}")
    return model, serial


def check_password(password: str) -> None:
    """Raise where a password is too short to be one."""
    if len(password) < SHORTEST_PASSWORD:
        raise click.BadParameter(f"the password needs at least {SHORTEST_PASSWORD} characters")


def take_on(
    by: str, email: str, person: str, profession: str, roles: tuple[str, ...], password: str, at: datetime
) -> None:
    """Take somebody on in the clinic of the admin who does it."""
    check_password(password)
    try:
        wanted, trade = [Role(role) for role in roles], OperatorRole(profession)
    except ValueError as error:
        raise click.BadParameter(f"{error}; roles are {', '.join(Role)}") from None
    try:
        actor = actions.actor_at(by)
        actions.add_member(
            _act(actor, at), email=email, name=person, profession=trade, roles=wanted, password=password
        )
    except Refused as error:
        raise click.ClickException(str(error)) from None
