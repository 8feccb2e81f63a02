"""Charts that may be of one person: the list, and the links of one chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions import chart_link as actions
from needlepoint.clinic.chair.queries import duplicates as queries
from needlepoint.clinic.chair.queries.course.linked import linked_with
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.typed import number, text
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.course.errors import InputError

HIGHEST_CHART = 2**31 - 1
WAYS: Mapping[str, Callable[..., int]] = MappingProxyType(
    {"link": actions.link, "unlink": actions.unlink, "apart": actions.keep_apart}
)


@page(Permission.LINK_CHARTS)
def duplicates(request: Any) -> HttpResponse:
    """List the charts that may be of one person, each pair with its reasons."""
    saw(act_of(request), "possible duplicates", "duplicates")
    pairs, total = queries.pairs(request.actor)
    return shown(request, "link/duplicates.jinja", {"pairs": pairs, "total": total})


@page(Permission.LINK_CHARTS, "GET", "POST")
def chart_links(request: Any, patient_id: UUID) -> HttpResponse:
    """Show which charts are of the same person as this one or may be, and say so or otherwise."""
    patient = look_up("patient", request.actor, patient_id)

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        linked = linked_with(patient)
        known = {each.chart_number for each in linked}
        like = queries.like(request.actor, patient, patient.pk)
        context = {
            "patient": patient,
            "linked": linked,
            "like": [each for each in like if each[0].chart_number not in known],
            "asked": request.GET.get("with", "")[:10],
            "typed": request.POST,
            "problem": problem,
            "key": new_key(),
        }
        return shown(request, "link/page.jinja", context, status=status)

    def do(act: Act) -> str:
        way = WAYS.get(request.POST.get("do", ""))
        if way is None:
            raise InputError("do", "is not one of the choices", ", ".join(WAYS))
        chart = number(request.POST, "chart", 1, HIGHEST_CHART)
        way(act, patient_id=patient_id, chart_number=chart, reason=text(request.POST, "reason", 1000))
        return reverse("chart_links", args=[patient_id])

    if request.method == "POST":
        return take(request, do, again, patient_id)
    saw(act_of(request), "links of chart", patient, patient)
    return again()
