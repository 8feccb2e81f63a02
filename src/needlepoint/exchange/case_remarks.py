"""What is worth a second look in a case file; it is read all the same, because the written contract takes it."""

from __future__ import annotations

from collections.abc import Iterator

from needlepoint.course.case import Case
from needlepoint.course.lots import is_gtin


def remarks(case: Case) -> Iterator[str]:
    """Yield a line for each article number whose check digit does not fit: a recall of that article would miss it."""
    for number, session in enumerate(case.sessions):
        gtin = session.cartridge.gtin if session.cartridge else None
        if gtin is not None and not is_gtin(gtin):
            yield (
                f"session[{number}].cartridge.gtin: {gtin} has a wrong check digit, so it names no article; "
                "compare it with the pouch"
            )
