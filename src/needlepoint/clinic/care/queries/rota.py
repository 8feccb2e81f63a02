"""Who is called when a patient is unwell: the rota's shifts, read by the clinic's clock at an instant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet

from needlepoint.clinic.access.roles import ROLES, Permission
from needlepoint.clinic.models import Clinic, ClosedDay, DutyShift, Grant, Member
from needlepoint.clinic.models.care.duty import CLOSED_DAYS
from needlepoint.clinic.models.written import Written
from needlepoint.clinic.practice.queries.opening import closed_dates
from needlepoint.course.instants import at_clock, time_zone

DAY = timedelta(days=1)
Changed = set[tuple[int, date | None]]
MIDNIGHT = time()
ABLE = [role.value for role, held in ROLES.items() if Permission.TRIAGE in held]


@dataclass(frozen=True, slots=True)
class Clock:
    """When a shift is: every `weekday` (7 is a day on which the practice is closed), or `on` one day."""

    weekday: int | None
    on: date | None
    begins: time
    ends: time
    zone: ZoneInfo

    def of_day(self, day: date) -> tuple[datetime, datetime]:
        """Return the instants between which the shift of a day lies, whatever the clocks do in between."""
        last = day if self.ends > self.begins else day + DAY
        return at_clock(day, self.begins, self.zone), at_clock(last, self.ends, self.zone)


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody in the rota, in which place, and since when the row counts; without a clock it is around the clock."""

    member: int | None
    place: int
    begun_at: datetime
    ended_at: datetime | None = None
    clock: Clock | None = None

    def counts(self, at: datetime) -> bool:
        """Say whether the row stood in the rota at an instant."""
        return self.begun_at <= at and (self.ended_at is None or at < self.ended_at)


@dataclass(frozen=True, slots=True)
class Rota:
    """The shifts of a clinic with their past, and the days on which it is closed."""

    shifts: tuple[OnDuty, ...]
    closed: frozenset[date] = frozenset()

    def now(self, at: datetime) -> tuple[OnDuty, ...]:
        """Return the shifts that run at an instant, by their place."""
        standing = [each for each in self.shifts if each.counts(at)]
        changed: Changed = {(each.place, each.clock.on) for each in standing if each.clock is not None}
        own = {
            each.place for each in standing if each.clock is not None and each.clock.weekday == CLOSED_DAYS
        }
        running = [each for each in standing if self._runs(each, at, changed, own)]
        return tuple(sorted(running, key=lambda each: each.place))

    def _runs(self, shift: OnDuty, at: datetime, changed: Changed, own: set[int]) -> bool:
        clock = shift.clock
        if clock is None:
            return True
        today = at.astimezone(clock.zone).date()
        for day in (today, today - DAY):
            if not self.begins_on(shift, clock, day, changed, own):
                continue
            begins, ends = clock.of_day(day)
            if begins <= at < ends:
                return True
        return False

    def begins_on(self, shift: OnDuty, clock: Clock, day: date, changed: Changed, own: set[int]) -> bool:
        """Say whether a shift begins on a day: what was changed for one day, then closed days, then the week."""
        if clock.on is not None:
            return clock.on == day
        if (shift.place, day) in changed:
            return False
        if day in self.closed and shift.place in own:
            return clock.weekday == CLOSED_DAYS
        return clock.weekday == day.weekday()

    def chain(self, at: datetime) -> tuple[int, ...]:
        """Return who is asked one after the other: the first two on duty, and the last, who owns the clinic."""
        return chain(self.now(at), at)

    def changes_at(self, at: datetime, within: timedelta = timedelta(days=8)) -> datetime | None:
        """Return the next instant at which somebody is on duty where nobody is now, or nobody where somebody is."""
        here = bool(self.chain(at))
        edges = sorted({edge for each in self.shifts for edge in _edges(each, at, at + within)})
        return next((edge for edge in edges if bool(self.chain(edge)) is not here), None)


def _edges(shift: OnDuty, at: datetime, until: datetime) -> Iterable[datetime]:
    if shift.clock is None or not shift.counts(at):
        return
    day, last = at.astimezone(shift.clock.zone).date() - DAY, until.astimezone(shift.clock.zone).date()
    while day <= last:
        yield from (edge for edge in shift.clock.of_day(day) if at < edge <= until)
        day += DAY


def chain(duties: Iterable[OnDuty], at: datetime) -> tuple[int, ...]:
    """Return who of these is asked one after the other at an instant, each once."""
    rows = sorted((each for each in duties if each.counts(at)), key=lambda each: each.place)
    standing = [each.member for each in rows if each.member is not None]
    return tuple(dict.fromkeys([*standing[:2], *standing[-1:]]))


