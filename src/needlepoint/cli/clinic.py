"""The commands that run a clinic: found it, serve it, verify its record, back it up and restore it."""

from __future__ import annotations

import io
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from needlepoint.cli import standing
from needlepoint.cli.outcome import FINE, FOUND

MISSING = "the clinic needs more packages: pip install 'needlepoint[clinic]'"


def _start(**environment: str) -> None:
    """Set Django up for the place that the environment names."""
    os.environ.update(environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "needlepoint.clinic.server.settings")
    try:
        import django

        from needlepoint.clinic.server.keeping import keys
    except ImportError as error:
        raise click.ClickException(f"{MISSING} ({error.name} is not there)") from None
    try:
        django.setup()
    except keys.KeyTrouble as error:
        raise click.ClickException(str(error)) from None
    from django.conf import settings

    from needlepoint.clinic.practice.views.door import clock
    from needlepoint.clinic.server.place import ENVIRONMENT

    for line in ENVIRONMENT.unknown():
        click.echo(f"needlepoint: {line}", err=True)
    clock.keep(settings.CLOCK_FILE)


def _begin() -> None:
    """Set Django up, and refuse where this is not the clinic that the installation knows."""
    _start()
    standing.check(_now())
    _look_at_clock()


def _make_place() -> None:
    """Make the data folder and, outside it, a new key; what is there stays."""
    try:
        from needlepoint.clinic.server.keeping import keys
        from needlepoint.clinic.server.place import PLACE
    except ImportError as error:
        raise click.ClickException(f"{MISSING} ({error.name} is not there)") from None
    standing.check_new_place(PLACE.folder, PLACE.key_file, PLACE.known_file)
    if keys.inside(PLACE.key_file, PLACE.folder):
        raise click.ClickException("the key must not lie in the data folder: set NEEDLEPOINT_KEY_FILE")
    PLACE.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not PLACE.key_file.exists():
        keys.create(PLACE.key_file, secrets.token_bytes(32))


@contextmanager
def _place_of_ours() -> Iterator[None]:
    """Make the place; where the first founding in it fails, take away what was made for it."""
    before = _made_things()
    _make_place()
    try:
        yield
    except BaseException:
        if before == (False, False):
            _take_away()
        raise


def _made_things() -> tuple[bool, bool]:
    from needlepoint.clinic.server.place import PLACE

    return PLACE.key_file.exists(), PLACE.folder.exists() and any(PLACE.folder.iterdir())


def _take_away() -> None:
    """Remove the key and the database that hold nothing but a clinic that could not be founded."""
    from django.db import connections

    from needlepoint.clinic.server.place import PLACE

    connections.close_all()
    if PLACE.database:
        # A database on a server is not ours to empty, and without the key nothing in it can be read.
        return
    for each in PLACE.folder.glob("clinic.db*"):
        each.unlink()
    PLACE.key_file.unlink(missing_ok=True)


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection

    # Without a history, as in an example, every table is made as it is now.
    call_command("migrate", verbosity=0, run_syncdb=True)
    call_command("createcachetable", verbosity=0)
    if connection.vendor == "sqlite":
        # Counts anew how many rows there are, where that has changed much; the way to a row is chosen by it.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA optimize=0x10002")


def _check() -> None:
    """Refuse to go on where a check fails or a guard is missing from the database."""
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError
    from django.db import connection

    from needlepoint.clinic.practice.queries.guards import missing

    try:
        call_command("check", databases=["default"], stdout=io.StringIO())
    except SystemCheckError as error:
        raise click.ClickException(str(error)) from None
    lacking = missing(connection)
    if lacking:
        raise click.ClickException(f"the database lacks {len(lacking)} of its guards, such as {min(lacking)}")


def _look_at_clock() -> None:
    """Begin to go by the clock, and ask about it where the machine comes up long after anything was written."""
    from django.conf import settings

    from needlepoint.clinic.practice.queries.record import latest
    from needlepoint.clinic.practice.views.door import clock

    clock.begin(settings.CLOCK_FILE, latest())


