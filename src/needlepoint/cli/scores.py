"""The command `needlepoint outcome`: the scales, and how a course went on each, for people or for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from needlepoint.cli import inputs

if TYPE_CHECKING:
    from needlepoint.evidence.knowledge import Knowledge


@click.command(
    short_help="The scales, and how a course went on each.",
    epilog="""\b
Examples:
  needlepoint outcome
  needlepoint outcome case.toml
  needlepoint outcome case.toml --at 2026-09-01T10:00:00-05:00 --json
""",
)
@click.argument("case_file", metavar="[CASE]", required=False, type=click.Path())
@click.option("--at", metavar="INSTANT", help=f"For when: {inputs.INSTANT}. Default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text for people.")
def outcome(case_file: str | None, at: str | None, as_json: bool) -> None:
    """Say how the course in CASE went, scale by scale, with the side on which each is better told in words.

    Without CASE, list the scales: range, unit, direction, who may score, and whether raters were blind.
    """
    from needlepoint.evidence.loader import packaged

    if case_file is None and at is not None:
        raise click.UsageError("--at goes with a CASE")
    knowledge = packaged()
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(_document(case_file, at, knowledge)), indent=1))
        return
    from needlepoint.cli.views import scores as view
    from needlepoint.cli.views import terminal

    if case_file is None:
        terminal.show(view.scales(knowledge))
        return
    case, instant = inputs.case_at(case_file, knowledge), inputs.instant(at)
    terminal.show(view.outcome(case, instant, knowledge))


def _document(case_file: str | None, at: str | None, knowledge: Knowledge) -> dict[str, Any]:
    import msgspec

    if case_file is None:
        return {"scales": [msgspec.to_builtins(each) for each in knowledge.scales.values()]}
    from needlepoint.advice.scores import trends
    from needlepoint.exchange.json_form import json_ready

    case = inputs.case_at(case_file, knowledge)
    found = trends(case, inputs.instant(at), knowledge)
    named = (knowledge.scales[each] for each in dict.fromkeys(trend.scale for trend in found))
    return {
        "trends": json_ready(found, case.clinic.time_zone),
        "scales": [msgspec.to_builtins(each) for each in named],
    }
