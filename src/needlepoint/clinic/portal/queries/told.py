"""What a patient may be told about people: that somebody was told, or calls, only where rows say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from needlepoint.clinic.care.queries.rota import Rota, rota_of
from needlepoint.clinic.chair.queries.urgency import ladder_of
from needlepoint.clinic.models import CheckIn, Clinic, Member, Message
from needlepoint.clinic.practice.queries.door.work import stalled
from needlepoint.clinic.practice.queries.opening import Hours, hours_of
from needlepoint.clinic.practice.queries.ways import way_of
from needlepoint.evidence.languages import first_language

HANDED_OVER = ("handed_over", "delivered")
# So long an alarm may take before it counts as one that reaches nobody.
SOON = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Promise:
    """What is said of people at an instant: `says` is a key of the words' promises, the rest fills its places.

    `told` holds only where an alarm was handed over to somebody who was on duty then; `call_now` where nobody was.
    """

    says: str
    told: bool
    call_now: bool
    by: datetime
    open_now: bool
    opens_at: datetime | None
    out_of_hours: str


def promise(check_in: CheckIn, clinic: Clinic, at: datetime) -> Promise:
    """Return what the answer to a report may say about people; six statements."""
    rota, hours = rota_of(clinic.pk), hours_of(clinic)
    told = _was_told(check_in, rota)
    says = _says(check_in, Now(rota, hours, at, told, can_reach(rota, at)))
    open_now = hours.open_at(at)
    return Promise(
        says=says,
        told=told,
        call_now=says in ("emergency_nobody", "call_us_now"),
        by=check_in.looked_at_by,
        open_now=open_now,
        opens_at=None if open_now else hours.opens_at(at),
        out_of_hours="" if open_now else out_of_hours(clinic, check_in.language),
    )


@dataclass(frozen=True, slots=True)
class Now:
    """What is known of people at an instant."""

    rota: Rota
    hours: Hours
    at: datetime
    told: bool
    reachable: bool

    def somebody_by(self, until: datetime) -> bool:
        """Say whether anybody is on duty, or the practice open, before an instant."""
        if self.rota.chain(self.at) or self.hours.open_at(self.at):
            return True
        coming = [self.rota.changes_at(self.at, until - self.at), self.hours.opens_at(self.at)]
        return any(each is not None and each < until for each in coming)


def _says(check_in: CheckIn, now: Now) -> str:
    if ladder_of(check_in.level).alarm:
        return _of_red(check_in, now)
    known = now.somebody_by(check_in.looked_at_by)
    if check_in.level == "call_48h":
        return "calls_by" if known else "call_us_now"
    if not known:
        return "nobody_named"
    return "reads" if check_in.level == "expected" else "looks_by"


def _of_red(check_in: CheckIn, now: Now) -> str:
    moment = "emergency" if check_in.level == "emergency" else "today"
    if now.told:
        return f"{moment}_told"
    # Only while it may still arrive within moments: then the page says what became of it.
    if now.reachable and now.at - check_in.at < SOON:
        return f"{moment}_telling"
    return "emergency_nobody" if moment == "emergency" else "call_us_now"


def _was_told(check_in: CheckIn, rota: Rota) -> bool:
    """Say whether an alarm about a report was handed over to somebody who was on duty at that moment."""
    rows = Message.objects.filter(about__check_in=check_in, purpose="alarm", state__in=HANDED_OVER)
    handed = rows.exclude(handed_over_at=None).values_list("member_id", "handed_over_at")
    return any(member in rota.chain(handed_over_at) for member, handed_over_at in handed)


def can_reach(rota: Rota, at: datetime) -> bool:
    """Say whether an alarm can get to whoever is on duty now: a way out is set, and the background work goes on."""
    people = rota.chain(at)
    if not people or stalled(at):
        return False
    if way_of("email"):
        return True
    return bool(way_of("sms")) and Member.objects.filter(pk__in=people).exclude(phone="").exists()


def can_send(channel: str, at: datetime) -> bool:
    """Say whether a message could leave now by a channel, or by any where none is named."""
    ways = [channel] if channel in ("email", "sms") else ["email", "sms"]
    return any(way_of(each) for each in ways) and not stalled(at)


def out_of_hours(clinic: Clinic, language: str) -> str:
    """Return what the clinic tells patients to do while it is closed, in their language or in its own first one."""
    said: Any = clinic.out_of_hours or {}
    return str(said.get(language) or said.get(first_language()) or "")
