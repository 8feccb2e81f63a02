"""Seconds and peak memory for one 12-megapixel JPEG: Needlepoint, bare decoding, and the plain scikit-image route.

`python -m benchmarks.bench_photo` prints a table, and two processes against one; each route runs in a process of
its own, so that peaks do not mix. `python -m benchmarks.bench_photo 10000` measures that many photos in a folder and
prints the memory on the way. `pytest -m bench benchmarks/bench_photo.py` times the photo room alone.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent
KEPT = ROOT / ".benchmarks"
NEEDLEPOINT = str(Path(sys.executable).with_name("needlepoint"))
LARGE, SMALL = 3024, 720  # pixels across: 12 megapixels, and 0.7 for the long run
EVERY = 100  # in the long run, one pair in so many is large
# Rounds and threads of OpenCV: an archive and the clinic read photos on one, somebody who waits for a pair has all.
ROUNDS = {"decoding": (15, 1), "needlepoint": (15, 1), "all threads": (15, 0), "reference": (2, 0)}
PAIRS = 40  # large ones, for two processes against one
TIMES = 3  # that often, since the neighbours of a shared machine come and go


def photo(width: int = LARGE, number: int = 0) -> bytes:
    """Return a phantom's photo, taken once."""
    path = KEPT / ("phantom-12mp.jpg" if (width, number) == (LARGE, 0) else f"phantom-{width}-{number}.jpg")
    if not path.exists():
        from tests.phantom.camera import Shot, photograph
        from tests.phantom.surface import surface

        KEPT.mkdir(exist_ok=True)
        shot = Shot(width=width, yaw=2.0 * number, roll=1.5 * number, seed=number)
        path.write_bytes(photograph(surface("light", px_per_mm=10.0 if width == LARGE else 5.0), shot).jpeg())
    return path.read_bytes()


def needlepoint(content: bytes) -> object:
    """Decode, find face and card, lay the zones, and take every measure."""
    from needlepoint.photo.picture import decode
    from needlepoint.photo.reading import read, values

    return values(read(decode(content, "photo")))


def decoding(content: bytes) -> object:
    """Decode and do nothing."""
    import cv2
    import numpy as np

    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)


def reference(content: bytes) -> object:
    """The same measures by the book: scikit-image in double precision over the whole frame, zone by zone."""
    import io

    import numpy as np
    from PIL import Image
    from skimage import color, draw, feature, filters

    from needlepoint.photo.face import find
    from needlepoint.photo.zones import project

    codes = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    face = find(np.ascontiguousarray(codes[..., ::-1]))[0]
    rgb = codes / 255.0
    light = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    density = -np.log(np.maximum(light, 1e-4))
    maps = [*np.moveaxis(color.rgb2lab(rgb), -1, 0), *np.moveaxis(density, -1, 0)]
    luma = np.log(np.maximum(color.rgb2gray(light), 1e-4))
    px = face.px_per_mm
    maps.append(filters.gaussian(luma, 0.25 * px) - filters.gaussian(luma, 2.0 * px))
    for width in (0.3, 0.45, 0.6):
        hessian = feature.hessian_matrix(luma, width * px, use_gaussian_derivatives=False)
        maps.append(feature.hessian_matrix_eigvals(hessian)[0])
    told = {}
    for zone, outline in project(face).items():
        mask = draw.polygon2mask(luma.shape, outline[:, ::-1])
        told[zone] = [np.median(part[mask]) for part in maps]
    return told


ROUTES: dict[str, Callable[[bytes], object]] = {
    "decoding": decoding,
    "needlepoint": needlepoint,
    "all threads": needlepoint,
    "reference": reference,
}


def alone(route: str) -> dict[str, float]:
    """Return seconds on the clock and of the cores (medians), and peak megabytes, of a route by itself."""
    code = f"from benchmarks.bench_photo import once; once({route!r})"
    # As `needlepoint measure` asks it; the route by the book has as many threads as it likes.
    algebra = {} if route == "reference" else {"OPENBLAS_NUM_THREADS": "1"}
    told = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | algebra,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    values: dict[str, float] = json.loads(told.splitlines()[-1])
    return values


def once(route: str) -> None:
    """Time one route and print what it took; the first round only warms up."""
    import cv2

    content, spent, worked = photo(), [], []
    rounds, threads = ROUNDS[route]
    cv2.setNumThreads(threads or os.cpu_count() or 1)
    for _ in range(rounds + 1):
        wall, work = time.perf_counter(), time.process_time()
        ROUTES[route](content)
        spent.append(time.perf_counter() - wall)
        worked.append(time.process_time() - work)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": median(spent[1:]), "cpu": median(worked[1:]), "megabytes": peak}))


def folder(at: Path, pairs: int, every: int) -> Path:
    """Fill a folder with links to pairs of photos, one pair in `every` of them large."""
    for number in range(pairs):
        width = LARGE if number % every == 0 else SMALL
        for kind, when in enumerate(("before", "after")):
            photo(width, kind)
            kept = "phantom-12mp.jpg" if (width, kind) == (LARGE, 0) else f"phantom-{width}-{kind}.jpg"
            os.link(KEPT / kept, at / f"{number:06d}-{when}.jpg")
    return at


