"""A practice for tests. It plays the real actions, so that no test starts from rows that could not be."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from django.utils.text import slugify

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.chair.actions import adverse, consent, patient
from needlepoint.clinic.chair.actions.course import course
from needlepoint.clinic.chair.actions.needling import healing, session
from needlepoint.clinic.chair.actions.photo import photo
from needlepoint.clinic.chair.actions.stock import cartridge, stock
from needlepoint.clinic.chair.queries.needling.session import current_text, healed_from, next_session
from needlepoint.clinic.desk.actions import booking, enquiry, leaving, slots
from needlepoint.clinic.models import Member
from needlepoint.clinic.practice.actions import clinic, devices, members
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.course.answers import YesNo
from needlepoint.course.goals import Concern, OperatorRole, Sex, SkinType
from needlepoint.course.session import Topical, TopicalKind
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged

NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
GTIN = "08600000000004"
STROKES = [[[10, 10], [60, 40], [120, 20]]]
PROFESSIONS = {
    Role.FRONT_DESK: OperatorRole.AESTHETICIAN,
    Role.NURSE: OperatorRole.NURSE,
    Role.AESTHETICIAN: OperatorRole.AESTHETICIAN,
    Role.PRESCRIBER: OperatorRole.NURSE_PRACTITIONER,
    Role.MEDICAL_DIRECTOR: OperatorRole.PHYSICIAN,
    Role.CLINIC_ADMIN: OperatorRole.AESTHETICIAN,
    Role.AUDITOR: OperatorRole.AESTHETICIAN,
}
GEL = session.TopicalUsed(Topical(TopicalKind.GLIDE, "hyaluronic gel", grams=Decimal(5)), lot="G-12")
ZONES = (Zone.CHEEK_LEFT, Zone.CHEEK_RIGHT, Zone.FOREHEAD)


def agreeing(do):
    """Book with yes to whatever is asked about the time; `do` is given what was agreed."""
    try:
        return do(sure=slots.NOT_ASKED)
    except slots.Unsure as asked:
        return do(sure=slots.Sure(asked.questions))


def healthy() -> dict[str, str]:
    """All questions answered so that no rule about health fires."""
    no = {"yes_no": "no", "medicine": "never", "procedure": "never", "presence": "no"}
    return {name: no[question.kind] for name, question in packaged().questions.items() if question.kind in no}


@dataclass
class Practice:
    clinic: object
    members: dict[Role, Member]
    rooms: list = field(default_factory=list)
    device: object = None
    at: datetime = NOON
    acts: int = 0

    @classmethod
    def found(
        cls, name: str, zone_name: str = "America/New_York", at: datetime = NOON, *, with_pen: bool = True
    ) -> "Practice":
        made = clinic.found(
            name=name, zone_name=zone_name, at=at - timedelta(days=30), country="US", region="NY"
        )
        # A host has no underscore in its name, and a zone has.
        host = slugify(name.split(maxsplit=1)[0]).replace("_", "-")
        people = {
            role: members.enrol(
                made,
                email=f"{role.value}@{host}.example",
                name=f"{role.value} of {name}",
                profession=PROFESSIONS[role],
                roles=[role],
                password="",
                at=at - timedelta(days=30),
            )
            for role in Role
        }
        practice = cls(made, people, at=at)
        admin = Role.CLINIC_ADMIN
        practice.rooms = [clinic.add_room(practice.act(admin), name=f"Room {each}") for each in (1, 2)]
        if with_pen:
            practice.device = devices.add_device(practice.act(admin), model="skinpen-precision", serial="SN1")
        return practice

    @classmethod
    def of_today(cls, name: str, *, with_pen: bool = True) -> "Practice":
        """One whose last hours lie before the present, for views, which ask the real clock.

        It stands where it is noon now, so that no midnight comes between.
        """
        now = datetime.now(UTC)
        return cls.found(
            name, zone_name=f"Etc/GMT{now.hour - 12:+d}", at=now - timedelta(hours=3), with_pen=with_pen
        )

    def catch_up(self) -> None:
        """Stand at the present, after views have written there; a few seconds earlier, since each act takes one."""
        self.at = max(self.at, datetime.now(UTC) - timedelta(seconds=55))

    def actor(self, role: Role) -> Actor:
        return Actor.of(self.members[role])

    def act(self, role: Role = Role.PRESCRIBER) -> Act:
        """The next thing that somebody does: a second later, with a key of its own."""
        self.acts += 1
        self.at += timedelta(seconds=1)
        return Act(self.actor(role), self.at, uuid5(UUID(int=self.clinic.pk), f"{self.acts}"))

    def later(self, **lapse) -> "Practice":
        self.at += timedelta(**lapse)
        return self

    def patient(self, **known):
        person = {
            "given_name": "Ada",
            "family_name": "Byron",
            "born_on": date(1990, 5, 14),
            "sex": Sex.FEMALE,
            "skin_type": SkinType.III,
            "phone": "202-555-0100",
            "email": "ada@patients.example",
            "allergies": "none known",
        } | known
        return patient.register(self.act(Role.FRONT_DESK), person=patient.Person(**person))

    def gone(self, of, how="died", reason="The family rang.", role=Role.PRESCRIBER):
        told = leaving.Leaving(how=how, reason=reason)
        return leaving.leave(self.act(role), patient_id=of.public_id, leaving=told)

    def visitor(self, of, language="en"):
        """The patient as somebody who is signed in to the portal."""
        zone = self.actor(Role.NURSE).zone
        return Visitor(of.pk, self.clinic.pk, of.given_name, self.clinic.name, zone, language)

    def as_patient(self, of, language="en") -> Act:
        """The next thing that a patient does."""
        return replace(self.act(), actor=self.visitor(of, language))

    def asked_for_appointment(self, of):
        return enquiry.ask_again(self.as_patient(of), wished="Mondays", words="")

    def course(self, of=None, zones=ZONES, concern=Concern.ACNE_SCARS):
        of = of or self.patient()
        drafted = self.act()
        return course.draft(
            drafted, patient_id=of.public_id, concern=concern, zones=zones, device_key=self.device.pk
        )

    def screened(self, of_course, **answers):
        given = healthy() | answers
        return course.screen(
            self.act(Role.NURSE),
            course_id=of_course.public_id,
            given=given,
            names=list(packaged().questions),
        )

    def settled(self, of_course, role=Role.PRESCRIBER):
        """Set aside what the actor may set aside, as a prescriber would after looking."""
        from needlepoint.clinic.chair.queries.course.advice import advice_on, open_verdicts

        act = self.act(role)
        for each in open_verdicts(of_course, advice_on(of_course, act.actor, act.at)):
            course.decide_otherwise(
                self.act(role), course_id=of_course.public_id, rule=each.rule, reason="Seen and weighed."
            )

    def planned(self, of_course=None, depth="1.00", sessions=3):
        of_course = of_course or self.course()
        self.screened(of_course)
        self.settled(of_course)
        wishes = [course.ZoneWish(Zone(zone), Decimal(depth), 2) for zone in of_course.zones]
        course.agree_plan(
            self.act(), course_id=of_course.public_id, wishes=wishes, sessions=sessions, interval_days=30
        )
        of_course.refresh_from_db()
        return of_course

    def signed(self, kind="session"):
        return consent.Signed(current_text(self.clinic.pk, kind).sha256, "Ada Byron", STROKES)

    def consented(self, of_course=None):
        of_course = of_course or self.planned()
        waiting = next_session(of_course)
        session.pass_screening(self.act(), session_id=waiting.public_id)
        consent.consent_to_session(self.act(), session_id=waiting.public_id, signed=self.signed())
        waiting.refresh_from_db()
        return waiting

    def stocked(self, pieces=1, lot="LOT7", expires_on=date(2027, 1, 31)):
        code = cartridge.Scanned(GTIN, lot, expires_on=expires_on)
        return stock.receive(self.act(), scanned=code, pieces=pieces)

    def scan(self, piece):
        return cartridge.Scanned(piece.gtin, piece.lot, piece.serial, piece.expires_on)

    def opened(self, waiting=None, piece=None):
        waiting = waiting or self.consented()
        piece = piece or self.stocked()[0]
        return session.open_session(
            self.act(),
            session_id=waiting.public_id,
            checklist=range(len(session.CHECKLIST)),
            scanned=self.scan(piece),
        )

    def done(self, opened=None, depth="1.00", minutes=30):
        opened = opened or self.opened()
        passes = [session.PassDone(Zone(zone), Decimal(depth), 2) for zone in opened.course.zones]
        return session.finish(
            self.later(minutes=minutes).act(),
            session_id=opened.public_id,
            done=session.Done(passes=passes, topicals=[GEL], pain=3, sharps_container="SC-1"),
        )

    def healed(self, of_session):
        """Look at the skin on the first day on which it can be called healed."""
        earliest = healed_from(of_session, self.actor(Role.NURSE).zone)
        self.at = max(self.at, of_session.finished_at + (earliest - of_session.opened_at.date()))
        healing.check_healing(self.act(), session_id=of_session.public_id, healed=YesNo.YES)

    def adverse_event(self, of, after=None, **told):
        happened = {
            "kind": "dark_patch",
            "severity": "moderate",
            "began_on": self.act().today,
            "words": "A brown patch on the left cheek.",
            "session_id": after.public_id if after else None,
        } | told
        return adverse.report(self.act(), patient_id=of.public_id, happened=adverse.Happened(**happened))

    def photo_consent(self, of, uses=("chart",)):
        return consent.consent_to_photos(
            self.act(), patient_id=of.public_id, uses=uses, signed=self.signed("photos")
        )

    def photographed(self, of, content):
        self.photo_consent(of)
        return photo.add_photo(self.act(), patient_id=of.public_id, content=content, shows="front")

    def booked(self, of, of_session=None, minutes_from_now=0, room=0):
        slot = slots.Slot(
            room_key=self.rooms[room].pk,
            operator_key=self.members[Role.NURSE].pk,
            starts_at=self.at + timedelta(minutes=minutes_from_now),
            minutes=30,
        )
        act = self.act(Role.FRONT_DESK)
        return agreeing(
            lambda sure: booking.book(
                act,
                patient_id=of.public_id,
                slot=slot,
                purpose="Session",
                session_id=of_session.public_id if of_session else None,
                sure=sure,
            )
        )
