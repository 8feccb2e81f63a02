#!/usr/bin/env python3
"""Writes docs/explanation/promises.md from the books in tests/promises. A test fails when the page is stale."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.promises.book import Promise, promises  # noqa: E402

HEAD = """# What the screen promises

Each sentence by which a page tells a person that something was done or will be, what arrives at its far end, and
the test that looks there. `tools/promises_page.py` writes this page from the books in `tests/promises`; a test reads
all templates and words for such sentences and fails where one has no proof. `make promises` takes each far end away
in turn and sees the test named beside it fail.

| on the page | what arrives | the test that looks |
|---|---|---|
"""


def page() -> str:
    """Return the page."""
    return HEAD + "".join(f"{_row(each)}\n" for each in promises())


def _row(each: Promise) -> str:
    words = " ".join(each.words.split()).replace("|", "\\|")
    file, _, name = each.test.partition("::")
    return f"| {words} | {' '.join(each.far_end.split())} | `{file}`: {name.replace('_', ' ')} |"


if __name__ == "__main__":
    (ROOT / "docs/explanation/promises.md").write_text(page())
