"""The checkout as a reader meets it: its files, its pages, and the code blocks in them."""

import re
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^( *)```(\w+) ?([^\n]*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def files() -> list[Path]:
    """Every file that is committed or is about to be."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return sorted(ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file())


def text_files() -> list[Path]:
    return [path for path in files() if b"\0" not in path.read_bytes()[:4096]]


def python_files(*rooms: str) -> list[Path]:
    return [path for path in files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in rooms]


def pages() -> list[Path]:
    return [path for path in files() if path.suffix == ".md"]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@dataclass(frozen=True)
class Block:
    """A fenced block of a page; `saved_as` is the file name that may follow the language."""

    page: str
    language: str
    saved_as: str
    text: str


def blocks(page: Path) -> list[Block]:
    return [
        Block(name(page), language, saved_as.strip(), textwrap.dedent(text))
        for _, language, saved_as, text in FENCE.findall(page.read_text())
    ]
