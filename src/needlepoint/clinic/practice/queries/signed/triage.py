"""The table of triage as it holds at a clinic: the packaged one, with what its last signature set otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from needlepoint.clinic.models import SignedTriage
from needlepoint.clinic.models.written import Written
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.schema import TriageRule
from needlepoint.evidence.triage_table import choices, corrected, digest, only_raised


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: the level that holds here, the one it was delivered with, and what may be chosen."""

    rule: TriageRule
    level: str
    choices: tuple[str, ...]

    @property
    def documents(self) -> tuple[str, ...]:
        """Return the documents that the row stands on; none where it is our own judgement alone."""
        return tuple(each for each in self.rule.sources if each != "NP")


@dataclass(frozen=True, slots=True)
class Version:
    """One signature, and which rows it set otherwise than the table it was put under."""

    signed: SignedTriage
    rows: tuple[tuple[str, str], ...]
    holds: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The whole table for the page on which it is read and signed."""

    sha256: str
    rows: tuple[Row, ...]
    versions: tuple[Version, ...]

    @property
    def signed(self) -> Version | None:
        """Return the signature under just this table; none before the first, and none after a changed one."""
        return next((each for each in self.versions if each.holds), None)

    @property
    def by_level(self) -> list[tuple[str, list[Row]]]:
        """Return the rows by the level that they were delivered with, the most urgent first."""
        levels = reversed(list(packaged().levels))
        return [(level, [each for each in self.rows if each.rule.level == level]) for level in levels]


def triage_signed(clinic: int) -> bool:
    """Say whether the table stands signed as it is now."""
    return any(each.sha256 == digest(packaged()) for each in _LAST.objects(clinic))


def triage_of(clinic: int) -> Knowledge:
    """Return the knowledge by which reports to this clinic are judged; one statement."""
    last = _LAST.first(clinic)
    return packaged() if last is None else corrected(packaged(), _holding(last))


def table_of(clinic: int) -> Table:
    """Return the table with every row's level here, and all its signatures, the newest first."""
    signed = list(_signatures(clinic).select_related("signed_by"))
    levels = _holding(signed[0]) if signed else {}
    rows = (
        Row(rule, levels.get(rule.id, rule.level), choices(rule, packaged()))
        for rule in packaged().triage.values()
    )
    versions = (
        Version(each, tuple(sorted(each.levels.items())), number == 0 and _current(each))
        for number, each in enumerate(signed)
    )
    return Table(digest(packaged()), tuple(rows), tuple(versions))


def _holding(last: SignedTriage) -> dict[str, str]:
    """Return what was set otherwise; under a table that has changed since, only what makes a row more urgent."""
    return dict(last.levels) if _current(last) else only_raised(last.levels, packaged())


def _current(signed: SignedTriage) -> bool:
    return bool(signed.sha256 == digest(packaged()))


def _signatures(clinic: int) -> QuerySet:
    return SignedTriage.objects.filter(clinic=clinic).order_by("-signed_at", "-pk")


_LAST = Written(lambda clinic: _signatures(clinic)[:1])
