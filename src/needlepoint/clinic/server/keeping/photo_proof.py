"""Proving the photos: the file of every photo is there, with the bytes that were written, and no other file is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from needlepoint.clinic.server.keeping.kept_files import digest_of

# A file is written before its row; one that is younger may belong to a form that is on its way.
YOUNG_SECONDS = 600
COMING = ".coming"
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Proof:
    """What is wrong with a folder of photos: names of files, each kind by itself."""

    photos: int
    missing: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    halves: tuple[str, ...] = ()

    @property
    def lost(self) -> bool:
        """Say whether a photo cannot be shown as it was taken."""
        return bool(self.missing or self.altered)

    @property
    def whole(self) -> bool:
        """Say whether nothing is wrong."""
        return not (self.lost or self.strangers or self.halves)

    @property
    def lines(self) -> list[str]:
        """Return one line on each kind of fault, or that there is none."""
        kinds = (
            (self.missing, "missing"),
            (self.altered, "altered"),
            (self.strangers, "of no photo of this clinic"),
            (self.halves, "written by half"),
        )
        found = [f"photos: {_counted(names)} {what}: {_named(names)}" for names, what in kinds if names]
        return found or [f"photos: all {self.photos} are there and as they were written"]


def _counted(names: tuple[str, ...]) -> str:
    return f"{len(names)} file{'' if len(names) == 1 else 's'}"


def _named(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def proof(folder: Path, expected: Mapping[str, str], digests: Mapping[str, str] | None = None) -> Proof:
    """Hold a folder of photos against what the rows say; `digests` are known already where it was just copied."""
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    known = {name: _digest(name, there[name], digests) for name in expected if name in there}
    others = [name for name in sorted(there) if name not in expected and not _young(there[name])]
    return Proof(
        len(expected),
        missing=tuple(sorted(set(expected) - set(there))),
        altered=tuple(sorted(name for name, digest in known.items() if digest != expected[name])),
        strangers=tuple(name for name in others if not name.endswith(COMING)),
        halves=tuple(name for name in others if name.endswith(COMING)),
    )


def _digest(name: str, path: Path, digests: Mapping[str, str] | None) -> str:
    found = (digests or {}).get(name)
    return digest_of(path) if found is None else found


def _young(path: Path) -> bool:
    return time.time() - path.stat().st_mtime < YOUNG_SECONDS


def clear_halves(folder: Path) -> int:
    """Take away what an upload left behind that never came to its end; return how many files."""
    halves = [path for path in folder.rglob(f"*{COMING}") if path.is_file() and not _young(path)]
    for path in halves:
        path.unlink(missing_ok=True)
    return len(halves)
