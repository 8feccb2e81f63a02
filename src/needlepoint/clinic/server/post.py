"""How messages leave: SMTP and one SMS gateway, both off until they are set; an example practice writes to a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from needlepoint.clinic.server.environment import one_of, positive, whole
from needlepoint.clinic.server.place import ENVIRONMENT

SECURITY = ("starttls", "tls", "none")


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
        example = one_of(environment, "NEEDLEPOINT_EXAMPLE", ("no", "yes")) == "yes"
        return cls(
            **named,
            smtp_port=whole(environment, "NEEDLEPOINT_SMTP_PORT", 587, 1, 65_535),
            smtp_security=one_of(environment, "NEEDLEPOINT_SMTP_SECURITY", SECURITY),
            sender=environment.get("NEEDLEPOINT_SENDER", "clinic@localhost"),
            staff_address=environment.get("NEEDLEPOINT_STAFF_ADDRESS", "").rstrip("/"),
            # A faster clock is for showing and testing; patients of a real clinic live by the real one.
            triage_scale=positive(environment, "NEEDLEPOINT_TRIAGE_SCALE", 1.0) if example else 1.0,
        )


POST = Post.of(ENVIRONMENT)
