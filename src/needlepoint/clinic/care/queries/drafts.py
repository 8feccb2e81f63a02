"""The report that a patient has begun and not sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.models import ReportDraft
from needlepoint.clinic.models.written import Written

# What was tapped longer ago than this was another day's skin.
KEPT_FOR = timedelta(hours=24)

_DRAFT = Written(lambda clinic, patient: ReportDraft.objects.filter(clinic=clinic, patient=patient))


def draft_of(visitor: Visitor, at: datetime) -> ReportDraft | None:
    """Return what the visitor has begun and not sent within a day, if anything was answered."""
    found: ReportDraft | None = _DRAFT.first(visitor.clinic, visitor.patient)
    if found is None or not found.typed or at - found.saved_at > KEPT_FOR:
        return None
    return found
