"""Where messages are handed over: e-mail by SMTP, text messages by one plain HTTP form, or a file that keeps them here.

A gateway says `Accepted` with its own id, raises `NotAccepted` where the message surely did not go out, and raises
`Unknown` where nobody can tell.
"""

from __future__ import annotations

import json
import smtplib
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

SMS_TIMEOUT_SECONDS = 20.0


class NotAccepted(Exception):
    """The message was surely not taken; it may be tried again."""


class Unknown(Exception):
    """The message may have been taken; trying again could send it twice."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is handed over; `key` stays the same however often it is tried, for gateways that look at it.

    `calendar` is a visit as an iCalendar file, where an e-mail announces one.
    """

    key: str
    address: str
    subject: str
    body: str
    calendar: bytes = b""


class Gateway(Protocol):
    """One way out of the house."""

    def hand_over(self, letter: Letter) -> str:
        """Return the gateway's own id of what it accepted."""


class Smtp:
    """E-mail by the SMTP server that the settings name."""

    def hand_over(self, letter: Letter) -> str:
        """Send; what fails before the text was sent was surely not taken."""
        message_id = f"<{letter.key}@needlepoint>"
        mail = EmailMessage(
            letter.subject, letter.body, to=[letter.address], headers={"Message-ID": message_id}
        )
        if letter.calendar:
            mail.attach("appointment.ics", letter.calendar.decode(), "text/calendar")
        connection = get_connection()
        try:
            connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise NotAccepted(_said(error)) from None
        try:
            mail.connection = connection
            mail.send()
        except (
            smtplib.SMTPRecipientsRefused,
            smtplib.SMTPSenderRefused,
            smtplib.SMTPDataError,
        ) as error:
            raise NotAccepted(_said(error)) from None
        except (OSError, smtplib.SMTPException) as error:
            raise Unknown(_said(error)) from None
        finally:
            connection.close()
        return message_id


@dataclass(frozen=True, slots=True)
class HttpSms:
    """Text messages by one HTTPS form: JSON with `to`, `text` and `key`, a bearer token, an answer with `id`."""

    url: str
    token: str
    timeout_seconds: float = SMS_TIMEOUT_SECONDS

    def hand_over(self, letter: Letter) -> str:
        """Send; a clear refusal is one, everything else that is no answer leaves it unknown."""
        sent = json.dumps({"to": letter.address, "text": letter.body, "key": letter.key}).encode()
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": letter.key,
        }
        request = urllib.request.Request(self.url, sent, headers, method="POST")  # noqa: S310 (checked in `gateway_for`)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_seconds) as answer:  # noqa: S310
                return str(json.loads(answer.read(10_000) or b"{}").get("id", ""))
        except urllib.error.HTTPError as error:
            with error:
                if 400 <= error.code < 500:
                    raise NotAccepted(f"the gateway answered {error.code}") from None
                raise Unknown(f"the gateway answered {error.code}") from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, ConnectionRefusedError):
                raise NotAccepted("the gateway does not listen") from None
            raise Unknown(_said(error)) from None
        except (OSError, ValueError, AttributeError) as error:
            raise Unknown(_said(error)) from None


@dataclass(frozen=True, slots=True)
class Folder:
    """A file beside the database, one JSON line a message: for the example practice, and for looking."""

    path: Path

    def hand_over(self, letter: Letter) -> str:
        """Add a line; a short one is written whole or not at all."""
        line = {"key": letter.key, "to": letter.address, "subject": letter.subject, "body": letter.body}
        if letter.calendar:
            line["calendar"] = letter.calendar.decode()
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.path.open("a") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        return f"file-{letter.key}"


class Nowhere:
    """No gateway is set for this channel."""

    def hand_over(self, letter: Letter) -> str:  # noqa: ARG002 (what a gateway is given)
        """Refuse; the message is listed, and nothing leaves the house."""
        raise NotAccepted("no gateway is set for this channel")


def gateway_for(channel: str) -> Gateway:
    """Return the gateway of a channel as the settings say; an example practice sends nothing to anybody."""
    if settings.EXAMPLE_PRACTICE:
        return Folder(Path(settings.PHOTO_FOLDER).parent / "sent.jsonl")
    if channel == "email" and settings.EMAIL_HOST:
        return Smtp()
    if channel == "sms" and settings.SMS_URL.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        return HttpSms(settings.SMS_URL, settings.SMS_TOKEN)
    return Nowhere()


def _said(error: Exception) -> str:
    """Return what went wrong without whatever else an error may quote, such as an address."""
    code = getattr(error, "smtp_code", "") or getattr(getattr(error, "reason", None), "errno", "") or ""
    return f"{type(error).__name__} {code}".strip()
