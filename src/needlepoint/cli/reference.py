"""The shelf docs/reference, written from the knowledge base and the code.

`python -m needlepoint.cli.reference FOLDER` writes it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from needlepoint.cli import accuracy_page, validation_page
from needlepoint.cli.main import main as needlepoint
from needlepoint.cli.pages import courses, evidence, places, program, rules
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.loader import load_trace, packaged


def pages(knowledge: Knowledge | None = None) -> dict[str, str]:
    """Return every page of the shelf by its file name; without a knowledge base, those of the packaged one."""
    known = packaged() if knowledge is None else knowledge
    return {
        "rulebook.md": rules.rulebook(known),
        "questions.md": rules.questions(known),
        "triage.md": rules.triage(known),
        "disagreements.md": rules.disagreements(known),
        "evidence.md": evidence.evidence(known),
        "sources.md": evidence.every_source(known),
        "source-trace.md": evidence.source_trace(load_trace()),
        "devices.md": places.devices(known),
        "zones.md": places.zones(known),
        "courses.md": courses.courses(known),
        "care.md": courses.care(known),
        "case-format.md": program.case_format(known),
        "states.md": program.states(),
        "cli.md": program.commands(needlepoint),
        "validation.md": validation_page.page(),
        "photo-accuracy.md": accuracy_page.page(),
    }


def write(folder: Path) -> None:
    """Write the shelf; a page that is no longer one of it goes."""
    fresh = pages()
    folder.mkdir(parents=True, exist_ok=True)
    for stale in set(folder.glob("*.md")) - {folder / name for name in fresh}:
        stale.unlink()
    for name, text in fresh.items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
