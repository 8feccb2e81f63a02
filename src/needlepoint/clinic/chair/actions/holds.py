"""What visits take, so that nobody and nothing is taken twice: looked at under locks, and refused by the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.models import Booking, Hold, Member, OwnedDevice, Patient, Room, Session
from needlepoint.clinic.models.adding import add
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.course.visits import Span, taken

# Whoever locks does so in this order, and within a kind by key: so nobody waits in a circle.
KINDS: dict[str, Any] = {"patient": Patient, "member": Member, "room": Room, "device": OwnedDevice}
VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Need:
    """One whom a visit needs, from when to when."""

    kind: str
    row: Any
    span: Span

    def says(self, act: Act) -> str:
        """Return in words that it is not to be had then, and what to do."""
        when = f"{self.span.starts_at.astimezone(act.actor.zone):%d %b %H:%M}"
        match self.kind:
            case "room":
                return _("%(name)s is taken at %(when)s. Choose another time or room.") % {
                    "name": self.row.name,
                    "when": when,
                }
            case "member":
                return _("%(name)s is busy at %(when)s. Choose another time or person.") % {
                    "name": self.row.name,
                    "when": when,
                }
            case "device":
                return _("%(row)s is taken at %(when)s. Choose another time.") % {
                    "row": self.row,
                    "when": when,
                }
        return _("%(row)s has another visit at %(when)s. Choose another time, or move that visit.") % {
            "row": self.row,
            "when": when,
        }


class Taken(Refused):
    """Somebody or something that a visit needs is taken then."""


def lock(needs: Iterable[Need]) -> None:
    """Let nobody else take any of these until the transaction ends."""
    keys: dict[str, set[int]] = {}
    for each in needs:
        keys.setdefault(each.kind, set()).add(each.row.pk)
    for kind, model in KINDS.items():
        if kind in keys:
            rows = model.objects.select_for_update(no_key=True).filter(pk__in=keys[kind])
            list(rows.order_by("pk").values_list("pk"))


def take(act: Act, booking: Booking, needs: Sequence[Need]) -> None:
    """Hold for a visit what it needs; Taken says what is not to be had. What is needed has to be locked before."""
    check_free(act, needs, booking.pk)
    try:
        with transaction.atomic():
            add(*(_hold(act, booking, each) for each in needs))
    except IntegrityError:
        # Only where somebody wrote past the locks; the database has the last word.
        raise Taken(_("Somebody else has just booked that time. Choose another one.")) from None


def _hold(act: Act, booking: Booking, need: Need) -> Hold:
    return Hold(
        clinic_id=act.actor.clinic,
        kind=VISIT,
        booking=booking,
        starts_at=need.span.starts_at,
        ends_at=need.span.ends_at,
        **{f"{need.kind}_id": need.row.pk},
    )


def check_free(act: Act, needs: Sequence[Need], but: int = 0) -> None:
    """Raise Taken, naming the first of these that is not free; `but` is the visit that they are for."""
    held = list(Hold.objects.filter(_any_of(needs), released_at=None))
    clashing = [each for each in _without_holds(act, needs) if each.pk != but]
    for need in needs:
        mine = [each for each in held if getattr(each, f"{need.kind}_id") == need.row.pk]
        if any(need.span.overlaps(Span(each.starts_at, each.ends_at)) for each in mine):
            raise Taken(need.says(act))
        column = "operator_id" if need.kind == "member" else f"{need.kind}_id"
        others = [each for each in clashing if getattr(each, column, None) == need.row.pk]
        if any(need.span.overlaps(Span(each.starts_at, each.ends_at)) for each in others):
            raise Taken(need.says(act))


def _any_of(needs: Sequence[Need]) -> Q:
    asked = Q()
    for each in needs:
        span = Q(starts_at__lt=each.span.ends_at, ends_at__gt=each.span.starts_at)
        asked |= Q(**{each.kind: each.row.pk}) & span
    return asked


def _without_holds(act: Act, needs: Sequence[Need]) -> list[Booking]:
    """Return the visits of then that clashed before the database kept them apart, and so hold less than they need."""
    begins, ends = (
        min(each.span.starts_at for each in needs),
        max(each.span.ends_at for each in needs),
    )
    rows = Booking.objects.filter(
        clinic=act.actor.clinic, cancelled_at=None, no_show_at=None, starts_at__lt=ends, ends_at__gt=begins
    )
    held = Count("holds", filter=Q(holds__released_at=None))
    return list(rows.annotate(held=held).filter(held__lt=len(ALWAYS)))


# Every visit has these three; a device only where it is for a session.
ALWAYS = ("patient", "member", "room")


def release(bookings: Iterable[Booking], at: datetime) -> None:
    """Give back what visits have held."""
    keys = [each.pk for each in bookings]
    Hold.objects.filter(booking__in=keys, released_at=None).update(released_at=at)


def follow_device(act: Act, session: Session) -> None:
    """Let the visit of a session take its new device; where that is taken then, the visit shows as a clash.

    For another action, which has changed the device and asked for the permission.
    """
    rows = Booking.objects.filter(cancelled_at=None, no_show_at=None, session=session, ends_at__gt=act.at)
    for each in rows.select_related("patient"):
        takes = taken(each.starts_at, each.numbing_minutes, minutes_of(each), each.clean_down_minutes)
        need = Need("device", session.device, takes.device)
        lock([need])
        Hold.objects.filter(booking=each, device__isnull=False, released_at=None).update(released_at=act.at)
        with suppress(Taken):
            take(act, each, [need])


def minutes_of(booking: Booking) -> int:
    """Return how long a visit needs the hands: without the numbing before and the clean-down after."""
    around = timedelta(minutes=booking.numbing_minutes + booking.clean_down_minutes)
    return round((booking.ends_at - booking.starts_at - around).total_seconds() / 60)
