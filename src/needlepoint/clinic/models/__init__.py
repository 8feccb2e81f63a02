"""Thin tables; what must stay together is tied in the database, what was signed cannot change."""

from needlepoint.clinic.models.booking import Booking, BookingMoved, Hold
from needlepoint.clinic.models.care.adverse import AdverseEvent, AdverseFollowUp
from needlepoint.clinic.models.care.check_in import (
    CheckIn,
    ReportDraft,
    SignedTriage,
    SignedWords,
    TriageStep,
    TriageTask,
)
from needlepoint.clinic.models.care.duty import ClosedDay, DutyShift, OpenHours, TextAnswer
from needlepoint.clinic.models.care.message import ContactConsent, Message, MessageStep, SendingHold
from needlepoint.clinic.models.chair.cartridge import Cartridge, CartridgeUse, Recall
from needlepoint.clinic.models.chair.consent import Consent, ConsentText, Withdrawal
from needlepoint.clinic.models.chair.course import (
    AdviceGiven,
    Course,
    Decision,
    DeviceChange,
    Plan,
    PlanZone,
    Screening,
    Waiting,
)
from needlepoint.clinic.models.chair.elsewhere import NeedledElsewhere
from needlepoint.clinic.models.chair.outcome import OutcomeScore, PhotoChange
from needlepoint.clinic.models.chair.session import (
    Amendment,
    HealingCheck,
    Session,
    SessionDose,
    SessionPass,
    SessionTopical,
    Signature,
    ZoneAdded,
)
from needlepoint.clinic.models.people.chart_link import ChartLink
from needlepoint.clinic.models.people.clinic import Clinic, OwnedDevice, Room
from needlepoint.clinic.models.people.device import EnteredDevice
from needlepoint.clinic.models.people.door import Lending, ShutOut, SignIn, UnknownTry, WayIn
from needlepoint.clinic.models.people.member import Grant, Member
from needlepoint.clinic.models.people.patient import Patient, PatientWord, Photo
from needlepoint.clinic.models.portal import Enquiry, HomeScreening, Knock, SignInLink, Stay, Visitor
from needlepoint.clinic.models.record import RecordHead, RecordLine, Submission
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
    "EnteredDevice",
    "Grant",
    "HealingCheck",
    "Hold",
    "HomeScreening",
    "Knock",
    "Lending",
    "Member",
    "Message",
    "MessageStep",
    "NeedledElsewhere",
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
    "SignedTriage",
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
    "ZoneAdded",
]
