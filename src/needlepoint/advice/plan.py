"""The plan: which sessions, how far apart, how deep in each zone, and which limit decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

from needlepoint.advice.depth_limits import deciding, depth_range, exactly, limits, shallowest, zone_row
from needlepoint.advice.document import DepthsDone, Interval, Plan, PlannedSession, ZoneLeftOut, ZonePlan
from needlepoint.advice.healed import Healing
from needlepoint.advice.moment import Moment
from needlepoint.advice.next_depth import carried, proposed
from needlepoint.advice.off_label import off_label
from needlepoint.advice.screening import Screening
from needlepoint.advice.spacing import interval
from needlepoint.course.answers import YesNo
from needlepoint.course.goals import Concern, OperatorRole, SkinType
from needlepoint.course.zones import Zone, ZonePart
from needlepoint.evidence.depths import GoalDepth, depth_of
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Device

PASSES = "as many as the endpoint needs, and no more once it shows"
# Skin that marks easily begins a step lower: by its type, or because it did before; so does skin nobody has judged.
_GENTLER = frozenset((SkinType.IV, SkinType.V, SkinType.VI, SkinType.UNKNOWN))


def plan(moment: Moment, screening: Screening, healed: Sequence[Healing]) -> Plan:
    """Return the sessions still intended for a case; while a stop stands they carry no dates.

    `healed` says how each session done has healed, oldest first.
    """
    why = _not_for_these_hands(moment)
    zones, left_out = ((), ()) if why else _zones(moment, healed)
    between = interval(moment, (zone.depth_mm.max for zone in zones))
    ended = _ended(moment)
    sessions = _sessions(moment, screening, zones, between) if zones and not ended else ()
    return Plan(
        sessions_range=_range(moment),
        interval_days=between,
        sessions=sessions,
        left_out=left_out,
        off_label=off_label(moment),
        why=why or ended or _why(zones, sessions),
        sources=tuple(
            dict.fromkeys((*moment.goal.sources, *moment.goal.sessions.sources, *moment.operator.sources))
        ),
    )


def _not_for_these_hands(moment: Moment) -> str:
    if moment.may_use_device:
        return ""
    who = moment.operator.id.replace("_", " ")
    return f"No session is planned: {moment.device.name} is not a device for the operator named ({who})."


def _ended(moment: Moment) -> str:
    standing = moment.case.course.by(moment.at)
    return f"No session is planned: the course was {standing.state.value}." if standing.ended else ""


def _range(moment: Moment) -> tuple[int, int]:
    """Return how many sessions such a course takes; one that keeps a result takes one."""
    if moment.case.course.maintenance_since is not None:
        return 1, 1
    return round(moment.goal.sessions.low), round(moment.goal.sessions.high)


def _own(moment: Moment) -> int:
    """Return how many sessions of this course were done; those before it belong to the one that it keeps."""
    since = moment.case.course.maintenance_since
    return sum(1 for each in moment.sessions if since is None or each.started_at >= since)


def _why(zones: tuple[ZonePlan, ...], sessions: tuple[PlannedSession, ...]) -> str:
    if not zones:
        return "No session is planned: no zone of the goal can be needled with this device."
    if not sessions:
        return "No session is planned: as many were done as such a course usually takes."
    return ""


def _zones(moment: Moment, healed: Sequence[Healing]) -> tuple[tuple[ZonePlan, ...], tuple[ZoneLeftOut, ...]]:
    goal, patient = moment.case.goal, moment.case.patient
    marks = moment.case.answers.get("dark_marks") is YesNo.YES
    gentler = marks or patient.skin_type in _GENTLER
    asked = (moment.device.id, goal.concern, moment.case.clinic.operator, gentler)
    first = (_zone(zone, *asked, moment.knowledge, moment.case.clinic.place) for zone in goal.zones)
    found = [carried(each, moment, healed) if isinstance(each, ZonePlan) else each for each in first]
    return (
        tuple(each for each in found if isinstance(each, ZonePlan)),
        tuple(each for each in found if isinstance(each, ZoneLeftOut)),
    )


@lru_cache(maxsize=4096)
def _zone(
    zone: Zone,
    device: str,
    concern: Concern,
    operator: OperatorRole,
    gentler: bool,
    knowledge: Knowledge,
    place: str,
) -> ZonePlan | ZoneLeftOut:
    """Return the plan of one zone for a first session; it depends on so little that many cases share it."""
    if zone.part is ZonePart.EYELID:
        return _eyelid(zone, knowledge)
    among = limits(device, concern, zone.kind, operator, knowledge, place)
    done = depth_of(concern.value, zone.kind, knowledge.depths)
    start = (done and done.start) or zone_row(zone.kind, knowledge).depth_start
    depths = depth_range(among, start, knowledge.devices[device], gentler)
    sources = [source for limit in among for source in limit.sources]
    if depths is None:
        least, limit = deciding(among)
        reason = f"{_least_setting(knowledge.devices[device])} deeper than the {least} mm allowed here ({limit.says})."
        return ZoneLeftOut(zone=zone, reason=reason, sources=tuple(dict.fromkeys(sources)))
    goal = knowledge.goals[concern.value]
    return ZonePlan(
        zone=zone,
        depth_mm=depths,
        proposal=proposed("first", depths.start, knowledge),
        done_so=_done_so(done) if done else None,
        passes=PASSES,
        # Who needles without anybody beside them ends earlier than the goal would have it.
        endpoint=knowledge.operators[operator.value].endpoint or goal.endpoint,
        limits=among,
        sources=tuple(dict.fromkeys((*sources, *start.sources, *goal.sources))),
    )


def _done_so(row: GoalDepth) -> DepthsDone:
    return DepthsDone(
        id=row.id,
        says=row.says,
        ended_mm=exactly(row.ended) if row.ended else None,
        sources=tuple(dict.fromkeys((*row.sources, *(row.ended.sources if row.ended else ())))),
        basis=row.basis,
    )


def _least_setting(device: Device) -> str:
    return f"{device.name} needles {shallowest(device)} mm deep at the least,"


def _eyelid(zone: Zone, knowledge: Knowledge) -> ZoneLeftOut:
    reason = "Inside the orbital rim: no device is cleared there, so it has no depth."
    return ZoneLeftOut(zone=zone, reason=reason, sources=zone_row(zone.kind, knowledge).depth_max.sources)


def _sessions(
    moment: Moment, screening: Screening, zones: tuple[ZonePlan, ...], between: Interval
) -> tuple[PlannedSession, ...]:
    numbers = range(_own(moment) + 1, _range(moment)[1] + 1)
    first = None if screening.stops else _next_on(moment, screening, between)
    apart = timedelta(days=max(between.usual, between.minimum))
    healed = moment.last_session is not None and moment.last_session.healed is YesNo.YES
    return tuple(
        PlannedSession(
            number=number,
            earliest_on=None if first is None else first + index * apart,
            zones=zones,
            still_open=_still_open(number, healed and index == 0, _leading_scale(moment)),
            settle_first=screening.undated if index == 0 else (),
        )
        for index, number in enumerate(numbers)
    )


def _next_on(moment: Moment, screening: Screening, between: Interval) -> date:
    """Return the first day for the next session: today, after the last one, and when all that waits has ended."""
    days = [moment.today]
    if moment.last_session_on is not None:
        days.append(moment.last_session_on + timedelta(days=between.minimum))
    if screening.earliest_on is not None:
        days.append(screening.earliest_on)
    return max(days)


def _leading_scale(moment: Moment) -> str:
    return moment.knowledge.scales[moment.goal.scales[0]].label


@lru_cache(maxsize=1024)
def _still_open(number: int, healed: bool, scale: str) -> tuple[str, ...]:
    """Return what is decided anew before a session; `healed` says that the look at the last one was taken."""
    again = ("Screening again on the day: answers grow old.",)
    if number == 1:
        return again
    score = f"Outcome score ({scale}): is another session worth it?"
    return (score, *again) if healed else (f"Healing check: has session {number - 1} healed?", score, *again)
