"""What happens at the staff's door is written down: who came in from where, who failed, what was changed, who left."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import uuid4

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F

from needlepoint.clinic.access.callers import Caller
from needlepoint.clinic.access.checks import Actor, NotHere, Refused
from needlepoint.clinic.access.find import find_by_key
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.models import Member, SignIn, UnknownTry
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write

LOG = logging.getLogger(__name__)
# Of tries under unknown names only so many are kept: whoever makes them must not be able to fill the disk.
MOST_UNKNOWN = 500


def note(member: Member, what: str, caller: Caller, at: datetime, **detail: str) -> None:
    """Write into the record what a member did at the door, or somebody in their name."""
    told = {"network": caller.network, "browser": caller.browser} | detail
    try:
        write(Act(Actor.of(member), at, uuid4()), what, f"member:{member.pk}", detail=told)
    except Refused:
        # The record may stand still while the clock is wrong; to come in and read is possible then, too.
        LOG.warning("An act at the door could not be written into the record.")


def begin(member: Member, session_key: str, way: str, caller: Caller, at: datetime) -> SignIn:
    """Keep that a session was begun."""
    with transaction.atomic():
        begun = SignIn.objects.create(
            clinic_id=member.clinic_id,
            member=member,
            session_key=session_key,
            begun_at=at,
            way=way,
            network=caller.network,
            browser=caller.browser,
        )
        note(member, "signed in", caller, at, way=way)
    return begun


def moved(sign_in: int, session_key: str) -> None:
    """Keep under which new key a session goes on."""
    SignIn.objects.filter(pk=sign_in, ended_at=None).update(session_key=session_key)


def leave(member: Member, session_key: str, how: str, caller: Caller, at: datetime) -> None:
    """Keep that a session was ended by its member, or because nobody used it."""
    with transaction.atomic():
        rows = SignIn.objects.filter(member=member, session_key=session_key, ended_at=None)
        _close(list(rows.values_list("pk", flat=True)), how, at)
        note(member, "signed out", caller, at, how=how)


def failed(member: Member, what: str, caller: Caller, at: datetime) -> None:
    """Keep that somebody tried to come in as a member, and could not."""
    with transaction.atomic():
        note(member, what, caller, at)


def failed_unknown(caller: Caller, at: datetime) -> None:
    """Keep that somebody tried a name that nobody has; the oldest of these are forgotten."""
    with transaction.atomic():
        UnknownTry.objects.create(at=at, network=caller.network, browser=caller.browser)
        beyond = UnknownTry.objects.order_by("-pk").values_list("pk", flat=True)[
            MOST_UNKNOWN : MOST_UNKNOWN + 1
        ]
        for last in list(beyond):
            UnknownTry.objects.filter(pk__lte=last).delete()


def credential_changed(
    member: Member, what: str, caller: Caller, at: datetime, keep: int | None = None
) -> None:
    """Write down that a credential was changed, and end the member's sessions but for the one that is kept.

    The one that is kept fits no longer either, until it is told the member's new number.
    """
    with transaction.atomic():
        turn_door(member, "a credential was changed", at, keep)
        note(member, what, caller, at)


def turn_door(member: Member, how: str, at: datetime, keep: int | None = None) -> int:
    """End all sessions of a member but one; return how many were open."""
    Member.objects.filter(pk=member.pk).update(door=F("door") + 1)
    member.refresh_from_db(fields=["door"])
    rows = SignIn.objects.filter(member=member, ended_at=None).exclude(pk=keep)
    return _close(list(rows.values_list("pk", flat=True)), how, at)


def _close(rows: list[int], how: str, at: datetime) -> int:
    open_rows = SignIn.objects.filter(pk__in=rows, ended_at=None)
    Session.objects.filter(session_key__in=list(open_rows.values_list("session_key", flat=True))).delete()
    return open_rows.update(ended_at=at, ended_how=how, session_key="")


@action(Permission.SIGN_IN)
def end_own(act: Act, *, sign_in_key: str) -> None:
    """End one of one's own sessions, as on a tablet that was left lying."""
    row = find_by_key(SignIn, act.actor, sign_in_key)
    if row.member_id != act.actor.member:
        raise NotHere
    _close([row.pk], "signed out by themselves elsewhere", act.at)
    write(act, "ended own session", f"member:{act.actor.member}", detail={"session": row.pk})
