"""Keeping what is typed as it is typed: for whoever typed it, until the form is taken, and for a day at most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.models import Submission, Typed
from needlepoint.clinic.practice.actions.act import Act, action

# Answers of yesterday are asked anew: health changes, and nobody should sign what they do not remember.
KEPT_FOR = timedelta(hours=24)
MOST_FIELDS = 600
LONGEST_PAGE = 200
LONGEST = 20_000
Pairs = Sequence[tuple[str, str]]


@action(Permission.SEE_DAY)
def keep(act: Act, *, page: str, fields: Pairs, form: UUID | None = None) -> None:
    """Keep what stands in a form now, in place of what stood in it before; nothing of a form that was taken since."""
    _check_page(page)
    if form is not None and Submission.objects.filter(clinic=act.actor.clinic, key=form).exists():
        # What was on its way more slowly than the form itself would stand in the next one as if it were not sent.
        raise Refused("This form was sent already. Load the page anew; what is typed here is not kept.")
    if len(fields) > MOST_FIELDS or sum(len(name) + len(value) for name, value in fields) > LONGEST:
        raise Refused("This is too much to be kept while it is typed. Send the form.")
    Typed.objects.update_or_create(
        clinic_id=act.actor.clinic,
        member_id=act.actor.member,
        page=page,
        defaults={"fields": [list(pair) for pair in fields], "saved_at": act.at},
    )


@action(Permission.SEE_DAY)
def begin_anew(act: Act, *, page: str) -> None:
    """Forget what was typed: its author does not want it."""
    _check_page(page)
    forget(act, page)


def _check_page(page: str) -> None:
    if not page.startswith("/") or len(page) > LONGEST_PAGE:
        raise Refused("This page cannot keep what is typed.")


def forget(act: Act, page: str) -> None:
    """Forget what was typed into a form that was taken; a patient's forms keep nothing here."""
    member = getattr(act.actor, "member", None)
    if member is not None:
        # A row is never deleted here, but nothing of what stood in it stays.
        Typed.objects.filter(clinic=act.actor.clinic, member=member, page=page).update(fields=[])


def forget_old(at: datetime) -> int:
    """Forget what nobody came back to; return how many forms."""
    return int(Typed.objects.filter(saved_at__lt=at - KEPT_FOR).exclude(fields=[]).update(fields=[]))
