"""Verifying the record of every clinic, and writing it out for others to verify."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from needlepoint.clinic.queries.record import clinics, record_faults, sealed_lines


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found, in lines for people."""

    lines: tuple[str, ...]
    whole: bool


def verify(folder: Path | None) -> Verified:
    """Recompute every chain; with a folder, also write each record there as JSON lines."""
    lines, whole = [], True
    for clinic in clinics():
        found = record_faults(clinic)
        whole = whole and not found
        lines += [f"{clinic}: {fault}" for fault in found] or [f"{clinic}: the record is whole"]
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / f"record-{clinic.pk}.jsonl").open("w") as file:
                file.writelines(json.dumps(line) + "\n" for line in sealed_lines(clinic))
    return Verified(tuple(lines), whole)
