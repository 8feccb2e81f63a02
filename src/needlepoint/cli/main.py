"""The command `needlepoint` and its subcommands; what is heavy is imported where it is used."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from needlepoint import __version__
from needlepoint.cli import clinic, clinic_members, clinic_work, inputs
from needlepoint.cli.outcome import FINE, FOUND, PlainGroup

if TYPE_CHECKING:
    from needlepoint.course.case import Case
    from needlepoint.evidence.knowledge import Knowledge


class CaseName(click.Path):
    """The name of a case file: the shell completes it, and we ourselves say what is wrong with it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ARG002
        """Return the name as it was given."""
        return value


CASE = click.argument("case", type=CaseName())
JSON = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON for programs instead of text for people."
)
AT = click.option("--at", metavar="INSTANT", help=f"For when: {inputs.INSTANT}. Default: now.")


def _knowledge() -> Knowledge:
    from needlepoint.evidence.loader import packaged

    return packaged()


def _remark_on(case: Case) -> None:
    from needlepoint.exchange.case_remarks import remarks

    for line in remarks(case):
        click.echo(f"Remark: {line}.", err=True)


def _print_json(plain: Any) -> None:
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(plain), indent=1))


def _names(table: str) -> Any:
    """Complete the ids of a table of the knowledge base in the shell."""

    def complete(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
        return [name for name in getattr(_knowledge(), table) if name.startswith(begun)]

    return complete


@click.group(
    name="needlepoint",
    cls=PlainGroup,
    elsewhere={
        "card": "needlepoint.cli.card:card",
        "forecast": "needlepoint.cli.forecast:forecast",
        "measure": "needlepoint.cli.measure:measure",
        "outcome": "needlepoint.cli.scores:outcome",
    },
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  needlepoint demo
  needlepoint advise case.toml --at 2026-03-02T10:00:00-05:00
  needlepoint rulebook isotretinoin.recent

\b
Exit codes: 0 fine, whatever the verdict; 1 rulebook --check found something;
2 something given is wrong; 70 a defect of Needlepoint itself.

\b
Completion in your shell (bash; zsh_source and fish_source for the others):
  eval "$(_NEEDLEPOINT_COMPLETE=bash_source needlepoint)"
""",
)
@click.version_option(__version__, prog_name="needlepoint")
@click.pass_context
def main(context: click.Context) -> None:
    """Decision support and planning for microneedling, with a source for every number.

    Not a medical device. It names rules and what they rest on; a clinician decides.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@main.command(
    short_help="Verdict, plan, preparation and aftercare for a case.",
    epilog="""\b
Examples:
  needlepoint advise case.toml
  needlepoint advise case.toml --at 2026-03-02T10:00:00-05:00 --json
  needlepoint advise - < case.json
  needlepoint advise case.toml --picture advice.svg
""",
)
@CASE
@AT
@JSON
@click.option("--all", "whole", is_flag=True, help="Show also what is past, and what each source says.")
@click.option("--forecast", "with_forecast", is_flag=True, help="Carry the forecast too; takes some seconds.")
@click.option("--picture", metavar="FILE", help="Also draw verdict, reasons and plan as an .svg picture.")
def advise(
    case: str, at: str | None, as_json: bool, whole: bool, with_forecast: bool, picture: str | None
) -> None:
    """Say what stands against a session and until when, what to plan, how to prepare and what to do afterwards.

    CASE is a case file in TOML or JSON; - reads standard input.
    """
    from needlepoint.advice import advise as advise_on

    knowledge = _knowledge()
    told = inputs.case_at(case, knowledge)
    advice = advise_on(told, inputs.instant(at), knowledge, with_forecast=with_forecast)
    if as_json:
        from needlepoint.exchange.advice_document import document

        _print_json(document(advice))
    if picture or not as_json:
        from needlepoint.cli.views import advice as view
        from needlepoint.cli.views import terminal

        if picture:
            terminal.draw(view.summary(advice, knowledge), Path(picture), f"needlepoint advise {case}")
        if not as_json:
            terminal.show(view.lines(advice, knowledge, whole))
            _remark_on(told)


@main.command(
    short_help="What each session did to each layer of skin.",
    epilog="""\b
Examples:
  needlepoint dose case.toml
  needlepoint dose case.toml --picture dose.svg
  needlepoint dose case.toml --picture first.png --session 1
""",
)
@CASE
@JSON
@click.option("--picture", metavar="FILE", help="Also draw one session through the skin, as .svg or .png.")
@click.option("--session", type=int, metavar="N", help="Which session to draw. Default: the last.")
def dose(case: str, as_json: bool, picture: str | None, session: int | None) -> None:
    """Show what each session's needles did to each layer of skin: channels, depth reached, injured share.

    CASE is a case file in TOML or JSON; - reads standard input.
    """
    from needlepoint.dose.session import doses
    from needlepoint.exchange.json_form import json_ready

    if session is not None and picture is None:
        raise click.UsageError("--session goes with --picture")
    knowledge = _knowledge()
    known = inputs.case_at(case, knowledge)
    found = doses(known.sessions, known.patient.sex, knowledge)
    if picture:
        from needlepoint.cli.views.dose_picture import draw

        draw(known, session, Path(picture), knowledge)
    if as_json:
        _print_json({"dose": json_ready(found, known.clinic.time_zone)})
    else:
        from needlepoint.cli.views import dose as view
        from needlepoint.cli.views import terminal

        terminal.show(view.doses(found))


@main.command(
    short_help="The rules: list, show, check.",
    epilog="""\b
Examples:
  needlepoint rulebook
  needlepoint rulebook isotretinoin
  needlepoint rulebook --check --on 2027-12-01
""",
)
@click.argument("rule", required=False, shell_complete=_names("rules"))
@click.option(
    "--check", is_flag=True, help="Say what is not in order: overdue, unsigned, unsourced, contradicted."
)
@click.option("--on", metavar="DAY", help="The day to check for, such as 2027-12-01. Default: today.")
@JSON
@click.pass_context
def rulebook(context: click.Context, rule: str | None, check: bool, on: str | None, as_json: bool) -> None:
    """List the rules, show one, or check that all of them are in order.

    RULE is an id such as isotretinoin.recent, or a subject such as isotretinoin.
    """
    from needlepoint.cli import lookup

    if check and rule is None:
        context.exit(_check(inputs.day(on), as_json))
    if check or on:
        raise click.UsageError("--check looks at the whole rulebook, and --on goes with --check")
    knowledge = _knowledge()
    found = lookup.rules(rule, knowledge)
    if as_json:
        _print_json(lookup.rules_document(found, knowledge))
        return
    from needlepoint.cli.views import rulebook as view
    from needlepoint.cli.views import terminal

    spans = lookup.windows(knowledge)
    if rule is None:
        terminal.show(view.rulebook(found, spans, knowledge))
    for each in found if rule else ():
        terminal.show(view.rule(each, spans, knowledge))


def _check(on: date, as_json: bool) -> int:
    from needlepoint.cli import lookup
    from needlepoint.evidence.errors import EvidenceError

    try:
        knowledge = _knowledge()
    except EvidenceError as error:
        click.echo(f"needlepoint: {error}", err=True)
        return FOUND
    found = lookup.checked(knowledge, on)
    if as_json:
        _print_json({"on": on, "version": knowledge.version, "findings": found})
    else:
        from needlepoint.cli.views import rulebook as view
        from needlepoint.cli.views import terminal

        terminal.show(view.found(found, knowledge, on))
    return FOUND if any(each.level == "error" for each in found) else FINE


@main.command(
    short_help="The sources: list, show what rests on one, trace.",
    epilog="""\b
Examples:
  needlepoint sources
  needlepoint sources skinpen-pivotal
  needlepoint sources --trace S0
""",
)
@click.argument("source", metavar="[ID]", required=False, shell_complete=_names("sources"))
@click.option(
    "--trace", metavar="S0", help="Every statement of a source document, S0 to S4, and where it lives."
)
@JSON
def sources(source: str | None, trace: str | None, as_json: bool) -> None:
    """List the sources, show what rests on one, or trace a source document statement by statement."""
    from needlepoint.cli import lookup

    if source and trace:
        raise click.UsageError("either an ID or --trace")
    knowledge = _knowledge()
    if as_json:
        _print_json(lookup.sources_document(source, trace, knowledge))
        return
    from needlepoint.cli.views import rulebook as view
    from needlepoint.cli.views import terminal

    if trace:
        terminal.show(view.trace(lookup.traced(trace)))
    elif source:
        one = lookup.source(source, knowledge)
        terminal.show(view.source(one, lookup.resting_on(knowledge)[one.id]))
    else:
        terminal.show(view.sources(knowledge))


for each in (*clinic.COMMANDS, *clinic_members.COMMANDS, *clinic_work.COMMANDS):
    main.add_command(each)


@main.command(
    short_help="A published course, step by step.",
    epilog="""\b
Examples:
  needlepoint tour
  needlepoint tour --to example-course
""",
)
@click.option(
    "--to", "folder", metavar="FOLDER", help="Where to put the files. Default: a new temporary folder."
)
def tour(folder: str | None) -> None:
    """Go through a published course, three sessions for acne scars, from screening to the last look."""
    from needlepoint.cli import tour as course

    course.play(Path(folder) if folder else None, _knowledge())
