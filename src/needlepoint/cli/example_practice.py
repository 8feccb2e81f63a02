"""An invented practice: a year of courses drawn from a seed and played through the clinic's own actions."""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any
from uuid import UUID, uuid5

from needlepoint.clinic.access.checks import Actor, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.actions import booking, cartridge, clinic, consent, course, patient, session
from needlepoint.clinic.actions.act import Act
from needlepoint.clinic.queries.advice import advice_on, open_verdicts
from needlepoint.clinic.queries.session import current_text, next_session
from needlepoint.course.answers import YesNo
from needlepoint.course.goals import Concern, OperatorRole, Sex, SkinType
from needlepoint.course.instants import local_date
from needlepoint.course.session import Topical, TopicalKind
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged

PASSWORD = "needle-in-a-haystack"  # noqa: S105 (it opens nothing but an invented practice)
NAME = "Harbour Skin"
GTIN = "08600000000004"
STROKES = [[[60, 120], [110, 60], [150, 140], [210, 70], [300, 120], [420, 90]]]
PEOPLE = {
    Role.FRONT_DESK: ("Frieda Desk", OperatorRole.AESTHETICIAN),
    Role.NURSE: ("Nora Nurse", OperatorRole.NURSE),
    Role.AESTHETICIAN: ("Aisha Aesthetician", OperatorRole.AESTHETICIAN),
    Role.PRESCRIBER: ("Petra Prescriber", OperatorRole.NURSE_PRACTITIONER),
    Role.MEDICAL_DIRECTOR: ("Dr Milan Director", OperatorRole.PHYSICIAN),
    Role.CLINIC_ADMIN: ("Clara Admin", OperatorRole.AESTHETICIAN),
    Role.AUDITOR: ("Otto Auditor", OperatorRole.AESTHETICIAN),
}
GIVEN = (
    "Ada Bea Cem Dina Emil Fay Gus Hana Ivo June Kai Lena Milo Nia Otis Pia Quinn Rosa Sam Tara Uma Vito Wanda Yara"
).split()
FAMILY = (
    "Abel Brook Castro Dahl Ellis Frost Gray Haas Iyer Jansen Klein Lund Moss Novak Okoye Park Quist Reyes Stone Tran"
).split()
GOALS = (
    (Concern.ACNE_SCARS, (Zone.CHEEK_LEFT, Zone.CHEEK_RIGHT, Zone.FOREHEAD)),
    (Concern.WRINKLES, (Zone.NECK,)),
    (Concern.FINE_LINES, (Zone.FOREHEAD, Zone.CHEEK_LEFT, Zone.CHEEK_RIGHT, Zone.CHIN)),
    (
        Concern.ACNE_SCARS,
        (Zone.CHEEK_LEFT, Zone.CHEEK_RIGHT, Zone.CHIN, Zone.JAWLINE_LEFT, Zone.JAWLINE_RIGHT),
    ),
)
GAP_DAYS = 35


def sign_ins(address: str) -> str:
    """Return the lines that say where and as whom to sign in."""
    rows = [f"  {_email(role):<38} {role.value.replace('_', ' ')}" for role in Role]
    return "\n".join(
        [
            f"\nAn invented practice is open at {address}",
            f"Sign in with the password {PASSWORD} as:",
            *rows,
            "Stop with Ctrl-C.\n",
        ]
    )


def _email(role: Role) -> str:
    return f"{role.value.replace('_', '.')}@harbour.example"


@dataclass
class Practice:
    """Who works there, and the dice."""

    dice: Random
    now: datetime
    zone_name: str
    actors: dict[Role, Actor] = field(default_factory=dict)
    keys: Iterator[int] = field(default_factory=count)
    rooms: list[Any] = field(default_factory=list)
    devices: list[Any] = field(default_factory=list)

    def act(self, role: Role, at: datetime) -> Act:
        """Return what somebody does at an instant, with a key from the seed."""
        return Act(self.actors[role], at, uuid5(UUID(int=self.dice.getrandbits(128)), str(next(self.keys))))


def draw(patients: int, seed: int, now: datetime, zone_name: str = "America/New_York") -> None:
    """Found the practice a year ago and play every patient's story in the order of time, up to now.

    A story yields the instant of its next act and goes on when that instant has come.
    """
    practice = _found(Random(seed), now, zone_name)  # noqa: S311 (chance with a seed, nothing secret)
    stories = [_story(practice, number, patients) for number in range(patients)]
    turns = [(next(story), number) for number, story in enumerate(stories)]
    heapq.heapify(turns)
    while turns and turns[0][0] <= now:
        _, number = heapq.heappop(turns)
        following = next(stories[number], None)
        if following is not None:
            heapq.heappush(turns, (following, number))


