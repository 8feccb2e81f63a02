"""The consent texts that a new clinic begins with, for its own clinician and lawyer to replace by a next
version; and what they say in other languages, to be read beside what is signed.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import translation

from needlepoint.evidence.languages import first_language
from needlepoint.evidence.words import languages

SESSION = translation.gettext_noop("""\
Microneedling makes many fine punctures in the skin, so that the skin repairs itself and forms new collagen.

Usual for hours to days: redness, warmth, a feeling of sunburn, slight swelling, fine flaking, pinpoint
bleeding, bruises.
Less usual: a cold sore breaking out, small white spots, a dark or light patch that may stay for months,
infection, scars,
firm bumps after a product was needled in. No result is promised, and several sessions are usually needed.

Today's zones, device and depths were explained to me. I have answered the questions on my health truthfully
and said what I
was not sure of. I could ask what I wanted to know. I know whom to call, and that I may take this consent
back at any time
before or during the session, without a reason and without a disadvantage.
""")

PHOTOS = translation.gettext_noop("""\
Photos are taken to compare the skin before and after. They are kept encrypted with my chart.

I choose below what else they may be used for. My care does not depend on it. I may take any of it back at
any time; the
clinic then stops using the photos in that way.
""")


def readings(body: str) -> Mapping[str, str]:
    """Return what a text says in other languages, by their codes; of a text of the clinic's own nothing is known."""
    said = {code: _in(code, body) for code in languages() if code != first_language()}
    return {code: text for code, text in said.items() if text != body}


def _in(language: str, body: str) -> str:
    with translation.override(language):
        return translation.gettext(body)
