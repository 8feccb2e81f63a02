"""Every sentence by which a page says that something was done or will be has a proof beside it, at its far end."""

import ast
import importlib
from pathlib import Path

import pytest
from tests.promises.book import ROOT, flat, none_of_ours, promises, sentences
from tools import promises_page

PROMISES = promises()
PAGE = ROOT / "docs/explanation/promises.md"


def _id(each):
    return f"{each.book}: {each.words[:40]}"


@pytest.mark.parametrize("promise", PROMISES, ids=_id)
def test_a_promise_stands_where_it_is_said_to(promise):
    assert flat(promise.words) in flat((ROOT / promise.where).read_text())


@pytest.mark.parametrize("promise", PROMISES, ids=_id)
def test_the_test_named_beside_a_promise_is_there(promise):
    file, _, name = promise.test.partition("::")
    tree = ast.parse((ROOT / file).read_text())
    tests = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
    assert name.split("::")[-1].partition("[")[0] in tests


@pytest.mark.parametrize("without", sorted({each.without for each in PROMISES}))
def test_what_brings_a_promise_about_is_there(without):
    module, _, name = without.partition(":")
    source = ROOT / "src" / Path(*module.split("."))
    file = source.with_suffix(".py") if source.with_suffix(".py").exists() else source / "__init__.py"
    assert _defines(file, name.split(".")) or hasattr(importlib.import_module(module), name)


def _defines(file: Path, parts: list[str]) -> bool:
    found = ast.parse(file.read_text()).body
    for part in parts:
        kinds = ast.FunctionDef | ast.ClassDef
        held = [each for each in found if isinstance(each, kinds) and each.name == part]
        if not held:
            return False
        found = getattr(held[0], "body", [])
    return True


def test_no_sentence_promises_without_a_proof():
    proven, none = [flat(each.words) for each in PROMISES], none_of_ours()
    bare = [
        f"{where}: {said}"
        for where, said in sentences()
        if said not in none and not any(words in said or said in words for words in proven)
    ]
    assert bare == [], "prove these in tests/promises, or say there why they promise nothing"


def test_what_is_said_to_be_no_promise_is_still_said():
    spoken = {said for _, said in sentences()}
    assert sorted(set(none_of_ours()) - spoken) == []


def test_the_page_of_promises_is_fresh():
    assert PAGE.read_text() == promises_page.page()
