"""What the tests of the queue and the messages share: check-ins as the portal keeps them, and people on duty."""

from uuid import uuid4

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.actions import triage
from needlepoint.clinic.models import CheckIn

ON_DUTY = (Role.NURSE, Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)
DOCUMENT = {
    "reasons": [{"rule": "fever", "says": "Fever.", "sources": ["NP"], "basis": "assumed"}],
    "words": "It is hot and it spreads.",
}


def on_duty(practice, *roles):
    keys = [practice.members[role].pk for role in roles or ON_DUTY]
    return triage.set_duty(practice.act(Role.CLINIC_ADMIN), member_keys=keys)


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
