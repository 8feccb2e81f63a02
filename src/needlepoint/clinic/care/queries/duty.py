"""What the pages of the rota show: the week by days, the rule behind it by rows, one day, the opening hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.spoken import spoken_languages
from needlepoint.clinic.care.queries.rota import RotaDay, first_of_week, week_of
from needlepoint.clinic.care.queries.triage import ladders
from needlepoint.clinic.models import Clinic, DutyShift, Member, TriageTask
from needlepoint.clinic.models.care.duty import CLOSED_DAYS
from needlepoint.clinic.practice.queries.opening import Opening, closed_days, hours_of, sentence
from needlepoint.clinic.practice.queries.ways import way_of

DAYS_OF_SHIFTS = (
    *WEEKDAYS_ABBR.items(),
    (CLOSED_DAYS, gettext_lazy("closed days")),
)
WEEK = timedelta(days=7)
PLACES = ("first", "next", "last")
# So many rows can be typed at once; a longer rota is rare, and a shorter page is read.
SPARE_ROWS, MOST_ROWS = 2, 8


@dataclass
class WeeklyRow:
    """People who are called on the same days at the same times, as one row of the form."""

    days: set[int] = field(default_factory=set)
    begins: str = ""
    ends: str = ""
    people: dict[str, str] = field(default_factory=dict)


def week_page(actor: Actor, asked: str, at: datetime) -> dict[str, Any]:
    """Return a week of the rota, the one that was asked for or that of today, and what stands beside it."""
    clinic = Clinic.objects.get(pk=actor.clinic)
    first = _asked(asked, actor, at)
    days = week_of(clinic, first, at)
    on_duty = {shift.member.pk: shift.member for day in days for shift in day.places if shift.member}
    mine = TriageTask.objects.filter(clinic=clinic, owner=actor.member, closed_at=None)
    return {
        "days": days,
        "empty": [day for day in days if day.gaps],
        "today": at.astimezone(actor.zone).date(),
        "before": first - WEEK,
        "after": first + WEEK,
        "ladders": ladders(),
        "clinic": clinic,
        "mine": mine.exclude(acknowledged_at=None).count(),
        "unreached": _unreached(on_duty),
        "ways": {"email": way_of("email"), "sms": way_of("sms")},
    }


def _asked(asked: str, actor: Actor, at: datetime) -> date:
    today = first_of_week(at, actor.zone)
    try:
        wished = date.fromisoformat(asked)
    except ValueError:
        return today
    # A year is as far as anybody plans a rota, and sums with days far off could overflow.
    if abs(wished - today) > timedelta(days=400):
        return today
    return wished - timedelta(days=wished.weekday())


def _unreached(on_duty: Mapping[int, Member]) -> list[Member]:
    """Return who is on duty this week and can be told by mail only, or not at all."""
    return sorted((each for each in on_duty.values() if not each.phone), key=lambda each: each.name)


def weekly_rows(actor: Actor) -> list[WeeklyRow]:
    """Return the rule of every week as rows, and a few that are empty."""
    rows = DutyShift.objects.filter(clinic=actor.clinic, ended_at=None, only_on=None)
    by_day: dict[tuple[int, time, time], dict[int, int]] = defaultdict(dict)
    for row in rows.order_by("place"):
        by_day[row.weekday, row.begins, row.ends][row.place] = row.member_id
    found: dict[tuple[Any, ...], WeeklyRow] = {}
    for (day, begins, ends), people in sorted(by_day.items()):
        key = (begins, ends, tuple(sorted(people.items())))
        made = WeeklyRow(set(), f"{begins:%H:%M}", f"{ends:%H:%M}", _named(people))
        found.setdefault(key, made).days.add(day)
    used = list(found.values())[:MOST_ROWS]
    return used + [WeeklyRow() for _ in range(min(SPARE_ROWS, MOST_ROWS - len(used)))]


def _named(people: Mapping[int, int]) -> dict[str, str]:
    """Return who stands in the three places that are ever asked: the first two, and the last."""
    ordered = [str(people[place]) for place in sorted(people)]
    places = {1: ordered[:1], 2: ordered[:2]}.get(len(ordered), [*ordered[:2], ordered[-1]])
    if len(people) <= len(PLACES) and set(people) <= {1, 2, 3}:
        return {PLACES[place - 1]: str(member) for place, member in people.items()}
    return dict(zip(PLACES, places, strict=False))


def typed_rows(typed: Any) -> list[WeeklyRow]:
    """Return the rows as they were typed, where something in them could not be."""
    return [
        WeeklyRow(
            {int(each) for each in typed.getlist(f"days_{row}") if each in set("01234567")},
            typed.get(f"begins_{row}", ""),
            typed.get(f"ends_{row}", ""),
            {place: typed.get(f"{place}_{row}", "") for place in PLACES},
        )
        for row in range(MOST_ROWS)
        if f"first_{row}" in typed
    ]


def day_page(actor: Actor, on: date, at: datetime) -> dict[str, Any]:
    """Return a day of the rota, with the shifts of each place that could be changed."""
    clinic = Clinic.objects.get(pk=actor.clinic)
    days = week_of(clinic, on - timedelta(days=on.weekday()), at)
    found: RotaDay = next(each for each in days if each.on == on)
    places = [(number, found.of(number)) for number in range(1, len(PLACES) + 1)]
    return {
        "day": found,
        "on": on,
        "places": places,
        "said": (_("Called first"), _("If no answer"), _("Last")),
    }


def hours_page(actor: Actor, at: datetime) -> dict[str, Any]:
    """Return the opening hours, the closed days to come, and the sentence that patients read."""
    clinic = Clinic.objects.get(pk=actor.clinic)
    found = hours_of(clinic).openings
    return {
        "clinic": clinic,
        "weekdays": [(day, name, _of_day(found, day)) for day, name in WEEKDAYS.items()],
        "closed": closed_days(clinic, at.astimezone(actor.zone).date()),
        "sentences": [(each, sentence(found, each.code)) for each in spoken_languages()],
    }


def _of_day(openings: tuple[Opening, ...], day: int) -> list[tuple[str, str]]:
    held = [(f"{each.opens:%H:%M}", f"{each.closes:%H:%M}") for each in openings if each.weekday == day]
    return [*held, ("", ""), ("", "")][: max(2, len(held))]


def own_number(actor: Actor) -> dict[str, Any]:
    """Return the number at which the actor's alarms arrive."""
    return {"number": Member.objects.values_list("phone", flat=True).get(pk=actor.member)}
