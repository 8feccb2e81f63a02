"""Cartridges in stock, and the recall of a lot."""

from __future__ import annotations

import csv
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.actions import cartridge as actions
from needlepoint.clinic.actions.act import Act
from needlepoint.clinic.actions.record import saw
from needlepoint.clinic.forms.scan import scanned
from needlepoint.clinic.forms.typed import number, text
from needlepoint.clinic.queries import stock as queries
from needlepoint.clinic.views.camera import reads_codes
from needlepoint.clinic.views.door import act_of, new_key, page, take


def _show(request: Any, problem: str = "", status: int = 200) -> HttpResponse:
    today = act_of(request).today
    lot = request.GET.get("lot", "").replace("\x00", "")[:20]
    context = {
        "lots": queries.lots(request.actor, today),
        "labels": queries.labels(request.actor, lot) if lot else [],
        "lot": lot,
        "typed": request.POST,
        "problem": problem,
        "key": new_key(),
    }
    return reads_codes(request, render(request, "stock/page.html", context, status=status))


@page(Permission.SEE_STOCK)
def stock(request: Any) -> HttpResponse:
    """Show the stock by lot."""
    return _show(request)


@page(Permission.SEE_STOCK)
def labels(request: Any) -> HttpResponse:
    """Show the labels of a lot's unused pieces, to be printed and stuck on their pouches."""
    lot = request.GET.get("lot", "").replace("\x00", "")[:20]
    rows = queries.labels(request.actor, lot) if lot else []
    return render(request, "stock/labels.html", {"rows": rows, "lot": lot})


@page(Permission.RECEIVE_STOCK, "POST")
def receive(request: Any) -> HttpResponse:
    """Take pieces into stock."""

    def do(act: Act) -> str:
        read = scanned(text(request.POST, "code", 300))
        actions.receive(act, scanned=read, pieces=number(request.POST, "pieces", 1, 200))
        return reverse("stock")

    return take(request, do, lambda problem, status: _show(request, problem, status))


@page(Permission.RECALL, "GET", "POST")
def recall(request: Any) -> HttpResponse:
    """Block a lot, and list every patient who was exposed to it."""
    lot = request.GET.get("lot", "").replace("\x00", "").strip()[:20]

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        rows = queries.exposed(request.actor, lot) if lot else []
        context = {
            "lot": lot,
            "blocked": bool(lot) and actions.recalled(request.actor.clinic, "", lot),
            "rows": rows,
            "people": queries.people(request.actor, rows) if rows else [],
            "typed": request.POST,
            "problem": problem,
            "key": new_key(),
        }
        return render(request, "recall/page.html", context, status=status)

    def do(act: Act) -> str:
        row = actions.recall(
            act,
            lot=text(request.POST, "lot", 20),
            gtin=text(request.POST, "gtin", 14),
            reason=text(request.POST, "reason", 1000),
        )
        return f"{reverse('recall')}?lot={row.lot}"

    if request.method == "POST":
        return take(request, do, again)
    if lot:
        saw(act_of(request), "exposed patients", f"lot:{lot}")
    return again()


@page(Permission.RECALL)
def recall_sheet(request: Any) -> HttpResponse:
    """Give the list of the exposed as CSV for the authority."""
    lot = request.GET.get("lot", "").replace("\x00", "").strip()[:20]
    saw(act_of(request), "recall sheet", f"lot:{lot}")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="exposed.csv"'
    csv.writer(response).writerows(queries.sheet(request.actor, queries.exposed(request.actor, lot)))
    return response


@page(Permission.RECALL)
def recall_print(request: Any) -> HttpResponse:
    """Show the list of the exposed to be printed, with room to note who was told when."""
    lot = request.GET.get("lot", "").replace("\x00", "").strip()[:20]
    saw(act_of(request), "recall sheet", f"lot:{lot}")
    rows = queries.exposed(request.actor, lot)
    context = {
        "lot": lot,
        "rows": rows,
        "people": queries.people(request.actor, rows),
        "recalls": queries.recalls(request.actor, lot),
        "now": act_of(request).at,
    }
    return render(request, "recall/sheet.html", context)
