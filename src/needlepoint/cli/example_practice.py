"""An invented practice: a year of courses drawn from a seed and played through the clinic's own actions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any
from uuid import UUID, uuid5

from needlepoint.cli.example_people import STAFF
from needlepoint.clinic.access.checks import Actor, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import consent
from needlepoint.clinic.chair.actions.course import course
from needlepoint.clinic.chair.actions.holds import Taken
from needlepoint.clinic.chair.actions.needling import session
from needlepoint.clinic.chair.actions.stock import cartridge, stock
from needlepoint.clinic.chair.queries.course.advice import advice_on, open_verdicts
from needlepoint.clinic.chair.queries.needling.session import current_text
from needlepoint.clinic.desk.actions import booking, slots
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.course.instants import local_date
from needlepoint.course.session import Topical, TopicalKind
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged

PASSWORD = "needle-in-a-haystack"  # noqa: S105 (it opens nothing but an invented practice)
NAME = "Harbour Skin"
GTIN = "08600000000004"
BOX = 12
STROKES = [[[60, 120], [110, 60], [150, 140], [210, 70], [300, 120], [420, 90]]]
NO: dict[str, Any] = {
    "yes_no": "no",
    "medicine": "never",
    "procedure": "never",
    "presence": "no",
    "months": 60,
}


def portal_at(address: str) -> str:
    """Return where the patients of the practice come in, by the address where it is served."""
    return f"{address}portal/{NAME.lower().replace(' ', '-')}/"


def sign_ins(address: str, zone_name: str) -> str:
    """Return the lines that say where and as whom to sign in."""
    rows = [f"  {email_of(role):<38} {STAFF[role][0]}, {role.value.replace('_', ' ')}" for role in Role]
    return "\n".join(
        [
            f"\nAn invented practice is open at {address}; its clocks show the time of {zone_name}.",
            f"Its patients come in at {portal_at(address)}.",
            "To be one of them: sign in as a member, open a chart, Portal, Invite; the page shows the link, since the",
            "example sends nothing. It asks for the date of birth that stands on the chart.",
            f"Sign in with the password {PASSWORD} as:",
            *rows,
            "Stop with Ctrl-C.\n",
        ]
    )


def email_of(role: Role) -> str:
    """Return the address with which a role signs in."""
    return f"{role.value.replace('_', '.')}@harbour.example"


@dataclass
class Practice:
    """Who works there, what is on the shelf, and the dice."""

    dice: Random
    now: datetime
    zone_name: str
    actors: dict[Role, Actor] = field(default_factory=dict)
    keys: Iterator[int] = field(default_factory=count)
    rooms: list[Any] = field(default_factory=list)
    devices: list[Any] = field(default_factory=list)
    shelf: list[cartridge.Scanned] = field(default_factory=list)

    def act(self, role: Role, at: datetime) -> Act:
        """Return what somebody does at an instant, with a key from the seed."""
        return Act(self.actors[role], at, uuid5(UUID(int=self.dice.getrandbits(128)), str(next(self.keys))))

    def receive(self, at: datetime, lot: str, expires_on: date, pieces: int = BOX) -> None:
        """Take a box into stock; it is used up from the front of the shelf."""
        scanned = cartridge.Scanned(GTIN, lot, expires_on=expires_on)
        taken = stock.receive(self.act(Role.NURSE, at), scanned=scanned, pieces=pieces)
        self.shelf += [cartridge.Scanned(GTIN, lot, each.serial, expires_on) for each in taken]

    def piece(self, at: datetime) -> cartridge.Scanned:
        """Take the next piece from the shelf, and a new box where it is empty."""
        if not self.shelf:
            day = local_date(at, self.actors[Role.NURSE].zone)
            self.receive(at, f"L{day:%y%m%d}", day + timedelta(days=500))
        return self.shelf.pop(0)

    def screen(self, running: Any, at: datetime, **otherwise: str) -> None:
        """Ask everything; all answers are no, but for those given."""
        questions = packaged().questions
        given = {name: NO[each.kind] for name, each in questions.items() if each.kind in NO} | otherwise
        act = self.act(Role.NURSE, at)
        course.screen(act, course_id=running.public_id, given=given, names=list(questions))

    def settle(self, running: Any, at: datetime, reason: str) -> bool:
        """Decide on what a prescriber may decide on; say whether nothing stands against a session any more."""
        act = self.act(Role.PRESCRIBER, at)
        for each in open_verdicts(running, advice_on(running, act.actor, at)):
            try:
                again = self.act(Role.PRESCRIBER, at)
                course.decide_otherwise(again, course_id=running.public_id, rule=each.rule, reason=reason)
            except Refused:
                return False
        return True

    def plan(self, running: Any, at: datetime) -> None:
        """Agree on what the rulebook proposes."""
        act = self.act(Role.PRESCRIBER, at)
        plan = advice_on(running, act.actor, at).plan
        course.agree_plan(
            act,
            course_id=running.public_id,
            wishes=[course.ZoneWish(zone.zone, zone.depth_mm.start, 2) for zone in plan.sessions[0].zones],
            sessions=plan.sessions_range[0],
            interval_days=max(plan.interval_days.usual, plan.interval_days.minimum),
        )
        running.refresh_from_db()

    def book(self, at: datetime, of: Any, slot: slots.Slot, waiting: Any = None, purpose: str = "") -> None:
        """Book a visit; where somebody or something is taken, somebody comes without one."""
        act = self.act(Role.FRONT_DESK, at)
        purpose = purpose or f"Session {waiting.number}"
        of_session = waiting.public_id if waiting is not None else None
        known = {"patient_id": of.public_id, "slot": slot, "purpose": purpose, "session_id": of_session}
        with suppress(Taken):
            try:
                booking.book(act, **known)
            except slots.Unsure as asked:
                booking.book(act, **known, sure=slots.Sure(asked.questions))

    def slot(self, room: int, role: Role, starts_at: datetime, numbing_minutes: int = 0) -> slots.Slot:
        """Return half an hour in a room."""
        return slots.Slot(
            room_key=self.rooms[room].pk,
            operator_key=self.actors[role].member,
            starts_at=starts_at,
            minutes=30,
            numbing_minutes=numbing_minutes,
            clean_down_minutes=5,
        )

    def consent(self, waiting: Any, at: datetime, role: Role) -> None:
        """Let the patient sign for a session that has been screened."""
        sha256 = current_text(self.actors[role].clinic, "session").sha256
        name = f"{waiting.patient.given_name} {waiting.patient.family_name}"
        signed = consent.Signed(sha256, name, STROKES)
        consent.consent_to_session(self.act(role, at), session_id=waiting.public_id, signed=signed)

    def open(self, waiting: Any, at: datetime, role: Role) -> Any:
        """Open a session with the next piece from the shelf."""
        return session.open_session(
            self.act(role, at),
            session_id=waiting.public_id,
            checklist=range(len(session.CHECKLIST)),
            scanned=self.piece(at),
        )

    def finish(self, opened: Any, at: datetime, role: Role) -> Any:
        """Finish a session as it was planned."""
        plan = opened.course.plans.order_by("-version").first()
        passes = [
            session.PassDone(Zone(row.zone), row.depth_mm, row.passes, Decimal(100), "even flush")
            for row in plan.zones.all()
        ]
        gel = Topical(TopicalKind.GLIDE, "Hyaluronic glide gel", grams=Decimal(4))
        lot = "HG-118" if self.dice.randrange(6) else ""
        done = session.Done(
            passes=passes,
            topicals=[session.TopicalUsed(gel, lot)],
            pain=self.dice.randrange(1, 6),
            sharps_container="SC-07",
        )
        return session.finish(self.act(role, at), session_id=opened.public_id, done=done)
