"""When a course is looked at again after its end: what is due, what is booked, and what a look has brought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from needlepoint.advice.after_course import LookDay, look_days
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.models import Booking, Course, OutcomeScore, Patient, Photo, Session
from needlepoint.course.instants import at_clock, local_date
from needlepoint.course.states import COURSE, CourseState
from needlepoint.evidence.follow_up import Maintenance
from needlepoint.evidence.loader import packaged

# Of a course that nobody ended, only a late look says that it was forgotten: before, its next session is due.
FORGOTTEN = "day_90"
YEARS = 20
"""So many years after a course its patient is asked for a yearly look."""
MOST = 300
"""So many courses are listed, those that ended last before all others."""
# Who comes a little before a look is asked for was looked at all the same.
EARLIER = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class LookAt:
    """A look at a course on its day: the visit that is booked for it, and what it has brought so far."""

    course: Course
    day: LookDay
    today: date
    booking: Booking | None = None
    scored: bool = False
    photos: int = 0

    @property
    def due(self) -> bool:
        """Say whether it is asked for now."""
        return self.day.is_due(self.today)

    @property
    def seen(self) -> bool:
        """Say whether somebody has looked: scored, or noted that the patient came."""
        return self.scored or (self.booking is not None and self.booking.arrived_at is not None)

    @property
    def never_ended(self) -> bool:
        """Say whether the course was forgotten: neither completed nor stopped."""
        return self.course.state not in COURSE.final

    @property
    def value(self) -> str:
        """Return what a visit for it is called in the form of booking."""
        return f"look:{self.course.public_id}:{self.day.look.id}"


# -------------------------------------------------------------------------------------------------------- of one course


def root_of(course: Course) -> Course:
    """Return the course that looks are at: of one that keeps a result, the completed one."""
    return (
        course
        if course.follows_id is None
        else Course.objects.select_related("patient").get(pk=course.follows_id)
    )


def last_done(root: Course) -> datetime | None:
    """Return when the last session of a course ended, or of one that kept its result since."""
    rows = Session.objects.filter(Q(course=root) | Q(course__follows=root), state="done")
    found: datetime | None = rows.aggregate(last=Max("finished_at"))["last"]
    return found


def looks_at(root: Course, actor: Actor | Visitor, at: datetime) -> list[LookAt]:
    """Return the looks at a course that has ended, due ones and those to come; none before the first session."""
    last = last_done(root)
    return [] if last is None or root.state not in COURSE.final else _looks({root: last}, actor, at)


def looks_for(patient: Patient, actor: Actor, at: datetime) -> list[LookAt]:
    """Return the looks at all courses of a patient that have ended; five statements, however many there are."""
    rows = Course.objects.filter(patient=patient, state__in=COURSE.final, follows=None)
    roots = {each.pk: each for each in rows.select_related("patient").order_by("-drafted_at")}
    done = Session.objects.filter(patient=patient, state="done")
    lasts = dict(_by_root(done).values_list("root", "last"))
    return _looks({root: lasts[key] for key, root in roots.items() if key in lasts}, actor, at)


def _looks(lasts: Mapping[Course, datetime], actor: Actor | Visitor, at: datetime) -> list[LookAt]:
    today, known = local_date(at, actor.zone), packaged()
    found = {
        root.pk: (root, list(look_days(local_date(last, actor.zone), today, root.state, known)))
        for root, last in lasts.items()
    }
    return _with_what_came(found, actor, today)


def maintenance(root: Course, actor: Actor) -> tuple[Maintenance, date] | None:
    """Return when a session to keep the result makes sense, with the day from which on; None where none is proposed."""
    last = last_done(root)
    row = next(iter(packaged().maintenance.values()), None)
    if root.state != CourseState.COMPLETED.value or last is None or row is None:
        return None
    last_on = local_date(last, actor.zone)
    days = look_days(last_on, last_on, root.state, packaged())
    on = next((each.on for each in days if each.look.id == row.from_look), None)
    return None if on is None else (row, on)


def looked_at_today(patient: Patient, actor: Actor | Visitor, at: datetime) -> Course | None:
    """Return the course that a visit of today looks at; None where there is no such visit."""
    today = local_date(at, actor.zone)
    begins, ends = (at_clock(today + timedelta(days=each), time(), actor.zone) for each in (0, 1))
    rows = Booking.objects.filter(patient=patient, cancelled_at=None, no_show_at=None, looks_at__isnull=False)
    visit = rows.filter(starts_at__gte=begins, starts_at__lt=ends).select_related("looks_at").first()
    return None if visit is None else visit.looks_at


@dataclass(frozen=True, slots=True)
class After:
    """What comes after a course that has ended, as its chart shows it."""

    looks: list[LookAt]
    keeping: tuple[Maintenance, date] | None
    kept_by: list[Course]


def after(course: Course, actor: Actor, at: datetime) -> After | None:
    """Return what comes after a course; None while it is under way, and where it keeps another's result."""
    if course.state not in COURSE.final or course.follows_id is not None:
        return None
    kept_by = list(Course.objects.filter(follows=course).order_by("-drafted_at"))
    return After(looks_at(course, actor, at), maintenance(course, actor), kept_by)


