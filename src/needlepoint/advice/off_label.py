"""How a plan leaves what the device is cleared for: concern, zone, skin type and age, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from needlepoint.advice.moment import Moment
from needlepoint.course.goals import Patient, SkinType
from needlepoint.course.instants import months_after
from needlepoint.evidence.schema import Clearance


def off_label(moment: Moment) -> tuple[str, ...]:
    """Return one sentence for each way in which the case lies outside the device's clearances."""
    concern = moment.case.goal.concern.value
    for_concern = [each for each in moment.device.cleared if concern in each.concerns]
    if not for_concern:
        return (f"{moment.device.name} has no clearance for {_plain(concern)}.",)
    lines: dict[str, None] = {}
    for zone in moment.case.goal.zones:
        lines.update(dict.fromkeys(_on_zone(moment, zone.kind, for_concern)))
    return tuple(lines)


def _on_zone(moment: Moment, kind: str, for_concern: list[Clearance]) -> Iterator[str]:
    cleared = f"{moment.device.name} is cleared for {_plain(moment.case.goal.concern.value)}"
    here = [each for each in for_concern if kind in each.zones]
    if not here:
        yield f"{cleared}, but not in this zone: {_plain(kind)}."
        return
    types = {skin_type for each in here for skin_type in each.skin_types}
    yield from _skin_type(moment.case.patient.skin_type, types, f"{cleared} ({_plain(kind)})")
    youngest = min(each.min_age_years for each in here)
    yield from _age(moment.case.patient, youngest, moment.today, cleared)


def _skin_type(skin_type: SkinType, types: set[str], cleared: str) -> Iterator[str]:
    known = [each.value for each in SkinType if each is not SkinType.UNKNOWN]
    if types.issuperset(known) or skin_type.value in types:
        return
    named = ", ".join(each for each in known if each in types)
    what = "it is not known" if skin_type is SkinType.UNKNOWN else f"the patient's is {skin_type.value}"
    yield f"{cleared} in skin types {named} only; {what}."


def _age(patient: Patient, youngest: int, today: date, cleared: str) -> Iterator[str]:
    first, last = patient.born_first, patient.born_last
    if first is None or last is None:
        yield f"{cleared} from the age of {youngest}; the patient's age is not known."
    elif today < months_after(first, 12 * youngest):
        yield f"{cleared} from the age of {youngest}, and the patient is younger."
    elif today < months_after(last, 12 * youngest):
        yield f"{cleared} from the age of {youngest}, and the patient may be younger."


def _plain(name: str) -> str:
    return name.replace("_", " ")
