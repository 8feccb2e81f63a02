"""What the tests of the queue and the messages share: check-ins as the portal keeps them, and people on duty."""

from uuid import uuid4

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions import duty, triage
from needlepoint.clinic.care.actions.messages import sending
from needlepoint.clinic.chair.actions.outbox import contact, message
from needlepoint.clinic.models import CheckIn

ON_DUTY = (Role.NURSE, Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)
DOCUMENT = {
    "reasons": [{"rule": "fever", "says": "Fever.", "sources": ["NP"], "basis": "assumed"}],
    "words": "It is hot and it spreads.",
}


def on_duty(practice, *roles):
    keys = [practice.members[role].pk for role in roles or ON_DUTY]
    return duty.set_duty(practice.act(Role.CLINIC_ADMIN), member_keys=keys)


def checked_in(practice, done=None, level="emergency", at=None, document=None, language="en"):
    """A check-in and its task, in one transaction, as the portal writes them."""
    done = done or practice.done()
    act = practice.act()
    row = CheckIn.objects.create(
        clinic=practice.clinic,
        public_id=uuid4(),
        patient=done.patient,
        course=done.course,
        session=done,
        at=at or act.at,
        language=language,
        answers={"redness": 3, "swelling": None, "pain": 4, "signs": ["fever"], "unanswered": ["pus"]},
        level=level,
        document=document or DOCUMENT,
        rulebook_sha256="0" * 64,
        looked_at_by=act.at,
    )
    return triage.open_task(act, row)


class Taken:
    """A gateway that takes everything, and one that does what it is told."""

    def __init__(self, *answers):
        self.answers, self.letters = list(answers), []

    def hand_over(self, letter):
        answer = self.answers.pop(0) if self.answers else "id"
        if isinstance(answer, BaseException):
            raise answer
        self.letters.append(letter)
        return f"{answer}-{len(self.letters)}"


def agreed(practice, of, *pairs, yes=True):
    pairs = pairs or (("visits", "email"), ("visits", "sms"), ("follow_up", "email"), ("follow_up", "sms"))
    for group, channel in pairs:
        contact.keep_contact_consent(practice.act(), of, group=group, channel=channel, agreed=yes)


def due(practice, of, purpose="appointment", once_key="about one", channel="sms", **more):
    return message.enqueue(
        practice.act(),
        purpose=purpose,
        channel=channel,
        to=of,
        once_key=once_key,
        link="https://c.example/p",
        **more,
    )


def sent(practice, gateway, at=None, name="w1"):
    at = at or practice.at
    return sending.send_due(sending.Sender(name, lambda: at, lambda _: gateway))


def state(row):
    row.refresh_from_db()
    return row.state
