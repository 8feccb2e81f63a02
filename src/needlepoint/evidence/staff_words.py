"""The knowledge base's texts that members read, and titles that patients do, in other languages: row for row.

The first language is that of the knowledge base itself. Another one has a file that words each row's texts by its id;
what it lacks is shown in the first, and a test holds that a language that is on lacks none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from needlepoint.evidence.addressed import to_you
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.languages import first_language, language_of
from needlepoint.evidence.loader import DATA, packaged, parse
from needlepoint.evidence.words import words

FILE = "staff.toml"
TEXTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "rules": ("reason", "if_unknown", "needs_decision"),
        "triage": ("says", "why"),
        "levels": ("says",),
        "ladders": ("label",),
        "goals": ("label", "endpoint"),
        "depths": ("says",),
        "depth_moves": ("says",),
        "adverse_kinds": ("label", "says"),
        "serious_outcomes": ("label",),
        "operators": ("label",),
        "creams": ("title",),
        "looks": ("label", "says", "why"),
        "maintenance": ("says", "why"),
        "elsewhere": ("label",),
        "jurisdictions": ("says",),
        "scales": ("label", "asks", "note", "unit"),
    }
)
"""The tables of the knowledge base with texts for members, and the names of those texts."""


SHARED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "preparation": ("says",),
        "milestones": ("says",),
        "questions": ("asks", "why"),
        "question_groups": ("title",),
    }
)
"""Tables whose texts patients' words word already: members read the same."""


def texts_of(knowledge: Knowledge) -> Iterator[tuple[str, str, str, str]]:
    """Yield every text for members: its table, the id of its row, its name, and what it says."""
    for table, names in TEXTS.items():
        for key, row in getattr(knowledge, table).items():
            for name in names:
                text = getattr(row, name, None)
                if isinstance(text, str) and text:
                    yield table, key, name, text
    for key, scale in knowledge.scales.items():
        for step in scale.steps:
            yield "scales", key, f"step_{step.value}", step.says
    for key in named_to_patients(knowledge):
        yield "sources", key, "title", knowledge.sources[key].title


def named_to_patients(knowledge: Knowledge) -> tuple[str, ...]:
    """Return the documents that patients' pages name, in reading order; our own judgement is no document."""
    statements = (each for page in words(first_language()).pages.values() for each in page.statements)
    cited = dict.fromkeys(source for each in statements for source in each.sources)
    return tuple(key for key in cited if knowledge.sources[key].read != "own")


def read_staff_words(path: Path, knowledge: Knowledge) -> Mapping[str, str]:
    """Return what each text of the knowledge base is in the language of a file; refuse a row that words nothing."""
    given = parse(path.name, path.read_bytes()) if path.is_file() else {}
    asked = {(table, key, name): text for table, key, name, text in texts_of(knowledge)}
    said: dict[str, str] = {}
    for table, key, name, text in _rows(given):
        if (table, key, name) not in asked:
            raise EvidenceError(f"{path.parent.name}/{path.name}: {table}.{key}: {name} words nothing")
        said[asked[table, key, name]] = text
    return MappingProxyType(said)


def _rows(given: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    for table, rows in given.items():
        for key, row in rows.items():
            yield from ((table, key, name, text) for name, text in row.items())


@cache
def staff_words(language: str) -> Mapping[str, str]:
    """Return the texts of the knowledge base in a language, by what they are in the first one."""
    spoken = language_of(language.partition("-")[0])
    if spoken.first:
        return MappingProxyType({})
    own = read_staff_words(DATA / "words" / spoken.code / FILE, packaged())
    # A prescriber reads that they decide themselves; of that there are no other words in another language.
    to_prescribers = {to_you(text): words_ for text, words_ in own.items()}
    return MappingProxyType({**_shared(spoken.code, packaged()), **to_prescribers, **own})


def _shared(language: str, knowledge: Knowledge) -> Mapping[str, str]:
    """What a language lacks, its patients' words have in the first language: members read the knowledge base there."""
    worded, first = words(language), words(first_language())
    said = {}
    for table, names in SHARED.items():
        for key, row in getattr(knowledge, table).items():
            for name in names:
                text = getattr(getattr(worded, table)[key], name)
                if text != getattr(getattr(first, table)[key], name):
                    said[getattr(row, name)] = text
    return said
