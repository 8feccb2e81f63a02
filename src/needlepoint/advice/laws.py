"""What the law of the place is on file as saying of whoever holds the device."""

from __future__ import annotations

from needlepoint.advice.document import LawLine
from needlepoint.advice.moment import Moment


def laws(moment: Moment) -> tuple[LawLine, ...]:
    """Return every row on file for the place, this operator and such a device; none where the place is not known."""
    return tuple(
        LawLine(
            id=row.id,
            place=row.place,
            may=row.may,
            says=row.says,
            says_on=row.says_on,
            sources=row.sources,
            basis=row.basis,
        )
        for row in moment.laws
    )
