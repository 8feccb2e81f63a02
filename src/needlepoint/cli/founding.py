"""Founding a clinic and looking after its members from the command line."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import click
from django.db import transaction

from needlepoint.clinic.access.checks import Actor, NotHere, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.access.spoken import check_spoken
from needlepoint.clinic.practice.actions import clinic as actions
from needlepoint.clinic.practice.actions import members
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.devices import add_device
from needlepoint.clinic.practice.actions.record import write
from needlepoint.clinic.practice.forms.members import profession as profession_of
from needlepoint.clinic.practice.forms.members import roles as roles_of
from needlepoint.clinic.practice.queries.members import member_by_address
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.server.post import POST
from needlepoint.course.errors import InputError
from needlepoint.course.goals import OperatorRole
from needlepoint.evidence.loader import packaged


@dataclass(frozen=True, slots=True)
class Founding:
    """A clinic to be founded."""

    name: str
    zone: str
    at: datetime
    country: str
    region: str = ""
    language: str = ""

    def check(self, email: str, person: str, devices: tuple[str, ...]) -> None:
        """Raise where something given is wrong, before anything is made for it."""
        actions.checked(self.name, self.zone, self.country, self.region)
        if self.language:
            check_spoken(self.language)
        members.address(email)
        members.person_name(person)
        for each in devices:
            _device(each)

    def found(
        self, email: str, person: str, rooms: tuple[str, ...], devices: tuple[str, ...]
    ) -> tuple[object, str]:
        """Found it with its admin, rooms and devices, all or nothing; return it with the admin's one-time token."""
        pairs = [_device(each) for each in devices]
        try:
            with transaction.atomic():
                return self._found(email, person, rooms, pairs)
        except Refused as error:
            raise click.ClickException(str(error)) from None

    def _found(
        self, email: str, person: str, rooms: tuple[str, ...], devices: list[tuple[str, str]]
    ) -> tuple[object, str]:
        clinic = actions.found(
            name=self.name,
            zone_name=self.zone,
            at=self.at,
            country=self.country,
            region=self.region,
            language=self.language,
        )
        admin = members.enrol(
            clinic,
            email=email,
            name=person,
            profession=OperatorRole.AESTHETICIAN,
            roles=[Role.CLINIC_ADMIN],
            password="",
            at=self.at,
        )
        actor = Actor.of(admin)
        for room in rooms:
            actions.add_room(_act(actor, self.at), name=room)
        for model, serial in devices:
            add_device(_act(actor, self.at), model=model, serial=serial)
        token = members.make_way_in(admin, self.at)
        write(_act(actor, self.at), "made one-time link", f"member:{admin.pk}", detail={"by": "command line"})
        return clinic, token


def _act(actor: Actor, at: datetime) -> Act:
    return Act(actor, at, UUID(bytes=secrets.token_bytes(16), version=4))


def _device(given: str) -> tuple[str, str]:
    model, _, serial = given.partition(":")
    if model not in packaged().devices or not serial:
        known = ", ".join(packaged().devices)
        raise InputError("--device", f"{given!r} is not MODEL:SERIAL", f"a model of {known}")
    return model, serial


def take_on(by: str, email: str, person: str, profession: str, roles: tuple[str, ...], at: datetime) -> str:
    """Take somebody on in the clinic of the admin who does it, and return their one-time token."""
    wanted, trade = roles_of(roles), profession_of(profession)
    _member, token = done(
        by, at, lambda act: members.add_member(act, email=email, name=person, profession=trade, roles=wanted)
    )
    return str(token)


def done(by: str, at: datetime, do: Callable[[Act], Any]) -> Any:
    """Do something as the member with that address; what is refused is said in one line."""
    try:
        clock.check()
        return do(_act(actions.actor_at(by), at))
    except Refused as error:
        raise click.ClickException(str(error)) from None
    except NotHere:
        raise click.ClickException("that member works in another clinic of this server") from None


def key_of(email: str) -> int:
    """Return the key of the member who signs in with an address."""
    found = member_by_address(email)
    if found is None:
        raise click.ClickException(f"Nobody signs in here as {email}.")
    return int(found.pk)


def come_in(person: str, token: str) -> str:
    """Return what to say of a one-time link: its whole address where that is known, else what comes after it."""
    where = f"{POST.staff_address}/way-in/{token}/" if POST.staff_address else f"/way-in/{token}/"
    lines = [
        f"{person} comes in with this link. It works once, within 72 hours; hand it over so that nobody else reads it:",
        where,
    ]
    if not POST.staff_address:
        lines.append(
            "Put the address of your server before it, such as http://localhost:8000 where you try it out."
        )
    return "\n".join(lines)
