"""What stands before every command of a clinic: is this the clinic that this installation knows?"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from needlepoint.cli.outcome import NotThisOne


def check_new_place(folder: Path, key_file: Path, known_beside_key: Path) -> None:
    """Refuse to found where a clinic was already: a new key would open nothing that is there."""
    database = folder / "clinic.db"
    if not key_file.exists() and (database.exists() or known_beside_key.exists()):
        raise NotThisOne(
            f"there was a clinic here, but its key {key_file} is missing: put the key back. "
            "A new key would open neither the database nor the photos nor any backup"
        )


def check_founding(at: datetime) -> None:
    """Refuse to found a clinic where this installation knows of one whose database is gone."""
    from needlepoint.clinic.server.keeping import identity

    try:
        if identity.known() is not None:
            identity.compare(at)
    except identity.Unfit as error:
        raise NotThisOne(str(error)) from None


def check(at: datetime, *, older_program_may: bool = False) -> Any:
    """Refuse a database that is missing, empty, older, newer or another installation's."""
    from needlepoint.clinic.server.keeping import identity

    try:
        found = identity.compare(at, older_program_may=older_program_may)
    except identity.Unfit as error:
        raise NotThisOne(str(error)) from None
    if found.before is None:
        click.echo(
            f"From now on {identity.beside_key()} says which clinic this is: {found.now.said}.", err=True
        )
    note(at)
    return found


def note(at: datetime) -> None:
    """Keep beside the key how far the clinic has come; where that cannot be written, say so and go on."""
    from needlepoint.clinic.server.keeping import identity

    try:
        identity.note(at)
    except identity.Unfit as error:
        raise NotThisOne(str(error)) from None
    except OSError as error:
        where = identity.beside_key()
        click.echo(
            f"needlepoint: {where} cannot be written ({error.strerror}), so what it says grows old", err=True
        )


def say_pending(found: Any) -> None:
    """Say that the database is brought up to date, and by which steps."""
    if found.pending:
        click.echo(
            f"Bringing the database up to date ({len(found.pending)} steps): {', '.join(found.pending)}"
        )
        sys.stdout.flush()


def as_of(backup: Path) -> str:
    """Return as of when a backup stands; empty where its list cannot be read, which is said later."""
    from needlepoint.clinic.server.keeping import backups

    try:
        return str(backups.listed(backup)["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def make_ready(coming: Path, of: str) -> None:
    """Bring a backup that was laid out up to date, hold its messages and verify it, in a process of its own."""
    command = [sys.executable, "-m", "needlepoint.cli.clinic_restore", of]
    ran = subprocess.run(command, env=os.environ | {"NEEDLEPOINT_FOLDER": str(coming)}, check=False)  # noqa: S603 (ours)
    if ran.returncode != 0:
        raise NotThisOne(
            "the backup could not be made ready, and nothing is served; "
            f"what was laid out stands in {coming} to look at, and the next restore replaces it"
        )


# Whoever served here and was killed leaves processes that let the port go within seconds.
PORT_WAIT_SECONDS = 10.0


def check_port(host: str, port: int) -> None:
    """Refuse where somebody else keeps listening there, before anything is begun."""
    until = time.monotonic() + PORT_WAIT_SECONDS
    while (trouble := _taken(host, port)) and time.monotonic() < until:
        time.sleep(0.2)
    if trouble:
        said = f"cannot listen on {host}:{port} ({trouble}): name another with --host and --port"
        raise click.ClickException(said)


def _taken(host: str, port: int) -> str:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            return error.strerror or type(error).__name__
    return ""


# A database of this size is looked through in a second or two; a larger one by `verify-record`.
LOOKED_THROUGH_BYTES = 256 * 1024 * 1024


def check_soundness() -> None:
    """Refuse a SQLite whose pages do not fit together, as where an old file lies beside a newer log."""
    from django.db import connection

    from needlepoint.clinic.server.place import PLACE

    path = PLACE.folder / "clinic.db"
    if connection.vendor != "sqlite" or path.stat().st_size > LOOKED_THROUGH_BYTES:
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        (said,) = cursor.fetchone()
    if said != "ok":
        raise NotThisOne(f"the database {path} is damaged: restore a backup")


def behind(at: datetime) -> tuple[Any, Any]:
    """Return what was known and what is there, where somebody may take what is there as it is."""
    from needlepoint.clinic.server.keeping import identity

    try:
        identity.compare(at)
    except identity.Unfit as error:
        if identity.AS_IT_IS not in str(error):
            raise NotThisOne(str(error)) from None
        return identity.known(), identity.seen(at)
    raise click.ClickException("this database is the one that is known: there is nothing to accept")
