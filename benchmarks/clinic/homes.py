"""Patients at home after a session, each signed in to the portal, and the people who work in the practice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from benchmarks.clinic.filling import BORN_FROM, FAMILIES, GIVEN
from django.db import connection, transaction
from django.test import Client
from tests.clinic.portal import reachable
from tests.clinic.practice import PROFESSIONS, Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.access.visitor import sha256_of
from needlepoint.clinic.care.actions import duty
from needlepoint.clinic.models import (
    Cartridge,
    CartridgeUse,
    Consent,
    Course,
    Patient,
    Screening,
    Session,
    SessionPass,
    SessionTopical,
    Stay,
    Visitor,
    guards,
)
from needlepoint.clinic.practice.actions import members

# Who works there: most treat, some stand at the desk, some prescribe.
STAFF = {Role.NURSE: 30, Role.FRONT_DESK: 10, Role.PRESCRIBER: 10}
EVERY_PATIENT = (Consent, Course)
EVERY_COURSE = (Screening, Session)
EVERY_SESSION = (SessionPass, SessionTopical)


@dataclass(frozen=True)
class AtHome:
    """A patient's chart, course and portal, and the cookie of the browser at home."""

    patient: str
    course: str
    root: str
    cookie: str


def homes(practice: Practice, number: int) -> list[AtHome]:
    """Return so many patients: one is treated by the real actions, the others are copies of that one's rows."""
    first = practice.patient(family_name="Home", email="home@patients.example")
    practice.photo_consent(first)
    course = practice.planned(practice.course(first), depth="0.50")
    practice.done(practice.opened(practice.consented(course), practice.stocked()[0]), depth="0.50", minutes=1)
    reachable(practice)
    guards.lift(connection)
    try:
        with transaction.atomic():
            return [_copied(practice, first, place) for place in range(number)]
    finally:
        guards.install(connection)


def _copied(practice: Practice, first: Patient, place: int) -> AtHome:
    patient = _copy(first, chart_number=10_000 + place, **_called(place))
    for consent in Consent.objects.filter(patient=first, kind="photos"):
        _copy(consent, patient_id=patient.pk)
    course = _copy(Course.objects.get(patient=first), patient_id=patient.pk)
    own = {"patient_id": patient.pk, "course_id": course.pk}
    for screening in Screening.objects.filter(patient=first):
        _copy(screening, **own)
    _copy_session(Session.objects.get(patient=first, state="done"), own, place)
    visitor = Visitor.objects.create(clinic=practice.clinic, patient=patient, begun_at=practice.at)
    key, now = uuid4().hex, datetime.now(UTC)  # noqa: TID251 - the portal asks the real clock, too
    Stay.objects.create(
        clinic=practice.clinic, visitor=visitor, key_sha256=sha256_of(key), begun_at=now, seen_at=now
    )
    root = f"/portal/{practice.clinic.slug}/"
    return AtHome(str(patient.public_id), str(course.public_id), root, f"np_portal={key}")


def _called(place: int) -> dict[str, object]:
    return {
        "given_name": GIVEN[place % len(GIVEN)],
        "family_name": f"{FAMILIES[place * 7 % len(FAMILIES)]} {place}",
        "born_on": BORN_FROM + timedelta(days=place * 37 % 18_000),
    }


def _copy_session(done: Session, own: dict[str, int], place: int) -> None:
    session = _copy(done, advice_id=None, **own)
    for model in EVERY_SESSION:
        for row in model.objects.filter(session=done):
            _copy(row, session_id=session.pk)
    use = CartridgeUse.objects.select_related("cartridge").get(session=done)
    piece: Cartridge = _copy(use.cartridge, lot="HOME", serial=f"H{place}")
    _copy(use, session_id=session.pk, cartridge_id=piece.pk)


def _copy(row: Any, **other: Any) -> Any:
    model = type(row)
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]  # noqa: SLF001
    values = {field.attname: getattr(row, field.attname) for field in fields} | other
    if "public_id" in values:
        values["public_id"] = uuid4()
    return model.objects.create(**values)


def at_work(practice: Practice) -> list[str]:
    """Take on fifty people, put three of them on duty, and return everybody's cookie."""
    people = [_member(practice, role, place) for role, number in STAFF.items() for place in range(number)]
    on_duty = [people[0].pk, people[1].pk, practice.members[Role.MEDICAL_DIRECTOR].pk]
    duty.set_duty(practice.act(Role.MEDICAL_DIRECTOR), member_keys=on_duty)
    return [_cookie(each) for each in people]


def _member(practice: Practice, role: Role, place: int) -> Any:
    return members.enrol(
        practice.clinic,
        email=f"{role.value}{place}@busy.example",
        name=f"{role.value} {place}",
        profession=PROFESSIONS[role],
        roles=[role],
        password="",
        at=practice.at,
    )


def _cookie(member: Any) -> str:
    browser = Client()
    browser.force_login(member)
    return f"sessionid={browser.cookies['sessionid'].value}"
