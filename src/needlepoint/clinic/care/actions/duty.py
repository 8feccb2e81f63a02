"""The rota, the opening hours and the closed days: set as a whole, changed for a day, and always with their past."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise
from typing import Any

from django.db import IntegrityError, transaction

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find_by_key
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.spoken import spoken
from needlepoint.clinic.care.queries.rota import able_members
from needlepoint.clinic.models import Clinic, ClosedDay, DutyShift, Member, OpenHours
from needlepoint.clinic.models.care.duty import CLOSED_DAYS
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.clinic.practice.queries.opening import Opening, day_name, sentence

MOST_PLACES = 5
WEEK = range(7)
MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift as it is put down: who, in which place, on which weekday (7 is a closed day), from when until when."""

    member_key: str
    place: int
    weekday: int
    begins: time = MIDNIGHT
    ends: time = MIDNIGHT


@dataclass(frozen=True, slots=True)
class DayShift:
    """A shift of one day; without a member nobody is called in that place then."""

    member_key: str
    begins: time = MIDNIGHT
    ends: time = MIDNIGHT


@action(Permission.SET_DUTY)
def set_duty(act: Act, *, member_keys: Sequence[object]) -> list[DutyShift]:
    """Put the same people on duty around the clock on every day of the week; the last one is asked last."""
    keys = list(dict.fromkeys(map(str, member_keys)))
    shifts = [Shift(key, place, day) for place, key in enumerate(keys, start=1) for day in WEEK]
    return _set(act, shifts)


@action(Permission.SET_DUTY)
def set_rota(act: Act, *, shifts: Iterable[Shift]) -> list[DutyShift]:
    """Set the rota of every week from now on; what was changed for a single day stays."""
    return _set(act, list(shifts))


def _set(act: Act, shifts: list[Shift]) -> list[DutyShift]:
    clinic = _held(act)
    members = _able(act, {each.member_key for each in shifts})
    _check_shifts(shifts)
    DutyShift.objects.filter(clinic=clinic, ended_at=None, only_on=None).update(ended_at=act.at)
    rows = [
        DutyShift(
            clinic=clinic,
            member=members[each.member_key],
            place=each.place,
            weekday=each.weekday,
            begins=each.begins,
            ends=each.ends,
            begun_at=act.at,
        )
        for each in shifts
    ]
    DutyShift.objects.bulk_create(rows)
    write(act, "set duty", f"clinic:{clinic.pk}", detail={"shifts": [_told(row) for row in rows]})
    return rows


def _told(row: DutyShift) -> list[Any]:
    """Return a shift as the record keeps it."""
    when = row.only_on.isoformat() if row.only_on else row.weekday
    return [row.place, when, f"{row.begins:%H:%M}", f"{row.ends:%H:%M}", row.member_id]


def _held(act: Act) -> Clinic:
    return Clinic.objects.select_for_update(no_key=True).get(pk=act.actor.clinic)


def _able(act: Act, keys: set[str]) -> dict[str, Member]:
    """Return the members who are named; who may not look at check-ins cannot be on duty."""
    members = {key: find_by_key(Member, act.actor, key) for key in sorted(keys)}
    able = {each.pk for each in able_members(act.actor.clinic)}
    unable = [each.name for each in members.values() if each.pk not in able]
    if unable:
        raise Refused(
            "%(unable)s may not look at check-ins. Choose somebody whose role includes it.", unable=unable[0]
        )
    return members


def _check_shifts(shifts: list[Shift]) -> None:
    for each in shifts:
        if not 1 <= each.place <= MOST_PLACES or each.weekday not in range(CLOSED_DAYS + 1):
            raise Refused("Choose a place and a day of the week for every shift.")
    for place in {each.place for each in shifts}:
        for day in {each.weekday for each in shifts}:
            spans = [(e.begins, e.ends) for e in shifts if (e.place, e.weekday) == (place, day)]
            if _overlap(spans):
                raise Refused("Two shifts in the same place overlap. Let one end where the next begins.")


