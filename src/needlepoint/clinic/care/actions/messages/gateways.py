"""Where messages are handed over: e-mail by SMTP, text messages by one plain HTTP form, or a file that keeps them here.

A gateway says `Accepted` with its own id, raises `NotAccepted` where the message surely did not go out, and raises
`Unknown` where nobody can tell.
"""

from __future__ import annotations

import contextlib
import json
import queue
import smtplib
import socket
import ssl
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from needlepoint.clinic.practice.queries.ways import way_of

WAIT_SECONDS = 4.0
"""So long a gateway may take over one message before the next one goes ahead of it."""
SLOW_SECONDS = 60.0
"""So long one that is slow may take in all: what it says late still counts."""


class NotAccepted(Exception):
    """The message was surely not taken; it may be tried again. `down` where no other would have been, either."""

    def __init__(self, words: str, *, down: bool = False) -> None:
        super().__init__(words)
        self.down = down


class Unknown(NotAccepted):
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
    urgent: bool = False


class Gateway(Protocol):
    """One way out of the house."""

    def hand_over(self, letter: Letter) -> str:
        """Return the gateway's own id of what it accepted."""


class Smtp:
    """E-mail by the SMTP server that the settings name."""

    def hand_over(self, letter: Letter) -> str:
        """Send; what fails before the text was sent was surely not taken."""
        message_id = f"<{letter.key}@needlepoint>"
        mail = _mail(letter, message_id)
        connection = get_connection(timeout=SLOW_SECONDS)
        try:
            connection.open()
        except Exception as error:  # noqa: BLE001 (no text was sent yet, whatever it is)
            raise NotAccepted(_said(error), down=True) from None
        try:
            mail.connection = connection
            taken = mail.send()
        except NOT_TAKEN as error:
            raise NotAccepted(_said(error)) from None
        except Exception as error:  # noqa: BLE001 (the text may have gone, whatever it is)
            raise Unknown(_said(error), down=True) from None
        finally:
            _close(connection)
        if taken != 1:
            raise NotAccepted("no mail server took it")
        return message_id


NOT_TAKEN = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPHeloError,
    smtplib.SMTPNotSupportedError,
    # An address that cannot be written down is found before a word of the text is sent.
    ValueError,
)


def _mail(letter: Letter, message_id: str) -> EmailMessage:
    """Make the mail and read it once, so that one that cannot be written is known before anything is opened."""
    mail = EmailMessage(letter.subject, letter.body, to=[letter.address], headers={"Message-ID": message_id})
    if letter.urgent:
        mail.extra_headers |= {"Importance": "high", "X-Priority": "1"}
    try:
        if letter.calendar:
            mail.attach("appointment.ics", letter.calendar.decode(), "text/calendar")
        mail.message()
    except Exception as error:  # noqa: BLE001 (a library may stumble over an address in any way)
        raise NotAccepted(f"no mail can be written: {_said(error)}") from None
    return mail


