"""Small cases for the tests of the vocabulary."""

from datetime import UTC, date, datetime, timedelta

from needlepoint.course.case import Case, Clinic
from needlepoint.course.goals import Concern, Goal, OperatorRole, Patient
from needlepoint.course.session import CheckIn, Session
from needlepoint.course.zones import Zone

START = datetime(2026, 2, 2, 19, 0, tzinfo=UTC)


def case(**changes):
    plain = {
        "patient": Patient(date(1990, 5, 14)),
        "goal": Goal(Concern.ACNE_SCARS, (Zone.CHEEK_LEFT,)),
        "device": "skinpen-precision",
        "clinic": Clinic.at("America/New_York", OperatorRole.PHYSICIAN),
    }
    return Case(**plain | changes)


def sessions(*days):
    return tuple(Session(START + timedelta(days=day), "skinpen-precision") for day in days)


def check_ins(*days):
    return tuple(CheckIn(START + timedelta(days=day)) for day in days)
