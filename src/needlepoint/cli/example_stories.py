"""The stories of the invented practice: patients of the past year, those who come today, and the shelf.

Each yields the instant of its next act and goes on when that instant has come; the instants never go back.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from needlepoint.cli.example_people import at_clock, drawing, person
from needlepoint.cli.example_practice import STROKES, Practice
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.care.actions import check_in
from needlepoint.clinic.chair.actions import adverse, consent, outcome, patient
from needlepoint.clinic.chair.actions.course import course
from needlepoint.clinic.chair.actions.needling import healing, numbing, session
from needlepoint.clinic.chair.actions.photo import photo
from needlepoint.clinic.chair.actions.stock import recall
from needlepoint.clinic.chair.queries.needling.session import current_text, next_session
from needlepoint.clinic.portal.actions import sign_in
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.course.answers import YesNo
from needlepoint.course.goals import Concern
from needlepoint.course.instants import local_date
from needlepoint.course.zones import Zone
from needlepoint.evidence.languages import first_language

Story = Iterator[datetime]
GAP_DAYS = 35
MINUTE = timedelta(minutes=1)
CHEEKS = (Zone.CHEEK_LEFT, Zone.CHEEK_RIGHT)
GOALS = (
    (Concern.ACNE_SCARS, (*CHEEKS, Zone.FOREHEAD)),
    (Concern.WRINKLES, (Zone.NECK,)),
    (Concern.ACNE_SCARS, (*CHEEKS, Zone.CHIN)),
    (Concern.FINE_LINES, (Zone.FOREHEAD, *CHEEKS, Zone.CHIN)),
    (Concern.ACNE_SCARS, (*CHEEKS, Zone.CHIN, Zone.JAWLINE_LEFT, Zone.JAWLINE_RIGHT)),
)
REASONS = (
    "Examined and weighed with the patient; the benefit is worth it.",
    "Seen before: the same finding healed without trouble last time.",
    "Talked through with the medical director, who agrees.",
)
# What some of those of the past year answer otherwise than no: a prescriber weighs the first four.
TOLD = {
    2: {"anticoagulant": "current"},
    4: {"active_acne": "yes"},
    6: {"actinic_keratosis": "yes"},
    8: {"active_acne": "yes"},
    9: {"herpes_history": "yes"},
}
OPERATORS = (Role.PRESCRIBER, Role.NURSE)


def stories(practice: Practice, patients: int) -> list[Story]:
    """Return all stories: the shelf's, those of today, and as many of the past year as patients are left."""
    today = _today(practice)
    past = [_past(practice, number, patients) for number in range(len(today), max(patients, len(today)))]
    return [_shelf(practice), *today, *past]


def _shelf(practice: Practice) -> Story:
    """Boxes that come, one lot that nears its end, and one that is recalled after some of it was used."""
    now, day = practice.now, local_date(practice.now, practice.actors[Role.NURSE].zone)
    yield now - timedelta(days=366)
    practice.receive(now - timedelta(days=366), "K2208", day - timedelta(days=20), pieces=14)
    yield now - timedelta(days=120)
    practice.receive(now - timedelta(days=120), "L0417", day + timedelta(days=320), pieces=8)
    # The nurse stands the older box behind the newer one, as happens; two pieces of it have since expired.
    practice.shelf = [each for each in practice.shelf if each.lot != "K2208"]
    yield now - timedelta(days=14)
    practice.shelf = [each for each in practice.shelf if each.lot != "L0417"]
    reason = "Letter of the maker: pouches of this lot may not be sealed. Pieces set aside."
    recall.recall(
        practice.act(Role.CLINIC_ADMIN, now - timedelta(days=14)), lot="L0417", gtin="", reason=reason
    )
    practice.receive(now - timedelta(days=14), "L0533", day + timedelta(days=410), pieces=20)
    practice.receive(now - timedelta(days=14), "L0498", day + timedelta(days=24), pieces=6)
    practice.shelf = [each for each in practice.shelf if each.lot != "L0498"]


