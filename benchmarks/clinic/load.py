"""A busy hour pressed into minutes: check-ins and photos from home beside fifty people at work.

`python -m benchmarks.clinic.load --seconds 240 --database sqlite`

At home: ten check-ins a second, which are 36,000 an hour, each by a patient of its own who is signed in already. One
asks three times: for the page with all questions, on which the next comes with every tap, eight seconds later for what
sends them, and for the answer. A photo of twelve megapixels every two seconds, 1,800 an hour, comes with the check-in
of one of forty more patients, so that the background worker has photos to compare. Every twentieth check-in is red.

At work: fifty people with cookies of their own. Each has a page open, which asks every three seconds for what waits,
as the clinic's pages do by themselves, and opens another every six seconds: the day, the list, a search, a chart with
its forecast, the queue. Two tablets show the queue and ask for it every three seconds. Somebody opens each red
check-in that stands on the first tablet, takes it on and closes it; those that are not urgent stay open. A forecast
for which others come first is asked for again after three seconds, as its page does by itself.

Requests come at their own times, whether or not earlier ones were answered, and each wait is counted from the instant
at which the request was due. `--taps each` checks in as browsers do in which no script runs, with a request for every
tap; `--taps no` leaves out all that comes before the tap that sends. The CPU of the web server, the database, the
worker and of this program, which shares their cores, is told apart.
"""

from __future__ import annotations

import argparse
import http.client
import io
import os
import random
import resource
import threading
import time
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.clinic import bench
from benchmarks.clinic.asking import Request, Server, Told, ask

CHECK_INS_A_SECOND = 10.0
PHOTOS_A_SECOND = 0.5
PHOTO_HOMES = 40
TAP_SECONDS = 2.0
WATCH_SECONDS, PAGE_SECONDS, TABLET_SECONDS = 3.0, 6.0, 3.0
AGAIN_SECONDS = 3.0
WAITING = 'hx-trigger="load delay:3s"'
FORECAST, COMES_AGAIN = "work: its forecast", "work: its forecast, again"
SENDERS = 64
RED_EVERY = 20
MOST_UNSEEN_SECONDS = 30.0
SCORES = ("redness", "swelling", "pain")
DICE = random.Random(11)  # noqa: S311 - which page comes next is no secret


@dataclass
class Due:
    """A request and when it is due."""

    at: float
    kind: str
    request: Request
    red: bool = False


@dataclass
class Seen:
    """The red check-ins: when each was answered, and when it stood on the tablet."""

    told_at: dict[str, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Run:
    """What all the senders share."""

    server: Server
    waiting: list[Due]
    began: float
    cookies: list[str]
    told: dict[str, Told] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)
    all_sent: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put_off(self, due: Due) -> None:
        """Ask once more when the page would by itself: others were before it."""
        again = Due(max(due.at, time.perf_counter() - self.began) + AGAIN_SECONDS, COMES_AGAIN, due.request)
        with self.lock:
            insort(self.waiting, again, key=lambda each: -each.at)

    def note(self, due: Due, status: int, says: str, waited: float) -> None:
        """Keep how long a request took, and what was wrong with its answer."""
        with self.lock:
            told = self.told.setdefault(due.kind, Told(due.kind, 0))
            told.waits.append(waited)
            if status not in due.request.good:
                told.wrong.append(f"{due.request.path} {status} {says[:200]}")


