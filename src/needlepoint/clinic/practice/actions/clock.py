"""Deciding which clock is right: a named person says it, the record keeps from where to where, and goes on."""

from __future__ import annotations

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import DECIDED, write
from needlepoint.clinic.practice.queries.record import is_behind, stands_at

LONGEST_WHY = 300


@action(Permission.DECIDE_CLOCK)
def decide(act: Act, *, why: str, doubtful: bool) -> None:
    """Say that the clock is right as it is now; what was written under another one stays as it was written.

    `doubtful` is whether the server's clock has leapt, or came up in a way that asks; a record that stands ahead is
    seen here.
    """
    if not doubtful and not is_behind(act.actor.clinic, act.at):
        raise Refused("The clock, the time that has passed and the record agree: there is nothing to decide.")
    if not why.strip():
        raise Refused("Say how you know: a phone, a clock on the wall. It goes into the record.")
    stood = stands_at(act.actor.clinic)
    told = {
        "from": stood.isoformat() if stood else "",
        "to": act.at.isoformat(),
        "why": why.strip()[:LONGEST_WHY],
    }
    write(act, DECIDED, f"clinic:{act.actor.clinic}", detail=told)
