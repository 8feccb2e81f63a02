"""Every code block runs: a page is played from top to bottom in a folder of its own."""

import dataclasses
import shlex
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import tomli
from tests.docs.tree import Block, blocks, name, pages

from needlepoint.evidence.loader import TABLES, packaged
from needlepoint.evidence.schema import Review, Rule
from needlepoint.rules.conditions import NOT_APPLICABLE
from needlepoint.rules.rulebook import Rulebook

NEEDLEPOINT = Path(sys.executable).with_name("needlepoint")
SHELL_WORDS = {"make", "needlepoint"}
SHAPES = {table: shape for place, table, shape, _ in TABLES.values() if place != "triage.toml"} | {
    "review": Review
}
PAGES = [page for page in pages() if blocks(page)]


def run(block: Block, folder: Path) -> str:
    said = ""
    for line in block.text.splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        assert words[0] in SHELL_WORDS, f"a command that nothing checks: {line}"
        if words[0] == "needlepoint":
            done = subprocess.run([NEEDLEPOINT, *words[1:]], cwd=folder, capture_output=True, text=True)
            # A how-to page may name the reader's own files; a tutorial brings all of them.
            readers_own = (
                done.returncode == 2 and "no such" in done.stderr.lower() and "tutorials" not in block.page
            )
            assert done.returncode == 0 or readers_own, f"{line}\n{done.stdout}{done.stderr}"
            said += done.stdout
    return said


def read_rows(block: Block) -> None:
    for table, rows in tomli.loads(block.text).items():
        for raw in rows if isinstance(rows, list) else [rows]:
            row = msgspec.convert(raw, SHAPES[table])
            if isinstance(row, Rule):
                play(row)


def play(rule: Rule) -> None:
    book = Rulebook.of(dataclasses.replace(packaged(), rules={rule.id: rule}))
    compiled = (*book.of_case, *book.of_zone)[0]
    for example in rule.examples:
        facts = {fact: NOT_APPLICABLE if value == "n/a" else value for fact, value in example.facts.items()}
        assert compiled.fires(facts, example.at, book.names) is example.fires
        assert not example.fires or compiled.until(facts, example.at, book.names) == example.until


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_page_can_be_followed(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    said = ""
    for block in blocks(page):
        if block.saved_as:
            mode = "a" if block.saved_as.startswith(">>") else "w"
            with (tmp_path / block.saved_as.removeprefix(">>").strip()).open(mode) as file:
                file.write(block.text)
        elif block.language == "sh":
            said = run(block, tmp_path)
        elif block.language == "text" and "tutorials" in page.parts:
            assert [line for line in block.text.splitlines() if line not in said] == [], said
        elif block.language == "python":
            exec(compile(block.text, block.page, "exec"), names)  # noqa: S102 (the pages are ours)
        elif block.language == "toml":
            read_rows(block)
        else:
            assert block.language in {"text", "mermaid", "json"}, f"{block.page}: what is {block.language}?"
