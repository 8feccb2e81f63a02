"""A case file, read into a Case and written from one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

import msgspec

from needlepoint.course.answers import YesNo
from needlepoint.course.case import Case, Clinic
from needlepoint.course.devices import OwnDevice
from needlepoint.course.errors import InputError
from needlepoint.course.goals import Concern, Goal, OperatorRole, Patient, Sex, SkinType
from needlepoint.course.instants import time_zone
from needlepoint.course.lots import LONGEST_LOT
from needlepoint.course.quantities import Depth, exact
from needlepoint.course.scores import Rater, Score
from needlepoint.course.session import Cartridge, CheckIn, Pass, Place, Session, Sign, Topical, TopicalKind
from needlepoint.course.standing import Standing
from needlepoint.course.states import CourseState
from needlepoint.course.zones import Zone
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.own import knowing
from needlepoint.exchange import case_shapes as shapes
from needlepoint.exchange.case_answers import answers_of
from needlepoint.exchange.case_text import is_json, parse
from needlepoint.exchange.case_writer import toml
from needlepoint.exchange.plain_words import chosen, chosen_from, inside, meant, shown, wrong_shape

_LONGEST_NAME = 200


def read(content: bytes, name: str, knowledge: Knowledge) -> Case:
    """Return the case that a file holds; an InputError says in one line what is wrong with it, and where."""
    # TOML has dates of its own, so there a date in quotes is text; JSON has none and can only quote.
    dates = () if is_json(content, name) else (date, datetime)
    try:
        table = msgspec.convert(parse(content, name), shapes.CaseTable, builtin_types=dates)
    except msgspec.ValidationError as error:
        raise wrong_shape(name, str(error)) from None
    own = tuple(inside(f"own_device[{n}]", _own, each) for n, each in enumerate(table.own_device))
    knowledge = inside("own_device", knowing, knowledge, own)
    sessions = tuple(_sessions(table.session, knowledge))
    return Case(
        patient=inside("patient", _patient, table.patient),
        goal=inside("goal", _goal, table.goal),
        device=_planned("device.id", table.device.id, knowledge),
        clinic=_clinic(table.clinic),
        answers=inside("answers", answers_of, table.answers, knowledge.questions, dates),
        sessions=tuple(each for each in sessions if each.device not in knowledge.elsewhere),
        check_ins=tuple(inside(f"check_in[{n}]", _check_in, each) for n, each in enumerate(table.check_in)),
        elsewhere=tuple(each for each in sessions if each.device in knowledge.elsewhere),
        course=inside("course", _standing, table.course),
        scores=tuple(inside(f"score[{n}]", _score, each, knowledge) for n, each in enumerate(table.score)),
        own_devices=own,
    )


def _own(table: shapes.OwnDeviceTable) -> OwnDevice:
    """Return a pen entered from its label; numbers are read exactly as they stand in the file."""
    told = {name: getattr(table, name) for name in shapes.keys_of("own_device")}
    numbers = {name: _number(name, told[name]) for name in told if name.endswith(("_mm", "_hz"))}
    return OwnDevice(**told | numbers)


def _patient(table: shapes.PatientTable) -> Patient:
    skin_type = chosen_from("skin_type", table.skin_type, SkinType, "a skin type")
    sex = chosen_from("sex", table.sex, Sex, "known here")
    born_on = None if table.born_on is msgspec.UNSET else table.born_on
    if born_on is None and not table.born_in:
        raise InputError("born_on", "is missing", 'a date such as 2026-01-10, or born_in = "unknown"')
    return Patient(born_on, skin_type, sex, "" if table.born_in == "unknown" else table.born_in)


def _goal(table: shapes.GoalTable) -> Goal:
    zones = (_zone(f"zones[{n}]", zone) for n, zone in enumerate(table.zones))
    return Goal(chosen_from("concern", table.concern, Concern, "a concern"), tuple(zones))


def _zone(key: str, value: str) -> Zone:
    return chosen_from(key, value, Zone, "a zone")


def _planned(key: str, value: str, knowledge: Knowledge) -> str:
    """Return the device for the next session; one that nobody knows is refused with the reason why."""
    for row in knowledge.elsewhere.values():
        if value == row.id or value.casefold().strip() in row.named:
            problem = f"{shown(value)} is {row.label}: it can stand in the past and not in a plan. {row.says}"
            raise InputError(key, problem, f"a device that is known: {', '.join(knowledge.devices)}")
    return chosen(key, value, knowledge.devices, "a known device")


def _used(key: str, value: str, knowledge: Knowledge) -> str:
    return chosen(key, value, (*knowledge.devices, *knowledge.elsewhere), "a known device")


def _clinic(table: shapes.ClinicTable) -> Clinic:
    operator = chosen_from("clinic.operator", table.operator, OperatorRole, "an operator")
    try:
        zone = time_zone(table.time_zone)
    except InputError as error:
        from zoneinfo import available_timezones

        problem = (
            f"{shown(table.time_zone)} is not a time zone{meant(table.time_zone, available_timezones())}"
        )
        raise InputError(error.key, problem, error.expected) from None
    return Clinic(zone, operator, table.place)


def _standing(table: shapes.CourseTable) -> Standing:
    state = chosen_from("state", table.state, CourseState, "a state of a course")
    return Standing(state, table.ended_at, table.maintenance_since)


def _sessions(tables: Iterable[shapes.SessionTable], knowledge: Knowledge) -> Iterator[Session]:
    for number, table in enumerate(tables):
        yield inside(f"session[{number}]", _session, table, knowledge)


def _session(table: shapes.SessionTable, knowledge: Knowledge) -> Session:
    device = _used("device", table.device, knowledge)
    return Session(
        started_at=table.started_at,
        device=device,
        ended_at=table.ended_at,
        cartridge=inside("cartridge", _cartridge, table.cartridge) if table.cartridge else None,
        healed=_yes_no("healed", table.healed),
        topicals=tuple(inside(f"topicals[{n}]", _topical, each) for n, each in enumerate(table.topicals)),
        passes=tuple(
            inside(f"passes[{n}]", _pass, each, device, knowledge) for n, each in enumerate(table.passes)
        ),
        adverse=tuple(
            chosen(f"adverse[{n}]", each, knowledge.adverse_kinds, "a kind of unwanted effect")
            for n, each in enumerate(table.adverse)
        ),
    )


def _yes_no(key: str, value: str) -> YesNo:
    return chosen_from(key, value, YesNo, "an answer")


def _cartridge(table: shapes.CartridgeTable) -> Cartridge:
    return Cartridge(
        table.gtin,
        _printed("lot", table.lot),
        table.expires_on,
        _printed("serial", table.serial),
    )


def _printed(key: str, text: str | None) -> str | None:
    """Return what is printed on a pouch: by GS1 and HIBC alike at most 20 signs."""
    if _written(key, text) is not None and len(text or "") > LONGEST_LOT:
        raise InputError(key, f"{shown(text or '')} has {len(text or '')} signs", f"at most {LONGEST_LOT}")
    return text


def _written(key: str, text: str | None) -> str | None:
    """Return a free text as it is: one line, nothing in it that would move a cursor."""
    if text is None or (text.isprintable() and text.strip() and len(text) <= _LONGEST_NAME):
        return text
    raise InputError(
        key, f"{shown(text)} is no name", f"1 to {_LONGEST_NAME} printable characters on one line"
    )


def _number(key: str, value: float | None) -> Decimal | None:
    return None if value is None else exact(key, value)


def _topical(table: shapes.TopicalTable) -> Topical:
    return Topical(
        kind=chosen_from("kind", table.kind, TopicalKind, "a kind of topical"),
        name=_written("name", table.name) or "",
        strength_percent=_number("strength_percent", table.strength_percent),
        grams=_number("grams", table.grams),
        area_cm2=_number("area_cm2", table.area_cm2),
        on_minutes=_number("on_minutes", table.on_minutes),
        occluded=_yes_no("occluded", table.occluded),
        compounded=_yes_no("compounded", table.compounded),
        reason=_written("reason", table.reason) or "",
        patient_kg=_number("patient_kg", table.patient_kg),
    )


def _pass(table: shapes.PassTable, device: str, knowledge: Knowledge) -> Pass:
    return Pass(
        zone=_zone("zone", table.zone),
        depth=_depth(exact("depth_mm", table.depth_mm), device, knowledge),
        passes=table.passes,
        rate_hz=_number("rate_hz", table.rate_hz),
        speed_mm_s=_number("speed_mm_s", table.speed_mm_s),
        seconds=_number("seconds", table.seconds),
        area_cm2=_number("area_cm2", table.area_cm2),
    )


def _depth(mm: Decimal, device: str, knowledge: Knowledge) -> Depth:
    known = knowledge.devices.get(device)
    # What is sold for use at home is not one product, and what was used elsewhere is not known: any depth was possible.
    if known is None or known.setting == "home":
        return Depth(mm)
    low, high = (Decimal(str(limit.value)) for limit in (known.depth_min, known.depth_max))
    if low <= mm <= high:
        return Depth(mm)
    raise InputError(
        "depth_mm", f"{mm} mm cannot be set on {device}", f"{low.normalize():f} to {high.normalize():f} mm"
    )


def _check_in(table: shapes.CheckInTable) -> CheckIn:
    return CheckIn(
        at=table.at,
        redness=table.redness,
        swelling=table.swelling,
        pain=table.pain,
        signs=None if table.signs is None else _signs("signs", table.signs),
        unanswered=_signs("unanswered", table.unanswered),
        where=None if table.where is None else _places(table.where),
    )


def _signs(key: str, values: Iterable[str]) -> frozenset[Sign]:
    return frozenset(chosen_from(f"{key}[{n}]", value, Sign, "a sign") for n, value in enumerate(values))


def _places(values: Iterable[str]) -> frozenset[Place]:
    return frozenset(chosen_from(f"where[{n}]", value, Place, "a place") for n, value in enumerate(values))


def _score(table: shapes.ScoreTable, knowledge: Knowledge) -> Score:
    scale = knowledge.scales[chosen("scale", table.scale, knowledge.scales, "a scale")]
    by = chosen_from("by", table.by, Rater, "a rater")
    if scale.scored_by not in (by.value, "either"):
        raise InputError("by", f"{scale.id} is not scored by the {by.value}", f'"{scale.scored_by}"')
    value = scale.scored_as(exact("value", table.value), "value")
    return Score(table.at, scale.id, value, by, _yes_no("blind", table.blind))


def write(case: Case) -> str:
    """Return the text of a TOML case file; reading it gives the same case."""
    return toml(case)