def _arrival(practice: Practice, number: int, at: datetime) -> Any:
    of = patient.register(practice.act(Role.FRONT_DESK, at), person=person(practice.dice, number))
    if number % 4 != 1:
        _photos(practice, of, at, before=True)
    return of


def _photos(practice: Practice, of: Any, at: datetime, *, before: bool) -> None:
    if before:
        text = current_text(practice.actors[Role.NURSE].clinic, "photos").sha256
        signed = consent.Signed(text, f"{of.given_name} {of.family_name}", STROKES)
        uses = ("chart", "teaching") if practice.dice.randrange(3) == 0 else ("chart",)
        consent.consent_to_photos(
            practice.act(Role.NURSE, at), patient_id=of.public_id, uses=uses, signed=signed
        )
    for shows in ("portrait", "front") if before else ("front",):
        content = drawing(practice.dice, of.skin_type, 60 if before else 25, 30 if before else 18)
        photo.add_photo(practice.act(Role.NURSE, at), patient_id=of.public_id, content=content, shows=shows)


def _draft(practice: Practice, of: Any, number: int, at: datetime) -> Any:
    concern, zones = GOALS[number % len(GOALS)]
    return course.draft(
        practice.act(Role.PRESCRIBER, at),
        patient_id=of.public_id,
        concern=concern,
        zones=zones,
        device_key=practice.devices[number % 2].pk,
    )


def _score(practice: Practice, running: Any, moment: str, at: datetime, better: int = 0) -> None:
    if running.concern == Concern.ACNE_SCARS.value:
        values = {"goodman_baron": max(1, 3 + practice.dice.randrange(2) - better)}
    elif running.concern == Concern.WRINKLES.value:
        values = {"lemperle": max(0, 3 + practice.dice.randrange(2) - better)}
    else:
        values = {"redness": max(0, 2 - better)}
    if moment != "baseline":
        values["gais"] = 1 + practice.dice.randrange(3)
    act = practice.act(Role.PRESCRIBER, at)
    outcome.score(act, course_id=running.public_id, moment=moment, values=values)


def _since(number: int, patients: int) -> int:
    """Return how many days ago a patient of the past year first came."""
    return 12 + 345 * (patients - number) // patients


def _past(practice: Practice, number: int, patients: int) -> Story:
    """One patient: the first visit, sessions a month apart with a booking each, and what came of it."""
    at = at_clock(
        practice.now, practice.zone_name, _since(number, patients), 9 + number % 9, number * 10 % 60
    )
    yield at
    of = _arrival(practice, number, at)
    running = _draft(practice, of, number, at)
    if number % 11 == 5:
        yield (at := at + 5 * MINUTE)
        taken = local_date(at, practice.actors[Role.NURSE].zone) - timedelta(days=75)
        practice.screen(running, at, isotretinoin="past", isotretinoin_last_used_on=taken.isoformat())
        return
    yield (at := at + 6 * MINUTE)
    practice.screen(running, at, **TOLD.get(number % 10, {}))
    if not practice.settle(running, at, REASONS[number % len(REASONS)]):
        return
    practice.plan(running, at)
    _score(practice, running, "baseline", at)
    yield from _sessions(practice, of, running, at, number)


