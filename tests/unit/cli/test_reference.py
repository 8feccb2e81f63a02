"""The reference shelf: every rule, source, number, state, command and exit code is on it."""

import re
import subprocess
import sys

import pytest
from tests.unit.exchange.cases import KNOWLEDGE

from needlepoint.cli.main import main
from needlepoint.cli.outcome import EXIT_CODES
from needlepoint.cli.reference import pages, write
from needlepoint.course.session import Sign
from needlepoint.course.states import COURSE, SESSION
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import load_trace
from needlepoint.exchange.case_file import read

PAGES = pages(KNOWLEDGE)


def test_the_shelf_is_the_same_every_time():
    assert pages() == PAGES


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_has_one_title_and_says_who_writes_it(name):
    assert len(re.findall(r"^# ", re.sub(r"```.*?```", "", PAGES[name], flags=re.DOTALL), re.MULTILINE)) == 1
    assert "Written by `make docs`" in PAGES[name]
    assert PAGES[name].endswith("\n")


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_table_has_as_many_cells_in_each_row(name):
    for block in re.findall(r"(?:^\|.*\|\n)+", PAGES[name], re.MULTILINE):
        counts = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(counts) == 1


def test_every_link_to_a_source_meets_its_heading():
    anchors = {match.lower() for match in re.findall(r"^## (.+)$", PAGES["sources.md"], re.MULTILINE)}
    linked = {match for text in PAGES.values() for match in re.findall(r"\(sources\.md#([^)]+)\)", text)}
    assert len(linked) > 50
    assert linked <= anchors


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("rulebook.md", KNOWLEDGE.rules),
        ("sources.md", KNOWLEDGE.sources),
        ("questions.md", {*KNOWLEDGE.questions, *KNOWLEDGE.facts}),
        ("triage.md", {*KNOWLEDGE.triage, *KNOWLEDGE.levels, *KNOWLEDGE.raisers, *KNOWLEDGE.first_aid}),
        ("disagreements.md", {row.topic for row in KNOWLEDGE.disagreements.values()}),
        ("devices.md", KNOWLEDGE.devices),
        ("zones.md", KNOWLEDGE.zones),
        (
            "courses.md",
            {*KNOWLEDGE.goals, *KNOWLEDGE.operators, *KNOWLEDGE.protocols, *KNOWLEDGE.dose_parameters},
        ),
        (
            "care.md",
            {*KNOWLEDGE.preparation, *KNOWLEDGE.aftercare, *KNOWLEDGE.milestones, *KNOWLEDGE.pairing},
        ),
        ("source-trace.md", load_trace()),
        ("case-format.md", {*KNOWLEDGE.devices, *Zone, *Sign}),
        ("cli.md", {*main.commands, *map(str, EXIT_CODES), "_NEEDLEPOINT_COMPLETE", "NO_COLOR"}),
    ],
)
def test_a_page_leaves_nothing_out(name, keys):
    assert [key for key in keys if key not in PAGES[name]] == []


def test_every_depth_limit_is_among_the_evidence():
    for zone in KNOWLEDGE.zones:
        assert f"`zones:{zone} depth_max`" in PAGES["evidence.md"]
    for device in KNOWLEDGE.devices:
        assert f"`devices:{device} needles count`" in PAGES["evidence.md"]


def test_the_diagrams_are_those_of_the_tables():
    for table in (COURSE, SESSION):
        assert f"```mermaid\n{table.diagram()}\n```" in PAGES["states.md"]


def test_the_example_of_the_case_file_can_be_read():
    (example,) = re.findall(r"```toml case\.toml\n(.*?)```", PAGES["case-format.md"], re.DOTALL)
    assert read(example.encode(), "case.toml", KNOWLEDGE).sessions


def test_every_option_is_on_the_page_of_commands():
    for command in main.commands.values():
        for parameter in command.params:
            assert all(option in PAGES["cli.md"] for option in parameter.opts if option.startswith("--"))


def test_writing_the_shelf_takes_old_pages_away(tmp_path):
    (tmp_path / "old.md").write_text("# Old")
    write(tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == PAGES


def test_the_shelf_is_written_by_a_command(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "needlepoint.cli.reference", tmp_path / "new"], check=True, timeout=300
    )
    assert (tmp_path / "new" / "rulebook.md").read_text() == PAGES["rulebook.md"]
