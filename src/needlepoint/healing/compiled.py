"""The one way to compile a function in this room, so that all are compiled alike and cached on disk."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Division by zero gives inf rather than an error: no loop divides by what may be zero, and the check would keep the
# compiler from vector instructions. No fast maths: results must not depend on how wide the machine's vectors are.
OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": False}

# The compiled modules. numba looks only at the file of the function itself to see whether its cache is fresh; a change
# in a function that it calls would go unnoticed. So what is compiled lies in a folder named by the stamp of them all.
_FILES = ("compiled", "equations", "tsit5", "geometry", "chance", "ensemble")


# What may also be set by its environment variables.
CONFIG: Any = numba.config


def _stamp() -> str:
    here = Path(__file__).parent
    return hashlib.sha256(b"".join((here / f"{name}.py").read_bytes() for name in _FILES)).hexdigest()


@cache
def _folder() -> Path:
    """Return where compiled functions are kept: where NUMBA_CACHE_DIR says, else beside Python's own, else at home."""
    beside = Path(__file__).parent / "__pycache__"
    beside = beside if os.access(beside.parent, os.W_OK) else Path.home() / ".cache" / "needlepoint"
    return Path(CONFIG.CACHE_DIR or beside) / f"compiled-{_stamp()[:16]}"


@contextmanager
def _kept_apart() -> Iterator[None]:
    """Let numba keep what is compiled meanwhile in that folder; it chooses the place when a function is named."""
    before = CONFIG.CACHE_DIR
    CONFIG.CACHE_DIR = str(_folder())
    try:
        yield
    finally:
        CONFIG.CACHE_DIR = before


def compiled(function: Function) -> Function:
    """Return the function compiled for one thread."""
    with _kept_apart():
        return cast(Function, numba.njit(**OPTIONS)(function))


# Where neither OpenMP nor TBB is found, numba ends the whole process if two of a server's threads come at once.
_ONE_AT_A_TIME = RLock()


def threaded(function: Function) -> Function:
    """Return the function compiled with its `prange` loops spread over threads; one such loop runs at a time."""
    with _kept_apart():
        made = numba.njit(**OPTIONS, parallel=True)(function)

    @wraps(function)
    def called(*given: Any) -> Any:
        with _ONE_AT_A_TIME:
            return made(*given)

    return cast(Function, called)
