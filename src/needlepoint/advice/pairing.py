"""How needles go with other procedures and products."""

from __future__ import annotations

from functools import lru_cache

from needlepoint.advice.document import PairingLine
from needlepoint.evidence.knowledge import Knowledge


@lru_cache(maxsize=8)
def pairing(knowledge: Knowledge) -> tuple[PairingLine, ...]:
    """Return all pairings: which of them somebody has in mind is not known from a case."""
    return tuple(
        PairingLine(
            id=row.id,
            partner=row.partner,
            says=row.says,
            gap_days=row.gap_days,
            sources=row.sources,
            basis=row.basis,
        )
        for row in knowledge.pairing.values()
    )
