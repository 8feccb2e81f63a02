"""What the scripts say: their texts as they stand in them, and in the language of the page that loads them."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from django.utils.translation import get_language, gettext, override
from markupsafe import Markup

FOLDER = Path(__file__).resolve().parents[1] / "static/clinic"
SAYS = re.compile(r'\bworded\(\s*"((?:[^"\\]|\\.)*)"')


@cache
def texts() -> tuple[str, ...]:
    """Return every text that a script says, in the first language."""
    found = (text for path in sorted(FOLDER.glob("*.js")) for text in SAYS.findall(path.read_text("utf-8")))
    return tuple(dict.fromkeys(found))


def worded() -> Markup:
    """Return the texts of the scripts with their translations, to stand in the head of a page."""
    return _worded(get_language() or "")


@cache
def _worded(language: str) -> Markup:
    with override(language):
        spoken = {text: gettext(text) for text in texts()}
    # The texts are our own; no sign in them may end the element that holds them.
    return Markup(json.dumps(spoken, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704
