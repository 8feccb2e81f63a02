"""`needlepoint measure`: two photos, or a folder of them, to what changed in the skin."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from needlepoint.course.errors import InputError
from needlepoint.photo.threads import one_thread_for_algebra

if TYPE_CHECKING:
    from needlepoint.photo.card import Card
    from needlepoint.photo.change import Repeatability
    from needlepoint.photo.compare import Comparison
    from needlepoint.photo.reading import Reading

MEASURED, REFUSED = 0, 3

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(
    "measure",
    short_help="What changed in the skin between two photos.",
    epilog="""\b
Examples:
  needlepoint measure before.jpg after.jpg
  needlepoint measure before.jpg after.jpg --card --report out.html
  needlepoint measure photos --out measured

\b
Exit codes: 0 measured; 2 something given is wrong; 3 the photos cannot be compared, and it says why.
""",
)
# Plain text and not a path: a folder may also be an address such as s3://bucket/photos.
@click.argument("photos", nargs=-1, required=True, metavar="BEFORE AFTER | FOLDER")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text for people.")
@click.option("--card", "card_wanted", is_flag=True, help="Refuse photos that do not show the card.")
@click.option("--report", type=_FILE, metavar="HTML", help="Write a page with slider, flicker and heat maps.")
@click.option("--card-colours", type=_FILE, metavar="TOML", help="The patch colours measured on your print.")
@click.option("--outlines", type=_FILE, metavar="JSON", help="Body zones marked by hand in each photo.")
@click.option("--scatter", type=_FILE, metavar="TOML", help="Your own repeatability, from --repeatability.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="With a FOLDER: where results go."
)
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="With a FOLDER.")
@click.option("--dask", metavar="ADDRESS", help="With a FOLDER: a Dask scheduler, or `local`.")
@click.option(
    "--repeatability", type=_FILE, metavar="TOML", help="With a FOLDER of unchanged pairs: your scatter."
)
def measure(photos: tuple[str, ...], **given: Any) -> None:
    """Compare BEFORE with AFTER, zone by zone: difference, 95 % interval, and whether it could have been seen.

    With a FOLDER, measure every pair NAME-before and NAME-after in it; a run that was cut off goes on where it
    stopped. Nothing measured here reaches a rule or a plan.
    """
    one_thread_for_algebra()
    if len(photos) == 1:
        from needlepoint.cli.archive import run

        given["colours"] = _bytes(given.pop("card_colours"))
        given["table"] = _bytes(given.pop("scatter"))
        run(photos[0], given)
        return
    if len(photos) != 2:
        raise InputError("photos", f"{len(photos)} were given", "BEFORE and AFTER, or one FOLDER")
    comparison, table = _compared(tuple(map(Path, photos)), given)
    if given["report"]:
        _write_report(given["report"], comparison, table)
    _tell(comparison, table, given["as_json"])
    if comparison.refused:
        click.get_current_context().exit(REFUSED)


def _bytes(path: Path | None) -> bytes | None:
    return None if path is None else content_of(path)


def content_of(path: Path) -> bytes:
    """Return a file's content; an InputError in one line where it cannot be read."""
    from needlepoint.photo.picture import MOST_BYTES

    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as why:
        raise InputError(str(path), why.strerror or "it cannot be read", "a file") from None


def _compared(photos: tuple[Path, ...], given: dict[str, Any]) -> tuple[Comparison, Repeatability]:
    from needlepoint.photo import change
    from needlepoint.photo.card import card
    from needlepoint.photo.compare import compare

    plan = card(_bytes(given["card_colours"]), str(given["card_colours"]))
    own = _bytes(given["scatter"])
    table = change.default() if own is None else change.own(own, str(given["scatter"]))
    outlines = _outlines(given["outlines"])
    before, after = (
        _read(path, plan, outlines.get(key)) for path, key in zip(photos, ("before", "after"), strict=True)
    )
    return compare(before, after, plan=plan, repeatability=table, card_wanted=given["card_wanted"]), table


def _outlines(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        told = json.loads(content_of(path))
    except ValueError:
        told = None
    if (
        not isinstance(told, dict)
        or set(told) != {"before", "after"}
        or not all(isinstance(v, dict) for v in told.values())
    ):
        raise InputError(
            str(path), "these are no outlines", '{"before": {zone: [[x, y], ...]}, "after": {...}}'
        )
    return told


def _read(path: Path, plan: Card, outlines: dict[str, Any] | None) -> Any:
    """Return the picture, or where zones are marked by hand its reading."""
    from needlepoint.photo.picture import decode
    from needlepoint.photo.reading import read
    from needlepoint.photo.zones import marked

    picture = decode(content_of(path), str(path))
    if outlines is None:
        return picture
    return read(picture, plan, marked(outlines, str(path), picture.width, picture.height))


def _tell(comparison: Comparison, table: Repeatability, as_json: bool) -> None:
    from needlepoint.exchange.measurement_document import document

    told = document(comparison, table)
    if as_json:
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    for check in told["quality"]:
        if check["level"] != "ok":
            click.echo(f"{check['level']:>6}  {check['photo']}: {check['says']}")
    if comparison.refused:
        click.echo("The photos cannot be compared.")
        return
    _tell_changes(told)


def _tell_changes(told: dict[str, Any]) -> None:
    click.echo(f"{told['headline']}.")
    click.echo(f"Limits: {told['repeatability']['words']} ({told['repeatability']['basis']}).")
    for heading, verdict in (("What stands:", "changed"), ("Not counted (why: --json):", "not_counted")):
        lines = [line for line in told["zones"] if line["verdict"] == verdict]
        if lines:
            click.echo(heading)
        for line in lines:
            _tell_line(line)
    counts = {
        verdict: sum(line["verdict"] == verdict for line in told["zones"])
        for verdict in ("not_detectable", "not_measurable")
    }
    click.echo(
        f"{counts['not_detectable']} not detectable, {counts['not_measurable']} not measurable (--json says why)."
    )
    for note in told["notes"]:
        click.echo(f"Note: {note}")


def _tell_line(line: dict[str, Any]) -> None:
    low, high = line["ci95"]
    click.echo(
        f"  {line['zone']:<18} {line['measure']:<15} {line['before']:8.3f} -> {line['after']:8.3f}"
        f"   {line['change']:+.3f}  (95 %: {low:+.3f} to {high:+.3f};"
        f" detectable from {line['smallest_detectable']:.3f})"
    )


def _write_report(path: Path, comparison: Comparison, table: Repeatability) -> None:
    from needlepoint.cli.photo_report import report

    try:
        path.write_text(report(comparison, table))
    except OSError as why:
        raise InputError(
            str(path), why.strerror or "it cannot be written", "a file that can be written"
        ) from None


def values_of(reading: Reading) -> dict[str, float]:
    """Return the measures of one photo, keyed `zone.measure`."""
    from needlepoint.photo.reading import values

    return {f"{zone.value}.{name}": round(value, 4) for (zone, name), value in values(reading).items()}
