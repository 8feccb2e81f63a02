"""The model in SBML, so that other programs can run it: the equations as written, with one event for each session."""

from __future__ import annotations

import ast
from xml.sax.saxutils import quoteattr

from needlepoint.healing import equations as eq
from needlepoint.healing.compiled import Floats
from needlepoint.healing.ensemble import Schedule, Table, doses, persons

_MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'
_OPERATORS = {ast.Add: "plus", ast.Sub: "minus", ast.Mult: "times", ast.Div: "divide"}


def export(z: Floats, table: Table, schedule: Schedule) -> str:
    """Return one person's course (a row of z) as SBML level 3 version 1; time in days."""
    values = dict(zip(eq.RATES, persons(z[None, :], table)[0].tolist(), strict=False))
    given = doses(z[None, :], table, schedule)[0]
    states = [*eq.STATES, *eq.DECAYS]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">',
        '<model id="needlepoint_17" name="Needlepoint-17">',
        "<listOfParameters>",
        *(_parameter(name, value, True) for name, value in values.items()),
        *(_parameter(name, eq.AT_BASELINE.get(name, 0.0), False) for name in (*states, "Phi_p", "Phi_r")),
        "</listOfParameters>",
        "<listOfRules>",
        *(f'<rateRule variable="{name}">{mathml(eq.EQUATIONS[name])}</rateRule>' for name in states),
        "</listOfRules>",
        "<listOfEvents>",
        *(_event(n, day, given[n]) for n, day in enumerate(schedule.days.tolist()) if given[n, 0] > 0),
        "</listOfEvents>",
        "</model>",
        "</sbml>",
    ]
    return "\n".join(lines) + "\n"


def mathml(expression: str) -> str:
    """Return an expression in Python's notation as MathML."""
    return _MATH.format(_node(ast.parse(expression, mode="eval").body))


def _parameter(name: str, value: float, constant: bool) -> str:
    return f'<parameter id={quoteattr(name)} value="{value!r}" constant="{str(constant).lower()}"/>'


def _event(number: int, day: float, given: Floats) -> str:
    """Return a session as an event; the first fires at the very beginning."""
    names = ("V_sc", "V_e", "V_p", "V_r", "phi_p", "phi_r")
    known = {name: repr(float(value)) for name, value in zip(names, given, strict=True)} | {
        "V_ref": repr(eq.V_REF)
    }
    time = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">time</csymbol>'
    trigger = _MATH.format(f"<apply><geq/>{time}<cn>{day!r}</cn></apply>")
    assigned = "".join(
        f'<eventAssignment variable="{name}">{mathml(_filled(code, known))}</eventAssignment>'
        for name, code in eq.JUMPS.items()
    )
    return (
        f'<event id="session_{number + 1}" useValuesFromTriggerTime="true">'
        f'<trigger initialValue="false" persistent="true">{trigger}</trigger>'
        f"<listOfEventAssignments>{assigned}</listOfEventAssignments></event>"
    )


def _filled(code: str, known: dict[str, str]) -> str:
    tree = ast.parse(code, mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in known:
            node.id = known[node.id]
    return ast.unparse(tree)


def _node(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return f"<cn>{node.value!r}</cn>"
    if isinstance(node, ast.Name):
        return f"<ci>{node.id}</ci>"
    if isinstance(node, ast.UnaryOp):
        return f"<apply><minus/>{_node(node.operand)}</apply>"
    if isinstance(node, ast.BinOp):
        return f"<apply><{_OPERATORS[type(node.op)]}/>{_node(node.left)}{_node(node.right)}</apply>"
    if isinstance(node, ast.Call) and len(node.args) == 2:
        # SBML level 3 version 1 has no max.
        first, second = (_node(each) for each in node.args)
        larger = f"<piece>{first}<apply><gt/>{first}{second}</apply></piece>"
        return f"<piecewise>{larger}<otherwise>{second}</otherwise></piecewise>"
    raise ValueError(f"no MathML for {ast.dump(node)}")
