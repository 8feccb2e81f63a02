"""Patients' words: every text that a patient reads, in each language; a language that lacks one is refused.

What a text rests on stands beside it, unless it words a row of the knowledge base: then that row's sources hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from needlepoint.course.answers import Happened, Presence, RosaceaKind, Use, YesNo
from needlepoint.course.session import Place, Sign
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.languages import every_language, read_languages
from needlepoint.evidence.loader import DATA, convert, packaged, parse
from needlepoint.evidence.questions import OPEN
from needlepoint.evidence.schema import Review, Row
from needlepoint.evidence.word_shapes import (
    COUNTED,
    AftercareWords,
    AidWords,
    AlarmForms,
    CallIf,
    ChoiceWords,
    MilestoneWords,
    OwnReply,
    Page,
    Phrase,
    PlaceWords,
    PreparationWords,
    QuestionGroupWords,
    QuestionWords,
    Reply,
    ScoreWords,
    SignGroup,
    SignWords,
    Statement,
    StepWords,
    Words,
)

PLACES = frozenset({"clinic", "phone", "emergency", "by", "opens", "from", "until", "day", "date"})
"""What a text may leave open, as `{phone}`; whoever shows the text fills it."""

CHOICES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "yes_no": frozenset(YesNo),
        "medicine": frozenset(Use),
        "procedure": frozenset(Happened),
        "presence": frozenset(Presence),
        "rosacea_kind": frozenset(RosaceaKind),
        "months": frozenset({OPEN}),
        "number": frozenset({OPEN}),
    }
)
"""The answers of each kind of question; a question of the kind `choice` lists its own."""
STEPS: Mapping[str, range] = MappingProxyType({"redness": range(5), "swelling": range(5), "pain": range(11)})
NOTICES = frozenset(
    {
        "received",
        "seen",
        "not_seen_yet",
        "not_watched",
        "before_sending",
        "unanswered",
        "late_news",
        "unsigned",
        "unread_title",
        "unread",
        "emergency_first",
        "older_open",
        "paused",
        "looked_at",
    }
)
PROMISES = frozenset(
    {
        "emergency_told",
        "emergency_telling",
        "emergency_nobody",
        "today_told",
        "today_telling",
        "call_us_now",
        "calls_by",
        "looks_by",
        "reads",
        "nobody_named",
        "opens",
    }
)
"""What is said of people, by what the rows say; `clinic/portal/queries/told.py` chooses among them."""

PAGES = ("how_it_works", "who_it_is_for", "what_happens", "what_to_expect", "at_home")
CALLS = ("now", "today", "soon")

# One line for each kind of text: the file, the table in it, the shape, and what makes up the key.
TABLES: Mapping[str, tuple[str, str, type[Row], tuple[str, ...]]] = MappingProxyType(
    {
        "question_groups": ("questions.toml", "group", QuestionGroupWords, ("id",)),
        "questions": ("questions.toml", "question", QuestionWords, ("name",)),
        "choices": ("questions.toml", "choice", ChoiceWords, ("kind", "value")),
        "scores": ("checkin.toml", "score", ScoreWords, ("name",)),
        "steps": ("checkin.toml", "step", StepWords, ("score", "value")),
        "groups": ("checkin.toml", "group", SignGroup, ("id",)),
        "signs": ("checkin.toml", "sign", SignWords, ("name",)),
        "replies": ("replies.toml", "reply", Reply, ("level",)),
        "promises": ("replies.toml", "promise", Phrase, ("id",)),
        "own_replies": ("urgent.toml", "own", OwnReply, ("rule",)),
        "aids": ("urgent.toml", "aid", AidWords, ("id",)),
        "places": ("urgent.toml", "place", PlaceWords, ("name",)),
        "alarms": ("urgent.toml", "alarm", AlarmForms, ("id",)),
        "notices": ("replies.toml", "notice", Phrase, ("id",)),
        "aftercare": ("aftercare.toml", "line", AftercareWords, ("id",)),
        "milestones": ("aftercare.toml", "milestone", MilestoneWords, ("id",)),
        "calls": ("aftercare.toml", "call", CallIf, ("id",)),
        "preparation": ("preparation.toml", "line", PreparationWords, ("id",)),
        "pages": ("pages.toml", "page", Page, ("id",)),
        "phrases": ("phrases.toml", "phrase", Phrase, ("id",)),
    }
)
FILES = tuple(dict.fromkeys(place for place, *_ in TABLES.values()))


@cache
def words(language: str) -> Words:
    """Return the packaged words of a language; every language is checked before any is given out."""
    spoken = _packaged()
    if language not in spoken:
        raise EvidenceError(f"words: no texts in {language!r}; there are {', '.join(spoken)}")
    return spoken[language]


def languages() -> tuple[str, ...]:
    """Return the languages that patients can choose unless a practice turns on more, the first one first."""
    spoken = _packaged()
    return tuple(each.code for each in every_language() if each.on and each.code in spoken)


@cache
def _packaged() -> Mapping[str, Words]:
    return load_words(DATA / "words", packaged())


def load_words(folder: Path, knowledge: Knowledge) -> Mapping[str, Words]:
    """Read every language of a folder, and refuse all of them where one lacks a text or says something else."""
    first, *others = read_languages(folder)
    spoken = {first.code: _read(folder / first.code)}
    for each in others:
        # A language that is off may lack a text, and then shows that of the first one.
        read = _read(folder / each.code, None if each.on else spoken[first.code])
        spoken[each.code] = read
    for words_of in spoken.values():
        _complete(words_of, knowledge)
        _same(words_of, spoken[first.code])
    return MappingProxyType(spoken)


# ------------------------------------------------------------------------------------------------------------- reading


def _read(folder: Path, lacking: Words | None = None) -> Words:
    """Read a folder; what it lacks is taken from `lacking`, and where there is none, nothing may lack."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing and lacking is None:
        raise EvidenceError(f"words/{folder.name}/{missing[0]}: the file is missing")
    contents = {
        name: b"" if name in missing and name != "phrases.toml" else (folder / name).read_bytes()
        for name in FILES
    }
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    parsed = {name: parse(f"words/{folder.name}/{name}", content) for name, content in contents.items()}
    reviews: dict[str, Review] = {
        name: convert(f"words/{folder.name}/{name}: [review]", content.get("review", {}), Review)
        for name, content in parsed.items()
        if name not in missing
    }
    return Words(
        language=folder.name,
        name=_own_name(folder.name, parsed),
        sha256=_digest(digests),
        digests=MappingProxyType(digests),
        reviews=MappingProxyType(reviews),
        **{table: _filled(_rows(folder.name, parsed, table), table, lacking) for table in TABLES},
    )


