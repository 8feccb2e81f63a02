"""The shapes of the rows about what is put on needled skin: a substance by its names, and a device's own glides."""

from __future__ import annotations

from needlepoint.evidence.schema import Basis, Ids, Row, Words


class Substance(Row, frozen=True):
    """A substance by the words that name it on a tube, what is known of it on needled skin, and the rule that says so.

    `allergy` is the question of the screening whose yes speaks against it. Without a `rule` nothing speaks against it
    by itself; whether a device's label allows it is another question.
    """

    id: Words
    title: Words
    named: Ids
    known: Words
    sources: Ids
    basis: Basis
    rule: str = ""
    allergy: str = ""


class Glide(Row, frozen=True):
    """A gel that a device's label lists to glide on, by the words that name it."""

    device: Words
    title: Words
    named: Ids
    sources: Ids
    basis: Basis
