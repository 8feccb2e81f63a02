"""Letters as people type them, whatever stands above or below them."""

from __future__ import annotations

import unicodedata


def unaccented(text: str) -> str:
    """Return a text without accents: each letter by itself, ligatures and wide letters as plain ones."""
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
