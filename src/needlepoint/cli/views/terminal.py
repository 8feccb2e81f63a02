"""Where text for people goes: the terminal with colour, a pipe without, or a picture."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import click
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from needlepoint.course.errors import InputError

PICTURE_WIDTH = 100
WIDEST = 120
STYLES = {
    "stop": "bold white on red",
    "refer": "bold black on yellow",
    "wait": "bold white on blue",
    "change": "bold black on cyan",
    "note": "bold reverse",
    "none": "bold reverse",
    "emergency": "bold white on red",
    "same_day": "bold white on red",
    "call_48h": "bold black on yellow",
    "this_week": "bold black on yellow",
    "routine": "bold reverse",
    "expected": "bold reverse",
}


def show(parts: Iterable[RenderableType]) -> None:
    """Print to standard output, no wider than what reads well."""
    output = Console(highlight=False)
    output.width = min(output.width, WIDEST)
    with output.capture() as captured:
        for part in parts:
            # A plain string is there to be copied: it keeps its line, however narrow the terminal.
            output.print(part, soft_wrap=isinstance(part, str), markup=False)
    # A terminal that cannot write a sign gets another one rather than a failure.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()), color=output.is_terminal)


def draw(parts: Iterable[RenderableType], picture: Path, title: str) -> None:
    """Write the same text as an SVG picture that needs nothing from elsewhere."""
    if picture.suffix.lower() != ".svg":
        raise InputError("--picture", f"{picture.name!r} is no .svg file", "a name such as advice.svg")
    output = Console(
        record=True,
        width=PICTURE_WIDTH,
        file=io.StringIO(),
        color_system="truecolor",
        no_color=False,
        force_terminal=True,
        highlight=False,
    )
    for part in parts:
        output.print(part)
    drawn = output.export_svg(title=title, unique_id="needlepoint")
    # Rich names a font on the network; the picture does as well with the reader's own.
    save(picture, re.sub(r"@font-face\s*\{.*?\}\s*", "", drawn, flags=re.DOTALL).encode())


def save(path: Path, content: bytes) -> None:
    """Write a file, or say in one line why that is not possible."""
    try:
        path.write_bytes(content)
    except OSError as error:
        problem = f"cannot be written ({error.strerror})"
        raise InputError(str(path), problem, "a file in a folder that exists") from None


def badge(word: str) -> Text:
    """Return a verdict or a level as a coloured word; the word alone says it too."""
    return Text().append(f" {word.replace('_', ' ').upper()} ", style=STYLES[word])


def heading(title: str) -> RenderableType:
    """Return a heading with a line under the whole width."""
    return Group(Text(), Rule(Text(title, style="bold"), align="left", style="dim", characters="─"))


def indented(*parts: RenderableType, by: int = 2) -> RenderableType:
    """Return the parts one below the other, moved to the right."""
    return Padding(Group(*parts), (0, 0, 0, by))


def bullet(part: RenderableType) -> RenderableType:
    """Return the part as one line of a list."""
    # Widths that are given need not be measured, which is half of the time that a long text takes.
    table = Table.grid(expand=True)
    table.add_column(width=5)
    table.add_column(ratio=1)
    table.add_row("  ·", part)
    return table


def grid(*rows: Iterable[RenderableType]) -> Table:
    """Return rows in columns without lines; the first column keeps its words on one line."""
    table = Table.grid(padding=(0, 2))
    cells = [tuple(row) for row in rows]
    for column in range(max(map(len, cells), default=0)):
        table.add_column(no_wrap=column == 0, overflow="fold")
    for row in cells:
        table.add_row(*row)
    return table


def dim(words: str) -> Text:
    """Return words that may be passed over."""
    return Text(words, style="dim")
