"""A row of the source trace: what became of one statement of a source document."""

from __future__ import annotations

from typing import Literal

from needlepoint.evidence.schema import Row, Words

ONLY_TEXT = {
    "mechanism": "How skin or a needle works: nothing is asked, decided or recorded by it.",
    "wording": "A name for the treatment: texts are written by it.",
    "background": "What people do or say of it: no study makes it a rule.",
}
"""Why a statement is told and nothing acts on it."""


class TraceRow(Row, frozen=True):
    """One statement of a source document, in our own words, and where it lives or why it is rejected.

    `done_by` names what acts on it, as `module:name`; `only_text` says why nothing does.
    """

    id: Words
    says: Words
    kind: Literal["fact", "criterion", "instruction", "number", "promise"]
    status: Literal["kept", "corrected", "rejected"]
    lives_in: tuple[str, ...] = ()
    done_by: tuple[str, ...] = ()
    only_text: Literal["", "mechanism", "wording", "background"] = ""
    why: str = ""

    def __post_init__(self) -> None:
        if self.only_text and (self.done_by or self.status == "rejected"):
            raise ValueError("what something acts on, and what is rejected, is not only text")
        if self.status == "rejected" and not self.why:
            raise ValueError("a rejected statement says why")
        if self.status != "rejected" and not self.lives_in:
            raise ValueError("a kept or corrected statement lives somewhere")
        if self.status == "corrected" and not self.why:
            raise ValueError("a corrected statement says why")
