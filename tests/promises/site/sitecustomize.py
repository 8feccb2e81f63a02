"""Takes one far end away in every Python that starts with this folder on its path: PROMISE_WITHOUT names it.

The function named does nothing then and returns None. It is replaced when its module has been loaded, so that processes
which a test starts are without it too.
"""

import importlib.abc
import importlib.machinery
import os
import sys

WITHOUT = os.environ.get("PROMISE_WITHOUT", "")
MODULE, _, NAME = WITHOUT.partition(":")


def _nothing(*_args, **_kwargs):
    return None


def _take_away(module):
    holder, parts = module, NAME.split(".")
    for part in parts[:-1]:
        holder = getattr(holder, part)
    kept = holder.__dict__.get(parts[-1]) if isinstance(holder, type) else None
    setattr(
        holder,
        parts[-1],
        staticmethod(_nothing) if isinstance(kept, staticmethod | classmethod) else _nothing,
    )


class _Loader(importlib.abc.Loader):
    def __init__(self, loader):
        self.loader = loader

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        self.loader.exec_module(module)
        _take_away(module)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name != MODULE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


if WITHOUT:
    sys.meta_path.insert(0, _Finder())
