"""What free words speak of that alarms: read in every language at once, and forgiving of how people write.

Nothing here understands a sentence. A word that is found makes a report more urgent whatever stands around it, a "no"
among it; that nothing is found says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from needlepoint.course.letters import unaccented
from needlepoint.evidence.word_shapes import AlarmForms, Words

# So many other words may stand between the words of a form: "kill" and "myself".
BETWEEN = 2
# Shorter words have neighbours that mean something else; longer ones forgive two slips.
FORGIVES_ONE, FORGIVES_TWO = 5, 9
# A stem this long is found inside a word, too: "icantbreathe".
INSIDE = 6


@dataclass(frozen=True, slots=True)
class _Form:
    """One word of a form: a stem with any ending, or a whole word; `slips` is how many are forgiven."""

    word: str
    stem: bool
    slips: int

    def fits(self, told: str, spared: frozenset[str]) -> bool:
        """Say whether a word that was written is this one."""
        if told == self.word or (self.stem and told.startswith(self.word)):
            return True
        if told in spared or not self.slips:
            return False
        if self.stem and len(self.word) >= INSIDE and self.word in told:
            return True
        # A slip in the first letter makes another word far more often than it is one: never, fever.
        return told[0] == self.word[0] and any(
            slips(self.word, part) <= self.slips for part in _parts(told, self)
        )


def _parts(told: str, form: _Form) -> Iterable[str]:
    """Yield what of a written word can stand for a form: all of it, or a beginning about as long as the stem."""
    size = len(form.word)
    if len(told) < size - form.slips:
        return ()
    if not form.stem:
        return (told,) if abs(len(told) - size) <= form.slips else ()
    return {told[:long] for long in range(size - form.slips, size + form.slips + 1)}


@dataclass(frozen=True, slots=True)
class Alarm:
    """A thing that alarms, as people write it."""

    id: str
    forms: tuple[tuple[_Form, ...], ...]
    spared: frozenset[str]

    @staticmethod
    def of(name: str, rows: Iterable[AlarmForms]) -> Alarm:
        """Compile what the files of all languages say of it; an ordinary word of one is spared in the other, too."""
        forms: list[tuple[_Form, ...]] = []
        spared: set[str] = set()
        for row in rows:
            forms += [tuple(_form(word, True) for word in form.split()) for form in row.forms]
            forms += [tuple(_form(word, False) for word in form.split()) for form in row.exact]
            spared |= {plain(each) for each in row.spared}
        return Alarm(name, tuple(dict.fromkeys(forms)), frozenset(spared))

    def in_words(self, told: Sequence[str]) -> bool:
        """Say whether what was written speaks of it."""
        return any(self._from(form, told) for form in self.forms)

    def _from(self, form: tuple[_Form, ...], told: Sequence[str]) -> bool:
        begins = (place for place, word in enumerate(told) if form[0].fits(word, self.spared))
        return any(self._follows(form[1:], told, place + 1) for place in begins)

    def _follows(self, form: tuple[_Form, ...], told: Sequence[str], place: int) -> bool:
        if not form:
            return True
        near = range(place, min(place + BETWEEN + 1, len(told)))
        return any(
            form[0].fits(told[each], self.spared) and self._follows(form[1:], told, each + 1) for each in near
        )


def alarms(text: str, languages: Sequence[Words]) -> tuple[str, ...]:
    """Return what free words speak of that alarms, in the order of the files; whatever language they are in."""
    told = split(text)
    return tuple(each.id for each in _compiled(tuple(languages)) if each.in_words(told))


@lru_cache(maxsize=8)
def _compiled(languages: tuple[Words, ...]) -> tuple[Alarm, ...]:
    return tuple(
        Alarm.of(name, (each.alarms[name] for each in languages if name in each.alarms))
        for name in languages[0].alarms
    )


def _form(word: str, forgiving: bool) -> _Form:
    bare = plain(word.rstrip("*"))
    slips = (len(bare) >= FORGIVES_ONE) + (len(bare) >= FORGIVES_TWO) if forgiving else 0
    return _Form(bare, word.endswith("*"), slips)


def plain(text: str) -> str:
    """Return letters without case, accents and stretched vowels: "Fiébreee" is "fiebre"."""
    return re.sub(r"(.)\1{2,}", r"\1", unaccented(text.casefold()))


def split(text: str) -> list[str]:
    """Return the words of a text, plain; an apostrophe joins: "can't" is "cant"."""
    return re.findall(r"[^\W_]+", re.sub(r"['’‘`´]", "", plain(text)))


@lru_cache(maxsize=8192)
def slips(one: str, other: str) -> int:
    """Return how many letters were left out, added, changed or swapped with their neighbour (restricted Damerau)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        here = [row]
        for place, each in enumerate(other, start=1):
            cost = min(last[place] + 1, here[-1] + 1, last[place - 1] + (letter != each))
            if row > 1 < place and letter == other[place - 2] and one[row - 2] == each:
                cost = min(cost, before[place - 2] + 1)
            here.append(cost)
        before, last = last, here
    return last[-1]
