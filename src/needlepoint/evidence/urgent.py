"""Shapes of what counts when it is urgent: who is judged sooner, words that alarm, first aid, and whom to call."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from needlepoint.evidence.schema import Basis, Condition, Ids, Row, Words


class Raiser(Row, frozen=True):
    """A circumstance of the patient that raises a triage rule by one level, and no further than `up_to`."""

    id: Words
    says: Words
    when: Condition
    sources: Ids
    basis: Basis
    up_to: Literal["call_48h", "same_day", "emergency"] = "emergency"


class Unread(Row, frozen=True):
    """How soon a person reads what was written in free words, which no rule can judge."""

    id: Words
    level: Literal["call_48h", "same_day", "emergency"]
    answer_within_hours: float
    says: Words
    sources: Ids
    basis: Basis


class AlarmWord(Row, frozen=True):
    """A thing that free words may speak of, and how urgent a report is that does, whatever else it says."""

    id: Words
    level: Literal["same_day", "emergency"]
    says: Words
    sources: Ids
    basis: Basis


class FirstAid(Row, frozen=True):
    """What to do until help is there, and for which triage rules and alarm words."""

    id: Words
    says: Words
    sources: Ids
    basis: Basis
    rules: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


class EmergencyNumber(Row, frozen=True):
    """The number to call for an ambulance in a country, by its two letters; `common` are what mobiles know."""

    country: Annotated[str, msgspec.Meta(pattern="^([A-Z]{2}|common)$")]
    number: Annotated[str, msgspec.Meta(pattern="^[0-9]{2,6}$")]
    sources: Ids
    basis: Basis
