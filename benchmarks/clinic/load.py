"""A busy hour pressed into minutes: check-ins and photos from home beside fifty people at work.

`python -m benchmarks.clinic.load --seconds 120 --database sqlite`

Requests come at their own times, whether or not earlier ones were answered, and each wait is counted from the
instant at which the request was due. Ten check-ins a second are 36,000 an hour, a photo every two seconds is 1,800 an
hour, and fifty members ask for a page every six seconds. A tablet with the queue open asks for it every four seconds,
as the page itself does; a red check-in counts as seen when it stands on the tablet.
"""

from __future__ import annotations

import argparse
import http.client
import io
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.clinic import bench
from benchmarks.clinic.asking import Request, Server, Told, ask

CHECK_INS_A_SECOND = 10.0
PHOTOS_A_SECOND = 0.5
STAFF_A_SECOND = 50 / 6
TABLET_SECONDS = 4.0
SENDERS = 48
RED_EVERY = 20
MOST_UNSEEN_SECONDS = 30.0
DICE = random.Random(11)  # noqa: S311 - which page comes next is no secret


@dataclass
class Seen:
    """The red check-ins: when each was answered, and when it stood on the tablet."""

    told_at: dict[str, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def main() -> None:
    """Serve a practice, press on it, say what it did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--patients", type=int, default=40)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args()
    asked = bench.Asked(given.patients, 0, given.database, (), 0, 0)
    with bench.place(asked) as folder:
        _load(given.seconds, given.patients, folder)


def _load(seconds: float, patients: int, folder: Path) -> None:
    import django

    django.setup()
    from benchmarks.clinic.founding import found

    practice, cookie = found()
    homes = _homes(practice, patients)
    bench.say(f"{patients} patients at home")
    with bench.served(folder) as (port, pids):
        server = Server(port, pids, cookie)
        _press(server, homes, seconds)


def _homes(practice: Any, number: int) -> list[tuple[str, str, str]]:
    """Return the chart's address, the portal's root and the cookie of patients with a session behind them."""
    from tests.clinic.portal import reachable

    patients = [_treated(practice, place) for place in range(number)]
    reachable(practice)
    return [_home(practice, patient) for patient in patients]


def _treated(practice: Any, place: int) -> Any:
    patient = practice.patient(family_name=f"Home {place}", email=f"home{place}@patients.example")
    practice.photo_consent(patient)
    course = practice.planned(practice.course(patient), depth="0.50")
    piece = practice.stocked(lot=f"H{place}")[0]
    practice.done(practice.opened(practice.consented(course), piece), depth="0.50", minutes=1)
    return patient


def _home(practice: Any, patient: Any) -> tuple[str, str, str]:
    from tests.clinic.portal import Home

    # The practice counts a second for every act, and must not run ahead of the clock that the portal reads.
    practice.at = datetime.now(UTC)  # noqa: TID251 - the portal asks the real clock, too
    home = Home(practice).enter(patient)
    cookies = "; ".join(f"{name}={each.value}" for name, each in home.browser.cookies.items())
    return str(patient.public_id), home.root, cookies


def _press(server: Server, homes: list[tuple[str, str, str]], seconds: float) -> None:
    kinds = {name: Told(name, SENDERS) for name in ("check-in", "photo", "staff")}
    seen, waiting, lock = Seen(), _schedule(homes, seconds), threading.Lock()
    cpu, began = server.cpu_seconds(), time.perf_counter()
    senders = [
        threading.Thread(target=_send, args=(server, waiting, lock, kinds, seen, began))
        for _ in range(SENDERS)
    ]
    tablet = threading.Thread(target=_watch, args=(server, seen, began + seconds + MOST_UNSEEN_SECONDS))
    for each in (*senders, tablet):
        each.start()
    for each in (*senders, tablet):
        each.join()
    spent = time.perf_counter() - began
    for told in kinds.values():
        told.seconds = seconds
        bench.say(told.line)
    bench.say(f"server CPU {(server.cpu_seconds() - cpu) / spent:.2f} of a core, over {spent:.0f} s")
    waits = sorted(seen.waits) or [0.0]
    late = waits[min(len(waits) - 1, int(0.99 * len(waits)))]
    bench.say(
        f"red check-ins on the tablet: {len(seen.waits)} of {len(seen.waits) + len(seen.told_at)}, "
        f"median {waits[len(waits) // 2]:.2f} s, p99 {late:.2f} s, worst {waits[-1]:.2f} s"
    )


def _schedule(homes: list[tuple[str, str, str]], seconds: float) -> list[tuple[float, str, Request]]:
    """Return what is due when, the last first."""
    photo = _photo()
    asked = [
        ("check-in", _check_in(homes[place % len(homes)], place))
        for place in range(int(seconds * CHECK_INS_A_SECOND))
    ]
    asked += [
        ("photo", _check_in(homes[place % len(homes)], 1, photo))
        for place in range(int(seconds * PHOTOS_A_SECOND))
    ]
    asked += [("staff", _staff(homes)) for _ in range(int(seconds * STAFF_A_SECOND))]
    due = [(DICE.uniform(0, seconds), kind, request) for kind, request in asked]
    return sorted(due, key=lambda each: each[0], reverse=True)


def _check_in(home: tuple[str, str, str], place: int, photo: bytes = b"") -> Request:
    form: dict[str, object] = {"redness": "1", "swelling": "1", "pain": "1"}
    red = place % RED_EVERY == 0
    form |= {"step": "send", "sign": "breathing_difficulty"} if red else {"none": "all"}
    return Request(f"{home[1]}check-in/", form, (302,), photo, home[2])


def _staff(homes: list[tuple[str, str, str]]) -> Request:
    paths = ("/day/", "/patients/", "/queue/", f"/patients/{DICE.choice(homes)[0]}/")
    return Request(DICE.choice(paths))


def _photo() -> bytes:
    from PIL import Image

    image = Image.effect_noise((3000, 2000), 40).convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()


def _send(
    server: Server, waiting: list[Any], lock: Any, kinds: dict[str, Told], seen: Seen, began: float
) -> None:
    line = http.client.HTTPConnection("localhost", server.port, timeout=120)
    while True:
        with lock:
            if not waiting:
                return
            due, kind, request = waiting.pop()
        time.sleep(max(0.0, began + due - time.perf_counter()))
        try:
            status, where = _answered(line, server, request)
        except (OSError, http.client.HTTPException) as error:
            line.close()
            status, where = 0, repr(error)
        now = time.perf_counter()
        with lock:
            kinds[kind].waits.append(now - began - due)
            if status not in request.good:
                kinds[kind].wrong.append(f"{request.path} {status} {where[:200]}")
        if status == 302 and request.form and "sign" in request.form:
            with seen.lock:
                seen.told_at[where.rstrip("/").rsplit("/", 1)[1]] = now


def _answered(line: http.client.HTTPConnection, server: Server, request: Request) -> tuple[int, str]:
    told: list[str] = []
    status, body = ask(line, server, request, told)
    return status, told[0] if told else body[:200].decode(errors="replace")


def _watch(server: Server, seen: Seen, until: float) -> None:
    """Ask for the queue as the tablet does, and take off what stands on it."""
    from needlepoint.clinic.models import TriageTask

    line = http.client.HTTPConnection("localhost", server.port, timeout=120)
    while time.perf_counter() < until:
        time.sleep(TABLET_SECONDS)
        _status, body = ask(line, server, Request("/queue/"))
        now = time.perf_counter()
        with seen.lock:
            tasks = dict(
                TriageTask.objects.filter(check_in__public_id__in=list(seen.told_at)).values_list(
                    "check_in__public_id", "public_id"
                )
            )
            for check_in, task in tasks.items():
                if str(task).encode() in body and str(check_in) in seen.told_at:
                    seen.waits.append(now - seen.told_at.pop(str(check_in)))
        if not threading.enumerate() or (
            not seen.told_at and until - time.perf_counter() < MOST_UNSEEN_SECONDS
        ):
            return


if __name__ == "__main__":
    main()
