"""A year of the invented practice: its founding, and every story played in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from random import Random

from django.db import connection, transaction
from django.utils.translation import gettext, gettext_noop, override

from needlepoint.cli.example_people import STAFF, busy_zone
from needlepoint.cli.example_portal import sign_all_words
from needlepoint.cli.example_practice import NAME, PASSWORD, Practice, email_of, portal_at
from needlepoint.cli.example_stories import stories as stories_of
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions import duty
from needlepoint.clinic.practice.actions import clinic, devices, members
from needlepoint.clinic.practice.queries.opening import Opening
from needlepoint.evidence.words import languages

Say = Callable[[str], None]
FAR = timedelta(days=3650)
OUT_OF_HOURS = gettext_noop(
    "At night whoever is on call reads reports with a red sign. All others are read from 8."
)


def draw(
    patients: int,
    seed: int,
    now: datetime,
    say: Say = lambda _: None,
    zone_name: str = "",
    address: str = "",
) -> str:
    """Found the practice a year ago and play every story in the order of time, up to now; return its time zone.

    `address` is where it is served: links to the portal lead there.

    A story yields the instant of its next act and goes on when that instant has come.
    """
    zone_name = zone_name or busy_zone(now)
    with _quickly():
        practice = _found(Random(seed), now, zone_name, address)  # noqa: S311 (chance with a seed, nothing secret)
        stories = stories_of(practice, patients)
        turns = [(_first(story), number) for number, story in enumerate(stories)]
        heapq.heapify(turns)
        begun, told_until = now - timedelta(days=366), 0
        while turns and turns[0][0] <= now:
            at, number = heapq.heappop(turns)
            heapq.heappush(turns, (next(stories[number], now + FAR), number))
            quarter = int((at - begun) / timedelta(days=92))
            if quarter > told_until:
                told_until = quarter
                say(f"  {3 * quarter} months are drawn.")
    return zone_name


def _first(story: Iterator[datetime]) -> datetime:
    return next(story)


class _quickly:  # noqa: N801 (used like a function)
    """One transaction without waiting for the disk: an example that is cut off half way is thrown away anyhow."""

    def __init__(self) -> None:
        self.atomic = transaction.atomic()

    def __enter__(self) -> None:
        self.hurries = connection.vendor == "sqlite" and not connection.in_atomic_block
        if self.hurries:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA synchronous = OFF")
        self.atomic.__enter__()

    def __exit__(self, *trouble: object) -> None:
        self.atomic.__exit__(*trouble)
        if self.hurries:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA synchronous = FULL")


def _found(dice: Random, now: datetime, zone_name: str, address: str) -> Practice:
    start = now - timedelta(days=367)
    founded = clinic.found(name=NAME, zone_name=zone_name, at=start, country="GR")
    practice = Practice(dice, now, zone_name)
    for role, (name, profession) in STAFF.items():
        member = members.enrol(
            founded,
            email=email_of(role),
            name=name,
            profession=profession,
            roles=[role],
            password=PASSWORD,
            at=start,
        )
        practice.actors[role] = Actor.of(member)
    practice.rooms = [
        clinic.add_room(practice.act(Role.CLINIC_ADMIN, start), name=name)
        for name in ("Room 1", "Room 2", "Talking room")
    ]
    practice.devices = [
        devices.add_device(practice.act(Role.CLINIC_ADMIN, start), model="skinpen-precision", serial=serial)
        for serial in ("SP-1041", "SP-2207")
    ]
    _open_the_portal(practice, start, portal_at(address) if address else "")
    return practice


def _open_the_portal(practice: Practice, at: datetime, address: str) -> None:
    act = practice.act
    contact = {
        "phone": "+1 202 555 0142",
        "email": "desk@harbour.example",
        "hours": "",
        "emergency_number": "112",
        "portal_address": address,
    }
    clinic.set_contact(act(Role.CLINIC_ADMIN, at), contact=contact)
    keys = [str(practice.actors[role].member) for role in (Role.NURSE, Role.MEDICAL_DIRECTOR)]
    duty.set_duty(act(Role.MEDICAL_DIRECTOR, at), member_keys=keys)
    openings = [Opening(day, time(8), time(19)) for day in range(7)]
    said = {}
    for language in languages():
        with override(language):
            said[language] = gettext(OUT_OF_HOURS)
    duty.set_hours(act(Role.MEDICAL_DIRECTOR, at), openings=openings, out_of_hours=said)
    sign_all_words(lambda role: act(role, at))
