"""Frozen values in JSON: exact numbers without noise, days and instants as text."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest

from needlepoint.course.zones import Zone
from needlepoint.exchange.json_form import json_ready

NEW_YORK = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A small value."""

    zone: Zone
    on: date | None


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Decimal("0.1"), 0.1),
        (Decimal("1.50"), 1.5),
        (Decimal(2), 2.0),
        (0.1 + 0.2, 0.3),
        (1 / 3, 0.333333333),
        (123456.789012, 123456.789),
        (1e-7, 1e-7),
        (3, 3),
        (True, True),
        (None, None),
        ("words", "words"),
        (Zone.CHEEK_LEFT, "cheek_left"),
        (date(2026, 7, 10), "2026-07-10"),
        (datetime(2026, 7, 10, 14, 0, tzinfo=UTC), "2026-07-10T10:00:00-04:00"),
        (datetime(2026, 1, 10, 14, 0, tzinfo=UTC), "2026-01-10T09:00:00-05:00"),
        ((1, (Decimal("0.5"),)), [1, [0.5]]),
        ([Leaf(Zone.CHIN, None)], [{"zone": "chin", "on": None}]),
        (MappingProxyType({"a": date(2026, 1, 1)}), {"a": "2026-01-01"}),
    ],
)
def test_a_value_has_one_form(value, plain):
    assert json_ready(value, NEW_YORK) == plain
    assert type(json_ready(value, NEW_YORK)) is type(plain)


@pytest.mark.parametrize("value", [b"bytes", object(), {1}, Leaf])
def test_a_value_that_json_does_not_know_is_a_defect(value):
    with pytest.raises(TypeError, match="has no form in JSON"):
        json_ready(value, NEW_YORK)
