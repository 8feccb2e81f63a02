"""The part of a restore that works on what is laid out, before it is moved into its place: python -m, by `restore`."""

from __future__ import annotations

import sys
from uuid import uuid4

import click

from needlepoint.cli import clinic
from needlepoint.cli.outcome import FINE, FOUND, PlainGroup


@click.command()
@click.argument("as_of")
def ready(as_of: str) -> int:
    """Bring the copy up to date, hold every message, and verify the record; what is wrong is said."""
    clinic._start()  # noqa: SLF001 (one way to start for all commands of the clinic)
    clinic._migrate()  # noqa: SLF001 (a backup may be older than the table that holds messages back)
    from django.db import connection

    from needlepoint.clinic.chair.actions.outbox.message import hold_all
    from needlepoint.clinic.practice.actions import installation
    from needlepoint.clinic.server.keeping import records

    at = clinic._now()  # noqa: SLF001
    held = hold_all("restored from a backup", at)
    installation.restored(at, as_of, uuid4())
    click.echo(
        f"Nothing is sent for {held} clinics until a person lifts it: needlepoint lift-hold, or on Messages."
    )
    found = records.verify(None)
    if not found.whole:
        click.echo("\n".join(found.lines))
    if connection.vendor == "sqlite":
        # All of it in one file, before it is moved.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return FINE if found.whole and found.lines else FOUND


group = PlainGroup(commands={"ready": ready})

if __name__ == "__main__":
    group(["ready", *sys.argv[1:]])
