"""Who works here, with their roles and how they come in; and where one is signed in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db.models import Max

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import Grant, Member, RecordLine, ShutOut, SignIn, UnknownTry, WayIn

SHOWN = 50
A_WEEK, A_MONTH = timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One member, as whoever looks after the members sees them."""

    member: Member
    roles: tuple[Role, ...]
    shut_out: ShutOut | None
    way_in: WayIn | None
    holds_factor: bool
    has_password: bool
    open_sessions: int
    last_in: datetime | None


def member_by_address(email: str) -> Member | None:
    """Return who signs in with an address, shut out or not."""
    return Member.objects.filter(email=email.strip().lower()).first() if email.strip() else None


def member_lines(actor: Actor, at: datetime) -> list[MemberLine]:
    """Return everybody of the clinic by name, those who are shut out last."""
    clinic = actor.clinic
    people = list(Member.objects.filter(clinic=clinic).order_by("-is_active", "name"))
    roles = defaultdict(set)
    for member, role in Grant.objects.filter(clinic=clinic, ended_at=None).values_list("member", "role"):
        roles[member].add(Role(role))
    out = {
        row.member_id: row
        for row in ShutOut.objects.filter(clinic=clinic, ended_at=None).select_related("by")
    }
    links = WayIn.objects.filter(clinic=clinic, used_at=None, voided_at=None, expires_at__gt=at)
    waiting = {row.member_id: row for row in links}
    held = Authenticator.objects.filter(user__clinic=clinic).exclude(type=Authenticator.Type.RECOVERY_CODES)
    holders = set(held.values_list("user", flat=True))
    last, open_now = _sessions(clinic, at)
    return [
        MemberLine(
            member=each,
            roles=tuple(role for role in Role if role in roles[each.pk]),
            shut_out=out.get(each.pk),
            way_in=waiting.get(each.pk),
            holds_factor=each.pk in holders,
            has_password=each.has_usable_password(),
            open_sessions=open_now[each.pk],
            last_in=last.get(each.pk),
        )
        for each in people
    ]


def _sessions(clinic: int, at: datetime) -> tuple[dict[int, datetime], dict[int, int]]:
    rows = SignIn.objects.filter(clinic=clinic)
    last = dict(rows.order_by().values_list("member").annotate(at=Max("begun_at")))
    begun = list(rows.filter(ended_at=None).values_list("member", "session_key"))
    alive = _alive([key for _member, key in begun], at)
    open_now: dict[int, int] = defaultdict(int)
    for member, key in begun:
        open_now[member] += key in alive
    return last, open_now


def _alive(keys: list[str], at: datetime) -> set[str]:
    """Return which of these sessions go on; one that ran out, or whose cookie is gone, is in no table any more."""
    found = Session.objects.filter(session_key__in=keys, expire_date__gt=at)
    return set(found.values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class SignInLine:
    """One session of a member: open, or how it ended."""

    row: SignIn
    is_open: bool
    is_this: bool


def own_sign_ins(actor: Actor, session_key: str, at: datetime) -> list[SignInLine]:
    """Return the actor's last sessions, the newest first."""
    rows = list(SignIn.objects.filter(clinic=actor.clinic, member=actor.member).order_by("-begun_at")[:SHOWN])
    alive = _alive([row.session_key for row in rows if row.session_key], at)
    return [
        SignInLine(row, row.ended_at is None and row.session_key in alive, row.session_key == session_key)
        for row in rows
    ]


def own_door_lines(actor: Actor, at: datetime) -> list[RecordLine]:
    """Return what else the record holds of the actor at the door this month: failures and changed credentials."""
    rows = RecordLine.objects.filter(clinic=actor.clinic, member=actor.member, at__gt=at - A_MONTH)
    rows = rows.filter(about=f"member:{actor.member}").exclude(act__in=("signed in", "signed out"))
    return list(rows.order_by("-number")[:SHOWN])


def unknown_tries(at: datetime) -> tuple[int, list[str]]:
    """Return how often names that nobody has were tried within a week, and from which networks."""
    rows = UnknownTry.objects.filter(at__gt=at - A_WEEK)
    return rows.count(), sorted(set(rows.values_list("network", flat=True)))[:5]


def own_language(actor: Actor) -> str:
    """Return the language that a member has chosen; empty where they read that of the practice."""
    return str(Member.objects.values_list("language", flat=True).get(pk=actor.member))
