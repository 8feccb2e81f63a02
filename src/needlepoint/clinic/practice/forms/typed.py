"""Plain values from what was typed; InputError says which field is wrong and what would be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from needlepoint.course.errors import InputError
from needlepoint.course.instants import in_calendar
from needlepoint.course.quantities import exact
from needlepoint.exchange.mail_address import one_mailbox
from needlepoint.exchange.names import cleaned

Choice = TypeVar("Choice", bound=StrEnum)
_WITH_COMMA = re.compile(r"-?[0-9]*,[0-9]+")
_COULD_BE_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2},[0-9]{3}")
Typed = Mapping[str, str]


def text(typed: Typed, name: str, longest: int, *, needed: bool = False) -> str:
    """Return a text without the blanks around it."""
    value = str(typed.get(name, "")).replace("\r\n", "\n").strip()
    if "\x00" in value:
        raise InputError(name, "holds a character that cannot be stored", "plain text")
    if len(value) > longest:
        raise InputError(
            name, "is %(len)s characters long", "at most %(longest)s", len=len(value), longest=longest
        )
    if needed and not value:
        raise InputError(name, "is empty", "a text")
    return value


def line(typed: Typed, name: str, longest: int, *, needed: bool = False) -> str:
    """Return a line of text without signs that nobody sees, with single blanks."""
    return text({name: cleaned(str(typed.get(name, "")).replace("\x00", ""))}, name, longest, needed=needed)


def mail_address(typed: Typed, name: str) -> str:
    """Return one mail address as every server reads it; nothing where nothing was typed."""
    value = text(typed, name, 254)
    return one_mailbox(name, value) if value else ""


def day(typed: Typed, name: str) -> date:
    """Return a date as browsers send it."""
    value = _ascii_digits(str(typed.get(name, "")).strip())
    try:
        return in_calendar(name, date.fromisoformat(value))
    except InputError:
        raise
    except ValueError:
        raise InputError(
            name, "%(value)r is not a date", "a date such as 1990-05-14", value=value[:20]
        ) from None


def _ascii_digits(value: str) -> str:
    """Return a text with the digits of any script as they are reckoned with."""
    return "".join(str(int(each)) if each.isdecimal() else each for each in value)


def instant(typed: Typed, name: str, zone: ZoneInfo) -> datetime:
    """Return an instant from a local date and time; one that the clocks skip is refused."""
    value = str(typed.get(name, "")).strip()
    form = "a date and time such as 2026-03-02T14:00"
    try:
        local = datetime.fromisoformat(value)
    except ValueError:
        raise InputError(name, "%(value)r is not a date and time", form, value=value[:25]) from None
    if local.tzinfo is not None:
        raise InputError(name, "carries an offset", form)
    in_calendar(name, local.date())
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local:
        raise InputError(name, "%(value)s does not exist: the clocks were put forward", form, value=value)
    return moment


def number(typed: Typed, name: str, low: int, high: int) -> int:
    """Return a whole number within bounds."""
    value = str(typed.get(name, "")).strip()
    if not value.isascii() or not value.lstrip("-").isdigit() or len(value) > 12:
        raise InputError(
            name,
            "%(value)r is not a whole number",
            "%(low)s to %(high)s",
            value=value[:20],
            low=low,
            high=high,
        )
    if not low <= int(value) <= high:
        raise InputError(
            name, "%(int)s is out of bounds", "%(low)s to %(high)s", int=int(value), low=low, high=high
        )
    return int(value)


def decimal(typed: Typed, name: str, unit: str = "") -> Decimal | None:
    """Return a decimal number, with a point or a comma, or None where nothing was typed.

    What could be thousands is refused: 1,000 is one in Athens and a thousand in Boston.
    """
    value = str(typed.get(name, "")).strip()
    if not value:
        return None
    if "," in value:
        value = _with_point(name, value)
    if len(value) > 20 or not value.isascii() or "_" in value:
        raise InputError(
            name, "%(value)r is not a number", f"a plain number {unit}".strip(), value=value[:20]
        )
    return exact(name, value, unit)


def _with_point(name: str, value: str) -> str:
    form = "a number with one decimal point or comma, and no sign between thousands"
    if _COULD_BE_THOUSANDS.fullmatch(value):
        raise InputError(name, "%(value)r could be one or a thousand", form, value=value[:20])
    if not _WITH_COMMA.fullmatch(value):
        raise InputError(name, "%(value)r is not a number", form, value=value[:20])
    return value.replace(",", ".")


def choice(typed: Typed, name: str, kind: type[Choice]) -> Choice:
    """Return one of a list."""
    value = str(typed.get(name, ""))
    try:
        return kind(value)
    except ValueError:
        raise InputError(
            name, "%(value)r is not one of the choices", ", ".join(kind), value=value[:30]
        ) from None
