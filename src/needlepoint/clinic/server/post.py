"""How messages leave: SMTP and one SMS gateway, both off until they are set; an example practice writes to a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Post:
    """The settings of sending; the names are listed in docs/how-to/messages-and-queue.md."""

    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_security: str
    sender: str
    sms_url: str
    sms_token: str
    hook_secret: str
    staff_address: str
    triage_scale: float

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Post:
        """Read the settings; nothing is sent to anybody where none is set."""
        named = {
            name: environment.get(f"NEEDLEPOINT_{name.upper()}", "")
            for name in ("smtp_host", "smtp_user", "smtp_password", "sms_url", "sms_token", "hook_secret")
        }
        example = environment.get("NEEDLEPOINT_EXAMPLE", "no") == "yes"
        return cls(
            **named,
            smtp_port=int(environment.get("NEEDLEPOINT_SMTP_PORT", "587")),
            smtp_security=environment.get("NEEDLEPOINT_SMTP_SECURITY", "starttls"),
            sender=environment.get("NEEDLEPOINT_SENDER", "clinic@localhost"),
            staff_address=environment.get("NEEDLEPOINT_STAFF_ADDRESS", "").rstrip("/"),
            # A faster clock is for showing and testing; patients of a real clinic live by the real one.
            triage_scale=float(environment.get("NEEDLEPOINT_TRIAGE_SCALE", "1")) if example else 1.0,
        )


POST = Post.of(os.environ)