def _filled(rows: Mapping[str, Any], table: str, lacking: Words | None) -> Mapping[str, Any]:
    if lacking is None:
        return rows
    first = getattr(lacking, table)
    return MappingProxyType({**{key: rows.get(key, row) for key, row in first.items()}, **rows})


def _own_name(language: str, parsed: Mapping[str, dict[str, Any]]) -> str:
    """Return what the language calls itself, and refuse a key or table that nobody reads."""
    for name, content in parsed.items():
        known = {"review", "name"} | {table for place, table, *_ in TABLES.values() if place == name}
        if unknown := sorted(set(content) - known):
            raise EvidenceError(f"words/{language}/{name}: {unknown[0]!r} is nothing that is read")
    own = parsed["phrases.toml"].get("name")
    if not isinstance(own, str):
        raise EvidenceError(f"words/{language}/phrases.toml: the language's own name is missing")
    return own


def _rows(language: str, parsed: Mapping[str, dict[str, Any]], table: str) -> Mapping[str, Any]:
    name, heading, shape, key = TABLES[table]
    rows: dict[str, Any] = {}
    for index, raw in enumerate(parsed[name].get(heading, [])):
        where = f"words/{language}/{name}: {heading}[{index}]"
        row = convert(where, raw, shape)
        named = ".".join(str(getattr(row, part)) for part in key)
        if named in rows:
            raise EvidenceError(f"{where} {named}: there twice")
        rows[named] = row
    return MappingProxyType(rows)


