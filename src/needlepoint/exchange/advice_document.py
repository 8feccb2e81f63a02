"""An advice as the plain mapping that other programs read; keys, dates and instants as the contract has them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from needlepoint.advice.document import Advice
from needlepoint.course.instants import time_zone
from needlepoint.exchange.json_form import json_ready


def document(advice: Advice) -> dict[str, Any]:
    """Return the advice ready for JSON: instants with the clinic's offset, dates in ISO form, plain numbers."""
    zone = time_zone(advice.time_zone)
    plain: dict[str, Any] = json_ready(replace(advice, forecast=None), zone)
    if advice.forecast is not None:
        from needlepoint.exchange import forecast_document

        plain["forecast"] = forecast_document.document(advice.forecast, zone)
    return plain
