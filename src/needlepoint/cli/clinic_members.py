"""The commands that look after members: take on, shut out, let in, roles, sessions, a new way in."""

from __future__ import annotations

from typing import Any

import click

from needlepoint.cli import clinic

BY = click.option("--by", required=True, help="The sign-in address of the clinic admin who does it.")
ROLE = click.argument("role")
EMAIL = click.argument("email")


@click.command("add-member", short_help="Take somebody on with their roles.")
@click.option("--by", required=True, help="The sign-in address of the clinic admin who takes them on.")
@click.option("--email", required=True, help="The new member's sign-in address.")
@click.option("--person", required=True, help="The new member's name.")
@click.option(
    "--profession",
    required=True,
    help="physician, nurse_practitioner, physician_assistant, nurse or aesthetician; "
    "who neither needles nor prescribes, as at the front desk, is entered as aesthetician.",
)
@click.option("--role", "roles", multiple=True, required=True, help="A role; may be given several times.")
def add_member(by: str, email: str, person: str, profession: str, roles: tuple[str, ...]) -> None:
    """Take somebody on; the record says who did. It prints a link that works once, with which they come in."""
    clinic._begin()  # noqa: SLF001 (one way to start for all commands of the clinic)
    from needlepoint.cli import founding

    token = founding.take_on(by, email, person, profession, roles, clinic._now())  # noqa: SLF001
    click.echo(f"{person} will sign in as {email}.")
    click.echo(founding.come_in(person, token))


def _do(by: str, email: str, name: str, **more: Any) -> Any:
    clinic._begin()  # noqa: SLF001
    from needlepoint.cli import founding
    from needlepoint.clinic.practice.actions import members

    key = founding.key_of(email)
    return founding.done(by, clinic._now(), lambda act: getattr(members, name)(act, member_key=key, **more))  # noqa: SLF001


@click.command("new-way-in", short_help="Give a member a new way in, when password or factor is lost.")
@EMAIL
@click.option(
    "--by",
    help="The sign-in address of the clinic admin who does it. Default: the member, where they are one.",
)
def new_way_in(email: str, by: str | None) -> None:
    """Let password and second factors hold no longer, end every session, and print a link that sets them anew."""
    member, token = _do(by or email, email, "new_way_in")
    from needlepoint.cli import founding

    click.echo(founding.come_in(str(member), token))


@click.command("shut-out", short_help="Shut a member out at once, as when somebody leaves.")
@EMAIL
@BY
@click.option("--reason", required=True, help="Why they may not come in any more.")
def shut_out(email: str, by: str, reason: str) -> None:
    """End every session of a member and let them in no more; what they did stays in the record."""
    member = _do(by, email, "shut_out", reason=reason)
    click.echo(f"{member} is shut out, and every session has ended.")


@click.command("let-in", short_help="Let a member in again who was shut out.")
@EMAIL
@BY
def let_in(email: str, by: str) -> None:
    """Let a member sign in again with what they have; give a new way in where that is lost."""
    click.echo(f"{_do(by, email, 'let_in')} may sign in again.")


@click.command("give-role", short_help="Give a member one more role.")
@EMAIL
@ROLE
@BY
def give_role(email: str, role: str, by: str) -> None:
    """Give a member one more role."""
    click.echo(f"{_do(by, email, 'give_role', role=_role(role))} has the role {role}.")


@click.command("end-role", short_help="Relieve a member of a role.")
@EMAIL
@ROLE
@BY
def end_role(email: str, role: str, by: str) -> None:
    """Relieve a member of a role, from now on; the last administrator stays one."""
    click.echo(f"{_do(by, email, 'end_role', role=_role(role))} has the role {role} no longer.")


def _role(typed: str) -> Any:
    clinic._start()  # noqa: SLF001
    from needlepoint.clinic.practice.forms.members import role

    return role(typed)


@click.command("sign-out-everywhere", short_help="End every session of a member.")
@EMAIL
@BY
def sign_out_everywhere(email: str, by: str) -> None:
    """End every session of a member, as when a tablet is lost; they may sign in again."""
    click.echo(f"Every session of {_do(by, email, 'sign_out_everywhere')} has ended.")


COMMANDS: tuple[Any, ...] = (
    add_member,
    new_way_in,
    shut_out,
    let_in,
    give_role,
    end_role,
    sign_out_everywhere,
)
