"""Adverse events: written down once, with the device and the cartridge of the session; what follows is added beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.queries.adverse import suspects
from needlepoint.clinic.models import AdverseEvent, AdverseFollowUp, CartridgeUse, Patient, Session
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.instants import in_calendar, local_date
from needlepoint.evidence.loader import packaged

SEVERITIES = ("mild", "moderate", "severe")
# With one of these the event has ended; while it goes on there is none.
OUTCOMES = ("recovered", "recovered_with_marks", "not_recovered", "lost_sight_of", "died")
DONE = ("under_way", "done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What a clinician writes down of an unwanted effect; `serious` is empty where nothing of that list is true."""

    kind: str
    severity: str
    began_on: date
    words: str
    serious: tuple[str, ...] = ()
    action_taken: str = ""
    session_id: UUID | None = None
    cartridge_id: UUID | None = None

    def check(self, today: date) -> None:
        """Raise where a choice is not on its list, or the day cannot be."""
        if self.kind not in packaged().adverse_kinds:
            raise Refused("Choose what happened from the list; “something else” is on it.")
        if self.severity not in SEVERITIES:
            raise Refused("Choose how severe it is: %(severities)s.", severities=", ".join(SEVERITIES))
        if not set(self.serious) <= set(packaged().serious_outcomes):
            raise Refused("Choose from the list what makes it serious, or nothing.")
        if not self.words.strip():
            raise Refused("Describe what was seen, in a sentence at least.")
        if in_calendar("began_on", self.began_on) > today:
            raise Refused("It cannot have begun in the future. Look at the date.")


@action(Permission.REPORT_ADVERSE)
def report(act: Act, *, patient_id: UUID, happened: Happened) -> AdverseEvent:
    """Keep an event as it is first told; device and cartridge come from the session that it followed."""
    happened.check(act.today)
    patient = find(Patient, act.actor, patient_id)
    session = _session(act, patient, happened)
    use = _suspect(session, happened)
    event = AdverseEvent.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for("adverse event"),
        patient=patient,
        session=session,
        device=session.device if session else None,
        cartridge=use.cartridge if use else None,
        kind=happened.kind,
        severity=happened.severity,
        serious=sorted(set(happened.serious)),
        began_on=happened.began_on,
        words=happened.words.strip(),
        action_taken=happened.action_taken.strip(),
        reported_at=act.at,
        reported_by_id=act.actor.member,
    )
    said = {"kind": event.kind, "severity": event.severity, "serious": event.serious}
    write(act, "reported adverse event", event, patient, said)
    return event


def _session(act: Act, patient: Patient, happened: Happened) -> Session | None:
    if happened.session_id is None:
        return None
    session = find(Session, act.actor, happened.session_id, "device")
    if session.patient_id != patient.pk or session.state not in DONE:
        raise Refused("Choose a session of this patient that took place, or none.")
    if happened.began_on < local_date(session.opened_at, act.actor.zone):
        raise Refused("It began before that session. Choose the session it followed, or none.")
    return session


def _suspect(session: Session | None, happened: Happened) -> CartridgeUse | None:
    """Return the cartridge that was named, else the first that is suspected."""
    uses = suspects(session) if session else []
    if happened.cartridge_id is None:
        return uses[0] if uses else None
    named = next((each for each in uses if each.cartridge.public_id == happened.cartridge_id), None)
    if named is None:
        raise Refused("Choose a cartridge of that session, or let the first suspect stand.")
    return named


@action(Permission.REPORT_ADVERSE)
def follow_up(act: Act, *, event_id: UUID, words: str, outcome: str = "", told: str = "") -> AdverseFollowUp:
    """Add what was seen, done or told afterwards; an outcome ends the event, a later one stands beside it."""
    event = find(AdverseEvent, act.actor, event_id, "patient")
    if not words.strip():
        raise Refused("Write what was seen or done.")
    if outcome and outcome not in OUTCOMES:
        raise Refused("Choose how it ended from the list, or leave it open.")
    row = AdverseFollowUp.objects.create(
        clinic_id=act.actor.clinic,
        event=event,
        at=act.at,
        member_id=act.actor.member,
        words=words.strip(),
        outcome=outcome,
        told=told.strip(),
    )
    write(act, "followed up adverse event", event, event.patient, {"outcome": outcome})
    return row
