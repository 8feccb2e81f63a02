"""The dose of every session of a case, for people and for programs."""

from __future__ import annotations

from typing import Any

from needlepoint.course.case import Case
from needlepoint.dose.session import ZoneDose, doses
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.exchange.json_form import json_ready


def doses_of(case: Case, knowledge: Knowledge) -> tuple[ZoneDose, ...]:
    """Return the dose of each zone in each session."""
    return doses(case.sessions, case.patient.sex, knowledge)


def document(zone_doses: tuple[ZoneDose, ...], case: Case) -> dict[str, Any]:
    """Return the doses as they stand in an advice."""
    plain: list[Any] = json_ready(zone_doses, case.clinic.time_zone)
    return {"dose": plain}
