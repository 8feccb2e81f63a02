"""Whether somebody of the clinic has signed the fixed words that its patients are shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from needlepoint.clinic.access.spoken import spoken
from needlepoint.clinic.models import SignedWords
from needlepoint.clinic.models.written import STANDS_FOR, Written
from needlepoint.evidence.word_shapes import Words
from needlepoint.evidence.words import words


@dataclass(frozen=True, slots=True)
class Signing:
    """The words of one language, and the signature under just this wording if there is one."""

    spoken: Words
    signed: SignedWords | None


def signed(clinic: int, spoken: Words) -> bool:
    """Say whether the words stand signed as they are now."""
    return bool(_SIGNED.rows(clinic, spoken.language, spoken.sha256))


def _signed(clinic: int, language: str, sha256: str) -> QuerySet:
    rows = SignedWords.objects.filter(clinic=clinic, language=language, sha256=sha256)
    return rows.values_list("pk").order_by()[:1]


_SIGNED = Written(_signed, STANDS_FOR, "stands for a language", "stands for a digest")


def signings(clinic: int) -> list[Signing]:
    """Return every language with its signature; one statement."""
    rows = SignedWords.objects.filter(clinic=clinic).select_related("signed_by").order_by("signed_at")
    last = {(row.language, row.sha256): row for row in rows}
    all_words = [words(language) for language in spoken()]
    return [Signing(each, last.get((each.language, each.sha256))) for each in all_words]
