"""The commands of the background work: a worker, and letting messages go out again after a restore."""

from __future__ import annotations

from typing import Any

import click

from needlepoint.cli import clinic, standing


@click.command(short_help="Work in the background: send, climb, plan, measure.")
def work() -> None:
    """Do what has to be done beside the pages until interrupted; any number may run, `serve` starts one."""
    clinic._begin()  # noqa: SLF001 (one way to start for all commands of the clinic)
    from needlepoint.clinic.server.work.worker import work as until_told

    until_told(lambda line: click.echo(line, err=True))


@click.command("lift-hold", short_help="Let messages go out again after a restore.")
@click.option("--by", required=True, help="The sign-in address of the member who lifts it.")
@click.option(
    "--send-old", is_flag=True, help="Send what fell due meanwhile, too; without it that is dropped."
)
def lift_hold(by: str, send_old: bool) -> None:
    """Lift the hold on sending of the member's clinic; the record says who did."""
    clinic._begin()  # noqa: SLF001
    from uuid import uuid4

    from needlepoint.clinic.access.checks import Refused
    from needlepoint.clinic.chair.actions.outbox import message
    from needlepoint.clinic.practice.actions.act import Act
    from needlepoint.clinic.practice.actions.clinic import actor_at
    from needlepoint.clinic.practice.views.door import clock

    try:
        clock.check()
        act = Act(actor_at(by), clinic._now(), uuid4())  # noqa: SLF001
        dropped = message.lift_hold(act, send_old=send_old)
    except Refused as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Messages go out again; {dropped} that fell due before were dropped.")


@click.command("clock-was-wrong", short_help="Say that the server's clock is right now.")
@click.option("--by", required=True, help="The sign-in address of the member who says so.")
@click.option("--why", required=True, help="How you know: a phone, a clock on the wall.")
def clock_was_wrong(by: str, why: str) -> None:
    """Say that the server's clock is right as it is now, after it was not; the record goes on from there."""
    clinic._begin()  # noqa: SLF001
    from datetime import UTC, datetime
    from uuid import uuid4

    from needlepoint.clinic.access.checks import Refused
    from needlepoint.clinic.practice.actions.act import Act
    from needlepoint.clinic.practice.actions.clinic import actor_at
    from needlepoint.clinic.practice.actions.clock import decide
    from needlepoint.clinic.practice.views.door import clock

    at = datetime.now(UTC)
    try:
        decide(Act(actor_at(by), at, uuid4()), why=why, doubtful=clock.doubtful())
    except Refused as error:
        raise click.ClickException(str(error)) from None
    clock.trust()
    click.echo(f"It is {at:%d %b %Y %H:%M} UTC. The record says who said so, and goes on from there.")


@click.command("accept-database", short_help="Take an older database as it is, where there is no newer one.")
@click.option("--by", required=True, help="The sign-in address of the member who answers for it.")
@click.option("--why", required=True, help="What happened, and why nothing newer can be put back.")
def accept_database(by: str, why: str) -> None:
    """Take the database as it is, although more was written here once; the record says who answers for that."""
    clinic._start()  # noqa: SLF001
    from uuid import uuid4

    from needlepoint.clinic.access.checks import Refused
    from needlepoint.clinic.practice.actions.act import Act
    from needlepoint.clinic.practice.actions.clinic import actor_at
    from needlepoint.clinic.practice.actions.installation import accept
    from needlepoint.clinic.server.keeping import identity

    at = clinic._now()  # noqa: SLF001
    try:
        known, found = standing.behind(at)
        accept(Act(actor_at(by), at, uuid4()), known_lines=known.lines, found_lines=found.lines, why=why)
    except Refused as error:
        raise click.ClickException(str(error)) from None
    identity.accept(at)
    click.echo(f"Taken as it is: {found.said}, where {known.said} were known. The record says who said so.")


COMMANDS: tuple[Any, ...] = (work, lift_hold, clock_was_wrong, accept_database)

if __name__ == "__main__":
    work(prog_name="needlepoint work")