def _sessions(practice: Practice, of: Any, running: Any, at: datetime, number: int) -> Story:
    """Play the sessions of a course; those that lie ahead are booked."""
    role = OPERATORS[number % 2]
    told_at, at = at, at + timedelta(days=4)
    while (waiting := next_session(running)) is not None and waiting.number <= 4:
        # The diary of today is written below, minute by minute.
        if local_date(at, practice.actors[role].zone) == local_date(practice.now, practice.actors[role].zone):
            at += timedelta(days=1)
        starts_at = at.replace(minute=at.minute // 30 * 30, second=0)
        practice.book(told_at, of, practice.slot(number % 2, role, starts_at), waiting)
        if at > practice.now:
            return
        yield at
        if waiting.number > 1:
            _look(practice, running, at, role)
        done = yield from _visit(practice, running, waiting, at, role)
        if done is None:
            return
        told_at, at = done.finished_at, at + timedelta(days=GAP_DAYS)
    if waiting is None:
        if number % 7 == 3:
            yield from _unwanted(practice, of, done)
        yield from _afterwards(practice, of, running, told_at)


def _look(practice: Practice, running: Any, at: datetime, role: Role) -> None:
    last = running.sessions.filter(state="done").order_by("-number").first()
    healing.check_healing(practice.act(role, at), session_id=last.public_id, healed=YesNo.YES)


def _visit(
    practice: Practice, running: Any, waiting: Any, at: datetime, role: Role
) -> Generator[datetime, None, Any]:
    practice.screen(running, at)
    if not practice.settle(running, at, REASONS[0]):
        return None
    session.pass_screening(practice.act(role, at), session_id=waiting.public_id)
    practice.consent(waiting, at, role)
    opened = practice.open(waiting, at, role)
    yield (later := at + timedelta(minutes=20 + practice.dice.randrange(12)))
    done = practice.finish(opened, later, role)
    if later < practice.now - timedelta(days=30):
        session.countersign(practice.act(Role.MEDICAL_DIRECTOR, later), session_ids=[done.public_id])
    return done


def _unwanted(practice: Practice, of: Any, done: Any) -> Story:
    """A dark patch that is written down and fades."""
    at = done.finished_at + timedelta(days=9)
    yield at
    day = local_date(at, practice.actors[Role.NURSE].zone)
    event = _report(practice, of, done, at, day - timedelta(days=2), "A brown patch on the left cheek.")
    yield (at := at + timedelta(days=14))
    adverse.follow_up(
        practice.act(Role.PRESCRIBER, at), event_id=event.public_id, words="Faded.", outcome="recovered"
    )


def _report(practice: Practice, of: Any, done: Any, at: datetime, began_on: Any, words: str) -> Any:
    happened = adverse.Happened(
        kind="dark_patch",
        severity="moderate",
        began_on=began_on,
        words=words,
        action_taken="Strict shade, all products left off; looked at again in two weeks.",
        session_id=done.public_id,
    )
    return adverse.report(practice.act(Role.NURSE, at), patient_id=of.public_id, happened=happened)


def _afterwards(practice: Practice, of: Any, running: Any, at: datetime) -> Story:
    ends = at + timedelta(days=28)
    yield ends
    act = practice.act(Role.PRESCRIBER, ends)
    course.end(act, course_id=running.public_id, how="complete", reason="")
    for days, moment, better in ((2, "day_30", 0), (63, "day_90", 1), (152, "day_180", 1)):
        yield (at_moment := ends + timedelta(days=days))
        _look(practice, running, at_moment, Role.NURSE) if moment == "day_30" else None
        _score(practice, running, moment, at_moment, better + practice.dice.randrange(2))
        if moment == "day_90" and of.photos.exists():
            _photos(practice, of, at_moment, before=False)


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody plays today: when they are booked, how far they come, in which room, with whom."""

    minutes: int
    reaches: str
    room: int
    role: Role = Role.PRESCRIBER


TODAY = (
    Part(-185, "done", 0),
    Part(-150, "done", 1, Role.NURSE),
    Part(-125, "called off", 0),
    Part(-20, "under way", 0),
    Part(-28, "numbing", 1, Role.NURSE),
    Part(25, "consented", 0),
    Part(55, "screened", 1, Role.NURSE),
    Part(85, "planned", 0),
    Part(115, "unwanted", 1, Role.NURSE),
)
ORDER = ("planned", "screened", "consented", "numbing", "under way", "done")


def _today(practice: Practice) -> list[Story]:
    parts = [_part(practice, number, part) for number, part in enumerate(TODAY)]
    return [*parts, _talk(practice, len(parts), -70), _talk(practice, len(parts) + 1, 20)]


def _talk(practice: Practice, number: int, minutes: int) -> Story:
    """Somebody new, who comes to talk."""
    yield (at := practice.now - timedelta(days=2, minutes=number))
    of = patient.register(practice.act(Role.FRONT_DESK, at), person=person(practice.dice, number))
    slot = practice.slot(2, Role.MEDICAL_DIRECTOR, _rounded(practice.now + minutes * MINUTE))
    practice.book(at, of, slot, purpose="First talk")


def _rounded(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 5 * 5, second=0, microsecond=0)


def _part(practice: Practice, number: int, part: Part) -> Story:
    at = at_clock(practice.now, practice.zone_name, 44 - number % 3, 10 + number % 6, number * 7)
    yield at
    of = _arrival(practice, number, at)
    running = _draft(practice, of, number, at)
    yield (at := at + 6 * MINUTE)
    practice.screen(running, at)
    if not practice.settle(running, at, REASONS[1]):
        return
    practice.plan(running, at)
    _score(practice, running, "baseline", at)
    if number % 2 == 0:
        yield (at := at + timedelta(days=1, minutes=number))
        done = yield from _visit(practice, running, next_session(running), at, part.role)
        yield from _in_between(practice, of, done, part)
    yield from _comes(practice, of, running, part)


def _in_between(practice: Practice, of: Any, done: Any, part: Part) -> Story:
    """What some tell from home between two sessions, and what one of them shows."""
    if part.reaches == "unwanted":
        yield (at := done.finished_at + timedelta(days=16))
        day = local_date(at, practice.actors[Role.NURSE].zone)
        words = "A brown patch of two centimetres below the left eye; no pain, no warmth."
        _report(practice, of, done, at, day - timedelta(days=4), words)
    elif part.reaches in ("done", "consented"):
        yield (at := done.finished_at + timedelta(days=1))
        sign_in.invite(practice.act(Role.FRONT_DESK, at), patient_id=of.public_id, language=first_language())
        told = check_in.Told(redness=2, swelling=1, pain=1, signs=())
        if part.reaches == "done":
            yield (at := practice.now - timedelta(hours=30))
            told = check_in.Told(redness=1, swelling=0, pain=0, signs=(), words="May I swim again?")
        _tell(practice, of, done, at, told)


def _tell(practice: Practice, of: Any, done: Any, at: datetime, told: check_in.Told) -> None:
    act = Act(Visitor.of(of.visitor), at, practice.act(Role.NURSE, at).key)
    check_in.report(act, session_id=done.public_id, told=told)


def _comes(practice: Practice, of: Any, running: Any, part: Part) -> Story:
    """Come today, as far as the part goes."""
    now, waiting = practice.now, next_session(running)
    if waiting is None:
        return
    starts_at = _rounded(now + part.minutes * MINUTE)
    yield (at := now - timedelta(days=1) + part.minutes * MINUTE)
    numbing_minutes = 30 if part.reaches == "numbing" else 0
    practice.book(at, of, practice.slot(part.room, part.role, starts_at, numbing_minutes), waiting)
    arrives = min(starts_at, now - 6 * MINUTE) if part.reaches in ORDER[1:] else starts_at
    yield arrives
    if part.reaches == "called off":
        reason = "A cold sore since yesterday. Comes back when it has healed."
        session.call_off(practice.act(part.role, arrives), session_id=waiting.public_id, reason=reason)
    if part.reaches not in ORDER[1:]:
        return
    yield from _is_seen(practice, running, waiting, part, arrives)


def _is_seen(practice: Practice, running: Any, waiting: Any, part: Part, at: datetime) -> Story:
    reaches, role = ORDER.index(part.reaches), part.role
    if waiting.number > 1:
        _look(practice, running, at, role)
    practice.screen(running, at)
    if not practice.settle(running, at, REASONS[0]):
        return
    session.pass_screening(practice.act(role, at), session_id=waiting.public_id)
    yield (at := at + 2 * MINUTE)
    if reaches >= ORDER.index("consented"):
        practice.consent(waiting, at, role)
    if part.reaches == "numbing":
        yield (at := at + MINUTE)
        numbing.start_numbing(practice.act(role, at), session_id=waiting.public_id)
    elif reaches >= ORDER.index("under way"):
        opened = practice.open(waiting, at, role)
        yield (later := at + 27 * MINUTE)
        if part.reaches == "done":
            practice.finish(opened, later, role)
