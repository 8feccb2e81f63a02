"""The cells that were judged by hand, played out: hours, zones and persons for every row of triage_cells.toml."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import tomli
from tests.unit import factories

from needlepoint.advice.door import judge
from needlepoint.course.answers import Medicine, Presence, Use
from needlepoint.course.case import Case
from needlepoint.course.goals import Patient, Sex, SkinType
from needlepoint.course.session import CheckIn, Place, Session, Sign, Topical, TopicalKind

HERE = Path(__file__).parent
CELLS: list[dict[str, Any]] = tomli.loads((HERE / "triage_cells.toml").read_text())["cell"]
LAST = 1440.0
WHERE_ELSEWHERE = "elsewhere"
# Ordinary people differ in what must not matter: light skin, the cheek or the forehead.
SKINS = (SkinType.I, SkinType.II, SkinType.III)
ZONES = ("cheek_left", "forehead", "chin")
PERSONS = ("plain", "older", "darker", "blood_thinner", "immunosuppressed", "eczema")
VISIT = factories.session(60)
CREAMS = {
    "none": (Topical(TopicalKind.GLIDE, "gel"),),
    "lidocaine": (Topical(TopicalKind.ANAESTHETIC, "lidocaine"),),
    "not written": (),
}


@dataclass(frozen=True, slots=True)
class Vignette:
    """One report of one person at one hour, the level a cell gives it, and why."""

    id: str
    cell: str
    person: str
    hours: float
    level: str
    why: str
    case: Case

    def judged(self) -> str:
        """Return the level that the rules give it."""
        told = judge(self.case, self.case.check_ins[-1].at)
        assert told is not None
        return told.level


@cache
def vignettes() -> tuple[Vignette, ...]:
    """Return every cell for every person: in each window three hours for a plain one, one hour for all others."""
    number = count(1)
    return tuple(each for cell in CELLS for each in _of(cell, number))


def _of(cell: dict[str, Any], number: Iterator[int]) -> Iterator[Vignette]:
    for person in PERSONS:
        levels = cell.get("who", {}).get(person, cell["levels"])
        ends = [start for start, _ in levels[1:]] + [cell.get("to", LAST)]
        for (start, level), end in zip(levels, ends, strict=True):
            for share in (0.05, 0.5, 0.97) if person == "plain" else (0.4,):
                at = next(number)
                hours = round(start + (end - start) * share, 2)
                told = _case(cell, person, hours, at)
                yield Vignette(f"{cell['id']}-{at}", cell["id"], person, hours, level, cell["why"], told)


def _case(cell: dict[str, Any], person: str, hours: float, number: int) -> Case:
    visit = factories.session(60, topicals=CREAMS[cell.get("cream", "not written")])
    reports = [_report(cell, visit, hours)]
    if "earlier" in cell:
        reports.insert(0, CheckIn(_at(visit, min(20.0, hours / 2)), cell["earlier"], 0, 0, frozenset()))
    zone = "abdomen" if cell.get("where") == [WHERE_ELSEWHERE] else ZONES[number % len(ZONES)]
    return factories.case(
        patient=_patient(person, number),
        goal=factories.goal("wrinkles", zone),
        sessions=(visit,),
        check_ins=tuple(reports),
        answers=factories.answers(**_answers(person)),
    )


def _report(cell: dict[str, Any], visit: Session, hours: float) -> CheckIn:
    signs = frozenset(Sign(each) for each in cell.get("signs", ()))
    left = cell.get("open", ())
    unanswered = frozenset(Sign) - signs if left == "all" else frozenset(Sign(each) for each in left)
    scores = {"redness": 0, "swelling": 0, "pain": 0, **cell.get("scores", {})}
    known = {name: None if score == "open" else score for name, score in scores.items()}
    where = (
        frozenset(Place(each) for each in cell["where"] if each != WHERE_ELSEWHERE)
        if "where" in cell
        else None
    )
    return CheckIn(_at(visit, hours), signs=signs, unanswered=unanswered, where=where or None, **known)


def _at(visit: Session, hours: float) -> Any:
    return visit.clock_starts_at + timedelta(hours=hours)


def _patient(person: str, number: int) -> Patient:
    born_on = date(1950, 5, 14) if person == "older" else date(1990, 5, 14)
    skin = SkinType.V if person == "darker" else SKINS[number % len(SKINS)]
    return Patient(born_on, skin, Sex.FEMALE)


def _answers(person: str) -> dict[str, Any]:
    return {
        "blood_thinner": {"anticoagulant": Medicine(Use.CURRENT)},
        "immunosuppressed": {"immunosuppression": Medicine(Use.CURRENT)},
        "eczema": {"eczema": Presence.ELSEWHERE},
    }.get(person, {})
