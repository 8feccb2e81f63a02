"""What is asked: the eight things that a practice does all day."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from string import ascii_lowercase
from typing import Any

from benchmarks.clinic.asking import Request
from benchmarks.clinic.filling import BORN_FROM, FAMILIES, LOT_PIECES, WITH_PASSES, public_id
from tests.clinic.practice import Practice

from needlepoint.clinic.models import Session
from needlepoint.course.zones import Zone

SIX = (
    Zone.FOREHEAD,
    Zone.CHEEK_LEFT,
    Zone.CHEEK_RIGHT,
    Zone.CHIN,
    Zone.TEMPLE_LEFT,
    Zone.TEMPLE_RIGHT,
)
# On so many days new patients are born, all before the first of those who were filled in.
BORN_BEFORE = 12_000
Lines = Callable[[], Iterator[tuple[str, list[Request]]]]


@dataclass
class Prepared:
    """Sessions of six zones under way, each ready to be finished once."""

    sessions: list[Any]

    @classmethod
    def of(cls, practice: Practice, number: int, say: Callable[[str], None]) -> Prepared:
        """Return so many; those that were left over in a kept place first, the others opened by the real actions."""
        began = time.perf_counter()
        left = Session.objects.filter(state="under_way", clinic=practice.clinic).select_related("patient")
        sessions = list(left.order_by("pk")[:number])
        sessions += [_open(practice) for _ in range(number - len(sessions))]
        say(f"made {number} sessions of six zones ready in {time.perf_counter() - began:.0f} s")
        return cls(sessions)


def _open(practice: Practice) -> Any:
    patient = practice.patient(family_name=f"Prepared {practice.acts}", email="")
    course = practice.planned(practice.course(patient, zones=SIX), depth="0.50")
    return practice.opened(practice.consented(course), practice.stocked(lot=f"P{practice.acts}")[0])


def kinds(prepared: Prepared, asked: Any, dice: random.Random) -> Lines:
    """Return what makes the requests of every kind in turn; a session is finished only once."""

    def lines() -> Iterator[tuple[str, list[Request]]]:
        reads = asked.requests
        yield "patient list, a page", [_list_page(dice, asked) for _ in range(reads)]
        yield "patient list, a search", [_search(dice) for _ in range(reads)]
        yield "chart with its sessions", [_chart(dice, asked) for _ in range(reads)]
        yield "day view of 40 visits", [Request("/day/")] * reads
        first_day = random.SystemRandom().randrange(BORN_BEFORE)
        yield "new patient", [_new_patient(place, first_day) for place in range(reads)]
        finishing = [prepared.sessions.pop() for _ in range(min(asked.saves, len(prepared.sessions)))]
        yield "session saved, six zones", [_finish(each) for each in finishing]
        yield "recall of a lot", [_recall(dice, asked) for _ in range(max(20, reads // 5))]

    return lines


def _list_page(dice: random.Random, asked: Any) -> Request:
    return Request(f"/patients/?page={dice.randint(1, max(1, min(asked.patients // 25, 40)))}")


def _search(dice: random.Random) -> Request:
    return Request(f"/patients/?q={dice.choice(FAMILIES)}+{dice.randint(0, 990)}")


def _chart(dice: random.Random, asked: Any) -> Request:
    return Request(f"/patients/{public_id('patient', dice.randrange(0, asked.patients, WITH_PASSES))}/")


def _new_patient(place: int, first_day: int) -> Request:
    # Nobody who could be taken for somebody else, or the clinic would ask first whether it is the same: born before all
    # who are there, each on a day of their own, and called by letters that no list of names has.
    lot = random.SystemRandom()
    given, family = ("".join(lot.choices(ascii_lowercase, k=8)).title() for _ in range(2))
    form = {
        "given_name": given,
        "family_name": family,
        "born_on": (BORN_FROM - timedelta(days=1 + (first_day + place) % BORN_BEFORE)).isoformat(),
        "sex": "female",
        "skin_type": "III",
    }
    return Request("/patients/new/", form, (302,))


def _finish(session: Any) -> Request:
    form: dict[str, object] = {
        "patient": str(session.patient.public_id),
        "zones": [zone.value for zone in SIX],
        "sharps_container": "SC-1",
        "pain": "3",
    }
    for zone in SIX:
        form |= {f"depth_{zone.value}": "0.50", f"passes_{zone.value}": "2"}
    return Request(f"/sessions/{session.public_id}/finish/", form, (302,))


def _recall(dice: random.Random, asked: Any) -> Request:
    return Request(f"/recall/?lot=L{dice.randrange(max(1, asked.sessions // LOT_PIECES))}")
