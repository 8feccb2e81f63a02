"""A9, second part: our points against those that MediaPipe 0.10.21 put on the same photos with the same network.

MediaPipe needs an older NumPy than this package, so its points are stored: `python -m tests.phantom.another_runner
FOLDER` writes the photos, and `python tests/phantom/run_mediapipe.py FOLDER tests/phantom/mediapipe_points.npz`, run
where MediaPipe is installed, looks at them.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from tests.phantom.camera import jittered, photograph
from tests.phantom.figures import Figure
from tests.phantom.surface import surface
from tests.phantom.trials import MAP_PX_PER_MM, TONES

from needlepoint.photo import face

STORED = Path(__file__).with_name("mediapipe_points.npz")
PORTRAIT = Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg"
PHOTOS, SEED = 10, 53
RUNNERS = {"plain": "the same network", "attention": "its later form with attention"}


def photos(count: int) -> Iterator[np.ndarray]:
    """Yield the portrait, then phantoms of every tone by hand, each as 8-bit blue-green-red."""
    yield cv2.imread(str(PORTRAIT))
    rng = np.random.default_rng(SEED)
    for number in range(count - 1):
        skin = surface(TONES[number % len(TONES)], px_per_mm=MAP_PX_PER_MM)
        yield photograph(skin, jittered(rng, width=1200)).codes


def apart(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Return the mean distance of two sets of points as a share of that between the outer eye corners."""
    eyes = np.linalg.norm(theirs[face.EYE_RIGHT] - theirs[face.EYE_LEFT])
    return float(np.linalg.norm(ours - theirs, axis=1).mean() / eyes)


def another_runner(count: int = PHOTOS) -> list[Figure]:
    """Compare the points of the first `count` photos with those that are stored."""
    ours = [face.find(codes)[0].points[:, :2] for codes in photos(count)]
    told = []
    with np.load(STORED) as stored:
        for runner, words in RUNNERS.items():
            shares = [apart(a, b) for a, b in zip(ours, stored[runner] / 10.0, strict=False)]
            says = f"landmarks against MediaPipe 0.10.21 running {words}, mean and worst photo"
            value = f"{np.mean(shares):.1%} and {max(shares):.1%}"
            told.append(Figure("A9", says, value, "≤ 4 %", max(shares) <= 0.04, count))
    return told


if __name__ == "__main__":
    for number, codes in enumerate(photos(PHOTOS)):
        cv2.imwrite(str(Path(sys.argv[1]) / f"{number}.png"), codes)
