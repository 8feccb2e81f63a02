"""A recall: who was exposed to a lot, blocking it and lifting the block, and the sheets for the authority."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.said import line_of
from needlepoint.clinic.chair.actions.stock import recall as actions
from needlepoint.clinic.chair.forms import scan
from needlepoint.clinic.chair.queries.stock import recall as queries
from needlepoint.clinic.chair.queries.stock import stock
from needlepoint.clinic.chair.queries.stock.recall import Sought
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.course.errors import InputError
from needlepoint.exchange import table

UNKNOWN = gettext_lazy(
    "No piece of lot {} was ever taken in here.{} Look at the notice again, or tick that the lot is right."
)


@page(Permission.RECALL, "GET", "POST")
def recall(request: Any) -> HttpResponse:
    """List every patient who was exposed to a lot, and block it once that was seen."""
    if request.method == "POST":
        return take(
            request, lambda act: _block(request, act), lambda *why: _page(request, request.POST, *why)
        )
    return _page(request, request.GET)


def _page(request: Any, typed: Any, problem: str = "", status: int = 200) -> HttpResponse:
    sought, wrong = _sought(request, typed)
    if sought and request.method == "GET":
        saw(act_of(request), "exposed patients", f"lot:{sought.lot}")
    context = _found(request, sought) | {
        "typed": request.POST,
        "asked": typed,
        "problem": problem or wrong,
        "key": new_key(),
    }
    return shown(request, "recall/page.jinja", context, status if not wrong or problem else 400)


def _sought(request: Any, typed: Any) -> tuple[Sought | None, str]:
    """Return what is looked for, or why it cannot be."""
    try:
        lot, article = scan.notice(
            {name: str(typed.get(name, "")).replace("\x00", "") for name in ("lot", "gtin")}
        )
        return (actions.sought(request.actor.clinic, lot, article) if lot else None), ""
    except InputError as error:
        return None, line_of(error)
    except Refused as error:
        return None, str(error)


def _found(request: Any, sought: Sought | None) -> dict[str, Any]:
    if sought is None:
        return {"sought": None, "rows": [], "people": []}
    rows = stock.exposed(request.actor, *sought)
    people = stock.people(request.actor, rows) if rows else []
    lots, blocks = queries.known(request.actor, sought), queries.blocks_of(request.actor, sought)
    return {
        "sought": sought,
        "rows": rows,
        "people": people,
        "counts": stock.counts(rows, people),
        "lots": lots,
        "blocks": blocks,
        "blocked": queries.holding(request.actor.clinic, *sought.keys),
        "almost": queries.almost(request.actor, sought),
        "address": urlencode({"lot": sought.lot, "gtin": sought.article}),
        "now": act_of(request).at,
    }


def _block(request: Any, act: Act) -> str:
    lot, article = scan.notice(request.POST)
    sought = actions.sought(act.actor.clinic, lot, article)
    known = queries.known(act.actor, sought)
    if sought.lot and not known and not request.POST.get("unseen"):
        almost = queries.almost(act.actor, sought)
        raise Refused(UNKNOWN.format(sought.lot, f" Did you mean {' or '.join(almost)}?" if almost else ""))
    actions.recall(act, lot=sought.lot, gtin=sought.article, reason=text(request.POST, "reason", 1000))
    return f"{reverse('recall')}?{urlencode({'lot': sought.lot, 'gtin': sought.article})}"


@page(Permission.RECALL, "POST")
def lift(request: Any) -> HttpResponse:
    """Lift a block, with a reason."""

    def do(act: Act) -> str:
        row = actions.lift(
            act, key=request.POST.get("block"), reason=text(request.POST, "lifted_because", 1000)
        )
        return f"{reverse('recall')}?{urlencode({'lot': row.lot, 'gtin': row.gtin})}"

    return take(request, do, lambda *why: _page(request, request.POST, *why))


@page(Permission.RECALL)
def recall_sheet(request: Any) -> HttpResponse:
    """Give the list of the exposed as CSV for the authority."""
    sought = _sought(request, request.GET)[0] or Sought("")
    saw(act_of(request), "recall sheet", f"lot:{sought.lot}")
    rows = stock.exposed(request.actor, *sought)
    name = table.file_name("recall", sought.lot, act_of(request).today.isoformat())
    told = table.written(stock.sheet(request.actor, rows))
    response = HttpResponse(told, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


@page(Permission.RECALL)
def recall_print(request: Any) -> HttpResponse:
    """Show the list of the exposed to be printed, with room to note who was told when."""
    sought = _sought(request, request.GET)[0] or Sought("")
    saw(act_of(request), "recall sheet", f"lot:{sought.lot}")
    return shown(request, "recall/sheet.jinja", _found(request, sought))
