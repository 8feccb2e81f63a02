"""Photos may be read in several threads: none sees what another one looks at."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tests.phantom.camera import Shot, photograph
from tests.phantom.surface import surface

from needlepoint.photo.face import find


@pytest.fixture(scope="module")
def pictures():
    """A face, the same face further away, and nobody."""
    near, far = (
        photograph(surface("intermediate", px_per_mm=4.0), Shot(width=width)) for width in (700, 480)
    )
    return [near.codes, far.codes, np.full_like(near.codes, 120)]


def test_threads_find_what_one_alone_finds(pictures):
    alone = [find(picture) for picture in pictures]
    assert [len(found) for found in alone] == [1, 1, 0]
    with ThreadPoolExecutor(4) as threads:
        beside = list(threads.map(find, pictures * 40))
    for number, found in enumerate(beside):
        expected = alone[number % len(pictures)]
        assert len(found) == len(expected)
        assert all(np.array_equal(a.points, b.points) for a, b in zip(found, expected, strict=True))
