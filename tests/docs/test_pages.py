"""The pages are where the shelf list says, they link to what exists, and none is stale."""

import re
from urllib.parse import unquote

import pytest
from tests.docs.tree import ROOT, name, pages

from needlepoint.cli import reference

SHELVES = ("tutorials", "how-to", "reference", "explanation", "decisions")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)[^)]*\)")


def test_every_page_of_docs_lies_on_a_shelf():
    front = {"README.md", "where-things-go.md"}
    inside = [page.relative_to(ROOT / "docs") for page in pages() if page.is_relative_to(ROOT / "docs")]
    assert {path.as_posix() for path in inside if path.parts[0] not in SHELVES} == front


def test_the_front_page_of_docs_leads_to_every_page():
    front = (ROOT / "docs" / "README.md").read_text()
    linked = {unquote(link) for link in LINK.findall(front)}
    inside = {
        page.relative_to(ROOT / "docs").as_posix() for page in pages() if page.is_relative_to(ROOT / "docs")
    }
    assert inside - linked == {"README.md"}


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_link_leads_somewhere(page):
    local = [
        unquote(link)
        for link in LINK.findall(page.read_text())
        if "://" not in link and "mailto:" not in link
    ]
    assert [link for link in local if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", [page for page in pages() if "decisions" in page.parts], ids=name)
def test_a_decision_fits_on_one_page(page):
    text = page.read_text()
    assert len(text.splitlines()) <= 60
    assert len(text.split()) <= 650
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", page.name)


def test_the_readme_fits_on_one_screen():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 45


def test_clinical_changes_come_first_in_the_changelog():
    head, *releases = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)[1:]
    assert head.startswith("For clinicians: what is different since the first edition")
    for release in releases:
        sections = re.findall(r"^### (.+)$", release, re.MULTILINE)
        assert sections[0] == "Clinical changes"


def test_no_reference_page_is_stale():
    shelf = ROOT / "docs" / "reference"
    written = {
        path.relative_to(shelf).as_posix(): path.read_text() for path in shelf.rglob("*") if path.is_file()
    }
    fresh = reference.pages()
    assert set(written) == set(fresh), "run make docs"
    assert [where for where in fresh if fresh[where] != written[where]] == [], "run make docs"
