"""Frozen values as JSON knows them: mappings, lists, texts and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

# More digits than any input carries; fewer than it takes to show that 0.1 has no exact binary form.
DIGITS = 9


def json_ready(value: Any, zone: ZoneInfo) -> Any:
    """Return the value's JSON form, instants with the zone's offset; a kind that has none is a TypeError."""
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case Decimal():
            return float(value)
        case float():
            return float(f"{value:.{DIGITS}g}")
        case datetime():
            return value.astimezone(zone).isoformat()
        case date():
            return value.isoformat()
        case Mapping():
            return {key: json_ready(each, zone) for key, each in value.items()}
        case tuple() | list():
            return [json_ready(each, zone) for each in value]
    if is_dataclass(value):
        return {field.name: json_ready(getattr(value, field.name), zone) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no form in JSON")
