"""Every text of the clinic that is handed to the translation, and which of them a language lacks or has for nothing.

`python tools/texts.py es` prints what the language lacks, as rows for its .po; `extracted()` is what the tests go by.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from jinja2.ext import extract_from_ast

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

if __name__ == "__main__":
    from tools.bare_clinic import set_up

    set_up()

from tools.translations import LOCALE, catalogue  # noqa: E402

from needlepoint.clinic.templatetags.dictionary import WORDS  # noqa: E402
from needlepoint.clinic.templatetags.parts import PARTS  # noqa: E402
from needlepoint.clinic.templatetags.scripts import texts as of_scripts  # noqa: E402

SOURCE = ROOT / "src/needlepoint"
TEMPLATES = SOURCE / "clinic/templates"
MARKS = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "marked"})
# What these are raised with is told in the reader's language: the first text, or that of a field and what it should be.
REFUSALS = frozenset({"Refused", "NotAllowed", "Stop", "TooEarly", "Taken", "Closed", "SameKeyOtherForm"})
WRITTEN = frozenset({"write", "saw", "note"})
"""These write a line of the record, whose second value is the act."""
# What only whoever runs a server or the command line reads; it stays in the first language.
UNSEEN = (
    *("clinic/migrations", "clinic/server/keeping", "clinic/server/sqlcipher", "clinic/server/work"),
    *("clinic/server/place.py", "clinic/server/post.py", "clinic/server/environment.py"),
    *("exchange/case_file.py", "exchange/case_text.py", "exchange/case_answers.py"),
)
TAGS = re.compile(r'{%\s*translate\s+(?:"([^"]*)"|\'([^\']*)\')')
BLOCKS = re.compile(
    r"{%\s*blocktranslate\b[^%]*%}(.*?)(?:{%\s*plural\s*%}(.*?))?{%\s*endblocktranslate\s*%}", re.DOTALL
)
KEY = re.compile(r"[A-Z_]+|\w+\.\w+")
"""What names a setting or a place in a file, and is no word."""
PLACE = re.compile(r"{{\s*(\w+)\s*}}")


def of_jinja() -> Iterator[str]:
    """Yield the texts of the templates, as Jinja's own extractor finds them."""
    for path in sorted([*TEMPLATES.rglob("*.jinja"), *TEMPLATES.rglob("*.txt")]):
        for _line, _name, found in extract_from_ast(PARTS.parse(path.read_text("utf-8")), MARKS):
            several = [each for each in (found if isinstance(found, tuple) else (found,)) if each is not None]
            yield "\0".join(several)


def of_django() -> Iterator[str]:
    """Yield the texts of the templates that Django's own engine renders."""
    for path in sorted([*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.svg")]):
        text = path.read_text("utf-8")
        yield from (one or two for one, two in TAGS.findall(text))
        for parts in BLOCKS.findall(text):
            yield "\0".join(PLACE.sub(r"%(\1)s", each) for each in parts if each)


def of_code() -> Iterator[str]:
    """Yield the texts that the code marks, and those that it refuses with, as its syntax tree has them."""
    rooms = ("clinic", "course", "exchange")
    files = sorted(each for room in rooms for each in (SOURCE / room).rglob("*.py"))
    for path in (*files, SOURCE / "cli/example_year.py"):
        if any(path.is_relative_to(SOURCE / each) for each in UNSEEN):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield from _of_call(node)


def _of_call(call: ast.Call) -> Iterator[str]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    texts = [each.value if isinstance(each, ast.Constant) else None for each in call.args]
    if name in WRITTEN:
        yield from _of_line(name, texts)
    elif name == "ngettext" and len(texts) > 1 and isinstance(texts[0], str):
        yield f"{texts[0]}\0{texts[1]}"
    elif (name in MARKS or name in REFUSALS) and texts and isinstance(texts[0], str):
        yield texts[0]
    elif name == "InputError":
        yield from (each for each in texts if isinstance(each, str) and each and not KEY.fullmatch(each))


def _of_line(name: str, texts: list[object]) -> Iterator[str]:
    """Yield the act of a line of the record; the record's page shows it in words, and keeps it as it was written."""
    act = texts[1] if len(texts) > 1 else None
    if isinstance(act, str):
        yield f"saw {act}" if name == "saw" else act


def extracted() -> frozenset[str]:
    """Return every text that pages hand to the translation; plurals as gettext joins them."""
    return frozenset(in_order())


def in_order() -> dict[str, None]:
    """Return the same in the order of the pages."""
    found = (of_jinja(), of_django(), of_code(), of_scripts(), WORDS)
    return dict.fromkeys(each for texts in found for each in texts if each)


def entries(language: str) -> dict[str, str]:
    """Return what a language has a translation for."""
    found = catalogue((LOCALE / language / "LC_MESSAGES/django.po").read_text("utf-8"))
    return {text: said for text, said in found.items() if text and said.strip("\0")}


def missing(language: str) -> list[str]:
    """Return what a language lacks, in the order of the pages."""
    known = entries(language)
    return [each for each in in_order() if each not in known]


def unused(language: str) -> list[str]:
    """Return what a language has a translation for and no page says."""
    return sorted(entries(language).keys() - extracted())


if __name__ == "__main__":
    print("\n".join(repr(each) for each in missing(sys.argv[1])))
