"""Thin tables; what must stay together is tied in the database, what was signed cannot change."""

from needlepoint.clinic.models.booking import Booking
from needlepoint.clinic.models.cartridge import Cartridge, CartridgeUse, Recall
from needlepoint.clinic.models.clinic import Clinic, OwnedDevice, Room
from needlepoint.clinic.models.consent import Consent, ConsentText, Withdrawal
from needlepoint.clinic.models.course import AdviceGiven, Course, Decision, Plan, PlanZone, Screening
from needlepoint.clinic.models.member import Grant, Member
from needlepoint.clinic.models.patient import Patient, Photo
from needlepoint.clinic.models.record import RecordHead, RecordLine, Submission
from needlepoint.clinic.models.session import (
    Amendment,
    HealingCheck,
    Session,
    SessionDose,
    SessionPass,
    SessionTopical,
    Signature,
)

__all__ = [
    "AdviceGiven",
    "Amendment",
    "Booking",
    "Cartridge",
    "CartridgeUse",
    "Clinic",
    "Consent",
    "ConsentText",
    "Course",
    "Decision",
    "Grant",
    "HealingCheck",
    "Member",
    "OwnedDevice",
    "Patient",
    "Photo",
    "Plan",
    "PlanZone",
    "Recall",
    "RecordHead",
    "RecordLine",
    "Room",
    "Screening",
    "Session",
    "SessionDose",
    "SessionPass",
    "SessionTopical",
    "Signature",
    "Submission",
    "Withdrawal",
]
