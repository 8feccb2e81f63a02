"""The clinic's wings: what the contracts of pyproject.toml cannot say in their own terms."""

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from tests.docs.tree import ROOT, name, python_files

CLINIC = ROOT / "src/needlepoint/clinic"
FLOORS = ("views", "forms", "actions", "queries")
GROUND = ("access", "models", "server", "migrations", "templatetags", "templates", "static", "locale")
MOST_FILES = 12
# How a page is asked, refused and shown, and how what was typed becomes a value: every wing comes in by this door.
DOOR = ("needlepoint.clinic.practice.views.door.", "needlepoint.clinic.practice.forms.typed.")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def wings_by(contract):
    """The wings that a contract names, from the top."""
    return [each.rpartition(".")[2] for each in contract["containers"]]


(FLOORED,) = (each for each in CONTRACTS if each.get("layers") == [f"({floor})" for floor in FLOORS])
WINGS = wings_by(FLOORED)


def inside(wing):
    return [path.relative_to(CLINIC / wing) for path in python_files("src") if CLINIC / wing in path.parents]


def imported(path):
    """Every name that a file takes from the clinic, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("needlepoint.clinic"):
            yield from (f"{node.module}.{each.name}." for each in node.names)
        if isinstance(node, ast.Import):
            yield from (f"{each.name}." for each in node.names if each.name.startswith("needlepoint.clinic"))


def test_every_room_of_the_clinic_is_a_wing_or_the_ground_under_them():
    rooms = {path.relative_to(CLINIC).parts[0] for path in python_files("src") if CLINIC in path.parents}
    assert {each for each in rooms if not each.endswith(".py")} <= {*WINGS, *GROUND}
    assert {path.name for path in CLINIC.glob("*.py")} == {"__init__.py", "apps.py"}


@pytest.mark.parametrize("wing", WINGS)
def test_every_file_of_a_wing_lies_on_one_of_its_floors(wing):
    outside = [path for path in inside(wing) if path.parts[0] not in FLOORS]
    assert outside == [Path("__init__.py")]


@pytest.mark.parametrize("wing", [*WINGS, "access", "models", "server"])
def test_no_floor_and_no_room_has_more_than_twelve_files(wing):
    rooms = Counter(path.parent.as_posix() for path in inside(wing) if path.name != "__init__.py")
    assert rooms
    assert {room: files for room, files in rooms.items() if files > MOST_FILES} == {}


@pytest.mark.parametrize("floor", ["views", "forms"])
def test_of_the_practices_pages_and_forms_other_wings_know_only_the_door(floor):
    others = [path for path in python_files("src") if CLINIC in path.parents and _is_above(path)]
    wanted = f"needlepoint.clinic.practice.{floor}."
    taken = [(name(path), each) for path in others for each in imported(path) if each.startswith(wanted)]
    assert taken
    assert [each for each in taken if not each[1].startswith(DOOR)] == []


def _is_above(path):
    return path.relative_to(CLINIC).parts[0] in WINGS and CLINIC / "practice" not in path.parents


def test_the_page_of_the_tree_names_every_wing_in_its_order():
    page = (ROOT / "docs/where-things-go.md").read_text()
    places = [page.index(f"    {wing}/") for wing in WINGS]
    assert places == sorted(places)


@pytest.mark.parametrize("wing", WINGS)
def test_the_page_on_where_things_go_has_the_names_of_each_wing(wing):
    """A stranger finds a thing by its noun, and a noun that came or went is on the page."""
    names = {path.parts[1].removesuffix(".py") for path in inside(wing) if len(path.parts) > 1} - {"__init__"}
    page = (ROOT / "docs/where-things-go.md").read_text()
    block = page.partition("names of each wing, whether a file")[2].split("```")[1].removeprefix("text\n")
    told = dict(line.split(maxsplit=1) for line in re.sub(r",\n +", ", ", block).strip().splitlines())
    assert set(told[wing].split(", ")) == names
