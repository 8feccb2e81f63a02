"""The fixed words that patients are shown after a report: shown only once somebody of the clinic answers for them."""

from __future__ import annotations

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.spoken import spoken
from needlepoint.clinic.models import SignedWords
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.evidence.words import words


@action(Permission.COUNTERSIGN)
def sign_words(act: Act, *, language: str, sha256: str) -> SignedWords:
    """Sign the words of one language in the wording that was on the screen."""
    if language not in spoken():
        raise Refused("There are no words in this language.")
    if words(language).sha256 != sha256:
        raise Refused("The words have changed since the page was loaded. Read them anew, then sign.")
    signed: SignedWords = SignedWords.objects.create(
        clinic_id=act.actor.clinic,
        language=language,
        sha256=sha256,
        signed_by_id=act.actor.member,
        signed_at=act.at,
    )
    write(act, "signed words", f"words:{language}", detail={"sha256": sha256})
    return signed
