"""Founding a clinic: its place, its rooms, and where its patients find it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from needlepoint.clinic.access.checks import Actor, Refused
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.spoken import check_spoken
from needlepoint.clinic.models import Clinic, ConsentText, Member, RecordHead, Room
from needlepoint.clinic.models.record_chain import FIRST
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.consent_texts import PHOTOS, SESSION
from needlepoint.clinic.practice.actions.record import write
from needlepoint.clinic.practice.actions.version import Version, check_version
from needlepoint.clinic.practice.queries.ways import sealed
from needlepoint.course.errors import InputError
from needlepoint.course.instants import time_zone
from needlepoint.evidence.languages import first_language

CONTACT = ("phone", "email", "hours", "emergency_number", "portal_address")
LONGEST_NAME = 120


def found(
    *, name: str, zone_name: str, at: datetime, country: str = "", region: str = "", language: str = ""
) -> Clinic:
    """Found a clinic with its empty record and its first consent texts; the command line alone calls this."""
    name, country, region = checked(name, zone_name, country, region)
    with transaction.atomic():
        clinic = Clinic.objects.create(
            name=name,
            time_zone=zone_name,
            created_at=at,
            slug=_free_slug(name),
            country=country,
            region=region,
            language=check_spoken(language) if language else first_language(),
        )
        RecordHead.objects.create(clinic=clinic, number=0, digest=FIRST)
        for kind, body in (("session", SESSION), ("photos", PHOTOS)):
            ConsentText.objects.create(
                clinic=clinic,
                kind=kind,
                version=1,
                body=body,
                sha256=hashlib.sha256(body.encode()).hexdigest(),
                published_at=at,
            )
    return clinic


def checked(name: str, zone_name: str, country: str, region: str) -> tuple[str, str, str]:
    """Return name, country and region as they are kept; InputError says what of all this is wrong."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InputError(
            "name",
            "is empty or too long",
            "the clinic's name, up to %(longest_name)s letters",
            longest_name=LONGEST_NAME,
        )
    time_zone(zone_name)
    return name, *place(country, region)


def place(country: str, region: str) -> tuple[str, str]:
    """Return a country and a region as they are kept, from what was typed: `de` and `DE-BY` are DE and BY."""
    country, region = country.strip().upper(), region.strip().upper()
    region = region.removeprefix(f"{country}-")
    if country and country not in countries():
        raise InputError(
            "country",
            "%(country)r is no country",
            "a code of two letters, such as US, DE or MX",
            country=country,
        )
    if region and not (country and re.fullmatch("[A-Z0-9]{1,3}", region)):
        raise InputError(
            "region", "%(region)r is no region", "its code in ISO 3166-2, such as CA or DE-BY", region=region
        )
    return country, region


@cache
def countries() -> dict[str, str]:
    """Return the name of every country by its code of two letters, as the time zone database lists them."""
    listed = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text("utf-8").splitlines()
    return dict(line.split("\t", 1) for line in listed if line and not line.startswith("#"))


def _free_slug(name: str) -> str:
    """Return the name as part of an address, numbered where another clinic has it."""
    wished = slugify(name)[:32] or "clinic"
    taken = set(Clinic.objects.filter(slug__startswith=wished).values_list("slug", flat=True))
    numbered = (f"{wished}-{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (wished, *numbered) if each not in taken)


@action(Permission.ADD_MEMBER)
def set_contact(act: Act, *, contact: Mapping[str, str], seen: Version | None = None) -> Clinic:
    """Keep where patients find the clinic and whom they call; the portal shows it on every page."""
    clinic = Clinic.objects.select_for_update(no_key=True).get(pk=act.actor.clinic)
    if contact["portal_address"] and not sealed(contact["portal_address"]):
        raise Refused("The portal’s address begins with https://.")
    held = {name: getattr(clinic, name) for name in CONTACT}
    if seen is not None:
        check_version(seen, held, contact)
    for name in CONTACT:
        setattr(clinic, name, contact[name])
    clinic.save(update_fields=list(CONTACT))
    write(act, "set contact", f"clinic:{clinic.pk}", detail={**contact, "before": held})
    return clinic


@action(Permission.ADD_MEMBER)
def set_language(act: Act, *, language: str) -> Clinic:
    """Choose the language of the staff's pages, for every member who has not chosen another."""
    clinic = Clinic.objects.select_for_update(no_key=True).get(pk=act.actor.clinic)
    before, clinic.language = clinic.language, check_spoken(language)
    clinic.save(update_fields=["language"])
    write(act, "set language", f"clinic:{clinic.pk}", detail={"language": language, "before": before})
    return clinic


@action(Permission.ADD_MEMBER)
def add_room(act: Act, *, name: str) -> Room:
    """Add a room to the day view."""
    try:
        with transaction.atomic():
            room = Room.objects.create(clinic_id=act.actor.clinic, name=name)
    except IntegrityError:
        raise Refused("There is a room named %(name)s already.", name=name) from None
    write(act, "added room", f"room:{room.pk}")
    return room


def actor_at(email: str) -> Actor:
    """Return who signs in with an address as one who acts."""
    member = Member.objects.filter(email=email.strip().lower(), is_active=True).first()
    if member is None:
        raise Refused("Nobody signs in here as %(email)s.", email=email)
    return Actor.of(member)