def _close(connection: Any) -> None:
    # The text has gone, or has not; a server that does not say goodbye changes neither.
    with contextlib.suppress(Exception):
        connection.close()


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: the token and the text are for the gateway that was set, and for no other host."""

    def redirect_request(self, *_: Any) -> None:
        """Make of every redirect an error."""


@dataclass(frozen=True, slots=True)
class HttpSms:
    """Text messages by one HTTPS form: JSON with `to`, `text` and `key`, a bearer token, an answer with `id`."""

    url: str
    token: str
    timeout_seconds: float = SLOW_SECONDS

    def hand_over(self, letter: Letter) -> str:
        """Send; a clear refusal is one, everything else that is no answer leaves it unknown."""
        try:
            with urllib.request.build_opener(_StayHere).open(
                self._asked(letter), timeout=self.timeout_seconds
            ) as answer:
                return _id_of(answer.read(10_000))
        except (NotAccepted, Unknown):
            raise
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error.code) from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, NEVER_CONNECTED):
                raise NotAccepted(f"the gateway is not there: {_said(error)}", down=True) from None
            raise Unknown(_said(error), down=True) from None
        except Exception as error:  # noqa: BLE001 (half an answer, or none: nobody can tell)
            raise Unknown(_said(error), down=True) from None

    def _asked(self, letter: Letter) -> urllib.request.Request:
        sent = json.dumps({"to": letter.address, "text": letter.body, "key": letter.key}).encode()
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": letter.key,
        }
        return urllib.request.Request(self.url, sent, headers, method="POST")  # noqa: S310 (checked in `way_of`)


# Nothing was sent where nobody answered the telephone, or where it was not who they said they are.
NEVER_CONNECTED = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)


def _id_of(raw: bytes) -> str:
    """Return the id that the gateway gave; without one nothing could ever be said of the message again."""
    try:
        told = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        told = None
    given = told.get("id") if isinstance(told, dict) else None
    if not isinstance(given, str | int) or isinstance(given, bool) or not str(given).strip():
        raise Unknown("the gateway said yes without an id")
    # PostgreSQL keeps no nought byte.
    return str(given).replace("\x00", "").strip()


def _refusal(code: int) -> Exception:
    if 300 <= code < 400:
        return NotAccepted(f"the gateway answered {code}: it sends us elsewhere, and we do not go", down=True)
    if 400 <= code < 500:
        return NotAccepted(f"the gateway answered {code}")
    return Unknown(f"the gateway answered {code}", down=True)


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
        raise NotAccepted("no gateway is set for this channel", down=True)


def gateway_for(channel: str) -> Gateway:
    """Return the gateway of a channel as the settings say; an example practice sends nothing to anybody."""
    way = way_of(channel)
    if way == "file":
        return Folder(Path(settings.PHOTO_FOLDER).parent / "sent.jsonl")
    if way == "smtp":
        return InTime(Smtp())
    if way == "http":
        return InTime(HttpSms(settings.SMS_URL, settings.SMS_TOKEN))
    return Nowhere()


class Asked:
    """A gateway that was asked to take a letter, in a thread of its own; nothing of the database is touched there."""

    def __init__(self, gateway: Gateway, letter: Letter) -> None:
        self._said: queue.Queue[tuple[str, Exception | None]] = queue.Queue(1)
        threading.Thread(target=self._ask, args=(gateway, letter), daemon=True).start()

    def _ask(self, gateway: Gateway, letter: Letter) -> None:
        try:
            self._said.put((gateway.hand_over(letter), None))
        except Exception as error:  # noqa: BLE001 (raised again by whoever waits)
            self._said.put(("", error))

    def answer(self, seconds: float) -> str:
        """Return what it answered, or raise as it raised; Late where it has not answered so far."""
        try:
            gateway_id, error = self._said.get(timeout=seconds) if seconds else self._said.get_nowait()
        except queue.Empty:
            raise Late(self) from None
        if error is not None:
            raise error
        return gateway_id


class Late(Exception):
    """A gateway has not answered yet; the others go on, and its answer is looked for afterwards."""

    def __init__(self, asked: Asked) -> None:
        super().__init__("no answer yet")
        self.asked = asked


@dataclass(frozen=True, slots=True)
class InTime:
    """Another gateway, waited for no longer than `seconds`: one that sends a byte now and then times out never."""

    gateway: Gateway
    seconds: float = WAIT_SECONDS

    def hand_over(self, letter: Letter) -> str:
        """Hand over, or raise Late."""
        return Asked(self.gateway, letter).answer(self.seconds)


def _said(error: Exception) -> str:
    """Return what went wrong without whatever else an error may quote, such as an address."""
    code = getattr(error, "smtp_code", "") or getattr(getattr(error, "reason", None), "errno", "") or ""
    return f"{type(error).__name__} {code}".strip()