def _now() -> datetime:
    from needlepoint.clinic.practice.views.door import clock

    return clock.now()


def _asked_language(_context: object, _option: object, given: str) -> str:
    """Ask a person at a terminal in which language the pages are to be; a script says it or takes the first one."""
    if given or not sys.stdin.isatty():
        return given
    from needlepoint.evidence.languages import every_language

    listed = ", ".join(f"{each.code} {each.name}" for each in every_language() if each.on)
    return str(click.prompt(f"Language of the pages for staff ({listed})", default=every_language()[0].code))


@click.command("create-clinic", short_help="Found a clinic on this server, with its first member.")
@click.option("--name", required=True, help="The clinic's name.")
@click.option("--zone", required=True, help="Its IANA time zone, such as Europe/Berlin.")
@click.option(
    "--country",
    prompt="Country (two letters, such as US, DE or MX)",
    help="Its country: whose numbers and laws.",
)
@click.option("--region", default="", help="The part of the country by ISO 3166-2, such as CA or DE-BY.")
@click.option(
    "--language",
    default="",
    callback=_asked_language,
    help="The language of its pages for staff, by its code.",
)
@click.option("--room", "rooms", multiple=True, help="A room; may be given several times.")
@click.option(
    "--device", "devices", multiple=True, help="A device as MODEL:SERIAL, such as skinpen-precision:SP123."
)
@click.option("--email", required=True, help="The clinic admin's sign-in address.")
@click.option("--person", required=True, help="The clinic admin's name.")
def create_clinic(
    name: str,
    zone: str,
    country: str,
    region: str,
    language: str,
    rooms: tuple[str, ...],
    devices: tuple[str, ...],
    email: str,
    person: str,
) -> None:
    """Make the data folder, the key and the database where they are missing, and found a clinic.

    It prints a link that works once: with it the clinic admin sets a password and a second factor in the browser.
    """
    with _place_of_ours():
        _start()
        standing.check_founding(_now())
        from needlepoint.cli.founding import Founding, come_in

        founding = Founding(name, zone, _now(), country, region, language)
        founding.check(email, person, devices)
        _migrate()
        clinic, token = founding.found(email, person, rooms, devices)
    standing.note(_now())
    click.echo(
        f"{clinic} is founded. Start it with needlepoint serve, and take people on with needlepoint add-member."
    )
    click.echo(come_in(person, token))


HOST = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
THREADS = click.option(
    "--threads",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    help="How many requests are answered at once.",
)
PORT = click.IntRange(1, 65_535)


@click.command(short_help="Serve the clinic of this machine.")
@HOST
@click.option("--port", type=PORT, default=8000, show_default=True, help="The port to listen on.")
@THREADS
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="How many processes answer, each with so many threads.",
)
def serve(host: str, port: int, threads: int, processes: int) -> None:
    """Serve the clinic of this machine until it is interrupted."""
    _start()
    standing.check_port(host, port)
    standing.say_pending(standing.check(_now(), older_program_may=True))
    _migrate()
    _check()
    standing.check_soundness()
    standing.note(_now())
    _look_at_clock()
    click.echo(f"Serving on {host}:{port}. Stop with Ctrl-C.")
    from needlepoint.clinic.server.serving import run

    run(host, port, threads, processes)


@click.command(
    short_help="An invented practice to look around in.",
    epilog="""\b
Examples:
  needlepoint demo
  needlepoint demo --port 8080 --patients 60
""",
)
@HOST
@click.option("--port", type=PORT, help="The port to listen on. Default: the first free one from 8000 on.")
@THREADS
@click.option(
    "--patients",
    type=click.IntRange(11, 500),
    default=26,
    show_default=True,
    help="How many patients it has.",
)
@click.option("--seed", default=2026, show_default=True, help="What it is drawn from.")
def demo(host: str, port: int | None, threads: int, patients: int, seed: int) -> None:
    """Serve an invented practice with a year behind it, and say where and as whom to sign in.

    It lies in a temporary folder; nothing of a real clinic is touched, and nothing is sent.
    """
    if port:
        # A year is drawn first, which takes long enough to be told before it that nobody could come in.
        standing.check_port(host, port)
    port = port or _free_port(host)
    click.echo("Preparing an empty practice ...")
    _example_place()
    _start()
    _migrate()
    _check()
    from needlepoint.cli import example_practice, example_year

    click.echo(f"Drawing a year with {patients} patients ...")
    address = f"http://localhost:{port}/"
    zone_name = example_year.draw(patients, seed, _now(), click.echo, address=address)
    _look_at_clock()
    click.echo(example_practice.sign_ins(address, zone_name))
    from needlepoint.clinic.server.serving import run

    run(host, port, threads)


