"""Seconds and peak memory for one 12-megapixel JPEG: Needlepoint, bare decoding, and the plain scikit-image route.

`python benchmarks/bench_photo.py` prints a table; each route runs in a process of its own, so that peaks do not mix.
`pytest -m bench benchmarks/bench_photo.py` times the photo room alone.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
if __name__ == "__main__":
    # Run as a script, Python looks for modules beside this file; the phantom lies with the tests.
    sys.path.insert(0, str(ROOT))

PHOTO = ROOT / ".benchmarks" / "phantom-12mp.jpg"
AIMS = {"seconds": 0.25, "times the reference": 40.0, "times bare decoding": 4.5, "megabytes": 350.0}


def photo() -> bytes:
    """Return a phantom's photo of 3024 by 4032 pixels, taken once."""
    if not PHOTO.exists():
        from tests.phantom.camera import Shot, photograph
        from tests.phantom.surface import surface

        PHOTO.parent.mkdir(exist_ok=True)
        PHOTO.write_bytes(photograph(surface("light", px_per_mm=10.0), Shot(width=3024)).jpeg())
    return PHOTO.read_bytes()


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
    "reference": reference,
}


def alone(route: str, rounds: int) -> dict[str, float]:
    """Return seconds (the best of `rounds`) and peak megabytes of a route in a process of its own."""
    code = f"from benchmarks.bench_photo import once; once({route!r}, {rounds})"
    told = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    values: dict[str, float] = json.loads(told.splitlines()[-1])
    return values


def once(route: str, rounds: int) -> None:
    """Time one route and print what it took."""
    content, spent, worked = photo(), [], []
    for _ in range(rounds):
        wall, work = time.perf_counter(), time.process_time()
        ROUTES[route](content)
        spent.append(time.perf_counter() - wall)
        worked.append(time.process_time() - work)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": min(spent), "cpu": min(worked), "megabytes": peak}))


def many(count: int) -> tuple[float, float]:
    """Return peak megabytes after a tenth of `count` photos and after all of them."""
    content = photo()
    peaks = []
    for number in range(count):
        needlepoint(content)
        if number in {count // 10, count - 1}:
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return peaks[0], peaks[1]


@pytest.mark.bench
def test_one_photo(benchmark):
    content = photo()
    needlepoint(content)
    benchmark.pedantic(needlepoint, args=(content,), rounds=5)


@pytest.mark.bench
def test_bare_decoding(benchmark):
    benchmark.pedantic(decoding, args=(photo(),), rounds=5)


def main() -> None:
    photo()
    told = {}
    for route in ROUTES:
        try:
            told[route] = alone(route, 2 if route == "reference" else 7)
        except subprocess.CalledProcessError as why:
            print(f"{route:<12} not run: {why.stderr.splitlines()[-1] if why.stderr else why}")
    for route, values in told.items():
        print(
            f"{route:<12} {values['seconds']:7.3f} s  {values['cpu']:7.3f} s of one core  {values['megabytes']:6.0f} MB"
        )
    ours = told["needlepoint"]
    print(
        f"needlepoint is {ours['seconds'] / told['decoding']['seconds']:.1f} times bare decoding (aim: at most 4.5)"
    )
    if "reference" in told:
        print(
            f"the reference takes {told['reference']['seconds'] / ours['seconds']:.0f} times as long (aim: at least 40)"
        )


if __name__ == "__main__":
    main()
