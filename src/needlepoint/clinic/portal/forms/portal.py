"""What patients and strangers type, as plain values; what is wrong is said in their language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.care.actions.check_in import MOST_WORDS, Told
from needlepoint.clinic.desk.actions.enquiry import Asked
from needlepoint.clinic.practice.forms.typed import Typed
from needlepoint.course.goals import Concern
from needlepoint.course.session import Place, Sign
from needlepoint.evidence.questions import Question
from needlepoint.evidence.word_shapes import Words
from needlepoint.exchange.case_answers import keys_of
from needlepoint.exchange.mail_address import MailFault, mailbox
from needlepoint.exchange.names import cleaned

OLDEST = 1900
# What is a line of its own, and never holds a sign that nobody sees.
ONE_LINE = frozenset(("given_name", "family_name", "first_name", "email", "phone"))


class Mistyped(Refused):
    """Something typed cannot be; the words say in the patient's language what would be right."""


def form_key(typed: Typed) -> UUID:
    """Return the key that was made with the form."""
    try:
        return UUID(str(typed.get("key", "")))
    except ValueError:
        raise Refused(_("Load the page anew, then send it again.")) from None


def line(typed: Typed, name: str, longest: int, empty: str = "") -> str:
    """Return what was typed without the blanks around it; `empty` is what to say where there must be something."""
    value = str(typed.get(name, "")).replace("\r\n", "\n").replace("\x00", "").strip()
    if name in ONE_LINE:
        value = cleaned(value)
    if empty and not value:
        raise Mistyped(empty)
    if len(value) > longest:
        raise Mistyped(_("That is too long. Please write less."))
    return value


def asked(typed: Typed, language: str) -> Asked:
    """Return an enquiry: a name, and one way at least to answer."""
    email, phone = line(typed, "email", 254), line(typed, "phone", 40)
    if not email and not phone:
        raise Mistyped(_("Write an e-mail address or a phone number, so that we can answer."))
    if email:
        email = _mailbox(email)
    given_name, family_name = line(typed, "given_name", 80), line(typed, "family_name", 80)
    if not given_name and not family_name:
        raise Mistyped(_("Write your name. One name is enough."))
    concern = line(typed, "concern", 40)
    return Asked(
        given_name=given_name,
        family_name=family_name,
        email=email,
        phone=phone,
        concern=concern if concern in set(Concern) else "",
        wished=line(typed, "wished", 200),
        words=line(typed, "words", MOST_WORDS),
        language=language,
    )


def _mailbox(typed: str) -> str:
    found = mailbox(typed)
    if found is MailFault.TWO:
        raise Mistyped(_("This holds more than one address. Write the one to which we should answer."))
    if isinstance(found, MailFault):
        raise Mistyped(_("This is no e-mail address. It looks like name@example.org."))
    return found


def born_on(typed: Typed) -> date:
    """Return a date of birth from its three fields."""
    return _date([_digits(typed, name) for name in ("year", "month", "day")])


def _digits(typed: Typed, name: str) -> str:
    """Return what was typed with the digits of any script as they are reckoned with."""
    value = str(typed.get(name, "")).strip()
    return "".join(str(int(each)) if each.isdecimal() else each for each in value)


def last_time(question: Question, typed: Typed, born: date | None, today: date) -> Mapping[str, Any]:
    """Return the day of the last time by its key; nothing where the day is not known."""
    if typed.get("unknown"):
        return {}
    day = _date([_digits(typed, name) for name in ("year", "month", "day")])
    if day > today or (born is not None and day < born):
        raise Mistyped(_("This day cannot be: it lies in the future, or before you were born."))
    return {keys_of(question)[1]: day.isoformat()}


def _date(parts: list[str]) -> date:
    wrong = _("This is not a date. Write day, month and year as numbers.")
    if not all(each.isascii() and each.isdigit() and len(each) <= 4 for each in parts):
        raise Mistyped(wrong)
    year, month, day = (int(each) for each in parts)
    if not OLDEST <= year <= OLDEST + 300:
        raise Mistyped(_("Write the year with four digits."))
    try:
        return date(year, month, day)
    except ValueError:
        raise Mistyped(wrong) from None


def answer(question: Question, typed: Typed, spoken: Words) -> Mapping[str, Any]:
    """Return the tapped answer by its key in a case file; nothing where it is not known."""
    value = str(typed.get("answer", ""))
    if question.kind in ("months", "number"):
        return {} if value == "unknown" else {question.name: _number(question, typed)}
    if value not in {each.value for each in spoken.choices_of(question.answer_set)}:
        raise Mistyped(_("Tap one of the answers."))
    return {question.name: value}