def _digest(digests: Mapping[str, str]) -> str:
    """Return one digest of all files: another one as soon as any text is."""
    named = (f"{name} {digest}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256("".join(named).encode()).hexdigest()


# ------------------------------------------------------------------------------------- against the knowledge base


def _complete(spoken: Words, knowledge: Knowledge) -> None:
    """Refuse a language that lacks a text, has one for nothing, or names what does not exist."""
    for table, expected in _expected(knowledge).items():
        _exactly(spoken.language, table, set(getattr(spoken, table)), expected)
    for place, problem in [*_astray(spoken, knowledge), *_unfit(spoken, knowledge)]:
        raise EvidenceError(f"words/{spoken.language}: {place}: {problem}")


def _expected(knowledge: Knowledge) -> dict[str, set[str]]:
    """Return the keys that every language has a text for."""
    return {
        "question_groups": {*knowledge.question_groups},
        "questions": {*knowledge.questions},
        "choices": {f"{name}.{value}" for name, values in answer_sets(knowledge) for value in values},
        "scores": {*STEPS},
        "steps": {f"{score}.{value}" for score, values in STEPS.items() for value in values},
        "signs": {sign.value for sign in Sign},
        "replies": {*knowledge.levels},
        "own_replies": {key for key, rule in knowledge.triage.items() if rule.tells},
        "promises": {*PROMISES},
        "aids": {*knowledge.first_aid},
        "places": {place.value for place in Place},
        "alarms": {*knowledge.alarm_words},
        "notices": {*NOTICES},
        "aftercare": {*knowledge.aftercare},
        "milestones": {*knowledge.milestones},
        "calls": {*CALLS},
        "preparation": {*knowledge.preparation},
        "pages": {*PAGES},
    }


def answer_sets(knowledge: Knowledge) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield every set of answers that some question takes, by name, with the values in it."""
    for question in knowledge.questions.values():
        own = frozenset((*question.choices, OPEN)) if question.choices else None
        yield question.answer_set, own or CHOICES[question.kind]


def _exactly(language: str, table: str, there: set[str], expected: set[str]) -> None:
    place = f"words/{language}/{TABLES[table][0]}"
    if missing := sorted(expected - there):
        raise EvidenceError(f"{place}: no text for {', '.join(missing)}")
    if strange := sorted(there - expected):
        raise EvidenceError(f"{place}: a text for {', '.join(strange)}, which does not exist")


def _astray(spoken: Words, knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """Yield what names a group, a sign, a source, a disagreement or a place that does not exist."""
    for where, name, known in _names(spoken, knowledge):
        if name not in known:
            yield where, f"names {name!r}, which does not exist"
    for where, text in texts(spoken):
        if unknown := sorted(places(text) - PLACES):
            yield where, f"leaves {{{unknown[0]}}} open, which nobody fills"


def _names(spoken: Words, knowledge: Knowledge) -> Iterator[tuple[str, str, Container[str]]]:
    for sign in spoken.signs.values():
        yield f"signs.{sign.name}", sign.group, spoken.groups
    for call in spoken.calls.values():
        yield from ((f"calls.{call.id}", sign, spoken.signs) for sign in call.signs)
    for page in spoken.pages.values():
        for each in page.statements:
            yield from ((f"pages.{each.id}", topic, knowledge.disagreements) for topic in each.settles)
    for where, row in sourced(spoken):
        yield from ((where, source, knowledge.sources) for source in row.sources)


def _unfit(spoken: Words, knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """Yield texts that do not fit the row they stand for."""
    for key, line in spoken.aftercare.items():
        waits = knowledge.aftercare[key].kind != "do" or key in COUNTED
        if (bool(line.not_yet), bool(line.then)) != (waits, waits):
            yield f"aftercare.{key}", "what waits has `not_yet` and `then`, and what is done has neither"
    said = {each.id for each in spoken.pages["at_home"].statements}
    for key in sorted(set(knowledge.home_use) - said):
        yield "pages.at_home", f"no text for {key}"


# ----------------------------------------------------------------------------------------- against the first language


def _same(spoken: Words, first: Words) -> None:
    """Refuse a language whose texts are not those of the first one, row for row."""
    for table in TABLES:
        mine, theirs = getattr(spoken, table), getattr(first, table)
        _exactly(spoken.language, table, set(mine), set(theirs))
        for key, row in mine.items():
            _same_row(f"words/{spoken.language}: {table}.{key}", row, theirs[key])
        if list(mine) != list(theirs):
            raise EvidenceError(
                f"words/{spoken.language}/{TABLES[table][0]}: {table} in another order than in {first.language}"
            )


def _same_row(where: str, mine: Row, theirs: Row) -> None:
    if _skeleton(msgspec.to_builtins(mine)) != _skeleton(msgspec.to_builtins(theirs)):
        raise EvidenceError(
            f"{where}: not the same keys, sources, basis, parts or open places as in the first language"
        )


_WORDED = frozenset(
    {
        "asks",
        "why",
        "hint",
        "says",
        "none",
        "label",
        "means",
        "title",
        "when",
        "not_yet",
        "then",
        "lead",
        "darker",
    }
)
# How people write a thing is each language's own, and nothing that a patient reads.
_OWN = frozenset({"forms", "exact", "spared"})


def _skeleton(value: Any, name: str = "") -> Any:
    """Return a row without its words: what has to be the same in every language."""
    if isinstance(value, dict):
        return {key: _skeleton(part, key) for key, part in value.items() if key not in _OWN}
    if isinstance(value, list | tuple):
        return [_skeleton(part, name) for part in value]
    return (bool(value), sorted(places(value))) if name in _WORDED else value


# -------------------------------------------------------------------------------------------------------------- looking


def texts(spoken: Words) -> Iterator[tuple[str, str]]:
    """Yield every text that a patient can read, with its place."""
    for table in TABLES:
        for key, row in getattr(spoken, table).items():
            yield from ((f"{table}.{key}", text) for text in _worded(msgspec.to_builtins(row)))


def _worded(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _worded(part, key)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _worded(part, name)
    elif name in _WORDED and value:
        yield value


def places(text: str) -> set[str]:
    """Return what a text leaves open."""
    return {part.partition("}")[0] for part in text.split("{")[1:]}


def sourced(spoken: Words) -> Iterator[tuple[str, ScoreWords | SignWords | CallIf | Statement]]:
    """Yield every row that carries sources of its own, with its place."""
    yield from ((f"scores.{key}", row) for key, row in spoken.scores.items())
    yield from ((f"signs.{key}", row) for key, row in spoken.signs.items())
    yield from ((f"calls.{key}", row) for key, row in spoken.calls.items())
    for key, page in spoken.pages.items():
        yield from ((f"pages.{key}.{each.id}", each) for each in page.statements)
