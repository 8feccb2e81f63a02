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
    if not module.startswith("needlepoint."):
        assert hasattr(importlib.import_module(module.partition(".")[0]), "__file__")
        return
    source = ROOT / "src" / Path(*module.split("."))
    file = source.with_suffix(".py") if source.with_suffix(".py").exists() else source / "__init__.py"
    assert _has(ast.parse(file.read_text()).body, name.split("."))


def _has(body: list, parts: list[str]) -> bool:
    """Whether a module or a class has a name: made there, or brought in from where it is made."""
    kinds = ast.FunctionDef | ast.ClassDef
    held = [each for each in body if isinstance(each, kinds) and each.name == parts[0]]
    if held:
        return len(parts) == 1 or _has(held[0].body, parts[1:])
    brought = {
        name.asname or name.name for each in body if isinstance(each, ast.ImportFrom) for name in each.names
    }
    return len(parts) == 1 and parts[0] in brought


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
