"""Every hazard of the log has a control that exists and a test that bites, or says why it has none."""

import ast
import re

import pytest
from tests.clinic.hazards import log

NOW = {f"H{number:02d}" for number in range(1, 26)}
PAGE = log.FILE.with_suffix(".md")


def test_every_hazard_is_in_the_log_once_and_whole():
    ids = [entry["id"] for entry in log.entries()]
    assert ids == [f"H{number:02d}" for number in range(1, 26)]
    for entry in log.entries():
        assert {"id", "hazard", "causes", "effect", "level"} <= set(entry), entry["id"]
        assert 1 <= entry["level"]["after"] <= entry["level"]["before"] <= 5
        assert bool(entry.get("controls")) is not bool(entry.get("open")), entry["id"]


def test_the_hazards_of_the_clinic_have_their_controls():
    assert {entry["id"] for entry in log.entries() if entry.get("controls")} >= NOW


@pytest.mark.django_db
@pytest.mark.parametrize(("hazard", "control"), log.controls(), ids=lambda each: getattr(each, "named", each))
def test_a_control_that_is_named_exists_and_its_test_bites(hazard, control):
    assert control.exists, control.named
    where, _, name = control.test.partition("::")
    path = log.ROOT / where
    assert path.name.startswith(f"test_{hazard.lower()}_")
    tree = ast.parse(path.read_text())
    (function,) = [node for node in tree.body if getattr(node, "name", "") == name]
    # A skipped or an expected failure is no proof, and neither is a test that never switches the control off.
    marks = " ".join(ast.unparse(each) for each in function.decorator_list)
    assert not re.search(r"skip|xfail", marks)
    assert "bites(" in ast.unparse(function)


def test_every_test_that_bites_stands_in_the_log():
    listed = {control.test for _, control in log.controls()}
    for path in sorted((log.ROOT / "tests/clinic/hazards").glob("test_h*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and "bites" in [each.arg for each in node.args.args]:
                assert f"{path.relative_to(log.ROOT).as_posix()}::{node.name}" in listed


def test_a_control_that_does_not_exist_is_found():
    assert not log.Control("needlepoint.clinic.chair.actions.stock.cartridge:nothing", "").exists


def test_the_page_of_the_hazards_is_what_the_log_says():
    from tools import hazards_page

    assert PAGE.read_text() == hazards_page.page(log.entries())
