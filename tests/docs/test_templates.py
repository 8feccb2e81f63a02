"""Templates are read by people: short lines, one engine for what staff sees, nothing written twice."""

import re
import tomllib
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "src/needlepoint/clinic/templates"
# How many lines over the limit a template still has. Numbers here only fall: whoever shortens one lowers its number.
STILL_LONG = Path(__file__).with_name("long_templates.toml")
LIMIT = 140
RUN = 6
# A line that only closes something says nothing.
CLOSES = re.compile(r"^\s*(</\w+>|{%-? end\w+ -?%}|\s)+$")


def templates():
    """Every template of the clinic, by where it lies."""
    kinds = (".jinja", ".html", ".svg", ".txt")
    found = sorted(each for each in TEMPLATES.rglob("*") if each.suffix in kinds)
    return {str(each.relative_to(TEMPLATES)): each.read_text() for each in found}


def long_lines():
    counted = {
        name: sum(len(line) > LIMIT for line in text.splitlines()) for name, text in templates().items()
    }
    return {name: count for name, count in counted.items() if count}


def test_lines_are_short_and_the_list_of_those_still_long_only_shrinks():
    assert long_lines() == tomllib.loads(STILL_LONG.read_text())["over_140"], (
        "shorten the lines, or lower the number in long_templates.toml where you have"
    )


def test_no_two_templates_share_a_run_of_six_lines():
    seen, twice = {}, set()
    for name, text in templates().items():
        lines = [line.strip() for line in text.splitlines() if line.strip() and not CLOSES.match(line)]
        for at in range(len(lines) - RUN + 1):
            run = tuple(lines[at : at + RUN])
            if seen.setdefault(run, name) != name:
                twice.add((seen[run], name))
    assert twice == set()
