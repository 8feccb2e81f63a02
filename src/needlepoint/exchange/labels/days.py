"""Expiry dates as labels print them: six digits, a month and a year, a day of the year, or words of a person."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from needlepoint.course.errors import InputError

FORM = "a date such as 2028-03-31 or 31.03.2028, or month and year as printed, such as 03/2028 or 032028"
_YEAR_FIRST = re.compile(r"(\d{4})[-./ ]?(\d{2})(?:[-./ ]?(\d{2}))?")
_DAY_FIRST = re.compile(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})")
_MONTH_FIRST = re.compile(r"(\d{1,2})[-./ ]?(\d{4})")
_NAMED = re.compile(r"(?:(\d{1,2})[-./ ]*)?([A-Z]{3})[A-Z]*[-./ ]*(?:(\d{1,2})(?:ST|ND|RD|TH)?,?[ ])?(\d{4})")
_MONTHS = [name.upper() for name in calendar.month_abbr]


def month_end(year: int, month: int) -> date:
    """Return the last day of a month: until then a piece may be used whose label names no day."""
    return date(year, month, calendar.monthrange(year, month)[1])


def day_of(year: int, month: int, day: int) -> date | None:
    """Return a date, day 0 being the end of the month, or None where there is no such day."""
    try:
        return date(year, month, day) if day else month_end(year, month)
    except (ValueError, IndexError):
        return None


def day_of_year(year: int, number: int) -> date | None:
    """Return the day of a year by its number, or None where the year has no such day."""
    if not 1 <= number <= 365 + calendar.isleap(year):
        return None
    return date(year, 1, 1) + timedelta(days=number - 1)


def month_and_year(digits: str) -> date | None:
    """Return the end of a month written MMYYYY, or None where the six digits are no such thing."""
    month, year = int(digits[:2]), int(digits[2:])
    return month_end(year, month) if 1 <= month <= 12 and 2000 <= year < 2100 else None


def typed_day(text: str, key: str = "expires_on") -> date:
    """Return the last day on which a piece may be used, as a person read it from the pouch.

    What could be day and month or month and day is refused: on a pouch for two countries nobody can know.
    """
    told = " ".join(text.upper().split())
    found = _named(told) or _numbered(key, told)
    if found is None or not 2000 <= found.year < 2100:
        raise InputError(key, "%(strip)r is not a date", FORM, strip=text.strip()[:25])
    return found


def _named(told: str) -> date | None:
    match = _NAMED.fullmatch(told)
    if not match or match[2] not in _MONTHS:
        return None
    return day_of(int(match[4]), _MONTHS.index(match[2]), int(match[1] or match[3] or 0))


def _numbered(key: str, told: str) -> date | None:
    # Six digits that begin with a year are one only if its month is one: 202803 and not 032028.
    if (match := _YEAR_FIRST.fullmatch(told)) and "2000" <= match[1] < "2100":
        return day_of(int(match[1]), int(match[2]), int(match[3] or 0))
    if match := _DAY_FIRST.fullmatch(told):
        first, second, year = (int(each) for each in match.groups())
        if first <= 12 and second <= 12 and first != second:
            raise InputError(
                key, "%(told)s can be read in two ways, by day or by month first", FORM, told=told
            )
        return day_of(year, second, first) or day_of(year, first, second)
    if match := _MONTH_FIRST.fullmatch(told):
        return day_of(int(match[2]), int(match[1]), 0)
    return None
