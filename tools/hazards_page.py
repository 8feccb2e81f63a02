#!/usr/bin/env python3
"""Writes docs/explanation/hazards.md from hazards.yaml beside it. A test fails when the page is stale."""

from pathlib import Path

import yaml

FOLDER = Path(__file__).parents[1] / "docs" / "explanation"
HEAD = """# Hazards

What can go wrong for a patient, and what keeps it from happening. `tools/hazards_page.py` writes this page from
[hazards.yaml](hazards.yaml). The levels, from 1 (least) to 5, are a draft for a clinical safety officer to change
and to sign.

Each control below has a test that holds while the control is there, and fails when it is switched off;
[how the clinic is proved](how-the-clinic-is-proved.md) tells how.
"""


def page(entries: list) -> str:
    """Return the page."""
    return "\n".join([HEAD, *map(_hazard, entries)])


def _hazard(entry: dict) -> str:
    level = entry["level"]
    lines = [
        f"## {entry['id']}: {entry['hazard']}\n",
        f"- **Causes**: {entry['causes']}",
        f"- **Effect**: {entry['effect']}",
        f"- **Level**: {level['before']} before, {level['after']} after",
    ]
    lines += [f"- {each['says']} `{each['control']}`" for each in entry.get("controls", [])]
    lines += [f"- **Open**: {entry['open']}"] if "open" in entry else []
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (FOLDER / "hazards.md").write_text(page(yaml.safe_load((FOLDER / "hazards.yaml").read_text())))
