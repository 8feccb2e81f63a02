"""The command `needlepoint forecast`: what the skin will do, with bands, for people or for programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from needlepoint.cli import inputs
from needlepoint.course.errors import InputError

if TYPE_CHECKING:
    from needlepoint.advice.document import Advice
    from needlepoint.course.case import Case
    from needlepoint.evidence.knowledge import Knowledge
    from needlepoint.healing.intended import Intended
    from needlepoint.healing.outlook import Band, Forecast, ZoneForecast

WORDS = ("none", "slight", "mild", "clear", "strong")
PICTURES = (".svg", ".png", ".pdf")


@click.command()
@click.argument("case_file", metavar="CASE", type=click.Path())
@click.option("--at", metavar="INSTANT", help=f"For when: {inputs.INSTANT}. Default: now.")
@click.option(
    "--members", default=4000, show_default=True, type=click.IntRange(100, 100_000), help="Virtual patients."
)
@click.option(
    "--seed", default=0, show_default=True, type=click.IntRange(min=0), help="Which virtual patients."
)
@click.option("--check-ins", is_flag=True, help="Say what the patient's own check-ins teach.")
@click.option("--plot", "picture", metavar="FILE", type=click.Path(), help="Draw it: FILE.svg, .png or .pdf.")
@click.option("--phone", is_flag=True, help="With --plot: at the width of a phone.")
@click.option("--research", is_flag=True, help="Say and draw new collagen too, which no plan may rest on.")
@click.option("--sbml", metavar="FILE", type=click.Path(), help="Write the average patient's model as SBML.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text for people.")
def forecast(
    case_file: str, at: str | None, members: int, seed: int, check_ins: bool, picture: str | None,
    phone: bool, research: bool, sbml: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Say what the skin will do after the course in CASE: redness by day and downtime; new collagen for research.

    Bands, never a line alone: they say where half of people like this one, and nine in ten of them, will be.
    """
    from needlepoint.advice.door import advise
    from needlepoint.advice.intended import intended
    from needlepoint.evidence.loader import packaged
    from needlepoint.exchange.forecast_document import document
    from needlepoint.healing.forecast import forecast as made_for

    knowledge = packaged()
    case, instant = inputs.case_at(case_file, knowledge), inputs.instant(at)
    advice = advise(case, instant, knowledge)
    stopped = [each.rule for each in advice.verdicts if each.verdict == "stop"]
    to_come = intended(case, instant, advice.plan, knowledge)
    made = made_for(case, instant, knowledge, members, seed, to_come)
    if picture:
        _draw(made, case, picture, phone, research)
    if sbml and made.zones:
        _write("--sbml", sbml, _model(case, instant, knowledge, to_come))
    if as_json:
        import msgspec

        plain = document(made, case.clinic.time_zone) | {"verdict": advice.verdict, "stopped_by": stopped}
        click.echo(msgspec.json.format(msgspec.json.encode(plain), indent=1))
        return
    click.echo("\n".join([*_stop(advice), *told(made, check_ins, research)]))


def _draw(made: Forecast, case: Case, picture: str, phone: bool, research: bool) -> None:
    from needlepoint.cli.forecast_plot import plot

    path = Path(picture)
    if path.suffix not in PICTURES:
        raise InputError(
            "--plot",
            f"{path.suffix or 'no ending'!r} is no picture",
            "a name that ends in .svg, .png or .pdf",
        )
    if not made.zones:
        raise InputError("--plot", f"there is nothing to draw: {made.why}", "a case that can be forecast")
    said = [
        ((each.at - made.days_from).total_seconds() / 86400.0, each.redness)
        for each in case.check_ins
        if each.redness is not None and each.at > made.days_from
    ]
    try:
        plot(made, said, path, wide=not phone, year=research)
    except OSError as error:
        raise InputError(
            "--plot", f"{picture} cannot be written ({error.strerror})", "a folder that exists"
        ) from None


def _write(option: str, name: str, text: str) -> None:
    try:
        Path(name).write_text(text)
    except OSError as error:
        raise InputError(
            option, f"{name} cannot be written ({error.strerror})", "a folder that exists"
        ) from None


def _model(case: Case, instant: Any, knowledge: Knowledge, to_come: Intended) -> str:
    from needlepoint.healing.making import average_model

    return average_model(case, instant, knowledge, to_come)


def _stop(advice: Advice) -> list[str]:
    """Return what comes before a forecast of needling that must not take place now."""
    stops = [each for each in advice.verdicts if each.verdict == "stop"]
    if not stops:
        return []
    lines = ["STOP: nobody may be needled now. What follows is no way around it."]
    lines += [f"  {each.rule}: {each.reason}" for each in stops if not each.because_unknown]
    still_open = dict.fromkeys(name for each in stops for name in each.because_unknown)
    if still_open:
        lines.append(f"  Not answered yet, and each counts like yes until it is: {', '.join(still_open)}")
    return [*lines, ""]


def told(made: Forecast, check_ins: bool = False, research: bool = False) -> list[str]:
    """Return the lines for a person."""
    if not made.zones:
        return [f"No forecast. {made.why}"]
    lines = [line for zone in made.zones for line in _zone(zone, research)]
    lines += [f"Outside what was studied: {line}." for line in made.outside_studied]
    if made.unlike_population:
        lines.append("These check-ins are unlike those of most people. A clinician should look at them.")
    if made.learned_from_check_ins:
        lines.append("Redness and its days were learned from this patient's own check-ins.")
    elif check_ins:
        lines.append("No check-in of redness after a session is on record, so nothing was learned.")
    lines += list(made.notes) if research else []
    share = made.basis_share
    lines.append(
        f"Rests on numbers retrieved {share['retrieved']:.0%}, calibrated {share['calibrated']:.0%}, "
        f"assumed {share['assumed']:.0%}. Research status: no medical prediction."
    )
    return lines


def _zone(zone: ZoneForecast, research: bool) -> list[str]:
    begins = zone.session_days[zone.downtime_of_session - 1]
    name = zone.zone.value.replace("_", " ")
    lines = [f"{name}, after session {zone.downtime_of_session} of {len(zone.session_days)}"]
    for day in (0.25, 1.0, 2.0, 3.0, 7.0):
        place = next((i for i, d in enumerate(zone.redness.day) if abs(d - begins - day) < 0.01), None)
        if place is not None:
            low, middle, high = (getattr(zone.redness, p)[place] for p in ("p05", "p50", "p95"))
            when = "6 hours" if day < 1 else f"day {day:g}"
            lines.append(
                f"  redness {when:8} {WORDS[round(middle)]:7} {middle:.1f} of 4  ({low:.1f} to {high:.1f})"
            )
    down, late = zone.downtime_days, zone.collagen_histology_percent
    lines += [
        f"  down to slight after {down.p50:.1f} days ({down.p05:.1f} to {down.p95:.1f})",
        f"  fine flaking may show on days {zone.flaking_days[0]:g} to {zone.flaking_days[1]:g}",
        *([f"  {_collagen(late)}"] if research else []),
        f"  risk of a change of colour: {zone.harm.pigment_risk}",
    ]
    return lines


def _collagen(late: Band) -> str:
    if not late.day:
        return "collagen: nothing is forecast outside what was studied"
    top = max(range(len(late.day)), key=lambda i: late.p50[i])
    return (
        f"collagen by histology peaks in week {late.day[top] / 7:.0f} at {late.p50[top]:.0f} percent of before "
        f"({late.p05[top]:.0f} to {late.p95[top]:.0f}); other rulers read otherwise"
    )
