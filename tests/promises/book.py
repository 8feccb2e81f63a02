"""The promises of the product: which sentences are some, where they stand, and what proves each."""

import re
from dataclasses import dataclass
from pathlib import Path

import tomli

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
CLINIC = ROOT / "src/needlepoint/clinic"
WORDS = ROOT / "src/needlepoint/evidence/data/words/en"
# How a page tells somebody that something was done or will be; the words of no other sentence.
SPOKEN = re.compile(
    r"""\b(?:
      (?:have|has|had|was|were|is|are|been|gets?)\s+(?:already\s+|been\s+|not\s+)?
        (?:told|sent|saved|kept|blocked|wiped|encrypted|deleted|informed|reminded|recorded|locked)
    | we\s+(?:have\s+)?(?:send|sent|tell|told|are\s+telling|call|keep|answer|write|ask)\b
    | (?:will|shall)\s+(?:be\s+)?(?:call|called|told|sent|tell|send|kept|asked)
    | calls?\s+you\b | looks?\s+by\b | on\s+its\s+way | on\s+call\b | allowed\s+now | reads\s+every
    | nobody\s+(?:else\s+)?(?:can|sees|opens|looks|is\s+told) | no\s+piece\s+can\s+be\s+used
    | written\s+into\s+the\s+record | (?:saved|wiped|blocked|encrypted)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class Promise:
    """A sentence, the file that has it, what arrives, the test that looks there, and what brings it about."""

    words: str
    where: str
    far_end: str
    test: str
    without: str
    book: str


def promises() -> list[Promise]:
    """Every promise, in the order of the books."""
    return [
        Promise(**row, book=book.name)
        for book in sorted(HERE.glob("*.toml"))
        for row in tomli.loads(book.read_text()).get("promise", [])
    ]


def none_of_ours() -> dict[str, str]:
    """Sentences that sound like a promise and are none, each with the reason."""
    found: dict[str, str] = {}
    for book in sorted(HERE.glob("*.toml")):
        for row in tomli.loads(book.read_text()).get("no_promise", []):
            found[flat(row["words"])] = row["why"]
    return found


def flat(text: str) -> str:
    """A text with single blanks and plain apostrophes."""
    return re.sub(r"\s+", " ", text.replace("’", "'")).strip()


def sentences() -> list[tuple[str, str]]:
    """Every sentence of a page or of the patients' words that sounds like a promise, with its file."""
    found = []
    for path in sorted(
        [*CLINIC.rglob("*.html"), *CLINIC.rglob("*.jinja"), *CLINIC.glob("static/clinic/*.js")]
    ):
        found += [(path.relative_to(ROOT).as_posix(), each) for each in _spoken(path)]
    for path in sorted(WORDS.glob("*.toml")):
        texts = re.findall(r'"((?:[^"\\]|\\.)*)"', path.read_text())
        found += [(path.relative_to(ROOT).as_posix(), each) for text in texts for each in _of(text)]
    return [each for each in found if SPOKEN.search(each[1])]


def _spoken(path: Path) -> list[str]:
    text = path.read_text()
    if path.suffix == ".js":
        return [each for part in re.findall(r'["`]([^"`\n]{12,})["`]', text) for each in _of(part)]
    text = re.sub(r"\{#.*?#\}|<!--.*?-->|<script.*?</script>", " ", text, flags=re.DOTALL)
    # A sentence that is translated stands whole between its marks; one and several are two sentences.
    text = re.sub(r"\{%\s*(?:trans\b.*?|endtrans)\s*%\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"\{%\s*pluralize\s*%\}", "\x00", text)
    text = re.sub(r"\{%.*?%\}", _said, text, flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}", _said, text, flags=re.DOTALL)
    text = re.sub(r"</?(?:strong|em|b|span|a)\b[^>]*>", " ", text)
    return [each for part in re.split(r"<[^>]*>|\x00", text) for each in _of(part)]


def _said(tag: re.Match) -> str:
    """Texts inside a tag are spoken too; of a value there stands one letter."""
    texts = re.findall(r'"([^"]{12,})"|\'([^\']{12,})\'', tag.group())
    return "\x00".join(["", *(one or other for one, other in texts), ""]) if texts else " X "


def _of(text: str) -> list[str]:
    return [flat(each) for each in re.split(r"(?<=[.!?:])\s+", flat(text)) if len(each) > 8]
