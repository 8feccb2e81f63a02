"""Every package that is asked for has its reason written down, and is pinned."""

import re

import tomli
from tests.docs.tree import ROOT

PROJECT = tomli.loads((ROOT / "pyproject.toml").read_text())
PAGES = ("0001-dependencies.md", "0006-what-the-clinic-stands-on.md")
REASONS = "".join((ROOT / "docs" / "decisions" / page).read_text() for page in PAGES)


def asked_for() -> set[str]:
    extras = PROJECT["project"]["optional-dependencies"].values()
    groups = [PROJECT["project"]["dependencies"], *extras, PROJECT["dependency-groups"]["dev"]]
    return {re.match(r"[\w.-]+", line).group(0) for group in groups for line in group}


def test_every_dependency_has_its_reason():
    assert {
        package for package in asked_for() if not re.search(rf"\b{re.escape(package)}\b", REASONS)
    } == set()


def test_every_dependency_is_pinned():
    locks = "".join(path.read_text() for path in (ROOT / "requirements").glob("*.lock"))
    assert {
        package for package in asked_for() if not re.search(rf"^{re.escape(package)}==", locks, re.MULTILINE)
    } == set()
