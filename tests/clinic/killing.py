"""A really serving clinic, people who work in it without pause, and somebody who kills it at random moments."""

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).parents[2]
GONE = (OSError, http.client.HTTPException)


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


@dataclass
class Served:
    """`needlepoint serve` on a place of its own."""

    place: Path
    database: str = ""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None
    back_after_seconds: list[float] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return self.place / "log"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "needlepoint.clinic.server.settings",
            "NEEDLEPOINT_FOLDER": str(self.place / "folder"),
            "NEEDLEPOINT_KEY_FILE": str(self.place / "key"),
            "NEEDLEPOINT_DATABASE": self.database,
            "NEEDLEPOINT_HTTPS": "no",
            "NEEDLEPOINT_SECOND_FACTOR": "optional",
            "NEEDLEPOINT_HOSTS": "127.0.0.1",
            "NEEDLEPOINT_IDLE_MINUTES": "600",
        }

    def stage(self, *words: str) -> dict:
        """Run a part of `kill_stage` in a process of its own."""
        asked = [sys.executable, "-m", "tests.clinic.kill_stage", *words]
        ran = subprocess.run(asked, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr[-2000:]
        return json.loads(ran.stdout.splitlines()[-1])

    def start(self) -> None:
        """Start it in a group of its own, and wait for its first answer."""
        began = time.monotonic()
        command = [Path(sys.executable).with_name("needlepoint"), "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, start_new_session=True, stdout=log, stderr=log
            )
        self.wait()
        self.back_after_seconds.append(time.monotonic() - began)

    def wait(self) -> None:
        """Wait until it answers."""
        for _ in range(3000):
            with contextlib.suppress(*GONE):
                if self.ask("GET", "/sign-in/login/")[0] == 200:
                    return
            time.sleep(0.02)
        raise AssertionError("the server does not come back")

    def ask(self, verb: str, where: str, cookie: str = "", **typed: object) -> tuple[int, str]:
        """Send a request and return status and Location."""
        token = "a" * 32
        headers = {
            "Cookie": f"sessionid={cookie}; csrftoken={token}",
            "X-CSRFToken": token,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(verb, where, _encoded(typed), headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.getheader("Location", "")
        finally:
            connection.close()

    def kill(self, worker_only: bool) -> None:
        """Kill the worker, which the master starts anew, or all at once."""
        if worker_only:
            for worker in _children(self.process.pid):
                os.kill(worker, signal.SIGKILL)
            began = time.monotonic()
            self.wait()
            self.back_after_seconds.append(time.monotonic() - began)
        else:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.start()

    def stop(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _encoded(typed: dict) -> str:
    from urllib.parse import urlencode

    return urlencode(typed, doseq=True)


def _children(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(each) for each in found]


@dataclass
class Desk:
    """Somebody who registers patients without pause, and sends again what was not answered."""

    served: Served
    cookie: str
    name: str
    stopped: threading.Event
    answered: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    resent: int = 0

    def work(self) -> None:
        number = 0
        while not self.stopped.is_set():
            number += 1
            family_name = f"{self.name}-{number}"
            # Everybody has a birthday of their own, or the clinic would ask first whether it is the same person.
            born_on = date(1950, 1, 1) + timedelta(days=5000 * int(self.name[-1]) + number)
            typed = {"key": uuid4(), "given_name": "Ada", "family_name": family_name, "born_on": born_on}
            typed |= {"sex": "female", "skin_type": "III"}
            status = self.send("/patients/new/", typed)
            if status == 302:
                self.answered.append(family_name)
            elif status is not None:
                self.troubles.append(f"{family_name}: {status}")

    def send(self, where: str, typed: dict) -> int | None:
        """Send until there is an answer; the same key makes it one form."""
        while not self.stopped.is_set():
            try:
                return self.served.ask("POST", where, self.cookie, **typed)[0]
            except GONE:
                self.resent += 1
                time.sleep(0.05)
        return None


class Operator(Desk):
    """Somebody who opens and finishes one session after the other, a step for each kill."""

    def begin(self, waiting: list[dict]) -> None:
        self.steps = (step for each in waiting for step in self._steps(each))
        self.reached: dict[str, str] = {}

    def _steps(self, one: dict):
        where, own = f"/sessions/{one['session']}", {"patient": one["patient"]}
        ticks = {f"check_{each}": "yes" for each in range(12)}
        depths = {f"depth_{zone}": "0.75" for zone in one["zones"]}
        depths |= {f"passes_{zone}": "2" for zone in one["zones"]}
        done = {"zones": one["zones"], "sharps_container": "SC-1", **depths}
        yield one["session"], "under_way", f"{where}/open/", own | ticks | {"code": one["serial"]}
        page = {"key": uuid4(), "version": ""}
        yield one["session"], "", f"{where}/draft/", own | done | page
        yield one["session"], "done", f"{where}/finish/", own | done | page

    def step(self) -> None:
        """One step, answered or not, until its answer has come."""
        session, state, where, typed = next(self.steps)
        status = self.send(where, {"key": uuid4()} | typed)
        if status not in (200, 302, None):
            self.troubles.append(f"{where}: {status}")
        elif state and status is not None:
            self.reached[session] = state


def kill_often(served: Served, staged: dict, points: int, whole_every: int) -> dict:
    """Kill at so many points under load; return who was answered what, and what was left."""
    dice = random.Random(2026)
    stopped = threading.Event()
    desks = [Desk(served, staged["cookie"], f"Desk{each}", stopped) for each in range(3)]
    operator = Operator(served, staged["cookie"], "Operator", stopped)
    operator.begin(staged["waiting"])
    served.start()
    threads = [threading.Thread(target=desk.work) for desk in desks]
    for thread in threads:
        thread.start()
    for point in range(points):
        step = threading.Thread(target=operator.step)
        step.start()
        time.sleep(dice.uniform(0, 0.35))
        served.kill(worker_only=bool((point + 1) % whole_every))
        step.join()
    stopped.set()
    for thread in threads:
        thread.join()
    served.stop()
    return {"desks": desks, "operator": operator, "left": served.stage("look")}
