"""Clients that ask over HTTP and keep their connections; what is timed is what a browser would wait."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

TICKS = 100
TOKEN = "a" * 32


@dataclass(frozen=True)
class Request:
    """One thing to ask, and which status is a good answer."""

    path: str
    form: dict[str, object] | None = None
    good: tuple[int, ...] = (200,)
    photo: bytes = b""
    cookie: str = ""


@dataclass
class Told:
    """What came of a run."""

    name: str
    clients: int
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def share(self, part: float) -> float:
        """Return the wait in ms that this part of the requests stayed under."""
        waits = sorted(self.waits) or [0.0]
        return 1e3 * waits[min(len(waits) - 1, int(part * len(waits)))]

    @property
    def line(self) -> str:
        """Return the run in one line."""
        asked = max(1, len(self.waits))
        wrong = f"  WRONG {len(self.wrong)}: {self.wrong[0]}" if self.wrong else ""
        return (
            f"{self.name:34} {self.clients:4} clients {asked / max(self.seconds, 1e-9):8.1f}/s  "
            f"p50 {self.share(0.5):7.1f} ms  p95 {self.share(0.95):7.1f} ms  "
            f"CPU {1e3 * self.cpu_seconds / asked:6.2f} ms a request{wrong}"
        )


@dataclass(frozen=True)
class Server:
    """Where to ask, as whom, and which processes' CPU counts."""

    port: int
    pids: Callable[[], list[int]]
    cookie: str = ""

    def cpu_seconds(self) -> float:
        """Return the CPU that the server has used so far."""
        return sum(_cpu(pid) for pid in self.pids())


def _cpu(pid: int) -> float:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / TICKS


def run(name: str, server: Server, clients: int, requests: list[Request]) -> Told:
    """Ask all requests with so many clients at once."""
    told = Told(name, clients)
    waiting = list(reversed(requests))
    lock = threading.Lock()
    cpu, began = server.cpu_seconds(), time.perf_counter()
    threads = [threading.Thread(target=_client, args=(server, waiting, lock, told)) for _ in range(clients)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    told.seconds = time.perf_counter() - began
    told.cpu_seconds = server.cpu_seconds() - cpu
    return told


def _client(server: Server, waiting: list[Request], lock: threading.Lock, told: Told) -> None:
    line = http.client.HTTPConnection("localhost", server.port, timeout=120)
    while True:
        with lock:
            if not waiting:
                return
            request = waiting.pop()
        began = time.perf_counter()
        try:
            status, body = ask(line, server, request)
        except (OSError, http.client.HTTPException) as error:
            line.close()
            status, body = 0, repr(error).encode()
        with lock:
            told.waits.append(time.perf_counter() - began)
            if status not in request.good:
                told.wrong.append(f"{request.path} {status} {body[:200]!r}")


def _body(form: dict[str, object], photo: bytes) -> tuple[str, bytes]:
    if not photo:
        return "application/x-www-form-urlencoded", urlencode(form, doseq=True).encode()
    border = uuid4().hex
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in form.items()
    ]
    head = f'--{border}\r\nContent-Disposition: form-data; name="photo"; filename="p.jpg"\r\n'
    parts += [f"{head}Content-Type: image/jpeg\r\n\r\n".encode(), photo, f"\r\n--{border}--\r\n".encode()]
    return f"multipart/form-data; boundary={border}", b"".join(parts)


def ask(
    line: http.client.HTTPConnection, server: Server, request: Request, leads_to: list[str] | None = None
) -> tuple[int, bytes]:
    """Ask once; where the answer leads elsewhere, its address is added to `leads_to`."""
    cookie = request.cookie or f"sessionid={server.cookie}"
    headers = {"Cookie": f"{cookie}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
    if request.form is None:
        line.request("GET", request.path, headers=headers)
    else:
        headers["Content-Type"], body = _body({"key": str(uuid4()), **request.form}, request.photo)
        line.request("POST", request.path, body=body, headers=headers)
    answer = line.getresponse()
    if leads_to is not None and answer.getheader("Location"):
        leads_to.append(str(answer.getheader("Location")))
    return answer.status, answer.read()