def _number(question: Question, typed: Typed) -> int:
    value = str(typed.get("number", "")).strip()
    fits = value.isascii() and value.isdigit() and len(value) <= 4
    if not fits or (question.unit and not question.low <= int(value) <= question.high):
        raise Mistyped(_("Write a whole number, or tap “Not sure”."))
    return int(value)


# --------------------------------------------------------------------------------------------------------- the check-in

SCORES = (("redness", 4), ("swelling", 4), ("pain", 10))
STEPS = (*(name for name, _high in SCORES), "signs", "more")


def scores(typed: Typed) -> dict[str, int | None]:
    """Return the scores that were tapped so far; None where somebody was not sure, and nothing where not yet asked."""
    found: dict[str, int | None] = {}
    for name, high in SCORES:
        # Of an answer that was given anew both are sent; the tap comes last.
        value = str(typed.get(name, ""))
        if value == "unknown":
            found[name] = None
        elif value.isascii() and value.isdigit() and len(value) <= 2 and int(value) <= high:
            found[name] = int(value)
    return found


def ticked(typed: Any) -> frozenset[str]:
    """Return the signs that were ticked."""
    return frozenset(each for each in typed.getlist("sign") if each in set(Sign))


# From here on, or where it is not known, a swelling asks where it is.
ASKS_WHERE_FROM = 3


def asks_where(typed: Typed) -> bool:
    """Say whether the place matters: something was ticked, or the swelling is strong or not known."""
    return bool(ticked(typed)) or swells(typed)


def swells(typed: Typed) -> bool:
    """Say whether the swelling is strong, or not known: then nothing is sent before the place was asked."""
    swelling = scores(typed).get("swelling", 0)
    return swelling is None or swelling >= ASKS_WHERE_FROM


def places(typed: Any) -> frozenset[str]:
    """Return the places that were ticked."""
    return frozenset(each for each in typed.getlist("where") if each in set(Place))


def unticked_groups(typed: Any, spoken: Words) -> list[str]:
    """Return the groups of signs of which none was ticked."""
    having = {spoken.signs[each].group for each in ticked(typed)}
    return [each for each in spoken.groups if each not in having]


def open_groups(typed: Any, spoken: Words) -> list[str]:
    """Return those of them to which nobody said either that there is none."""
    if typed.get("none") == "all":
        return []
    said = typed.getlist("none_of")
    return [each for each in unticked_groups(typed, spoken) if each not in said]


def step_of(typed: Any) -> str:
    """Return what of the check-in is asked for next, or `send`; no tap leads past a score that was not asked."""
    given = scores(typed)
    missing = next((name for name, _high in SCORES if name not in given), "")
    if typed.get("back") in STEPS:
        return str(typed["back"])
    if missing:
        return missing
    if typed.get("step") == "send":
        return "send"
    if typed.get("none") == "all":
        return "more" if swells(typed) and not places(typed) else "send"
    return "more" if typed.get("step") == "more" else "signs"


def told(typed: Any, spoken: Words, photo: bytes, darker: bool = False) -> Told:
    """Return the report; the signs of a group that was left open are unanswered, never a no."""
    left = open_groups(typed, spoken)
    signs = ticked(typed)
    unanswered = tuple(each.name for group in left for each in spoken.signs_of(group))
    return Told(
        **scores(typed),
        signs=tuple(signs),
        unanswered=unanswered,
        where=(tuple(places(typed)) or (Place.NOT_SURE.value,)) if asks_where(typed) else None,
        darker=darker,
        words=line(typed, "words", MOST_WORDS),
        photo=photo,
    )


# What of a form is kept while it is not sent; neither its photo nor the token of the browser.
KEPT = ("redness", "swelling", "pain", "sign", "where", "none", "none_of", "words", "key", "turn")
MOST_KEPT = 60


def kept(typed: Any) -> dict[str, list[str]]:
    """Return what was answered so far, to be shown again; nothing where nothing was."""
    found = {
        name: [each.replace("\x00", "")[:MOST_WORDS] for each in typed.getlist(name)[:MOST_KEPT]]
        for name in KEPT
    }
    said = {name: values for name, values in found.items() if any(values)}
    return said if said.keys() - {"key", "turn"} else {}
