"""Measures a folder, or a store that fsspec can open, pair by pair: in this process, in several, or on Dask."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from needlepoint.course.errors import InputError

PAIR = re.compile(r"^(?P<name>.+)-(?P<when>before|after)\.(?:jpe?g|png|webp|heic|heif)$", re.IGNORECASE)
AHEAD = 4  # pairs under way for each process before the first result is collected, so that memory stays flat

Pair = tuple[str, str, str]
Work = tuple[Pair, bytes | None, bytes | None, bool]


def run(folder: str, given: dict[str, Any]) -> None:
    """Measure every pair in `folder`, write one line for each, and say how many were measured and refused."""
    out = Path(given["out"] or "measured")
    pairs = list(_pairs(folder))
    if not pairs:
        raise InputError(folder, "no pair of photos was found", "files NAME-before.jpg and NAME-after.jpg")
    out.mkdir(parents=True, exist_ok=True)
    lines = out / "measurements.jsonl"
    done = _done(lines)
    todo = [pair for pair in pairs if _key(pair) not in done]
    work: list[Work] = [(pair, given["colours"], given["table"], given["card_wanted"]) for pair in todo]
    with (
        _hands(given["processes"], given["dask"]) as each,
        lines.open("a") as file,
        _bar(len(pairs), len(done)) as bar,
    ):
        for line in each(measured, work):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            bar.update(1)
    told = [json.loads(text) for text in lines.read_text().splitlines()]
    if given["repeatability"]:
        given["repeatability"].write_text(_scatter(told))
    _summary(told, lines)


def _pairs(folder: str) -> Iterator[Pair]:
    """Return name, before and after of every pair, in order."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(_files(folder)):
        match = PAIR.match(path.rsplit("/", 1)[-1])
        if match:
            found.setdefault(match["name"], {})[match["when"].lower()] = path
    for name, photos in found.items():
        if len(photos) == 2:
            yield name, photos["before"], photos["after"]


def _files(folder: str) -> Iterable[str]:
    if "://" in folder:
        return _found(folder)
    root = Path(folder)
    if not root.is_dir():
        raise InputError(folder, "there is no such folder", "a folder of photos")
    return [path.as_posix() for path in root.rglob("*") if path.is_file()]


def _found(address: str) -> list[str]:
    """Return every file under an address, and refuse in one line, whatever the store's own library raises."""
    store = _store()
    try:
        system, path = store.core.url_to_fs(address)
        return [system.unstrip_protocol(found) for found in system.find(path)]
    except Exception as why:  # noqa: BLE001 - each store has a library and errors of its own
        problem = " ".join(str(why).split())[:200] or type(why).__name__
        raise InputError(address, f"the store cannot be opened ({problem})", "a store that answers") from None


def _store() -> Any:
    try:
        import fsspec  # type: ignore[import-untyped]
    except ImportError:
        raise InputError(
            "folder", "a store needs the extra `scale`", "a folder, or pip install needlepoint[scale]"
        ) from None
    return fsspec


def _content(path: str) -> bytes:
    if "://" not in path:
        return Path(path).read_bytes()
    with _store().open(path, "rb") as file:
        content: bytes = file.read()
    return content


def _key(pair: Pair) -> str:
    return hashlib.sha256("\0".join(pair).encode()).hexdigest()[:16]


def _done(lines: Path) -> set[str]:
    """Return what an earlier run finished; a last line that was cut off is dropped from the file."""
    if not lines.exists():
        return set()
    whole = [text for text in lines.read_text().splitlines(keepends=True) if text.endswith("\n")]
    lines.write_text("".join(whole))
    return {json.loads(text)["key"] for text in whole}


