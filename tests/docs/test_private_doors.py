"""Only the public doors of libraries are used: no name of theirs that begins with an underscore, no private module."""

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src" / "needlepoint"
FILES = sorted(SRC.rglob("*.py"))
# What begins with an underscore and is described all the same in its library's documentation.
DESCRIBED = {
    "_meta": "Django: the Model _meta API",
    "_state": "Django: the state of a model instance",
    "_fields": "Python: named tuples, whose names have it so that no field clashes with them",
    "_replace": "Python: named tuples",
}
OWN = {"self", "cls"}


def is_private(name):
    return name.startswith("_") and not name.endswith("__")


def ours(module):
    return module is None or module.split(".")[0] == "needlepoint"


def own_names(tree):
    """The names in a file that stand for something of ours: what it imports from us, and its own arguments `self`."""
    found = set(OWN)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and ours(node.module):
            found |= {each.asname or each.name for each in node.names}
        elif isinstance(node, ast.Import):
            found |= {each.asname or each.name.split(".")[0] for each in node.names if ours(each.name)}
    return found


def private_imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not ours(node.module) and node.module != "__future__":
            names = [*str(node.module).split("."), *(each.name for each in node.names)]
        elif isinstance(node, ast.Import):
            names = [part for each in node.names if not ours(each.name) for part in each.name.split(".")]
        else:
            continue
        yield from (f"{node.lineno}: {name}" for name in names if is_private(name) or name == "internal")


def private_attributes(tree):
    own = own_names(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or not is_private(node.attr) or node.attr in DESCRIBED:
            continue
        if not (isinstance(node.value, ast.Name) and node.value.id in own):
            yield f"{node.lineno}: .{node.attr}"


def private_words(tree):
    """What is asked for by its name in quotes."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("getattr", "setattr")
        ):
            word = node.args[1]
            if isinstance(word, ast.Constant) and is_private(str(word.value)):
                yield f"{node.lineno}: {word.value!r}"


def doors(text):
    tree = ast.parse(text)
    return [*private_imports(tree), *private_attributes(tree), *private_words(tree)]


def test_no_file_of_ours_goes_through_a_private_door_of_a_library():
    found = {str(each.relative_to(SRC)): doors(each.read_text()) for each in FILES}
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert len(FILES) > 300


@pytest.mark.parametrize(
    "text",
    [
        "from django.db.backends.sqlite3._functions import register",
        "from django.db import _connections",
        "from allauth.mfa.totp.internal.auth import TOTP",
        "import numpy._core",
        "from django.db import connection\nconnection._commit()",
        "import numba\nnumba.njit(f)._cache._cache_file",
        "def f(row): return row._hidden",
        "getattr(dispatcher, '_cache')",
    ],
)
def test_each_kind_of_private_door_is_noticed(text):
    assert doors(text)


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n    def f(self): return self._own",
        "from needlepoint.cli import clinic\nclinic._begin()",
        "def f(model): return model._meta.fields, model.__name__",
        "from __future__ import annotations",
    ],
)
def test_doors_of_our_own_and_those_that_are_described_are_open(text):
    assert not doors(text)