def rota_of(clinic: int) -> Rota:
    """Return the rota of a clinic; two statements.

    Who was shut out, left, or may no longer look at check-ins is on duty no more, whatever the rows say.
    """
    zone: ZoneInfo | None = None
    shifts = []
    for name, able, member, *row in _SHIFTS.rows(clinic):
        zone = zone or time_zone(name)
        place, begun_at, ended_at, weekday, on, begins, ends = row
        clock = Clock(weekday, on, begins, ends, zone)
        held = member if member is None or able else None
        # A place that is held by nobody able stands empty, so that an exception still takes the place of the week.
        shifts.append(OnDuty(held, place, begun_at, ended_at, clock))
    return Rota(tuple(shifts), closed_dates(clinic))


def _shifts(clinic: Any) -> QuerySet[DutyShift, Any]:
    able = Member.objects.filter(
        Exists(Grant.objects.filter(member=OuterRef("pk"), ended_at=None, role__in=ABLE)),
        pk=OuterRef("member"),
        is_active=True,
    )
    return DutyShift.objects.filter(clinic=clinic).annotate(able=Exists(able))


_SHIFTS = Written(
    _shifts,
    columns=(
        *("clinic__time_zone", "able", "member_id", "place", "begun_at", "ended_at"),
        *("weekday", "only_on", "begins", "ends"),
    ),
    flags=("able",),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Who stands in a place of the rota on a day, from when until when; `member` is empty where nobody does."""

    place: int
    member: Member | None
    begins: time
    ends: time
    only_today: bool
    able: bool


@dataclass(frozen=True, slots=True)
class RotaDay:
    """A day of the rota as the page shows it."""

    on: date
    closed: str
    places: tuple[Place, ...]
    gaps: tuple[tuple[datetime, datetime], ...]

    @property
    def whole(self) -> bool:
        """Say whether somebody is on duty at every instant of the day."""
        return not self.gaps

    def of(self, place: int) -> tuple[Place, ...]:
        """Return the shifts of one place, by their beginning."""
        return tuple(each for each in self.places if each.place == place)


def week_of(clinic: Clinic, first: date, at: datetime) -> tuple[RotaDay, ...]:
    """Return seven days of the rota; five statements."""
    zone = time_zone(clinic.time_zone)
    rota = rota_of(clinic.pk)
    rows = list(
        DutyShift.objects.filter(clinic=clinic, ended_at=None)
        .select_related("member")
        .order_by("place", "begins")
    )
    able = {each.pk for each in able_members(clinic.pk)}
    named = dict(ClosedDay.objects.filter(clinic=clinic, opened_at=None).values_list("closed_on", "name"))
    days = [first + DAY * number for number in range(7)]
    return tuple(
        RotaDay(day, named.get(day, ""), _places(rows, rota, day, able, zone), _gaps(rota, day, zone, at))
        for day in days
    )


def able_members(clinic: int) -> list[Member]:
    """Return who may be on duty, by name."""
    rows = Member.objects.filter(clinic=clinic, is_active=True, grants__role__in=ABLE, grants__ended_at=None)
    return list(rows.distinct().order_by("name"))


def _places(
    rows: Sequence[DutyShift], rota: Rota, day: date, able: set[int], zone: ZoneInfo
) -> tuple[Place, ...]:
    changed = {(row.place, row.only_on) for row in rows if row.only_on}
    own = {row.place for row in rows if row.weekday == CLOSED_DAYS}
    found = []
    for row in rows:
        clock = Clock(row.weekday, row.only_on, row.begins, row.ends, zone)
        shift = OnDuty(row.member_id, row.place, row.begun_at, None, clock)
        if rota.begins_on(shift, clock, day, changed, own):
            may = row.member_id in able
            found.append(Place(row.place, row.member, row.begins, row.ends, row.only_on is not None, may))
    return tuple(found)


def _gaps(rota: Rota, day: date, zone: ZoneInfo, at: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Return the stretches of a day in which nobody is on duty, what has gone by left out."""
    begins, ends = max(at_clock(day, MIDNIGHT, zone), at), at_clock(day + DAY, MIDNIGHT, zone)
    if begins >= ends:
        return ()
    # What is put down now counts from now on; the days to come are asked as the rota stands.
    standing = Rota(tuple(each for each in rota.shifts if each.ended_at is None), rota.closed)
    edges = sorted({edge for each in standing.shifts for edge in _edges_of_day(each, day)} | {begins, ends})
    gaps: list[tuple[datetime, datetime]] = []
    for one, other in pairwise(edges):
        if begins <= one < ends and not standing.chain(one):
            last = min(other, ends)
            if gaps and gaps[-1][1] == one:
                gaps[-1] = (gaps[-1][0], last)
            else:
                gaps.append((one, last))
    return tuple(gaps)


def _edges_of_day(shift: OnDuty, day: date) -> tuple[datetime, ...]:
    if shift.clock is None:
        return ()
    return (*shift.clock.of_day(day - DAY), *shift.clock.of_day(day))


def first_of_week(at: datetime, zone: ZoneInfo) -> date:
    """Return the Monday of the week of an instant."""
    today = at.astimezone(zone).date()
    return today - DAY * today.weekday()
