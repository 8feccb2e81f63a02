"""What may lie in the tree, and what may not."""

import ast
import re

import pytest
from tests.docs.tree import ROOT, files, name, python_files, text_files

# Written in pieces, so that this file does not contain what it looks for.
REGISTRIES = re.compile(
    "|".join(
        [
            "pypi" + r"\.org",
            "python" + "hosted",
            "registry" + r"\.npmjs",
            "crates" + r"\.io",
            "ana" + r"conda\.org",
        ]
    )
)
MACHINE_PATHS = re.compile(
    r"(^|[^A-Za-z0-9_.])/(" + "|".join(["wo" + "rk", "fa" + "rm", "ro" + "ot"]) + r")/[A-Za-z.]", re.MULTILINE
)
ROOMS_WITHOUT_A_MEANING = {"utils", "common", "helpers", "core", "misc"}
STUB = re.compile(
    r"^\s*(pass|\.\.\.)\s*(#.*)?$|raise NotImplementedError|\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b",
    re.MULTILINE,
)


def found(pattern: re.Pattern[str], paths: list) -> dict[str, str]:
    hits = {name(path): pattern.search(path.read_text(errors="replace")) for path in paths}
    return {where: hit.group(0).strip() for where, hit in hits.items() if hit}


def test_no_file_names_a_package_registry():
    assert found(REGISTRIES, text_files()) == {}


def test_no_file_names_a_path_of_one_machine():
    assert found(MACHINE_PATHS, text_files()) == {}


def test_every_lock_holds_hashes_and_no_address():
    locks = sorted((ROOT / "requirements").glob("*.lock"))
    assert [lock.name for lock in locks] == ["dev.lock", "peers.lock", "uv.lock"]
    for lock in locks:
        text = lock.read_text()
        pins = re.findall(r"^\S+==", text, re.MULTILINE)
        assert pins
        assert all(
            "--hash=sha256:" in pin for pin in re.split(r"^(?=\S+==)", text, flags=re.MULTILINE) if pin
        )
        assert not re.search(r"://|--index|--find-links", text), lock.name


def test_every_room_has_a_name_of_the_trade():
    rooms = {part for path in files() for part in [*path.relative_to(ROOT).parent.parts, path.stem]}
    assert rooms & ROOMS_WITHOUT_A_MEANING == set()


def test_no_import_contract_is_waived():
    assert "ignore" + "_imports" not in (ROOT / "pyproject.toml").read_text()


def test_no_file_is_longer_than_400_lines():
    lengths = {
        name(path): len(path.read_text().splitlines()) for path in python_files("src", "tests", "tools")
    }
    # Django writes the migrations, a table after the other.
    written = {where: lines for where, lines in lengths.items() if "/migrations/" not in where}
    assert {where: lines for where, lines in written.items() if lines > 400} == {}


@pytest.mark.parametrize("path", python_files("src"), ids=name)
def test_no_function_is_longer_than_60_lines(path):
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert {node.name for node in functions if node.end_lineno - node.lineno > 60} == set()


def test_nothing_is_left_unwritten():
    assert found(STUB, python_files("src")) == {}


def test_no_file_holds_a_fence_of_a_merge():
    assert found(re.compile(r"^(<{7}|>{7}) ", re.MULTILINE), text_files()) == {}
