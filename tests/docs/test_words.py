"""One word for one thing: the glossary is the source, and names in the code keep to it."""

import ast
import re

import pytest
from tests.docs.tree import ROOT, name, python_files

GLOSSARY = (ROOT / "GLOSSARY.md").read_text()
# An area is a quantity too (`area_cm2`), so it is kept out of the names of zones by reading, not by this test.
BANNED = set(re.findall(r"`(\w+)`", GLOSSARY.split("## Words we keep out of names")[1])) - {"area"}


def words(identifier: str) -> set[str]:
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", identifier)
    return {part.lower() for part in parts}


def names_of(tree: ast.Module) -> set[str]:
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, definitions) and not node.name.startswith("_")
    }


def test_the_glossary_lists_the_words_we_keep_out():
    assert {
        "manager",
        "handler",
        "processor",
        "service",
        "helper",
        "util",
        "data",
        "info",
        "item",
        "entity",
    } <= BANNED
    assert "treatment" in BANNED


@pytest.mark.parametrize("path", python_files("src"), ids=name)
def test_public_names_use_the_words_of_the_trade(path):
    names = names_of(ast.parse(path.read_text())) | {path.stem}
    spoken = {each: words(each) & (BANNED | {f"{word}s" for word in BANNED}) for each in names}
    assert {each: banned for each, banned in spoken.items() if banned} == {}


def test_every_word_of_the_glossary_is_explained_once():
    rows = [line for line in GLOSSARY.splitlines() if line.startswith("| ") and not line.startswith("| word")]
    terms = [term for row in rows for term in row.split(" | ")[0].removeprefix("| ").split(", ")]
    assert len(terms) > 40
    assert sorted(terms) == sorted(set(terms))
    assert all(len(row.split(" | ")[1]) > 10 for row in rows)


def test_the_words_of_the_vocabulary_are_in_the_glossary():
    definitions = {
        each
        for path in python_files("src")
        if name(path).startswith("src/needlepoint/course/")
        for each in names_of(ast.parse(path.read_text()))
    }
    nouns = {
        "Case",
        "Patient",
        "Goal",
        "Session",
        "Pass",
        "CheckIn",
        "Cartridge",
        "Topical",
        "Clinic",
    } & definitions
    unexplained = {
        noun
        for noun in nouns
        if f"| {re.sub(r'(?<=[a-z])(?=[A-Z])', '-', noun).capitalize()}" not in GLOSSARY
    }
    assert unexplained == set()
