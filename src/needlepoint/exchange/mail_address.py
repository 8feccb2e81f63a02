"""One address for mail: one mailbox that every mail server can parse, or why what was typed is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from email.errors import MessageError
from email.headerregistry import Address
from enum import StrEnum
from types import MappingProxyType

from needlepoint.course.errors import InputError

LONGEST, LONGEST_LOCAL, LONGEST_LABEL = 254, 64, 63
# What comes along when an address is copied from a page, and nobody sees.
_INVISIBLE = " \t\r\n\u00a0\u200b\u2060\ufeff"
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.ASCII)
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)


class MailFault(StrEnum):
    """Why what was typed is no address to which a mail can go."""

    TWO = "two addresses"
    SHAPE = "no address"
    LETTERS = "letters before the @ that mail does not know"
    DOMAIN = "no such place after the @"
    TOO_LONG = "too long"


SAID: Mapping[MailFault, str] = MappingProxyType(
    {
        MailFault.TWO: "holds more than one address; write the one to which mail should go",
        MailFault.SHAPE: "is not an address",
        MailFault.LETTERS: "has letters before the @ that mail servers do not know",
        MailFault.DOMAIN: "names no place after the @ to which mail could go",
        MailFault.TOO_LONG: "is longer than any address can be",
    }
)


def one_mailbox(key: str, typed: str) -> str:
    """Return the one address that was typed, or raise InputError in plain words."""
    found = mailbox(typed)
    if isinstance(found, MailFault):
        raise InputError(
            key,
            "%(typed)r %(said)s",
            "an address such as name@example.org",
            typed=typed.strip()[:60],
            said=SAID[found],
        )
    return found


def mailbox(typed: str) -> str | MailFault:
    """Return the one address that was typed, its domain in ASCII and small letters; else what is wrong with it."""
    typed = typed.strip(_INVISIBLE)
    if typed.count("@") > 1 or re.search(r"[,;]", typed):
        return MailFault.TWO if len(re.findall(r"[^\s,;@]@[^\s,;@]", typed)) > 1 else MailFault.SHAPE
    local, at, domain = typed.rpartition("@")
    if not (local and at and domain):
        return MailFault.SHAPE
    if not local.isascii():
        return MailFault.LETTERS
    if not _LOCAL.fullmatch(local):
        return MailFault.SHAPE
    place = _domain(domain)
    if isinstance(place, MailFault):
        return place
    if len(local) > LONGEST_LOCAL or len(local) + 1 + len(place) > LONGEST:
        return MailFault.TOO_LONG
    return _parsed(f"{local}@{place}")


def _domain(typed: str) -> str | MailFault:
    try:
        place = typed.encode("idna").decode("ascii").lower()
        again = typed.lower() if typed.isascii() else place.encode("ascii").decode("idna")
    except UnicodeError:
        # A label of more than 63 letters, an empty one, or signs that no domain has.
        return MailFault.DOMAIN
    if again != unicodedata.normalize("NFC", typed).lower():
        # The old rule would turn a sharp s into two: a mail would go to somebody else's domain.
        return MailFault.DOMAIN
    labels = place.split(".")
    fits = all(len(label) <= LONGEST_LABEL and _LABEL.fullmatch(label) for label in labels)
    if len(labels) < 2 or not fits or labels[-1].isdigit():
        return MailFault.DOMAIN
    return place


def _parsed(address: str) -> str | MailFault:
    """Ask the parser that will read it when the mail is made."""
    try:
        return Address(addr_spec=address).addr_spec
    except (MessageError, ValueError, IndexError):
        return MailFault.SHAPE