def _free_port(host: str) -> int:
    for port in range(8000, 8050):
        with socket.socket() as tried:
            # Else a port that was left a minute ago would look taken.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                tried.bind((host, port))
                return port
    raise click.ClickException("the ports 8000 to 8049 are all taken; name one with --port")


def _example_place() -> None:
    """Name a temporary place; nothing of the real one is touched."""
    place = Path(tempfile.mkdtemp(prefix="needlepoint-"))
    os.environ.pop("NEEDLEPOINT_DATABASE", None)
    os.environ.update(
        NEEDLEPOINT_FOLDER=str(place / "folder"),
        NEEDLEPOINT_KEY_FILE=str(place / "key"),
        NEEDLEPOINT_HTTPS="no",
        NEEDLEPOINT_SECOND_FACTOR="optional",
        NEEDLEPOINT_IDLE_MINUTES="60",
        NEEDLEPOINT_EXAMPLE="yes",
    )
    _make_place()


@click.command("verify-record", short_help="Check that the record is whole; --to writes it out.")
@click.option(
    "--to", "folder", metavar="FOLDER", help="Also write each clinic's record there, one JSON line a line."
)
def verify_record(folder: str | None) -> int:
    """Recompute the chain of every clinic's record, and look whether database and photos are whole.

    Exit 1 where a line was altered, taken out or put in, or a photo is missing or not as it was written.
    """
    _start()
    standing.check(_now())
    from needlepoint.clinic.server.keeping import records

    found = records.verify_all(Path(folder) if folder else None)
    for line in found.lines:
        click.echo(line)
    return FINE if found.whole else FOUND


@click.command(short_help="Copy the clinic into a folder, while it runs.")
@click.argument("folder", type=click.Path())
def backup(folder: str) -> int:
    """Copy the encrypted database and photos with their digests; the key is not copied.

    Exit 1 where the copy was made but something is missing from it, or there is less than in the last one.
    """
    _start()
    standing.check(_now(), older_program_may=True)
    from needlepoint.clinic.server.keeping import backups

    lines = backups.back_up(Path(folder), _now())
    for line in lines:
        click.echo(line)
    return FINE if len(lines) == 1 else FOUND


@click.command(short_help="Verify a backup and put it into an empty data folder.")
@click.argument("folder", type=click.Path(exists=True))
def restore(folder: str) -> int:
    """Check every digest, the database and the record of a backup, then put it into the empty data folder.

    It is laid out beside the data folder, where no message can leave it, and moved into its place as one: cut at any
    moment, nothing is served until it is done again.
    """
    _start()
    from needlepoint.clinic.server.keeping import backups, identity, records

    backup = Path(folder)
    as_of = standing.as_of(backup)
    at = datetime.now(UTC)
    backups.put_back(
        backup,
        make_ready=lambda coming: standing.make_ready(coming, as_of),
        begin=lambda: identity.begin_restore(at, as_of),
        begun=identity.was_begun(as_of),
    )
    restored = identity.end_restore(at, as_of)
    click.echo(f"Restored, as of {as_of[:16]}: {restored.said}. What was done since then is not in it.")
    click.echo("No message leaves until a person lets them go: needlepoint lift-hold, or on Messages.")
    found = records.verify_all(None)
    click.echo("\n".join(found.lines))
    return FINE if found.whole else FOUND


COMMANDS: tuple[Any, ...] = (create_clinic, serve, demo, verify_record, backup, restore)
