"""No class of ours replaces or uses what is private to the class of a library that it stands on."""

import ast
import importlib
import inspect

from django.contrib.sessions.backends import db
from tests.docs.test_private_doors import DESCRIBED, FILES, SRC, is_private, ours


def classes_of(path):
    """The classes of ours in a file that stand on one of a library."""
    module = importlib.import_module(".".join(("needlepoint", *path.relative_to(SRC).with_suffix("").parts)))
    for node in ast.walk(ast.parse(path.read_text())):
        made = getattr(module, node.name, None) if isinstance(node, ast.ClassDef) else None
        if inspect.isclass(made) and made.__module__ == module.__name__:
            yield node, made


def overridden(node, made):
    """Private names of a library's class that our class on top of it names: to replace them or to use them."""
    named = {each.name for each in ast.walk(node) if isinstance(each, ast.FunctionDef)}
    named |= {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    for base in made.__mro__[1:]:
        if not ours(base.__module__):
            yield from (
                name for name in named & vars(base).keys() if is_private(name) and name not in DESCRIBED
            )


# They run as they are loaded, or are Django's notes on tables that were.
NOT_LOADED = ("__main__.py", "wsgi.py", "migrations")


def test_no_class_of_ours_replaces_or_uses_what_is_private_to_the_class_it_stands_on():
    files = [each for each in FILES if not any(part in NOT_LOADED for part in each.parts)]
    found = {
        f"{path.relative_to(SRC)} {made.__name__}": names
        for path in files
        for node, made in classes_of(path)
        if (names := sorted(set(overridden(node, made))))
    }
    assert found == {}


def test_a_class_that_replaces_what_is_private_to_its_library_would_be_noticed():
    made = type("Store", (db.SessionStore,), {})
    node = ast.parse("class Store(db.SessionStore):\n    def _get_session_from_db(self): ...").body[0]
    assert list(overridden(node, made)) == ["_get_session_from_db"]