def measured(work: Work) -> dict[str, Any]:
    """Return the line for one pair: its document, or in one sentence why there is none."""
    import cv2

    from needlepoint.exchange.measurement_document import document
    from needlepoint.photo import change
    from needlepoint.photo.card import card
    from needlepoint.photo.compare import compare
    from needlepoint.photo.picture import decode

    pair, colours, own, card_wanted = work
    cv2.setNumThreads(1)
    line: dict[str, Any] = {"key": _key(pair), "name": pair[0]}
    try:
        table = change.default() if own is None else change.own(own, "scatter")
        plan = card(colours)
        before, after = (decode(_content(path), path) for path in pair[1:])
        comparison = compare(
            before, after, plan=plan, repeatability=table, card_wanted=card_wanted, maps=False
        )
    except (InputError, OSError) as why:
        return {**line, "refused": str(why)}
    told = document(comparison, table)
    return {**line, "refused": told["why"]} if comparison.refused else {**line, **told}


@contextmanager
def _hands(
    processes: int, dask: str | None
) -> Iterator[Callable[[Callable[[Work], Any], list[Work]], Iterator[Any]]]:
    """Give a `map` that keeps the order: plain, over processes, or on Dask; the results are the same."""
    if dask is not None:
        with _on_dask(dask, processes) as each:
            yield each
    elif processes == 1:
        yield map
    else:
        with _ended_early(), ProcessPoolExecutor(processes) as pool:
            yield lambda do, work: _in_order(lambda one: pool.submit(do, one), work, AHEAD * processes)


@contextmanager
def _ended_early() -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool:
        problem = "the system ended one of them, often for want of memory"
        raise InputError("--processes", problem, "fewer; what was measured is kept, run it again") from None


def _in_order(submit: Callable[[Work], Any], work: list[Work], ahead: int) -> Iterator[Any]:
    """Hand out the next pair as soon as the first of those under way is done, so that nobody waits for a slow one."""
    under_way: deque[Any] = deque()
    for one in work:
        under_way.append(submit(one))
        if len(under_way) == ahead:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


@contextmanager
def _on_dask(
    address: str, processes: int
) -> Iterator[Callable[[Callable[[Work], Any], list[Work]], Iterator[Any]]]:
    try:
        from distributed import Client
    except ImportError:
        raise InputError("--dask", "it needs the extra `scale`", "pip install needlepoint[scale]") from None
    start: dict[str, Any] = {"n_workers": processes, "threads_per_worker": 1, "host": "127.0.0.1"}
    where: dict[str, Any] = (
        {"address": address} if address != "local" else {**start, "dashboard_address": "127.0.0.1:0"}
    )
    connect: Any = Client
    with connect(**where) as client:
        submit = partial(client.submit, pure=False, retries=2)
        yield lambda do, work: _in_order(lambda one: submit(do, one), work, 4 * AHEAD * processes)


@contextmanager
def _bar(total: int, done: int) -> Iterator[Any]:
    with click.progressbar(length=total, label="Measuring", show_pos=True, file=sys.stderr) as bar:
        if done:
            bar.update(min(done, total))
        yield bar


def _scatter(told: list[dict[str, Any]]) -> str:
    """Return a repeatability table from pairs between which nothing changed."""
    from needlepoint.course.zones import Zone
    from needlepoint.photo.change import sem_of_pairs

    pairs = [
        {
            (Zone(z["zone"]), z["measure"]): (z["before"], z["after"])
            for z in line["zones"]
            if z["change"] is not None
        }
        for line in told
        if "zones" in line
    ]
    sem = sem_of_pairs(pairs)
    if len(pairs) < 10 or not sem:
        raise InputError(
            "--repeatability",
            f"only {len(pairs)} pairs could be compared",
            "10 people or more, two visits each",
        )
    cards = all(all(line["card"].values()) for line in told if "zones" in line)
    rows = "\n".join(f"{measure} = {value:.5f}" for measure, value in sem.items())
    day = datetime.now().astimezone().date()
    head = f'source = "own clinic, {len(pairs)} pairs"\nbasis = "calibrated"\npairs = {len(pairs)}\nmeasured_on = {day}'
    return f"{head}\n\n[{'card' if cards else 'no_card'}]\n{rows}\n"


def _summary(told: list[dict[str, Any]], lines: Path) -> None:
    refused = sum("refused" in line for line in told)
    click.echo(f"{len(told) - refused} pairs measured, {refused} refused; one line for each in {lines}.")
