"""The one standing order of who is asked becomes shifts; what was told is said only where a message was handed over."""

from datetime import time
from typing import Any
from uuid import UUID

from django.db import migrations

WEEK = range(7)
MIDNIGHT = time()
HANDED_OVER = ("handed_over", "delivered")


def order_to_shifts(apps: Any, _editor: Any) -> None:
    """Make of every place in the order a shift of a whole day on each day of the week, with its past."""
    shift = apps.get_model("clinic", "DutyShift")
    for row in apps.get_model("clinic", "Duty").objects.all():
        shift.objects.bulk_create(
            shift(
                clinic_id=row.clinic_id,
                member_id=row.member_id,
                place=row.place,
                weekday=day,
                begins=MIDNIGHT,
                ends=MIDNIGHT,
                begun_at=row.begun_at,
                ended_at=row.ended_at,
            )
            for day in WEEK
        )


def shifts_to_order(apps: Any, _editor: Any) -> None:
    """Keep of the shifts those of a Monday that have not ended: the older table knows no more."""
    duty = apps.get_model("clinic", "Duty")
    taken: set[Any] = set()
    rows = apps.get_model("clinic", "DutyShift").objects.filter(weekday=0, ended_at=None)
    for row in rows.order_by("clinic_id", "place", "pk"):
        if not taken.intersection({(row.clinic_id, row.place), (row.clinic_id, "of", row.member_id)}):
            taken |= {(row.clinic_id, row.place), (row.clinic_id, "of", row.member_id)}
            duty.objects.create(
                clinic_id=row.clinic_id, member_id=row.member_id, place=row.place, begun_at=row.begun_at
            )


def name_reports(apps: Any, _editor: Any) -> None:
    """Write beside each alarm of which report it tells; its key has said so until now."""
    tasks = apps.get_model("clinic", "TriageTask").objects
    rows = apps.get_model("clinic", "Message").objects.filter(purpose__in=("alarm", "not_seen"))
    for row in rows.iterator():
        named = row.once_key.removeprefix("not seen ").removeprefix("alarm ").split(" ")[0]
        try:
            about = tasks.filter(public_id=UUID(named), clinic_id=row.clinic_id).first()
        except ValueError:
            continue
        if about is not None:
            row.about = about
            row.save(update_fields=["about"])


def say_told_only_where_told(apps: Any, _editor: Any) -> None:
    """Take back that a patient was told where no message to her was ever handed over."""
    messages = apps.get_model("clinic", "Message").objects.filter(purpose="not_seen", state__in=HANDED_OVER)
    for task in apps.get_model("clinic", "TriageTask").objects.exclude(patient_told_at=None):
        first = messages.filter(about=task).order_by("handed_over_at").first()
        task.patient_told_at = first.handed_over_at if first else None
        task.save(update_fields=["patient_told_at"])
        task.steps.filter(what="told_patient").update(what="told_patient" if first else "to_be_told")


def keep_stops(apps: Any, _editor: Any) -> None:
    """Write of everybody who once answered STOP that they did, beside the answers it was kept as."""
    consents = apps.get_model("clinic", "ContactConsent").objects
    last: dict[Any, Any] = {}
    for row in consents.filter(channel="sms").order_by("at", "pk"):
        last[row.patient_id] = row
    for row in last.values():
        if not row.agreed and row.taken_by_id is None:
            row.pk, row.purpose = None, "all"
            row.save(force_insert=True)


class Migration(migrations.Migration):
    """Whoever was on duty is on duty still, around the clock."""

    dependencies = [("clinic", "0012_rota")]

    operations = [
        migrations.RunPython(order_to_shifts, shifts_to_order),
        migrations.RunPython(name_reports, migrations.RunPython.noop),
        migrations.RunPython(say_told_only_where_told, migrations.RunPython.noop),
        migrations.RunPython(keep_stops, migrations.RunPython.noop),
        migrations.DeleteModel(name="Duty"),
    ]
