"""One object for each thread, for those of OpenCV that remember their last input."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from typing import Generic, TypeVar

T = TypeVar("T")


class OneAThread(threading.local, Generic[T]):
    """Keeps what `make` returned, for the calling thread alone.

    A network of OpenCV holds its input until it is run: two threads that share one would read each other's faces.
    """

    def __init__(self, make: Callable[..., T]) -> None:
        self.of: Callable[..., T] = cache(make)
