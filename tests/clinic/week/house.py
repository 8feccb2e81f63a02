"""A practice of its own, founded and served as the manual says, under a clock that goes on by days."""

import base64
import contextlib
import email
import email.policy
import hmac
import os
import re
import shutil
import signal
import subprocess
import time
from datetime import datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from tests.browser.test_first_day import FOUNDED, Installation
from tests.clinic.conftest import POSTGRESQL, SERVER
from tests.clinic.sinks import MailSink, text_sink

CC = shutil.which("cc") or shutil.which("gcc")
HERE = ZoneInfo("Europe/Berlin")
# A server that is founded, or that answers beside other work, takes its time; nothing here is measured.
PATIENCE_S = 120


def until(ask, what):
    """Return what `ask` returns once it returns something."""
    last = time.monotonic() + PATIENCE_S
    while time.monotonic() < last:
        if found := ask():
            return found
        time.sleep(0.1)
    raise AssertionError(f"this did not happen: {what}")


class House(Installation):
    """An installation with the settings that are the default, and with gateways, under a clock that can go on."""

    def __init__(self, place, sms_url):
        super().__init__(place)
        self.place, self.mail = place, MailSink()
        library = place / "shift.so"
        source = Path(__file__).parents[1] / "server" / "shift.c"
        subprocess.run([CC, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
        self.environment |= {
            "LD_PRELOAD": str(library),
            "SHIFT_FILE": str(place / "shift"),
            "SHIFT_PASSES": "yes",
            "NEEDLEPOINT_SMTP_HOST": "127.0.0.1",
            "NEEDLEPOINT_SMTP_PORT": str(self.mail.port),
            "NEEDLEPOINT_SMTP_SECURITY": "none",
            "NEEDLEPOINT_SMS_URL": sms_url,
            "NEEDLEPOINT_SMS_TOKEN": "token",
            "NEEDLEPOINT_STAFF_ADDRESS": self.address,
        }
        if POSTGRESQL:
            name = f"week_{uuid4().hex[:8]}"
            SERVER.psql(f"CREATE DATABASE {name};")
            self.environment["NEEDLEPOINT_DATABASE"] = SERVER.get_uri(database=name)
            self.environment["PATH"] = f"{SERVER.bin_path}{os.pathsep}{self.environment['PATH']}"

    def move_to(self, when):
        """It is now so late in the practice; all that time has gone by."""
        self._set(datetime.fromisoformat(when).replace(tzinfo=HERE).timestamp() - time.time())

    def go_on(self, seconds):
        """A little time goes by."""
        self._set(self.shift + seconds)

    def _set(self, shift):
        self.shift = shift
        # Whole at every instant, for whoever reads it at this very moment.
        coming = self.place / "shift.coming"
        coming.write_text(str(int(shift)))
        coming.replace(self.place / "shift")

    def end_worker(self):
        """The background work is ended; whoever keeps it starts it anew, and it begins with all that it does."""
        ended = until(self._worker, "a worker")
        os.kill(ended, signal.SIGTERM)
        until(lambda: self._worker() not in (None, ended), "another worker")

    def _worker(self):
        """Return the number of the process that does the background work, while there is one."""
        lists = Path(f"/proc/{self.served.pid}/task").glob("*/children")
        for each in " ".join(found.read_text() for found in lists).split():
            with contextlib.suppress(OSError):
                if b"clinic_work" in Path(f"/proc/{each}/cmdline").read_bytes():
                    return int(each)
        return None

    def code_of(self, secret):
        """Return what an app shows now that scanned the picture with this secret (RFC 6238)."""
        counter = int(time.time() + int(self.shift)) // 30
        told = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), "sha1")
        begins = told[-1] & 0xF
        number = int.from_bytes(told[begins : begins + 4], "big") & 0x7FFFFFFF
        return f"{number % 1_000_000:06d}"

    def told(self, where, words=""):
        """Return what was sent to an address or a number with such words in it, the oldest first."""
        mails = [email.message_from_string(raw, policy=email.policy.default) for raw in list(self.mail.mails)]
        sent = [each.get_body().get_content() for each in mails if where in each["To"]]
        sent += [each["text"] for each in list(self.texts) if each.get("to") == where]
        return [each for each in sent if words in each]

    def link_to(self, address, earlier=0):
        """Return the link into the portal in the newest mail to somebody, once it has come."""
        mails = until(lambda: self.told(address, "/in/")[earlier:], f"a link to {address}")
        return re.search(r"http://\S+/in/\S+/", mails[-1]).group(0)


@contextlib.contextmanager
def house(place, when):
    """A practice that was founded at that moment, and serves."""
    with text_sink() as (url, texts):
        made = House(place, url)
        made.texts = texts
        made.move_to(when)
        made.link = re.search(r"/way-in/\S+/", made.run("create-clinic", *FOUNDED)).group(0)
        made.serve()
        try:
            yield made
        finally:
            made.end()
            made.mail.close()
