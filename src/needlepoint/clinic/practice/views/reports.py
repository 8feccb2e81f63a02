"""Reports on the practice as a whole."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.queries import reports as queries
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.asking import act_of, page
from needlepoint.clinic.practice.views.door.shown import shown


@page(Permission.SEE_REPORTS)
def reports(request: Any) -> HttpResponse:
    """Show outcomes, overrides and completeness; nobody is named."""
    at = clock.now()
    saw(act_of(request), "reports", "reports")
    context = {
        "outcomes": queries.outcomes(request.actor),
        "overrides": queries.overrides(request.actor, at),
        "completeness": queries.completeness(request.actor, at),
        "smallest": queries.SMALLEST_GROUP,
    }
    return shown(request, "report/page.jinja", context)
