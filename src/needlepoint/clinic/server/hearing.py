"""What a wing says is heard here for a wing above it, which it does not know; in the same act and transaction."""

from __future__ import annotations

from typing import Any

from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.members import asked_no_more


def listen() -> None:
    """Hear it from now on."""
    asked_no_more.connect(_gives_on, dispatch_uid="care gives on what waits")


def _gives_on(sender: Any, act: Act, member: Any, **_: Any) -> None:  # noqa: ARG001 (Django names who speaks)
    # Read when it is needed: every command starts with this file.
    from needlepoint.clinic.care.actions import triage

    triage.ask_another(act, member)
