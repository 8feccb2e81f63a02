"""Thin tables; what must stay together is tied in the database, what was signed cannot change."""

from needlepoint.clinic.models.adverse import AdverseEvent, AdverseFollowUp
from needlepoint.clinic.models.booking import Booking, BookingMoved, Hold
from needlepoint.clinic.models.cartridge import Cartridge, CartridgeUse, Recall
from needlepoint.clinic.models.chart_link import ChartLink
from needlepoint.clinic.models.check_in import CheckIn, ReportDraft, SignedWords, TriageStep, TriageTask
from needlepoint.clinic.models.clinic import Clinic, OwnedDevice, Room
from needlepoint.clinic.models.consent import Consent, ConsentText, Withdrawal
from needlepoint.clinic.models.course import (
    AdviceGiven,
    Course,
    Decision,
    DeviceChange,
    Plan,
    PlanZone,
    Screening,
    Waiting,
)
from needlepoint.clinic.models.door import ShutOut, SignIn, UnknownTry, WayIn
from needlepoint.clinic.models.duty import ClosedDay, DutyShift, OpenHours, TextAnswer
from needlepoint.clinic.models.member import Grant, Member
from needlepoint.clinic.models.message import ContactConsent, Message, MessageStep, SendingHold
from needlepoint.clinic.models.outcome import OutcomeScore, PhotoChange
from needlepoint.clinic.models.patient import Patient, PatientWord, Photo
from needlepoint.clinic.models.portal import Enquiry, HomeScreening, Knock, SignInLink, Stay, Visitor
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
from needlepoint.clinic.models.typed import Typed

__all__ = [
    "AdverseEvent",
    "AdverseFollowUp",
    "AdviceGiven",
    "Amendment",
    "Booking",
    "BookingMoved",
    "Cartridge",
    "CartridgeUse",
    "ChartLink",
    "CheckIn",
    "Clinic",
    "ClosedDay",
    "Consent",
    "ConsentText",
    "ContactConsent",
    "Course",
    "Decision",
    "DeviceChange",
    "DutyShift",
    "Enquiry",
    "Grant",
    "HealingCheck",
    "Hold",
    "HomeScreening",
    "Knock",
    "Member",
    "Message",
    "MessageStep",
    "OpenHours",
    "OutcomeScore",
    "OwnedDevice",
    "Patient",
    "PatientWord",
    "Photo",
    "PhotoChange",
    "Plan",
    "PlanZone",
    "Recall",
    "RecordHead",
    "RecordLine",
    "ReportDraft",
    "Room",
    "Screening",
    "SendingHold",
    "Session",
    "SessionDose",
    "SessionPass",
    "SessionTopical",
    "ShutOut",
    "SignIn",
    "SignInLink",
    "Signature",
    "SignedWords",
    "Stay",
    "Submission",
    "TextAnswer",
    "TriageStep",
    "TriageTask",
    "Typed",
    "UnknownTry",
    "Visitor",
    "Waiting",
    "WayIn",
    "Withdrawal",
]
