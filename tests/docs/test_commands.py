"""Every command that a page names exists, and every command that exists is named."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.tree import ROOT, blocks, pages

MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
HELP = subprocess.run(
    ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout
NEEDLEPOINT = Path(sys.executable).with_name("needlepoint")
SHELL = [block for page in pages() for block in blocks(page) if block.language in {"sh", "console"}]
LINES = sorted(
    {
        (block.page, line)
        for block in SHELL
        for line in block.text.splitlines()
        if line and not line.startswith("#")
    }
)


def lines_with(command: str) -> list[tuple[str, list[str]]]:
    return [(page, line.split("  #")[0].split()) for page, line in LINES if line.split()[0].endswith(command)]


def help_of(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([NEEDLEPOINT, *command, "--help"], capture_output=True, text=True)


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_make_help_explains_every_target(target):
    assert re.search(rf"^  make {target} +\S", HELP, re.MULTILINE)


@pytest.mark.parametrize(("page", "words"), lines_with("make"))
def test_every_make_command_of_a_page_exists(page, words):
    named = [word for word in words[1:] if "=" not in word]
    assert named, page
    assert set(named) <= TARGETS


def test_the_readme_names_the_two_first_commands():
    readme = (ROOT / "README.md").read_text()
    assert "make demo" in readme
    assert "make test" in readme


@pytest.mark.parametrize(("page", "words"), lines_with("needlepoint"))
def test_every_needlepoint_command_of_a_page_exists(page, words):
    told = help_of(words[1])
    assert told.returncode == 0, f"{page}: needlepoint {words[1]}: {told.stderr}"
    assert [option for option in words if option.startswith("--") and option not in told.stdout] == []


def test_continuous_integration_runs_the_same_command_as_everyone():
    run = ROOT / ".ci" / "run"
    assert "make test" in run.read_text()
    assert run.stat().st_mode & 0o111
