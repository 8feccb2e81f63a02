"""The words of the invented practice: signed, so that its patients are answered in them."""

from __future__ import annotations

from collections.abc import Callable

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.signed.words import sign_words
from needlepoint.evidence.words import languages, words


def sign_all_words(act: Callable[[Role], Act]) -> None:
    """Sign what patients are told, in each language, as it stands now."""
    for language in languages():
        sign_words(act(Role.MEDICAL_DIRECTOR), language=language, sha256=words(language).sha256)