def _overlap(spans: Iterable[tuple[time, time]]) -> bool:
    """Say whether two stretches of one day overlap; one that ends no later than it begins reaches to midnight."""
    ordered = sorted((begins, ends if ends > begins else time.max) for begins, ends in spans)
    return any(later[0] < earlier[1] for earlier, later in pairwise(ordered))


@action(Permission.SET_DUTY)
def change_day(act: Act, *, on: date, place: int, shifts: Sequence[DayShift]) -> list[DutyShift]:
    """Say who is called in a place on one day instead of those of the week; without shifts the week counts again."""
    clinic = _held(act)
    if on < act.today:
        raise Refused("This day has gone by.")
    if not 1 <= place <= MOST_PLACES:
        raise Refused("Choose a place for every shift.")
    if _overlap([(each.begins, each.ends) for each in shifts]):
        raise Refused("Two shifts in the same place overlap. Let one end where the next begins.")
    members = _able(act, {each.member_key for each in shifts if each.member_key})
    DutyShift.objects.filter(clinic=clinic, ended_at=None, only_on=on, place=place).update(ended_at=act.at)
    rows = [
        DutyShift(
            clinic=clinic,
            member=members.get(each.member_key),
            place=place,
            only_on=on,
            begins=each.begins,
            ends=each.ends,
            begun_at=act.at,
        )
        for each in shifts
    ]
    DutyShift.objects.bulk_create(rows)
    detail = {"on": on.isoformat(), "place": place, "shifts": [_told(row) for row in rows]}
    write(act, "changed duty", f"clinic:{clinic.pk}", detail=detail)
    return rows


# ------------------------------------------------------------------------------------------------------- opening hours


@action(Permission.SET_DUTY)
def set_hours(act: Act, *, openings: Sequence[Opening], out_of_hours: dict[str, str]) -> Clinic:
    """Set when the practice is open, and what patients are told to do while it is not, in each language."""
    clinic = _held(act)
    for day in WEEK:
        if _overlap([(each.opens, each.closes) for each in openings if each.weekday == day]):
            raise Refused(
                "Two openings on %(days)s overlap. Let one end before the next begins.", days=day_name(day)
            )
    OpenHours.objects.filter(clinic=clinic, ended_at=None).update(ended_at=act.at)
    OpenHours.objects.bulk_create(
        OpenHours(clinic=clinic, weekday=each.weekday, opens=each.opens, closes=each.closes, begun_at=act.at)
        for each in openings
    )
    ordered = tuple(sorted(openings, key=lambda each: (each.weekday, each.opens)))
    clinic.hours_made = {language: sentence(ordered, language) for language in spoken()}
    clinic.out_of_hours = {language: words for language, words in out_of_hours.items() if words}
    clinic.save(update_fields=["hours_made", "out_of_hours"])
    told = [[each.weekday, f"{each.opens:%H:%M}", f"{each.closes:%H:%M}"] for each in ordered]
    write(act, "set opening hours", f"clinic:{clinic.pk}", detail={"openings": told})
    return clinic


@action(Permission.SET_DUTY)
def close_day(act: Act, *, on: date, name: str) -> ClosedDay:
    """Close the practice on a day, whatever weekday it is."""
    if on < act.today:
        raise Refused("This day has gone by.")
    if not name.strip():
        raise Refused("Write why the practice is closed on that day, such as the name of the holiday.")
    try:
        with transaction.atomic():
            row = ClosedDay.objects.create(
                clinic_id=act.actor.clinic, closed_on=on, name=name.strip(), made_at=act.at
            )
    except IntegrityError:
        raise Refused("The practice is closed on that day already.") from None
    write(act, "closed a day", f"clinic:{act.actor.clinic}", detail={"on": on.isoformat()})
    return row


@action(Permission.SET_DUTY)
def open_day(act: Act, *, on: date) -> None:
    """Take back that the practice is closed on a day."""
    rows = ClosedDay.objects.filter(clinic=act.actor.clinic, closed_on=on, opened_at=None)
    if not rows.update(opened_at=act.at):
        raise Refused("The practice is open on that day already.")
    write(act, "opened a day", f"clinic:{act.actor.clinic}", detail={"on": on.isoformat()})
