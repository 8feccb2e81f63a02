"""The table of triage: read, corrected within its floors, and signed by somebody of the clinic."""

from __future__ import annotations

from collections.abc import Mapping

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.models import SignedTriage
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.triage_table import choices, corrections, digest


@action(Permission.COUNTERSIGN)
def sign_triage(act: Act, *, sha256: str, chosen: Mapping[str, str]) -> SignedTriage:
    """Sign the table that was on the screen, with the level that was chosen for each of its rows."""
    if digest(packaged()) != sha256:
        raise Refused("The table has changed since the page was loaded. Read it anew, then sign.")
    if set(chosen) != set(packaged().triage):
        raise Refused("Not every row of the table came with the form. Load the page anew, then sign.")
    signed: SignedTriage = SignedTriage.objects.create(
        clinic_id=act.actor.clinic,
        sha256=sha256,
        levels=_within_floors(chosen),
        signed_by_id=act.actor.member,
        signed_at=act.at,
    )
    write(act, "signed triage", "triage", detail={"sha256": sha256, "rows": signed.levels})
    return signed


def _within_floors(chosen: Mapping[str, str]) -> dict[str, str]:
    for name, level in chosen.items():
        rule = packaged().triage[name]
        if level not in choices(rule, packaged()):
            raise Refused(
                "%(row)s may not be %(level)s: %(floor)s is the least that the evidence allows.",
                row=name,
                level=level,
                floor=rule.floor,
            )
    return corrections(chosen, packaged())
