"""A telephone number as people type it, and the one form (E.164) in which machines know it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

# Fewer digits say nothing about whose number it is.
FEWEST_ALIKE = 7


class PhoneFault(StrEnum):
    """Why what was typed is no number that can be called from anywhere."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    TWO_NUMBERS = "two_numbers"
    NO_COUNTRY = "no_country"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as it was typed, and as it is dialled; `known` where the country has given out such numbers."""

    typed: str
    e164: str
    country: str
    known: bool


class Alike(StrEnum):
    """How sure it is that two spellings are one number."""

    SAME = "same"
    MAYBE = "maybe"
    NO = "no"


_TWO = re.compile(r"[;|\n]|\d\s*(?:,|\bor\b|\band\b|\bo\b|\by\b|\boder\b|\bund\b)\s*[+(]?\d", re.IGNORECASE)
_PARSE_FAULTS = {
    phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD: PhoneFault.TOO_SHORT,
    phonenumbers.NumberParseException.TOO_SHORT_NSN: PhoneFault.TOO_SHORT,
    phonenumbers.NumberParseException.TOO_LONG: PhoneFault.TOO_LONG,
}
_LENGTH_FAULTS = {
    phonenumbers.ValidationResult.TOO_SHORT: PhoneFault.TOO_SHORT,
    phonenumbers.ValidationResult.TOO_LONG: PhoneFault.TOO_LONG,
    phonenumbers.ValidationResult.INVALID_LENGTH: PhoneFault.TOO_SHORT,
    # Within a town it may be dialled so; from anywhere else nobody is reached.
    phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY: PhoneFault.TOO_SHORT,
    phonenumbers.ValidationResult.INVALID_COUNTRY_CODE: PhoneFault.NOT_A_NUMBER,
}


def e164(typed: str, country: str) -> Phone | PhoneFault:
    """Return a number as it is dialled from anywhere, or why there is none.

    `country` (ISO 3166-1, two letters, or empty) is where it was written down: it settles numbers without a `+`.
    A number of the right length that lies in no known range is taken: tables of ranges are always late.
    """
    typed = typed.strip()
    if not typed:
        return PhoneFault.EMPTY
    if _TWO.search(typed):
        return PhoneFault.TWO_NUMBERS
    found = _parsed(typed, country)
    if isinstance(found, PhoneFault):
        return found
    length = phonenumbers.is_possible_number_with_reason(found)
    if length != phonenumbers.ValidationResult.IS_POSSIBLE:
        return _LENGTH_FAULTS[length]
    return Phone(
        typed=typed,
        e164=phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164),
        country=phonenumbers.region_code_for_number(found) or "",
        known=phonenumbers.is_valid_number(found),
    )


def _parsed(typed: str, country: str) -> phonenumbers.PhoneNumber | PhoneFault:
    # Two noughts are a plus nearly everywhere; where another country dials abroad otherwise, the library knows it.
    plain = re.sub(r"^\s*00\s*(?=[1-9])", "+", typed) if not country else typed
    try:
        return phonenumbers.parse(plain, country or None)
    except phonenumbers.NumberParseException as fault:
        if fault.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            spelt = any(each.isdigit() for each in typed) and not typed.startswith("+") and not country
            return PhoneFault.NO_COUNTRY if spelt else PhoneFault.NOT_A_NUMBER
        return _PARSE_FAULTS.get(fault.error_type, PhoneFault.NOT_A_NUMBER)


def alike(sender: str, chart: str, country: str) -> Alike:
    """Say whether the number of a sender is the one that a chart holds in whatever spelling."""
    ours, theirs = e164(sender, country), e164(chart, country)
    if isinstance(ours, Phone) and isinstance(theirs, Phone) and ours.e164 == theirs.e164:
        return Alike.SAME
    bare, held = digits(sender), digits(chart)
    if bare and bare == held:
        return Alike.SAME
    if min(len(bare), len(held)) < FEWEST_ALIKE:
        return Alike.NO
    if isinstance(ours, Phone) and phonenumbers.is_number_match(ours.e164, chart) in _MATCHES:
        # Written as in the sender's own country, which need not be the clinic's.
        return Alike.SAME
    held = held.lstrip("0")
    return Alike.MAYBE if len(held) >= FEWEST_ALIKE and bare.endswith(held) else Alike.NO


_MATCHES = (phonenumbers.MatchType.EXACT_MATCH, phonenumbers.MatchType.NSN_MATCH)


def digits(number: str) -> str:
    """Return the digits of a number in whatever script, without what people write between them."""
    return "".join(str(int(each)) for each in number if each.isdecimal())
