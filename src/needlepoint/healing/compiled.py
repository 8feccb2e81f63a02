"""The one way to compile a function in this room, so that all are compiled alike and cached on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
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
# in a function that it calls would go unnoticed. So the stamp of every cached function covers all of them, and
# the function's own file.
_FILES = ("compiled", "equations", "tsit5", "geometry", "chance", "ensemble")


def _stamp(own: Path) -> str:
    here = Path(__file__).parent
    files = [*(here / f"{name}.py" for name in _FILES), own]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def compiled(function: Function) -> Function:
    """Return the function compiled for one thread."""
    return _stamped(numba.njit(**OPTIONS)(function))


# Where neither OpenMP nor TBB is found, numba ends the whole process if two of a server's threads come at once.
_ONE_AT_A_TIME = RLock()


def threaded(function: Function) -> Function:
    """Return the function compiled with its `prange` loops spread over threads; one such loop runs at a time."""
    made = _stamped(numba.njit(**OPTIONS, parallel=True)(function))

    @wraps(function)
    def called(*given: Any) -> Any:
        with _ONE_AT_A_TIME:
            return made(*given)

    return cast(Function, called)


def _stamped(dispatcher: Any) -> Any:
    held = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    if held is not None:
        held._source_stamp = _stamp(Path(dispatcher.py_func.__code__.co_filename))  # noqa: SLF001 - numba has no public way to say this
    return cast(Any, dispatcher)
