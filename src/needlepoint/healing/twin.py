"""The slow twin of the compiled code: the equations as they are written, solved by SciPy's DOP853."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from needlepoint.healing import equations as eq
from needlepoint.healing.compiled import Floats
from needlepoint.healing.ensemble import Schedule, Table, doses, persons

NAMES = (*eq.STATES, *eq.DECAYS)


def trajectory(z: Floats, table: Table, schedule: Schedule, out_days: Floats, rtol: float = 1e-11) -> Floats:
    """Return the 17 states, then H, E, F, of one person (a row of z) as an array (days, 20).

    The sessions' doses come from the same geometry as the fast code's; that has a twin of its own.
    """
    values = dict(zip(eq.RATES, persons(z[None, :], table)[0].tolist(), strict=False))
    given = doses(z[None, :], table, schedule)[0]
    state = {name: eq.AT_BASELINE.get(name, 0.0) for name in NAMES} | {"Phi_p": 0.0, "Phi_r": 0.0}
    seen = np.empty((out_days.size, len(NAMES)))
    borders = [*schedule.days.tolist(), float("inf")]
    for number, day in enumerate(schedule.days.tolist()):
        state |= _after_session(state, values, given[number]) if given[number, 0] > 0 else {}
        end = min(borders[number + 1], float(out_days[-1]) + 1e-9)
        inside = (out_days >= day) & (out_days < borders[number + 1])
        state |= _solve(state, values, day, end, out_days[inside], seen, np.flatnonzero(inside), rtol)
        if end < borders[number + 1]:
            break
    return seen


def slopes_of(state: Mapping[str, float], values: Mapping[str, float]) -> dict[str, float]:
    """Return the slope of every state, by the equations as they are written."""
    known = {**values, **state, "max": max}
    return {name: float(eval(code, {"__builtins__": {}}, known)) for name, code in _CODE.items()}  # noqa: S307


def _after_session(
    state: Mapping[str, float], values: Mapping[str, float], given: Floats
) -> dict[str, float]:
    names = ("V_sc", "V_e", "V_p", "V_r", "phi_p", "phi_r")
    known = {**values, **state, **dict(zip(names, given.tolist(), strict=True)), "V_ref": eq.V_REF}
    return {name: float(eval(code, {"__builtins__": {}}, known)) for name, code in _JUMPS.items()}  # noqa: S307


def _solve(
    state: Mapping[str, float], values: Mapping[str, float], start: float, end: float, days: Floats, seen: Floats,
    rows: Any, rtol: float,
) -> dict[str, float]:  # fmt: skip
    constants = [*values.values(), state["Phi_p"], state["Phi_r"]]

    def rate(_: float, x: Floats) -> list[float]:
        return list(_RATE(x.tolist(), constants))

    begin = [state[name] for name in NAMES]
    done = solve_ivp(rate, (start, end), begin, "DOP853", dense_output=True, rtol=rtol, atol=rtol * 1e-2)
    for row, day in zip(rows, days, strict=True):
        seen[row] = done.sol(day)
    return dict(zip(NAMES, done.y[:, -1].tolist(), strict=True))


def _compiled(lines: Mapping[str, str]) -> dict[str, Any]:
    return {name: compile(line, name, "eval") for name, line in lines.items()}


_CODE, _JUMPS = _compiled(eq.EQUATIONS), _compiled(eq.JUMPS)


def _rate_of_all() -> Any:
    """Return the equations as one function of the states and the constants, which is quicker than one at a time."""
    lines = [
        "def rate(x, q):",
        f"    {', '.join(NAMES)} = x",
        f"    {', '.join(eq.RATES)}, Phi_p, Phi_r = q",
        f"    return [{', '.join(eq.EQUATIONS[name] for name in NAMES)}]",
    ]
    known: dict[str, Any] = {}
    exec(compile("\n".join(lines), "equations", "exec"), {"max": max}, known)  # noqa: S102
    return known["rate"]


_RATE = _rate_of_all()
