"""Cartridges in stock: taken in by scanner or by hand, corrected, taken out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import reverse

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.stock import stock as actions
from needlepoint.clinic.chair.forms import scan
from needlepoint.clinic.chair.queries.stock import stock as queries
from needlepoint.clinic.chair.queries.stock.codes import datamatrix, gs1_datamatrix
from needlepoint.clinic.chair.views.stock.camera import reads_codes
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.forms.typed import number, text
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown


def _show(
    request: Any, problem: str = "", status: int = 200, card: actions.Ask | None = None
) -> HttpResponse:
    context = _context(request) | {"problem": problem, "card": card, "key": new_key()}
    # A scanner goes on while an answer is drawn: it gets the part that is new, not the page that it types into.
    if request.headers.get("HX-Request"):
        return shown(request, "stock/_answer.jinja", context)
    return reads_codes(request, shown(request, "stock/page.jinja", context, status))


def _context(request: Any) -> dict[str, Any]:
    actor, today = request.actor, act_of(request).today
    lot = request.GET.get("lot", "").replace("\x00", "")[:20]
    took = _id(request.GET.get("took", ""))
    return {
        "lots": queries.lots(actor, today),
        "labels": queries.labels(actor, lot) if lot else [],
        "lot": lot,
        "taken": queries.receipt(actor, took) if took else [],
        "today": queries.taken_in(actor, today),
        "typed": request.POST,
        "agreed": request.POST.getlist("agreed"),
    }


def _id(told: str) -> UUID | None:
    try:
        return UUID(told)
    except ValueError:
        return None


@page(Permission.SEE_STOCK)
def stock(request: Any) -> HttpResponse:
    """Show the stock by lot, and what was taken in just now."""
    return _show(request)


@page(Permission.SEE_STOCK)
def labels(request: Any) -> HttpResponse:
    """Show the labels of a lot's unused pieces, to be printed and stuck on their pouches."""
    lot = request.GET.get("lot", "").replace("\x00", "")[:20]
    rows = queries.labels(request.actor, lot) if lot else []
    return shown(request, "stock/labels.jinja", {"rows": rows, "lot": lot})


@page(Permission.RECEIVE_STOCK, "POST")
def receive(request: Any) -> HttpResponse:
    """Take pieces into stock: at once where a code says all, else what was read is shown first."""

    def do(act: Act) -> str:
        read = _read(request)
        pieces = number(request.POST, "pieces", 1, actions.MOST_PIECES) if "pieces" in request.POST else 1
        added = actions.receive_each(act, labels=read, pieces=pieces, agreed=request.POST.getlist("agreed"))
        return f"{reverse('stock')}?took={added[0].public_id}"

    return _asking(request, do)


@page(Permission.RECEIVE_STOCK, "GET", "POST")
def correct(request: Any, piece_id: UUID) -> HttpResponse:
    """Show what was read of pieces that are in stock, each line to be put right."""

    def do(act: Act) -> str:
        agreed = request.POST.getlist("agreed")
        added = actions.correct(act, piece_id=piece_id, scanned=scan.by_hand(request.POST), agreed=agreed)
        return f"{reverse('stock')}?took={added[0].public_id}"

    if request.method == "POST":
        return _asking(request, do)
    pieces = [each.piece for each in queries.receipt(request.actor, piece_id) if not each.gone]
    return shown(request, "stock/correct.jinja", {"pieces": pieces, "key": new_key()})


@page(Permission.RECEIVE_STOCK, "POST")
def take_out(request: Any, piece_id: UUID) -> HttpResponse:
    """Take pieces out of stock that came by mistake, were dropped or are sent back."""

    def do(act: Act) -> str:
        reason = text(request.POST, "reason", 200)
        actions.take_out(act, piece_id=piece_id, reason=reason, serials=request.POST.getlist("serial"))
        return f"{reverse('stock')}?took={piece_id}"

    return take(request, do, lambda problem, status: _show(request, problem, status))


@page(Permission.SEE_STOCK)
def try_scanner(request: Any) -> HttpResponse:
    """Show a code that holds all that scanners get wrong, and say what arrived of it; nothing is stored."""
    code = request.GET.get("code", "").replace("\x00", "")
    context = {
        "symbol": gs1_datamatrix(scan.TRIAL),
        "plain": datamatrix("NP000000"),
        "found": scan.trial(code) if code else [],
        "code": code[: scan.LONGEST],
    }
    return shown(request, "stock/scanner.jinja", context)


def _read(request: Any) -> list[Any]:
    if "lot" in request.POST:
        return [scan.by_hand(request.POST)]
    return scan.labels(request.POST.get("code", ""), request.POST.get("earlier", ""))


def _asking(request: Any, do: Any) -> HttpResponse:
    """Take a form; where something must be looked at first, show what was read and what is asked."""
    asked: list[actions.Ask] = []

    def noting(act: Act) -> str:
        try:
            return str(do(act))
        except actions.Ask as ask:
            asked.append(ask)
            raise

    def again(problem: str, status: int) -> HttpResponse:
        return _show(request, problem, status, asked[-1] if asked else None)

    answer = take(request, noting, again)
    if answer.status_code == 302 and request.headers.get("HX-Request"):
        # Led there, the page that the scanner types into would be another one.
        request.GET = QueryDict(urlsplit(answer.headers["Location"]).query)
        return _show(request)
    return answer