def _found(dice: Random, now: datetime, zone_name: str) -> Practice:
    start = now - timedelta(days=366)
    founded = clinic.found(name=NAME, zone_name=zone_name, at=start)
    practice = Practice(dice, now, zone_name)
    for role, (name, profession) in PEOPLE.items():
        member = clinic.enrol(
            founded,
            email=_email(role),
            name=name,
            profession=profession,
            roles=[role],
            password=PASSWORD,
            at=start,
        )
        practice.actors[role] = Actor.of(member)
    admin = Role.CLINIC_ADMIN
    practice.rooms = [
        clinic.add_room(practice.act(admin, start), name=name)
        for name in ("Room 1", "Room 2", "Consultation")
    ]
    practice.devices = [
        clinic.add_device(practice.act(admin, start), model="skinpen-precision", serial="SP-1041")
    ]
    return practice


def _story(practice: Practice, number: int, patients: int) -> Iterator[datetime]:
    """One patient: enquiry, screening, plan, sessions a month apart, and what came between."""
    dice = practice.dice
    at = _in_the_morning(practice, practice.now - _since(number, patients), number)
    yield at
    person = _person(dice, number)
    of = patient.register(practice.act(Role.FRONT_DESK, at), person=person)
    concern, zones = GOALS[number % len(GOALS)]
    running = course.draft(
        practice.act(Role.PRESCRIBER, at),
        patient_id=of.public_id,
        concern=concern,
        zones=zones,
        device_key=practice.devices[0].pk,
    )
    if number % 9 == 4:
        at += timedelta(minutes=4)
        yield at
        _screen(practice, running, at, isotretinoin="past", isotretinoin_last_used_on=_months_ago(at, 2))
        return
    at += timedelta(minutes=6)
    yield at
    _screen(practice, running, at)
    if not _settle(practice, running, at):
        return
    _plan(practice, running, at)
    yield from _sessions(practice, of, running, at)


def _sessions(practice: Practice, of: Any, running: Any, at: datetime) -> Iterator[datetime]:
    last: Any = None
    for number in range(1, 5):
        waiting = next_session(running)
        if waiting is None:
            return
        at = at + timedelta(days=GAP_DAYS if number > 1 else 3, minutes=practice.dice.randrange(-3, 4))
        if at > practice.now + timedelta(days=60):
            return
        if at <= practice.now or local_date(at, practice.actors[Role.NURSE].zone) == local_date(
            practice.now, practice.actors[Role.NURSE].zone
        ):
            yield at - timedelta(days=1)
            _book(practice, of, waiting, at)
        yield at
        if last is not None:
            session.check_healing(practice.act(Role.NURSE, at), session_id=last.public_id, healed=YesNo.YES)
        _screen(practice, running, at)
        if not _settle(practice, running, at):
            return
        last = yield from _visit(practice, waiting, at)
    course.end(
        practice.act(Role.PRESCRIBER, at + timedelta(hours=1)),
        course_id=running.public_id,
        how="complete",
        reason="",
    )


def _visit(practice: Practice, waiting: Any, at: datetime) -> Generator[datetime, None, Any]:
    act = practice.act
    session.pass_screening(act(Role.NURSE, at), session_id=waiting.public_id)
    text = current_text(practice.actors[Role.NURSE].clinic, "session").sha256
    signed = consent.Signed(text, f"{waiting.patient.given_name} {waiting.patient.family_name}", STROKES)
    consent.consent_to_session(act(Role.NURSE, at), session_id=waiting.public_id, signed=signed)
    piece = _piece(practice, at)
    opened = session.open_session(
        act(Role.PRESCRIBER, at),
        session_id=waiting.public_id,
        checklist=range(len(session.CHECKLIST)),
        scanned=piece,
    )
    later = at + timedelta(minutes=35)
    yield later
    return session.finish(
        act(Role.PRESCRIBER, later), session_id=waiting.public_id, done=_done(practice, opened)
    )


