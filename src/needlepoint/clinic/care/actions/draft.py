"""A report that was begun and not sent: kept for a day, emptied once it is sent, and seen by nobody but the patient."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.care.queries.drafts import KEPT_FOR
from needlepoint.clinic.models import CheckIn, ReportDraft
from needlepoint.clinic.practice.actions.act import Act, action


@action(Permission.PATIENT)
def keep_draft(act: Act, *, typed: Mapping[str, Any]) -> bool:
    """Keep what was answered so far, unless it was sent; say whether it was kept.

    Nothing of it is in the chart, and so nothing of it is in the record.
    """
    theirs = {"clinic_id": act.actor.clinic, "patient_id": act.actor.patient}
    # A report that is just being sent empties the same row: whoever comes second waits, and sees what the first did.
    ReportDraft.objects.select_for_update(no_key=True).filter(**theirs).first()
    if _is_sent(typed):
        return False
    ReportDraft.objects.update_or_create(
        **theirs,
        defaults={"typed": dict(typed), "saved_at": act.at},
    )
    return True


def _is_sent(typed: Mapping[str, Any]) -> bool:
    """Say whether the report was sent meanwhile: what was on its way more slowly is no draft any more."""
    try:
        key = UUID(str(typed.get("key", [""])[0]))
    except ValueError:
        return False
    return CheckIn.objects.filter(public_id=uuid5(key, "check-in")).exists()


def empty_draft(act: Act) -> None:
    """Empty it, because the report was sent."""
    rows = ReportDraft.objects.filter(clinic=act.actor.clinic, patient=act.actor.patient)
    rows.update(typed={})


def forget_drafts(at: datetime) -> int:
    """Empty what nobody sent within a day; return how many there were."""
    return ReportDraft.objects.filter(saved_at__lt=at - KEPT_FOR).exclude(typed={}).update(typed={})
