"""`needlepoint card`: the colour and scale card as a PDF to print, and the colours measured on a print of it."""

from __future__ import annotations

from pathlib import Path

import click

from needlepoint.course.errors import InputError

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(
    "card",
    short_help="The colour and scale card, to print; and the colours of your print.",
    epilog="""\b
Examples:
  needlepoint card card.pdf
  needlepoint card print.toml --measured patches.csv --as lab-d50 --with "colorimeter 7, 3 March"
""",
)
@click.argument("out", type=_FILE)
@click.option("--measured", type=_FILE, metavar="CSV", help="30 lines of three numbers, patch by patch.")
@click.option(
    "--as", "space", type=click.Choice(["lab-d50", "lab-d65", "srgb"]), help="What the three numbers are."
)
@click.option("--with", "instrument", metavar="WORDS", help="What measured them, and when.")
def card(out: Path, measured: Path | None, space: str | None, instrument: str | None) -> None:
    """Write the colour and scale card to OUT, a PDF of one page in A4.

    Print it at 100 % on matt paper, check its ruler, cut it out, and photograph it beside the skin. With it a photo
    tells colour and millimetres; without it a change of the whole face is never claimed.

    A printer does not print the colours it is asked for. With --measured, OUT is the table of the colours that your
    print really has, from left to right and from top to bottom, for `needlepoint measure --card-colours OUT`.
    """
    if measured is None:
        content, says = _sheet(), f"{out}: print at 100 % on matt paper and check the ruler."
    else:
        content, says = _colours(measured, space, instrument)
        says = f"{out}: {says}"
    try:
        out.write_bytes(content)
    except OSError as why:
        raise InputError(
            str(out), why.strerror or "it cannot be written", "a file that can be written"
        ) from None
    click.echo(says)


def _sheet() -> bytes:
    from needlepoint.photo.card import card as designed
    from needlepoint.photo.card import pdf

    return pdf(designed())


def _colours(path: Path, space: str | None, instrument: str | None) -> tuple[bytes, str]:
    from needlepoint.photo.card import measured_table

    if space is None or not (instrument or "").strip():
        raise InputError(
            "--measured", "numbers without a name mean nothing", '--as lab-d50 and --with "device, day"'
        )
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError):
        raise InputError(
            str(path), "it cannot be read", "a text file with 30 lines of three numbers"
        ) from None
    table, off = measured_table(text, str(path), space, str(instrument))
    return (
        table.encode(),
        f"30 patches; the print is off by {off:.1f} (median, CIE 1976) from what was asked for.",
    )
