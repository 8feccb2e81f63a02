"""Verifying the record of every clinic, and writing it out for others to verify."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from needlepoint.clinic.practice.queries.record import clinics, record_faults, sealed_lines
from needlepoint.clinic.server.keeping import photo_proof


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found, in lines for people."""

    lines: tuple[str, ...]
    whole: bool


def verify_all(folder: Path | None) -> Verified:
    """Verify the records, the database and its guards, and every photo."""
    from django.conf import settings
    from django.db import connection

    from needlepoint.clinic.chair.queries.photo.files import photo_files
    from needlepoint.clinic.practice.queries.guards import missing

    found, lacking, broken = verify(folder), sorted(missing(connection)), _broken()
    proved = photo_proof.proof(Path(settings.PHOTO_FOLDER), photo_files())
    lines = [f"the database lacks {len(lacking)} of its guards, such as {lacking[0]}"] if lacking else []
    lines += [f"the database is damaged: {fault}" for fault in broken]
    whole = found.whole and proved.whole and not lines
    return Verified((*found.lines, *lines, *proved.lines), whole)


def _broken() -> list[str]:
    from django.db import connection

    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(5)")
        return [row[0] for row in cursor.fetchall() if row[0] != "ok"]


def verify(folder: Path | None) -> Verified:
    """Recompute every chain; with a folder, also write each record there as JSON lines."""
    lines: list[str] = []
    whole = True
    for clinic in clinics():
        found = record_faults(clinic)
        whole = whole and not found
        lines += [f"{clinic}: {fault}" for fault in found] or [f"{clinic}: the record is whole"]
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / f"record-{clinic.pk}.jsonl").open("w") as file:
                file.writelines(json.dumps(line) + "\n" for line in sealed_lines(clinic))
    return Verified(tuple(lines), whole)
