"""Threads: one object of OpenCV for each that needs it, and no more of them than the work is worth."""

from __future__ import annotations

import os
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


def one_thread_for_algebra() -> None:
    """Ask the linear algebra under NumPy for one thread, unless somebody chose; call it before NumPy is loaded.

    Its threads wait for the next small matrix without rest, and take the core that the next pair of photos could use.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