# ----------------------------------------------------------------------------------------------- all that are due


def due_looks(actor: Actor, at: datetime) -> list[LookAt]:
    """Return the looks that are due at all courses and that nobody has seen to yet, the longest due first.

    Who left or died is not among them.
    """
    today = local_date(at, actor.zone)
    found: dict[int, tuple[Course, list[LookDay]]] = {}
    for course, last_on in _ended_long_ago(actor, at):
        state = course.state if course.state in COURSE.final else CourseState.STOPPED.value
        days = [each for each in look_days(last_on, today, state, packaged()) if each.is_due(today)]
        if course.state not in COURSE.final:
            days = [each for each in days if each.look.days >= packaged().looks[FORGOTTEN].days]
        found[course.pk] = (course, days)
    due = [each for each in _with_what_came(found, actor, today) if not each.seen]
    return sorted(due, key=lambda each: (each.day.on, each.course.pk))


def _ended_long_ago(actor: Actor, at: datetime) -> Iterator[tuple[Course, date]]:
    """Yield the courses of which a look may be due, with the day of the last session; two statements."""
    done = Session.objects.filter(clinic=actor.clinic, state="done", patient__gone_at=None)
    near = _by_root(done).filter(_near(at)).order_by("-last", "root")
    lasts = dict(near.values_list("root", "last")[:MOST])
    rows = Course.objects.filter(pk__in=lasts, state__in=_LOOKED_AT).select_related("patient")
    coming = Booking.objects.filter(session__course=OuterRef("pk"), cancelled_at=None, no_show_at=None)
    # A course under way whose next session is in the diary was not forgotten.
    for course in rows.exclude(Q(state__in=_UNDER_WAY) & Exists(coming.filter(starts_at__gt=at))):
        yield course, local_date(lasts[course.pk], actor.zone)


def _by_root(done: QuerySet[Session]) -> QuerySet[Session, dict[str, Any]]:
    """Return the query for when the last of some sessions ended, by the course that looks are at."""
    by_root = done.annotate(root=Coalesce("course__follows", "course")).values("root").order_by()
    return by_root.annotate(last=Max("finished_at"))


_UNDER_WAY = (CourseState.ACTIVE.value, CourseState.PAUSED.value)
_LOOKED_AT = (*sorted(COURSE.final), *_UNDER_WAY)


def _near(at: datetime) -> Q:
    """Return the condition that the last session lies where some look may be due now, give or take a day."""
    near = Q()
    for look in packaged().looks.values():
        for times in range(1, 1 + (YEARS if look.months else 1)):
            away = timedelta(days=look.days or round(times * look.months * 365.25 / 12))
            early, asked = timedelta(days=look.early_days + 2), timedelta(days=look.asked_days + 2)
            near |= Q(last__gte=at - away - asked, last__lte=at - away + early)
    return near


# --------------------------------------------------------------------------------------------- what came of a look


def _with_what_came(
    found: Mapping[int, tuple[Course, Iterable[LookDay]]], actor: Actor | Visitor, today: date
) -> list[LookAt]:
    """Lay beside each look its visit, whether it was scored, and how many photos were taken; three statements."""
    came = _what_came(found)
    return [
        _look(course, day, actor, today, came[key]) for key, (course, days) in found.items() for day in days
    ]


@dataclass(slots=True)
class _Came:
    """What is on file of one course: its visits for looks, scores of members with their moments, and photos."""

    visits: list[Booking] = field(default_factory=list)
    scored: list[tuple[str, datetime]] = field(default_factory=list)
    photos: list[datetime] = field(default_factory=list)


def _what_came(found: Iterable[int]) -> dict[int, _Came]:
    came = {key: _Came() for key in found}
    for visit in _visits(came):
        came[visit.looks_at_id].visits.append(visit)
    scores = OutcomeScore.objects.filter(course__in=came).exclude(scored_by=None)
    for key, moment, at in scores.values_list("course", "moment", "scored_at"):
        came[key].scored.append((moment, at))
    for key, at in Photo.objects.filter(course__in=came).values_list("course", "taken_at"):
        came[key].photos.append(at)
    return came


def _look(course: Course, day: LookDay, actor: Actor | Visitor, today: date, came: _Came) -> LookAt:
    since = at_clock(day.from_on, time(), actor.zone)
    until = at_clock(day.until_on + timedelta(days=1), time(), actor.zone)
    visits = (each for each in came.visits if each.look == day.look.id)
    return LookAt(
        course=course,
        day=day,
        today=today,
        booking=next((each for each in visits if since - EARLIER <= each.starts_at < until), None),
        scored=any(moment == day.look.id and since <= at < until for moment, at in came.scored),
        photos=sum(since <= at < until for at in came.photos),
    )


def _visits(found: Iterable[int]) -> QuerySet[Booking]:
    """Return the query for the visits for looks that stand, the latest first."""
    rows = Booking.objects.filter(looks_at__in=found, cancelled_at=None, no_show_at=None)
    return rows.order_by("-starts_at", "-pk")
