"""Visits booked before take what they need. Where two overlap the first has it, and the other shows as a clash."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import migrations

LONGEST = timedelta(hours=12)
AT_ONCE = 500


def take(apps: Any, _editor: Any) -> None:
    """Make the holds of all visits that stand; one that cannot have its own stops no other."""
    bookings, holds = apps.get_model("clinic", "Booking"), apps.get_model("clinic", "Hold")
    taken: dict[tuple[str, int], Any] = defaultdict(list)
    rows = []
    standing = bookings.objects.filter(cancelled_at=None).select_related("session")
    for booking in standing.order_by("starts_at", "pk").iterator(AT_ONCE):
        for name, key, starts_at, ends_at in _needs(booking):
            others = taken[name, key]
            fits = starts_at < ends_at <= starts_at + LONGEST
            if fits and all(ends_at <= begins or ends <= starts_at for begins, ends in others):
                # Whatever ended before this begins cannot meet any later one of it, but for a long one.
                taken[name, key] = [each for each in others if each[1] > starts_at - LONGEST]
                taken[name, key].append((starts_at, ends_at))
                rows.append(
                    holds(
                        clinic_id=booking.clinic_id,
                        kind="visit",
                        booking=booking,
                        starts_at=starts_at,
                        ends_at=ends_at,
                        **{f"{name}_id": key},
                    )
                )
    holds.objects.bulk_create(rows, batch_size=AT_ONCE)


def _needs(booking: Any) -> Iterator[tuple[str, int, Any, Any]]:
    needled_at = booking.starts_at + timedelta(minutes=booking.numbing_minutes)
    leaves_at = booking.ends_at - timedelta(minutes=booking.clean_down_minutes)
    yield "room", booking.room_id, booking.starts_at, booking.ends_at
    yield "member", booking.operator_id, needled_at, leaves_at
    yield "patient", booking.patient_id, booking.starts_at, leaves_at
    if booking.session is not None:
        yield "device", booking.session.device_id, needled_at, booking.ends_at


class Migration(migrations.Migration):
    """Apart from the tables, since PostgreSQL makes no index in the transaction that has filled one."""

    dependencies = [("clinic", "0010_holds")]

    operations = [migrations.RunPython(take, migrations.RunPython.noop)]
