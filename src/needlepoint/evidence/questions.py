"""The shapes of the screening: its groups, and the questions in them with the answers that each takes."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from needlepoint.evidence.schema import Ids, Row, Words

OPEN = "unknown"


class QuestionGroup(Row, frozen=True):
    """Questions that are asked together; what stands in `about` of each says what one "none of these" may answer."""

    id: Words
    title: Words


class Question(Row, frozen=True):
    """A question of the screening; its name is the fact that rules read; it may follow another question.

    `about` says whether an answer is one of the person or of the skin of this course. `since` names the rulebook in
    which a question came that the first contract of a case did not have. A question of the kind `choice` lists its
    `choices`, of which `harmless` is the one that tells nothing; one of the kind `number` has a unit and a range, and
    `feeds` names the computed fact that it goes into. `answers` names a set of words for the answers that fits better
    than that of its kind. `sexes` and `concerns` say of whom alone it is asked; empty means of everybody.
    """

    name: Words
    kind: Literal["yes_no", "medicine", "procedure", "presence", "rosacea_kind", "months", "choice", "number"]
    asks: Words
    why: Words
    sources: Ids
    valid_days: Annotated[int, msgspec.Meta(ge=1)]
    group: Words
    about: Literal["patient", "zone"] = "patient"
    follows: str = ""
    since: str = ""
    answers: str = ""
    choices: tuple[str, ...] = ()
    harmless: str = ""
    unit: str = ""
    low: float = 0
    high: float = 0
    feeds: str = ""
    sexes: tuple[Literal["female", "male"], ...] = ()
    concerns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.kind == "choice") is not bool(self.choices) or OPEN in self.choices:
            raise ValueError(
                "a question of the kind choice lists its choices, without unknown, and no other does"
            )
        if self.kind == "choice" and self.harmless not in self.choices:
            raise ValueError("its harmless answer is none of its choices")
        if (self.kind == "number") is not bool(self.unit) or self.low > self.high:
            raise ValueError("a question of the kind number has a unit and a range, and no other does")

    @property
    def answer_set(self) -> str:
        """Return the name of the words that its answers have."""
        return self.answers or (self.name if self.kind == "choice" else self.kind)

    def asked_of(self, sex: str, concern: str) -> bool:
        """Say whether the question can apply; a sex that is not known keeps nothing out."""
        fits = not self.sexes or sex not in ("female", "male") or sex in self.sexes
        return fits and (not self.concerns or concern in self.concerns)