def _done(practice: Practice, opened: Any) -> session.Done:
    plan = opened.course.plans.order_by("-version").first()
    passes = [
        session.PassDone(Zone(row.zone), row.depth_mm, row.passes, Decimal(100), "even flush")
        for row in plan.zones.all()
    ]
    gel = session.TopicalUsed(Topical(TopicalKind.GLIDE, "Hyaluronic glide gel", grams=Decimal(4)), "HG-118")
    return session.Done(
        passes=passes, topicals=[gel], pain=practice.dice.randrange(1, 6), sharps_container="SC-07"
    )


def _piece(practice: Practice, at: datetime) -> cartridge.Scanned:
    act = practice.act(Role.NURSE, at)
    lot = f"L{act.today:%y%m}"
    expires_on = date(act.today.year + 1, act.today.month, 28)
    (piece,) = cartridge.receive(act, scanned=cartridge.Scanned(GTIN, lot, expires_on=expires_on), pieces=1)
    return cartridge.Scanned(GTIN, lot, piece.serial, expires_on)


def _screen(practice: Practice, running: Any, at: datetime, **otherwise: str) -> None:
    no = {"yes_no": "no", "medicine": "never", "procedure": "never", "presence": "no"}
    questions = packaged().questions
    given = {name: no[each.kind] for name, each in questions.items() if each.kind in no} | otherwise
    course.screen(
        practice.act(Role.NURSE, at), course_id=running.public_id, given=given, names=list(questions)
    )


def _settle(practice: Practice, running: Any, at: datetime) -> bool:
    """Decide on what a prescriber may decide on; say whether nothing stands against a session any more."""
    act = practice.act(Role.PRESCRIBER, at)
    for each in open_verdicts(running, advice_on(running, act.actor, at)):
        try:
            course.decide_otherwise(
                practice.act(Role.PRESCRIBER, at),
                course_id=running.public_id,
                rule=each.rule,
                reason="Examined and weighed with the patient.",
            )
        except Refused:
            return False
    return True


def _plan(practice: Practice, running: Any, at: datetime) -> None:
    act = practice.act(Role.PRESCRIBER, at)
    advice = advice_on(running, act.actor, at)
    wishes = [course.ZoneWish(zone.zone, zone.depth_mm.start, 2) for zone in advice.plan.sessions[0].zones]
    days = max(advice.plan.interval_days.usual, advice.plan.interval_days.minimum)
    course.agree_plan(
        act,
        course_id=running.public_id,
        wishes=wishes,
        sessions=advice.plan.sessions_range[0],
        interval_days=days,
    )
    running.refresh_from_db()


def _book(practice: Practice, of: Any, waiting: Any, at: datetime) -> None:
    slot = booking.Slot(
        room_key=practice.dice.choice(practice.rooms[:2]).pk,
        operator_key=practice.actors[Role.PRESCRIBER].member,
        starts_at=at,
        minutes=30,
        clean_down_minutes=5,
    )
    act = practice.act(Role.FRONT_DESK, at - timedelta(days=1))
    try:
        booking.book(
            act,
            patient_id=of.public_id,
            slot=slot,
            purpose=f"Session {waiting.number}",
            session_id=waiting.public_id,
        )
    except Refused:
        # The room is taken at that hour: this one comes without a booking.
        return


def _person(dice: Random, number: int) -> patient.Person:
    given, family = GIVEN[number % len(GIVEN)], FAMILY[(number * 7) % len(FAMILY)]
    return patient.Person(
        given_name=given,
        family_name=family,
        born_on=date(dice.randrange(1960, 2000), dice.randrange(1, 13), dice.randrange(1, 28)),
        sex=dice.choice((Sex.FEMALE, Sex.FEMALE, Sex.MALE)),
        skin_type=dice.choice(list(SkinType)[:6]),
        phone=f"555-01{number:02d}",
        email=f"{given.lower()}.{family.lower()}@patients.example",
        allergies=dice.choice(("none known", "none known", "latex", "lidocaine: rash in 2019", "nickel")),
    )


def _in_the_morning(practice: Practice, at: datetime, number: int) -> datetime:
    local = at.astimezone(practice.actors[Role.NURSE].zone)
    return local.replace(hour=9 + number % 8, minute=(number * 10) % 60, second=0, microsecond=0).astimezone(
        at.tzinfo
    )


def _months_ago(at: datetime, months: int) -> str:
    return (at - timedelta(days=30 * months)).date().isoformat()


def _since(number: int, patients: int) -> timedelta:
    """Return how long ago a patient first came; the last five come back today."""
    if number >= patients - 5:
        return timedelta(days=3 + GAP_DAYS * (1 + number % 2))
    return timedelta(days=5 + 330 * (patients - number) // patients)