def main() -> None:
    """Serve a practice, press on it, say what it did."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=240.0)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--taps", choices=("page", "each", "no"), default="page")
    given = parser.parse_args()
    with bench.place(bench.Asked(0, 0, given.database, (), 0, 0)) as folder:
        _load(given.seconds, given.taps, folder)


def _load(seconds: float, taps: str, folder: Path) -> None:
    import django

    django.setup()
    from benchmarks.clinic.founding import found
    from benchmarks.clinic.homes import at_work, homes

    practice, _cookie = found()
    number = int(seconds * CHECK_INS_A_SECOND) + PHOTO_HOMES
    people, cookies = homes(practice, number), at_work(practice)
    bench.say(f"{len(people)} patients at home, {len(cookies)} people at work, load {os.getloadavg()[0]:.1f}")
    waiting = sorted(_schedule(people, cookies, seconds, taps), key=lambda each: -each.at)
    with bench.served(folder) as (port, pids):
        server = Server(port, pids)
        _press(Run(server, waiting, time.perf_counter() + 5, cookies), seconds)


def _press(run: Run, seconds: float) -> None:
    spent, began = Cpu.now(run.server), time.perf_counter()
    until = run.began + seconds + MOST_UNSEEN_SECONDS
    threads = [threading.Thread(target=_send, args=(run,)) for _ in range(SENDERS)]
    by_the_tablet = threading.Thread(target=_stand_by, args=(run, until))
    for each in (*threads, by_the_tablet):
        each.start()
    for each in threads:
        each.join()
    run.all_sent.set()
    by_the_tablet.join()
    _tell(run, seconds, spent, time.perf_counter() - began)


def _tell(run: Run, seconds: float, spent: Cpu, lasted: float) -> None:
    everything = Told("all together", 0, seconds)
    for told in sorted(run.told.values(), key=lambda each: each.name):
        told.seconds = seconds
        everything.waits += told.waits
        everything.wrong += told.wrong
        bench.say(_line(told))
    bench.say(_line(everything))
    bench.say(spent.since(Cpu.now(run.server), lasted))
    waits = sorted(run.seen.waits) or [0.0]
    late = waits[min(len(waits) - 1, int(0.99 * len(waits)))]
    bench.say(
        f"red check-ins on the tablet: {len(run.seen.waits)} of {len(run.seen.waits) + len(run.seen.told_at)}, "
        f"median {waits[len(waits) // 2]:.2f} s, p99 {late:.2f} s, worst {waits[-1]:.2f} s"
    )


def _line(told: Told) -> str:
    wrong = f"  WRONG {len(told.wrong)}: {told.wrong[0]}" if told.wrong else ""
    return (
        f"{told.name:26} {len(told.waits):6}  {len(told.waits) / told.seconds:6.1f}/s  p50 {told.share(0.5):7.1f}  "
        f"p95 {told.share(0.95):7.1f}  p99 {told.share(0.99):7.1f}  worst {told.share(1):7.1f} ms{wrong}"
    )


@dataclass(frozen=True)
class Cpu:
    """CPU seconds used so far, by whom."""

    web: float
    database: float
    worker: float
    asking: float

    @classmethod
    def now(cls, server: Server) -> Cpu:
        """Read what each has used."""
        counted = server.pids()
        tree = bench._tree(counted[0])  # noqa: SLF001 (the first is the web server itself)
        others = set(bench._tree_of_postgres())  # noqa: SLF001
        own = resource.getrusage(resource.RUSAGE_SELF)
        return cls(
            web=Server(0, lambda: [each for each in counted if each not in others]).cpu_seconds(),
            database=Server(0, lambda: list(others)).cpu_seconds(),
            worker=Server(0, lambda: [each for each in tree if each not in counted]).cpu_seconds(),
            asking=own.ru_utime + own.ru_stime,
        )

    def since(self, after: Cpu, seconds: float) -> str:
        """Return in one line what share of a core each took."""
        return f"of a core, over {seconds:.0f} s: " + ", ".join(
            f"{name} {(getattr(after, name) - getattr(self, name)) / seconds:.2f}"
            for name in ("web", "database", "worker", "asking")
        )


# ----------------------------------------------------------------------------------------------------- what is due when


def _schedule(people: list[Any], cookies: list[str], seconds: float, taps: str) -> Iterator[Due]:
    photos = _photos()
    for place in range(int(seconds * CHECK_INS_A_SECOND)):
        yield from _journey(people[place], DICE.uniform(0, seconds), place % RED_EVERY == 0, taps)
    for place in range(int(seconds * PHOTOS_A_SECOND)):
        # One after the other, so that nobody sends two at the same moment.
        at, home = place / PHOTOS_A_SECOND, people[-1 - place % PHOTO_HOMES]
        yield Due(at, "home: sends with a photo", _sending(home, False, photos[place % len(photos)]))
    for cookie in cookies:
        yield from _at_work(cookie, people, seconds)
    for turn in range(int(seconds / TABLET_SECONDS)):
        yield Due(turn * TABLET_SECONDS, "work: queue on a tablet", _staff("/queue/", cookies[1]))


def _journey(home: Any, at: float, red: bool, taps: str) -> Iterator[Due]:
    address = f"{home.root}check-in/"
    if taps != "no":
        yield Due(at, "home: the questions", Request(address, cookie=home.cookie))
    for place in (1, 2, 3) if taps == "each" else ():
        form: dict[str, object] = dict.fromkeys(SCORES[:place], "1")
        yield Due(at + place * TAP_SECONDS, "home: tap", Request(address, form, cookie=home.cookie))
    yield Due(at + 4 * TAP_SECONDS, "home: sends", _sending(home, red), red)


def _sending(home: Any, red: bool, photo: bytes = b"") -> Request:
    form: dict[str, object] = dict.fromkeys(SCORES, "1")
    form |= {"step": "send", "sign": "breathing_difficulty"} if red else {"none": "all"}
    return Request(f"{home.root}check-in/", form, (302,), photo, home.cookie)


def _at_work(cookie: str, people: list[Any], seconds: float) -> Iterator[Due]:
    at = DICE.uniform(0, WATCH_SECONDS)
    while at < seconds:
        yield Due(at, "work: what waits", _staff("/watch/", cookie))
        at += WATCH_SECONDS
    at = DICE.uniform(0, 2 * PAGE_SECONDS)
    while at < seconds:
        yield from _page(at, cookie, DICE.choice(people))
        at += DICE.uniform(0, 2 * PAGE_SECONDS)


def _page(at: float, cookie: str, home: Any) -> Iterator[Due]:
    from benchmarks.clinic.filling import FAMILIES

    turn = DICE.randrange(5)
    if turn == 0:
        # Whoever stands at the desk may not open a chart, and is told so.
        yield Due(at, "work: chart", _staff(f"/patients/{home.patient}/", cookie, (200, 403)))
        yield Due(at + 0.3, FORECAST, _staff(f"/courses/{home.course}/forecast/", cookie, (200, 403)))
        return
    path = ("/day/", "/patients/", f"/patients/?q={DICE.choice(FAMILIES)}+{DICE.randrange(1000)}", "/queue/")[
        turn - 1
    ]
    name = ("day", "list", "search", "queue")[turn - 1]
    yield Due(at, f"work: {name}", _staff(path, cookie, (200, 403)))


def _staff(path: str, cookie: str, good: tuple[int, ...] = (200,)) -> Request:
    return Request(path, None, good, cookie=cookie)


def _photos() -> list[bytes]:
    """Return two faces of twelve megapixels, as a phone would send them."""
    from PIL import Image
    from tests.clinic.wings.chair.test_photo_change import face

    return [_enlarged(Image.open(io.BytesIO(face(blood, seed)))) for blood, seed in ((1.0, 1), (1.6, 2))]


def _enlarged(image: Any) -> bytes:
    large = image.resize((3024, round(3024 * image.height / image.width)))
    out = io.BytesIO()
    large.save(out, "JPEG", quality=90)
    return out.getvalue()


# ------------------------------------------------------------------------------------------------------------- senders


def _send(run: Run) -> None:
    line = http.client.HTTPConnection("localhost", run.server.port, timeout=120)
    while True:
        with run.lock:
            if not run.waiting:
                return
            due = run.waiting.pop()
        time.sleep(max(0.0, run.began + due.at - time.perf_counter()))
        status, where = _answered(line, run, due)
        if due.kind in (FORECAST, COMES_AGAIN) and WAITING in where:
            run.put_off(due)
        if status == 302 and due.kind.startswith("home: sends"):
            if due.red:
                with run.seen.lock:
                    run.seen.told_at[where.rstrip("/").rsplit("/", 1)[1]] = time.perf_counter()
            _follow(line, run, due, where)


def _answered(
    line: http.client.HTTPConnection, run: Run, due: Due, began: float | None = None
) -> tuple[int, str]:
    told: list[str] = []
    status, body = _asked(line, run.server, due.request, told)
    says = told[0] if told else body.decode(errors="replace")
    began = run.began + due.at if began is None else began
    run.note(due, status, says, time.perf_counter() - began)
    return status, says


# The server closes a line on which nothing was said for a while; a browser asks again on a new one, too.
CLOSED = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError)


def _asked(line: Any, server: Server, request: Request, told: list[str]) -> tuple[int, bytes]:
    for again in (True, False):
        try:
            return ask(line, server, request, told)
        except (OSError, http.client.HTTPException) as error:
            line.close()
            if not (again and isinstance(error, CLOSED)):
                return 0, repr(error).encode()
    raise AssertionError("the second try returns")


def _follow(line: http.client.HTTPConnection, run: Run, sent: Due, where: str) -> None:
    page = Due(0.0, "home: answer", Request(where, cookie=sent.request.cookie))
    _answered(line, run, page, time.perf_counter())


def _stand_by(run: Run, until: float) -> None:
    """Look at the queue as whoever is on duty does: take off what stands on it, take it on and close it."""
    line = http.client.HTTPConnection("localhost", run.server.port, timeout=120)
    cookie = run.cookies[0]
    while time.perf_counter() < until and (run.seen.told_at or not run.all_sent.is_set()):
        time.sleep(TABLET_SECONDS)
        status, page = _answered(
            line, run, Due(0.0, "work: queue on a tablet", _staff("/queue/", cookie)), time.perf_counter()
        )
        for task, patient in _arrived(run.seen, page if status == 200 else ""):
            _deal(line, run, f"/queue/{task}/", patient)


def _arrived(seen: Seen, page: str) -> list[tuple[str, str]]:
    """Take off what stands on the page, and return each task with its patient."""
    from needlepoint.clinic.models import TriageTask

    now = time.perf_counter()
    with seen.lock:
        rows = TriageTask.objects.filter(check_in__public_id__in=list(seen.told_at))
        asked = list(rows.values_list("check_in__public_id", "public_id", "patient__public_id"))
        shown = [each for each in asked if str(each[1]) in page]
        seen.waits += [now - seen.told_at.pop(str(check_in)) for check_in, _task, _patient in shown]
    return [(str(task), str(patient)) for _check_in, task, patient in shown]


def _deal(line: http.client.HTTPConnection, run: Run, path: str, patient: str) -> None:
    close = {"outcome": "advised", "closing": "Called back, told to go to the emergency room."}
    steps: tuple[tuple[str, str, dict[str, object] | None], ...] = (
        ("work: opens a check-in", "", None),
        ("work: takes it on", "seen/", {"patient": patient}),
        ("work: closes it", "close/", {"patient": patient, **close}),
    )
    for kind, where, form in steps:
        request = Request(path + where, form, (302,) if form else (200,), cookie=run.cookies[0])
        _answered(line, run, Due(0.0, kind, request), time.perf_counter())


if __name__ == "__main__":
    main()
