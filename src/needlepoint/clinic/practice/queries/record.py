"""Reading the record: who did or saw what, and whether it is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Max, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Clinic, Member, RecordHead, RecordLine
from needlepoint.clinic.models.record_chain import faults
from needlepoint.clinic.practice.queries.lists import page_number

LINE = (
    ("clinic", "clinic_id"),
    ("number", "number"),
    ("at", "at"),
    ("member", "member_id"),
    ("patient", "patient_id"),
    ("act", "act"),
    ("about", "about"),
    ("detail", "detail"),
    ("previous", "previous"),
    ("digest", "digest"),
)


PAGE = 50


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A page of the record; how many lines there are in all is not counted, since that grows without end."""

    rows: list[RecordLine]
    number: int
    has_next: bool


def record_page(actor: Actor, member: int | None, chart_number: int | None, asked: object) -> RecordPage:
    """Return a page of the record, newest first."""
    rows = RecordLine.objects.filter(clinic=actor.clinic)
    if member is not None:
        rows = rows.filter(member=member)
    if chart_number is not None:
        rows = rows.filter(patient__chart_number=chart_number)
    number = page_number(asked)
    first = (number - 1) * PAGE
    found = list(rows.select_related("member", "patient").order_by("-number")[first : first + PAGE + 1])
    return RecordPage(found[:PAGE], number, len(found) > PAGE)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was changed about a patient: who, when, which field, what it held and what it holds."""

    at: datetime
    member: str
    what: str
    before: str
    after: str


CHANGES = ("corrected patient", "patient left", "patient died", "took patient back")
MOST_CHANGES = 500
NOT_KEPT = gettext_lazy("not kept then")


def changes_of(patient: Any) -> list[Change]:
    """Return what was changed about a patient, the latest first; one statement."""
    rows = RecordLine.objects.filter(clinic=patient.clinic_id, patient=patient, act__in=CHANGES)
    found = rows.select_related("member").order_by("-number")[:MOST_CHANGES]
    return [change for row in found for change in changes_in(row)]


def changes_in(row: RecordLine) -> list[Change]:
    """Return what a line of the record tells of old and new values; lines of earlier versions name the field only."""
    who = row.member.name if row.member else "the patient"
    if row.act != "corrected patient":
        says = row.detail.get("reason", "")
        return [Change(row.at, who, row.act, "", says)] if row.act in CHANGES else []
    told, fields = row.detail.get("changes", {}), row.detail.get("fields", ())
    pairs = [(name, told.get(name, (NOT_KEPT, NOT_KEPT))) for name in fields]
    return [Change(row.at, who, name, _value(old), _value(new)) for name, (old, new) in pairs]


def _value(value: object) -> str:
    return "nothing" if value in (None, "") else str(value)


def members(actor: Actor) -> list[Member]:
    """Return everybody who works or worked here, by name."""
    return list(Member.objects.filter(clinic=actor.clinic).order_by("name"))


def sealed_lines(clinic: Clinic) -> Iterator[dict[str, Any]]:
    """Yield the record of a clinic from its first line on, in the form that its digests cover."""
    # Plain tuples of what the database holds: a record has a million lines, and each would else become an object.
    plain = {"at": _instant(), "detail": Cast("detail", TextField())}
    rows = RecordLine.objects.filter(clinic=clinic).order_by("number")
    rows = rows.values_list(*(plain.get(name, field) for name, field in LINE))
    names = [name for name, _ in LINE]
    for row in rows.iterator(chunk_size=2000):
        line = dict(zip(names, row, strict=True))
        line["at"] = _told(line["at"])
        line["detail"] = _read(line["detail"])
        yield line


def _instant() -> Any:
    """Return how an instant is read: SQLite holds it as a text in UTC, which is told as it stands."""
    return Cast("at", TextField()) if connection.vendor == "sqlite" else F("at")


def _read(detail: str) -> Any:
    try:
        return json.loads(detail)
    except ValueError:
        # Somebody wrote what is no JSON there; as it stands it does not fit the digest, and the line is named.
        return detail


def _told(at: Any) -> str:
    return f"{at.replace(' ', 'T')}+00:00" if isinstance(at, str) else str(at.astimezone(UTC).isoformat())


def record_faults(clinic: Clinic) -> list[str]:
    """Return what is wrong with a clinic's record; an empty list says that it is whole."""
    head = RecordHead.objects.get(clinic=clinic)
    return faults(sealed_lines(clinic), (head.number, head.digest))


def stands_at(clinic: int) -> datetime | None:
    """Return the instant up to which a clinic's record stands."""
    found: datetime | None = RecordHead.objects.values_list("at", flat=True).get(clinic=clinic)
    return found


# Requests that run side by side may be written in another order than they began.
CLOCK_SLACK = timedelta(seconds=60)


def is_behind(clinic: int, at: datetime) -> bool:
    """Say whether an instant lies before what a clinic's record has already reached."""
    stood = stands_at(clinic)
    return stood is not None and at < stood - CLOCK_SLACK


# What every page shows is asked for every few seconds only: clinic -> (when, what was found).
_seen: dict[int, tuple[datetime, bool]] = {}
TOLD_FOR = timedelta(seconds=5)


def behind_lately(clinic: int, at: datetime) -> bool:
    """Say what `is_behind` said within the last seconds, since every page asks."""
    told = _seen.get(clinic)
    if told is None or not timedelta(0) <= at - told[0] < TOLD_FOR:
        told = _seen[clinic] = (at, is_behind(clinic, at))
    return told[1]


def forget() -> None:
    """Ask anew the next time."""
    _seen.clear()


def latest() -> datetime | None:
    """Return when anything was last written on this server."""
    found: datetime | None = RecordHead.objects.aggregate(at=Max("at"))["at"]
    return found


def first_founded() -> str:
    """Return which clinic was founded first on this server, and when: no other server's was at that instant."""
    found = Clinic.objects.order_by("pk").values_list("pk", "created_at").first()
    return f"{found[0]} {found[1].astimezone(UTC).isoformat()}" if found else ""


def clinics() -> list[Clinic]:
    """Return every clinic of this server."""
    return list(Clinic.objects.order_by("pk"))