def command(at: Path, out: Path, processes: int) -> list[str]:
    """Return the command that measures a folder."""
    return [NEEDLEPOINT, "measure", str(at), "--out", str(out), "--processes", str(processes)]


def all_measured(out: Path, pairs: int) -> None:
    """Stop where pairs were refused: a refusal takes less work than a measurement, and less memory."""
    told = [json.loads(line) for line in (out / "measurements.jsonl").read_text().splitlines()]
    refused = {line["refused"] for line in told if "refused" in line}
    if len(told) != pairs or refused:
        raise SystemExit(f"{len(told)} of {pairs} pairs, some refused: {refused}")


def side_by_side(pairs: int) -> dict[int, float]:
    """Return the seconds on the clock that the command takes for the same large pairs, in one process and in two."""
    took = {}
    with tempfile.TemporaryDirectory(dir=KEPT) as place:
        (photos := Path(place) / "photos").mkdir()
        folder(photos, pairs, 1)
        for processes in (1, 2):
            out = Path(place) / str(processes)
            start = time.perf_counter()
            subprocess.run(command(photos, out, processes), check=True, capture_output=True)  # noqa: S603 - ours
            took[processes] = time.perf_counter() - start
            all_measured(out, pairs)
    return took


def memory_mb() -> float:
    """Return what this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def many(photos: int) -> list[tuple[int, float]]:
    """Measure `photos` as pairs in one process; return megabytes held after each twentieth of them."""
    from needlepoint.cli import archive
    from needlepoint.cli.main import main

    held, plain = [], archive.measured
    with tempfile.TemporaryDirectory(dir=KEPT) as place:
        (linked := Path(place) / "photos").mkdir()
        folder(linked, photos // 2, EVERY)

        def watched(work: archive.Work) -> dict:
            line, number = plain(work), int(work[0][0]) + 1
            if number % max(photos // 40, 1) == 0:
                held.append((2 * number, memory_mb()))
            return line

        archive.measured = watched
        try:
            main(command(linked, out := Path(place) / "out", 1)[1:], standalone_mode=False)
        finally:
            archive.measured = plain
        all_measured(out, photos // 2)
    return held


@pytest.mark.bench
def test_one_photo(benchmark):
    content = photo()
    needlepoint(content)
    benchmark.pedantic(needlepoint, args=(content,), rounds=5)


@pytest.mark.bench
def test_bare_decoding(benchmark):
    benchmark.pedantic(decoding, args=(photo(),), rounds=5)


def routes() -> None:
    """Print seconds and megabytes of each route, and what they are of one another."""
    told = {}
    for route in ROUTES:
        try:
            told[route] = alone(route)
        except subprocess.CalledProcessError as why:
            print(f"{route:<12} not run: {why.stderr.splitlines()[-1] if why.stderr else why}")
    for route, values in told.items():
        clock, work, held = (values[key] for key in ("seconds", "cpu", "megabytes"))
        print(f"{route:<12} {clock:7.3f} s  {work:7.3f} s of one core  {held:6.0f} MB at most")
    ours = told["needlepoint"]
    both = f"{ours['seconds']:.3f} s on one thread, {told['all threads']['seconds']:.3f} s on all"
    print(f"needlepoint: {both} (aim: 0.25), {ours['megabytes']:.0f} MB (aim: 350)")
    print(
        f"needlepoint is {ours['cpu'] / told['decoding']['cpu']:.2f} times bare decoding (aim: at most 4.5)"
    )
    if "reference" in told:
        times = [told["reference"][key] / ours[key] for key in ("seconds", "cpu")]
        print(
            f"the reference takes {times[0]:.0f} times as long, {times[1]:.0f} times the work (aim: at least 40)"
        )


def main() -> None:
    for width in (LARGE, SMALL):
        for kind in (0, 1):
            photo(width, kind)
    load = os.getloadavg()[0]
    if len(sys.argv) > 1:
        # The peak counts from here: drawing the phantoms took more than measuring them does.
        Path("/proc/self/clear_refs").write_text("5")
        held = many(int(sys.argv[1]))
        for count, megabytes in held:
            print(f"{count:>7} photos  {megabytes:6.0f} MB held")
        peak = int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0]) / 1024
        print(f"from first to last {held[-1][1] - held[0][1]:+.0f} MB; {peak:.0f} MB at most")
        return
    routes()
    gains = []
    for _ in range(TIMES):
        took = side_by_side(PAIRS)
        gains.append(took[1] / took[2])
        print(
            f"{PAIRS} pairs: one process {took[1]:.1f} s, two {took[2]:.1f} s: {gains[-1]:.2f} times (aim: 1.8)"
        )
    print(f"two processes do {median(gains):.2f} times the work of one in the middle of {TIMES} runs")
    print(f"load of the machine before: {load:.1f}")


if __name__ == "__main__":
    main()
