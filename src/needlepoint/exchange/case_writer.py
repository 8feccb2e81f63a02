"""A Case as the plain tables of a case file, and as TOML; reading what was written gives the same Case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from needlepoint.course.answers import Answers, Chosen, Medicine, Procedure
from needlepoint.course.case import Case
from needlepoint.course.devices import OwnDevice
from needlepoint.course.scores import Score
from needlepoint.course.session import Cartridge, CheckIn, Pass, Session, Topical
from needlepoint.course.standing import Standing
from needlepoint.course.states import CourseState

Plain = dict[str, Any]


def tables(case: Case) -> Plain:
    """Return the case as a mapping of the case file's structure: texts, numbers, dates, instants, lists, mappings."""
    zone = case.clinic.time_zone
    return _kept(
        patient=_kept(
            born_on=case.patient.born_on,
            born_in=case.patient.born_in or (None if case.patient.born_on else "unknown"),
            skin_type=case.patient.skin_type.value,
            sex=case.patient.sex.value,
        ),
        goal={"concern": case.goal.concern.value, "zones": [each.value for each in case.goal.zones]},
        device={"id": case.device},
        clinic=_kept(
            time_zone=zone.key, operator=case.clinic.operator.value, place=case.clinic.place or None
        ),
        course=_standing(case.course, zone) or None,
        answers=dict(_answers(case.answers)),
        session=[_session(session, zone) for session in _in_order(case)],
        check_in=[_check_in(check_in, zone) for check_in in case.check_ins],
        score=[_score(score, zone) for score in case.scores],
        own_device=[_own(each) for each in case.own_devices],
    )


def _own(device: OwnDevice) -> Plain:
    told = {each.name: getattr(device, each.name) for each in fields(OwnDevice)}
    return _kept(**told | {"cleared_as": device.cleared_as or None})


def _in_order(case: Case) -> list[Session]:
    """Return all sessions, those done elsewhere among the others, oldest first."""
    return sorted((*case.sessions, *case.elsewhere), key=lambda each: each.started_at)


def toml(case: Case) -> str:
    """Return the case as the text of a TOML case file."""
    return "\n".join(_document(tables(case))) + "\n"


def _kept(**values: Any) -> Plain:
    """Return what is there: a key that is left out means the same as nothing."""
    return {name: value for name, value in values.items() if value is not None and value != []}


def _answers(answers: Answers) -> Iterator[tuple[str, Any]]:
    days = dict(answers.dates())
    for name, answer in answers.items():
        match answer:
            case Medicine(use=said) | Procedure(happened=said):
                yield name, said.value
            case Enum() | Chosen():
                yield name, answer.value
            case _:
                yield name, answer
        yield from ((key, day) for key, day in days.items() if key in (f"{name}_on", f"{name}_last_used_on"))


def _session(session: Session, zone: ZoneInfo) -> Plain:
    return _kept(
        started_at=_local(session.started_at, zone),
        ended_at=session.ended_at and _local(session.ended_at, zone),
        device=session.device,
        cartridge=session.cartridge and _cartridge(session.cartridge),
        healed=session.healed.value,
        topicals=[_topical(topical) for topical in session.topicals],
        passes=[_pass(each_pass) for each_pass in session.passes],
        adverse=list(session.adverse),
    )


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant on the clinic's clock, or in UTC where that clock's offset is not of whole minutes."""
    local = instant.astimezone(zone)
    return local if not (local.utcoffset() or timedelta()) % timedelta(minutes=1) else instant.astimezone(UTC)


def _cartridge(cartridge: Cartridge) -> Plain:
    return _kept(
        gtin=cartridge.gtin, lot=cartridge.lot, expires_on=cartridge.expires_on, serial=cartridge.serial
    )


def _topical(topical: Topical) -> Plain:
    return _kept(
        kind=topical.kind.value,
        name=topical.name,
        strength_percent=topical.strength_percent,
        grams=topical.grams,
        area_cm2=topical.area_cm2,
        on_minutes=topical.on_minutes,
        occluded=topical.occluded.value,
        compounded=topical.compounded.value,
        reason=topical.reason or None,
        patient_kg=topical.patient_kg,
    )


def _pass(each_pass: Pass) -> Plain:
    return _kept(
        zone=each_pass.zone.value,
        depth_mm=each_pass.depth.mm,
        passes=each_pass.passes,
        rate_hz=each_pass.rate_hz,
        speed_mm_s=each_pass.speed_mm_s,
        seconds=each_pass.seconds,
        area_cm2=each_pass.area_cm2,
    )


def _check_in(check_in: CheckIn, zone: ZoneInfo) -> Plain:
    told = _kept(
        at=_local(check_in.at, zone),
        redness=check_in.redness,
        swelling=check_in.swelling,
        pain=check_in.pain,
        unanswered=sorted(sign.value for sign in check_in.unanswered),
    )
    # An empty list is an answer: none of them is there.
    for name, values in (("signs", check_in.signs), ("where", check_in.where)):
        told |= {} if values is None else {name: sorted(each.value for each in values)}
    return told


def _standing(standing: Standing, zone: ZoneInfo) -> Plain:
    """Return where a course stands; nothing of one that is under way like any other."""
    told = _kept(
        ended_at=standing.ended_at and _local(standing.ended_at, zone),
        maintenance_since=standing.maintenance_since and _local(standing.maintenance_since, zone),
    )
    return told if standing.state is CourseState.ACTIVE else {"state": standing.state.value, **told}


def _score(score: Score, zone: ZoneInfo) -> Plain:
    return {
        "at": _local(score.at, zone),
        "scale": score.scale,
        "value": score.value,
        "by": score.by.value,
        "blind": score.blind.value,
    }


def _document(content: Plain) -> Iterator[str]:
    for name, value in content.items():
        for table in value if isinstance(value, list) else [value]:
            yield f"[[{name}]]" if isinstance(value, list) else f"[{name}]"
            yield from (f"{_key(key)} = {_literal(each)}" for key, each in table.items())
            yield ""


def _literal(value: Any) -> str:
    match value:
        case str():
            return _quoted(value)
        case Decimal():
            return f"{value.normalize():f}"
        case date():
            return value.isoformat()
        case Mapping():
            return "{ " + ", ".join(f"{_key(key)} = {_literal(each)}" for key, each in value.items()) + " }"
        case list():
            return "[" + ", ".join(_literal(each) for each in value) + "]"
        case _:
            return str(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name, re.ASCII) else _quoted(name)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'
