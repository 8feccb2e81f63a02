"""How a command ends: one line of plain words on standard error, and an exit code that means something."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from types import MappingProxyType
from typing import Any

import click

from needlepoint.course.errors import InputError
from needlepoint.evidence.errors import EvidenceError

FINE = 0
FOUND = 1
BAD_INPUT = 2
NOT_COMPARABLE = 3
DEFECT = 70
UNWRITTEN = 74
INTERRUPTED = 130
NOBODY_READS = 141

EXIT_CODES: Mapping[int, str] = MappingProxyType(
    {
        FINE: "fine, whatever the verdict",
        FOUND: "something is not as it must be: `rulebook --check`, `verify-record` or `backup` says what, or this is "
        "not the clinic that the installation knows",
        BAD_INPUT: "something given is wrong: the case, an instant, an option; one line says what and where",
        NOT_COMPARABLE: "`measure` cannot compare the photos, and says why",
        DEFECT: "a defect of Needlepoint itself or of its knowledge base",
        UNWRITTEN: "the output could not be written, as on a full disk",
        INTERRUPTED: "interrupted from the keyboard",
        NOBODY_READS: "whoever read the output has stopped reading, as with `| head`",
    }
)
SHOW_TRACEBACK = "NEEDLEPOINT_TRACEBACK"


class NotThisOne(click.ClickException):
    """What was found is not what it must be; nothing was done to it."""


# What the machine refused, in words, by the code of its own; see `needlepoint.clinic.server.logs`.
MACHINE: Mapping[str, str] = MappingProxyType(
    {
        "ENOSPC": "the disk is full: make room, and do it again",
        "EDQUOT": "the disk is full for this user: make room, and do it again",
        "SQLITE_FULL": "the disk of the database is full: make room, and do it again",
        "EROFS": "the disk cannot be written, only read: look why it was mounted so",
        "SQLITE_READONLY": "the database cannot be written, only read: look who owns it and how its disk is mounted",
        "SQLITE_CANTOPEN": "the database cannot be opened: look at its folder, who owns it and how it is mounted",
        "SQLITE_IOERR": "the disk of the database does not answer: look at its state before anything else",
        "SQLITE_CORRUPT": "the database is damaged: restore a backup",
        "SQLITE_NOTADB": "the key does not open the database: put back the key that it was made with",
        "EACCES": "this user may not read or write there",
        "EADDRINUSE": "the address is taken: something else listens there, or the clinic is already served",
    }
)


class PlainGroup(click.Group):
    """A group of commands whose every failure is one line on standard error and a documented exit code."""

    def __init__(
        self, *parts: Any, elsewhere: Mapping[str, str] = MappingProxyType({}), **named: Any
    ) -> None:
        """Take, beside commands, the places of those that are imported only when somebody names them."""
        super().__init__(*parts, **named)
        self.elsewhere = elsewhere

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *self.elsewhere})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name, importing it where it lies elsewhere."""
        if cmd_name in self.elsewhere and cmd_name not in self.commands:
            module, _, name = self.elsewhere[cmd_name].partition(":")
            self.add_command(getattr(import_module(module), name), cmd_name)
        return super().get_command(ctx, cmd_name)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = "needlepoint",
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line; in standalone mode, leave the process with its exit code."""
        command = partial(super().main, args, prog_name, complete_var, standalone_mode=False, **extra)
        if not standalone_mode:
            return command()
        sys.exit(_ended(command))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named; when its output goes nowhere, end quietly."""
        try:
            said = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except OSError as error:
            if error.filename is not None:
                raise
            # Python flushes once more at its end, and would complain then.
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - it must stay open until the end
            ctx.exit(_unread(error))
        return said


def _ended(command: Callable[[], Any]) -> int:
    try:
        code = command()
    except click.Abort:
        return INTERRUPTED
    except NotThisOne as error:
        return _failed(FOUND, error.format_message())
    except click.ClickException as error:
        return _failed(BAD_INPUT, error.format_message())
    except InputError as error:
        return _failed(BAD_INPUT, error.line)
    except EvidenceError as error:
        return _failed(DEFECT, f"the knowledge base is not in order: {error}")
    except Exception as error:  # noqa: BLE001 - the last door: a stack of calls helps nobody at the chair
        return _defect(error)
    return code if isinstance(code, int) else FINE


def _unread(error: OSError) -> int:
    """Return the exit code for output that went nowhere; a reader who went away is told nothing."""
    if isinstance(error, BrokenPipeError):
        return NOBODY_READS
    return _failed(UNWRITTEN, f"the output cannot be written ({error.strerror})")


def _failed(code: int, problem: str) -> int:
    click.echo(f"needlepoint: {' '.join(problem.split())}", err=True)
    return code


def _defect(error: Exception) -> int:
    from needlepoint.clinic.server.logs import cause

    code = cause(error)
    if code in MACHINE:
        return _failed(UNWRITTEN, f"{MACHINE[code]} ({code})")
    if os.environ.get(SHOW_TRACEBACK):
        import traceback

        traceback.print_exception(error)
    problem = f"{type(error).__name__}: {error}"
    hint = f"set {SHOW_TRACEBACK}=1 to see where"
    return _failed(DEFECT, f"this is a defect of Needlepoint, and nothing was advised ({problem}); {hint}")
