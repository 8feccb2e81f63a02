"""A tablet in a patient's hands: who gave it for what, who took it back and how, and every PIN that was wrong."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.models import Course, Lending, Session
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.clinic.practice.queries.door.lending import MOST_TRIES

LOG = logging.getLogger(__name__)
DIGITS = range(4, 9)
RUNS = ("0123456789", "9876543210")


def sealed_pin(pin: str, again: str) -> str:
    """Return the digest of a new PIN; Refused where a patient who watched nothing could guess it in five tries."""
    if not (pin.isascii() and pin.isdigit() and len(pin) in DIGITS):
        raise Refused("A PIN has 4 to 8 digits.")
    if len(set(pin)) == 1 or any(pin in run for run in RUNS):
        raise Refused(
            "This PIN is guessed at once. Choose digits that are not all the same and not in a row."
        )
    if pin != again:
        raise Refused("The two PINs are not the same.")
    return make_password(pin)


@action(Permission.SCREEN)
def lend(act: Act, *, course: Course, session: Session | None, purpose: str, pin: str) -> Lending:
    """Give the tablet to the patient of a course; `pin` is the digest of what brings it back."""
    lending = Lending.objects.create(
        clinic_id=act.actor.clinic,
        member_id=act.actor.member,
        patient=course.patient,
        course=course,
        session=session,
        purpose=purpose,
        pin=pin,
        lent_at=act.at,
    )
    write(act, "handed tablet over", f"lending:{lending.pk}", course.patient, {"for": purpose})
    return lending


def answered(act: Act, lending: Lending) -> None:
    """Note that the patient has done what the tablet was lent for; nothing more is taken from them."""
    lending.answered_at = act.at
    lending.save(update_fields=["answered_at"])


def taken_by_pin(act: Act, lending: Lending, pin: str) -> bool:
    """Take the tablet back by the PIN; False where it is wrong, or no try is left.

    The try is counted first, in one statement and for good: of many tries at one instant none is free.
    """
    if spent(lending):
        return False
    if not check_password(pin, lending.pin):
        _note(act, "typed a wrong PIN", lending)
        return False
    take_back(act, lending, "PIN")
    return True


def spent(lending: Lending) -> bool:
    """Count a try; True where none was left to be counted."""
    left = Lending.objects.filter(pk=lending.pk, back_at=None, tries__lt=MOST_TRIES)
    return not left.update(tries=F("tries") + 1)


def take_back(act: Act, lending: Lending, how: str) -> None:
    """Note that the tablet lies in its member's hands again."""
    with transaction.atomic():
        Lending.objects.filter(pk=lending.pk, back_at=None).update(back_at=act.at, back_by=how)
        _note(act, "took tablet back", lending, how=how)


def _note(act: Act, what: str, lending: Any, **told: str) -> None:
    try:
        with transaction.atomic():
            write(act, what, f"lending:{lending.pk}", lending.patient, told)
    except Refused:
        # The record may stand still while the clock is wrong; a tablet must not stay lent for that.
        LOG.warning("An act with a lent tablet could not be written into the record.")
