"""`needlepoint card`: the colour and scale card as a PDF to print."""

from __future__ import annotations

from pathlib import Path

import click

from needlepoint.course.errors import InputError


@click.command(
    "card",
    short_help="The colour and scale card, to print.",
    epilog="""\b
Examples:
  needlepoint card card.pdf
""",
)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def card(out: Path) -> None:
    """Write the colour and scale card to OUT, a PDF of one page in A4.

    Print it at 100 % on matt paper, check its ruler, cut it out, and photograph it beside the skin. With it a photo
    tells colour and millimetres; without it a change of the whole face is never claimed.
    """
    from needlepoint.photo.card import card as designed
    from needlepoint.photo.card import pdf

    try:
        out.write_bytes(pdf(designed()))
    except OSError as why:
        raise InputError(
            str(out), why.strerror or "it cannot be written", "a file that can be written"
        ) from None
    click.echo(f"{out}: print at 100 % on matt paper and check the ruler.")
