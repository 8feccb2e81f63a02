"""Gathers the figures of a whole run for the page on accuracy.

`NEEDLEPOINT_FIGURES=FOLDER make truth` leaves a file for each test in FOLDER; `python -m tests.phantom.accuracy FOLDER`
puts them in the place of the older ones in `photo/data/accuracy.json`, and `make docs` writes the page.
"""

import json
import os
import sys
from pathlib import Path

from tests.phantom.figures import Figure

STORED = Path(__file__).parents[2] / "src" / "needlepoint" / "photo" / "data" / "accuracy.json"
FOLDER = "NEEDLEPOINT_FIGURES"
A1 = {"haemoglobin": 0.05, "erythema_index": 0.9, "a_star": 0.8, "melanin_index": 2.6}
A2 = {"haemoglobin": 0.025, "erythema_index": 0.35, "a_star": 0.3, "melanin_index": 1.2}


def written(told: list[Figure]) -> list[Figure]:
    """Hand the figures on, and leave them in the folder that the run names, if it names one."""
    if FOLDER in os.environ:
        test = os.environ["PYTEST_CURRENT_TEST"].split("::")[-1].split(" ")[0]
        content = json.dumps([figure.plain() for figure in told], indent=1, ensure_ascii=False)
        (Path(os.environ[FOLDER]) / f"{test}.json").write_text(content)
    return told


def merged(stored: list[dict], new: list[dict]) -> list[dict]:
    """Older figures keep their line where no new one says the same; what has no band is neither kept nor missed."""
    fresh = {
        (f["id"], f["says"]): {**f, "met": None if f["band"].startswith("stated") else f["met"]} for f in new
    }
    told = [fresh.pop((f["id"], f["says"]), f) for f in stored]
    return sorted([*told, *fresh.values()], key=lambda f: _place(stored, f["id"]))


def _place(stored: list[dict], sign: str) -> int:
    return next((number for number, f in enumerate(stored) if f["id"] == sign), len(stored))


if __name__ == "__main__":
    page = json.loads(STORED.read_text())
    found = [f for path in sorted(Path(sys.argv[1]).glob("*.json")) for f in json.loads(path.read_text())]
    page["figures"] = merged(page["figures"], found)
    STORED.write_text(json.dumps(page, indent=1, ensure_ascii=False) + "\n")
