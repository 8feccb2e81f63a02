"""Writing the record: one line, in the transaction of what it tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.models import Patient, RecordHead, Submission
from needlepoint.clinic.models.adding import add
from needlepoint.clinic.models.record_chain import digest
from needlepoint.clinic.models.written import STANDS_FOR, Written
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.queries.record import CLOCK_SLACK

DECIDED = "clock was wrong"
ALWAYS = ("saw ", "signed in", "signed out", "sign-in", "failed")


def write(
    act: Act,
    what: str,
    about: object,
    patient: Patient | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add a line to the clinic's record; call it last, since it holds the record until the transaction ends.

    What a patient does in the portal is about that patient, and says so.
    """
    own = getattr(act.actor, "patient", None)
    whose = patient.pk if patient else own
    said = dict(detail or {}) | ({"by": "patient"} if own else {})
    head = _head(act.actor.clinic)
    behind = _is_behind(act, head)
    if behind and not _goes_on(act, what):
        _check_clock(act, head)
    if behind or act.doubtful:
        said |= {"clock": "doubtful"}
    if act.told_at is not None:
        said |= {"told_by_the_device": act.told_at.astimezone(UTC).isoformat()}
    line = {
        "clinic": act.actor.clinic,
        "number": head.number + 1,
        "at": act.at.astimezone(UTC).isoformat(),
        "member": act.actor.member,
        "patient": whose,
        "act": what,
        "about": _named(about),
        "detail": said,
        "previous": head.digest,
    }
    sealed = digest(line)
    at = connection.ops.adapt_datetimefield_value(act.at)
    told = connection.ops.adapt_json_value(said, None)
    row = line | {"at": at, "detail": told, "digest": sealed}
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [row[field] for field in _COLUMNS])
        # Under a clock that is behind, the record stays where it stands until a person decides;
        # see `practice/actions/clock.py`.
        stands = connection.ops.adapt_datetimefield_value(head.at) if behind and what != DECIDED else at
        cursor.execute(_MOVE, [line["number"], sealed, stands, head.pk])


# Written out, because every page that shows a patient adds a line.
# What the digest covers, by the name of its column.
_COLUMNS = {
    "clinic": "clinic_id",
    "number": "number",
    "at": "at",
    "member": "member_id",
    "patient": "patient_id",
    "act": "act",
    "about": "about",
    "detail": "detail",
    "previous": "previous",
    "digest": "digest",
}
_PLACES = ", ".join(["%s"] * len(_COLUMNS))
_ADD = f"INSERT INTO clinic_recordline ({', '.join(_COLUMNS.values())}) VALUES ({_PLACES})"  # noqa: S608 (ours)
_MOVE = "UPDATE clinic_recordhead SET number = %s, digest = %s, at = %s WHERE id = %s"


def _locked(clinic: int) -> Any:
    # Without the key: on PostgreSQL a new row that refers to a locked one would else wait, and two in a circle.
    return RecordHead.objects.select_for_update(no_key=True).filter(clinic=clinic)


_HEAD = Written(_locked)


def _head(clinic: int) -> RecordHead:
    found: RecordHead = _HEAD.first(clinic)
    return found


def _is_behind(act: Act, head: RecordHead) -> bool:
    return head.at is not None and act.at < head.at - CLOCK_SLACK


def _goes_on(act: Act, what: str) -> bool:
    """Say what goes on under any clock: reading, coming in, deciding, what patients report, and what works by itself.

    The order of the record is its numbers, not its instants.
    """
    return act.actor.member is None or what == DECIDED or what.startswith(ALWAYS)


def _check_clock(act: Act, head: RecordHead) -> None:
    raise Refused(
        "The server's clock says %(at)s UTC, but the record already stands at %(at2)s UTC. "
        "Everything can be read. Say on the page “The clock” which of them is right; from then on it "
        "can be written again.",
        at=f"{act.at:%d %b %H:%M}",
        at2=f"{head.at:%d %b %H:%M}",
    )


def _named(about: object) -> str:
    if isinstance(about, str):
        return about
    return f"{type(about).__name__.lower()}:{getattr(about, 'public_id', None) or about.pk}"  # type: ignore[attr-defined]


def hold(act: Act) -> None:
    """Hold the record until the transaction ends: whoever counts rows meanwhile counts after us."""
    _head(act.actor.clinic)


def saw(act: Act, what: str, about: object, patient: Patient | None = None) -> None:
    """Record that somebody looked at something; the page is shown only after the line is on disk."""
    with transaction.atomic():
        write(act, f"saw {what}", about, patient)


class SameKeyOtherForm(Refused):
    """A key was used for two different forms."""


def once(act: Act, sha256: str, do: Callable[[], str]) -> str:
    """Do something under the act's key and return where it led; under a key that was used, return where that led.

    `sha256` is the digest of what was sent: the same key with other content is refused.
    """
    try:
        with transaction.atomic():
            earlier = _earlier(act, sha256)
            if earlier is not None:
                return earlier
            location = do()
            add(
                Submission(
                    clinic_id=act.actor.clinic,
                    key=act.key,
                    member_id=act.actor.member,
                    patient_id=getattr(act.actor, "patient", None),
                    sha256=sha256,
                    location=location,
                    at=act.at,
                )
            )
            return location
    except IntegrityError:
        # The twin of this request was quicker; what it did is the answer.
        earlier = _earlier(act, sha256)
        if earlier is None:
            raise
        return earlier


_SENT = Written(
    lambda clinic, key: Submission.objects.filter(clinic=clinic, key=key), STANDS_FOR, UUID(int=STANDS_FOR)
)


def _earlier(act: Act, sha256: str) -> str | None:
    submission = _SENT.first(act.actor.clinic, act.key)
    if submission is None:
        return None
    who = (submission.member_id, submission.patient_id)
    if submission.sha256 != sha256 or who != (act.actor.member, getattr(act.actor, "patient", None)):
        raise SameKeyOtherForm("This form was already sent with other content. Open the page anew and look.")
    return str(submission.location)
