"""Who left or died, one name, a birth date not known; broken-off sessions, voided pieces, what waits for whom."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# As in 0004, and the words in which models/people/phone.py asked when this was written; see 0006.
_BARE = "phone"
for _each in " -()./+":
    _BARE = f"REPLACE({_BARE}, '{_each}', '')"
BEFORE = "taken out of the lists, before a reason was asked"


FORMS = {
    "family_name": "family_name COLLATE NOCASE",
    "given_name": "given_name COLLATE NOCASE",
    "phone_end": f"(SUBSTR({_BARE}, -9))",
}


def keep_indexes(_apps: Any, editor: Any) -> None:
    """Make these indexes again: SQLite builds the table anew, and Django knows only those of the model."""
    if editor.connection.vendor != "sqlite":
        return
    for name, form in FORMS.items():
        editor.execute(f"CREATE INDEX IF NOT EXISTS patient_by_{name} ON clinic_patient (clinic_id, {form})")


def say_left(apps: Any, _editor: Any) -> None:
    """Say of everybody who was taken out of the lists that they left."""
    patients = apps.get_model("clinic", "Patient").objects.exclude(gone_at=None)
    patients.update(gone_as="left", gone_why=BEFORE)


def check_born(apps: Any, _editor: Any) -> None:
    """Go back only where the older tables can hold everybody: they ask for a full birth date, and none is made up."""
    if apps.get_model("clinic", "Patient").objects.filter(born_on=None).exists():
        raise RuntimeError("Of a patient the birth date is not known, and the older tables cannot hold that.")


class Migration(migrations.Migration):
    """No row is lost; whoever was taken out of the lists has left."""

    dependencies = [
        ("clinic", "0007_country"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeviceChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("kind", models.CharField(max_length=12)),
                ("words", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("outcome", models.TextField(blank=True)),
            ],
        ),
        migrations.RunPython(migrations.RunPython.noop, keep_indexes),
        migrations.RenameField("patient", "archived_at", "gone_at"),
        migrations.AddField(
            model_name="cartridgeuse",
            name="reason",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddField(
            model_name="cartridgeuse",
            name="replaces",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinic.cartridgeuse",
            ),
        ),
        migrations.AddField(
            model_name="cartridgeuse",
            name="spoilt",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="cartridgeuse",
            name="voided_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="decision",
            name="for_course",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="patient",
            name="born_in",
            field=models.CharField(blank=True, default="", max_length=7),
        ),
        migrations.AddField(
            model_name="patient",
            name="died_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="patient",
            name="gone_as",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.AddField(
            model_name="patient",
            name="gone_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="gone_why",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="session",
            name="broken_off",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="session",
            name="repeats",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="repeated_by",
                to="clinic.session",
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="zones_left",
            field=models.JSONField(default=list),
        ),
        migrations.AlterField(
            model_name="cartridgeuse",
            name="cartridge",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="uses",
                related_query_name="use",
                to="clinic.cartridge",
            ),
        ),
        migrations.AlterField(
            model_name="patient",
            name="born_on",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="patient",
            name="family_name",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AlterField(
            model_name="patient",
            name="given_name",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.RunPython(say_left, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="cartridgeuse",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voided_at", None), ("spoilt", True), _connector="OR"),
                fields=("cartridge",),
                name="cartridge_serves_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("given_name", ""), _negated=True),
                    models.Q(("family_name", ""), _negated=True),
                    _connector="OR",
                ),
                name="patient_has_a_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(("born_on", None), ("born_in", ""), _connector="OR"),
                name="patient_born_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("gone_as", ""), ("gone_at", None)),
                    models.Q(("gone_as__in", ("left", "died")), ("gone_at__isnull", False)),
                    _connector="OR",
                ),
                name="patient_here_or_gone",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(("broken_off", ""), ("state", "done"), _connector="OR"),
                name="session_broken_off_is_done",
            ),
        ),
        migrations.AddField(
            model_name="devicechange",
            name="after",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.owneddevice"
            ),
        ),
        migrations.AddField(
            model_name="devicechange",
            name="before",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.owneddevice"
            ),
        ),
        migrations.AddField(
            model_name="devicechange",
            name="clinic",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.clinic"
            ),
        ),
        migrations.AddField(
            model_name="devicechange",
            name="course",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="device_changes", to="clinic.course"
            ),
        ),
        migrations.AddField(
            model_name="devicechange",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="devicechange",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.patient"
            ),
        ),
        migrations.AddField(
            model_name="waiting",
            name="asked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="waiting",
            name="clinic",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.clinic"
            ),
        ),
        migrations.AddField(
            model_name="waiting",
            name="closed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="waiting",
            name="course",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="waiting", to="clinic.course"
            ),
        ),
        migrations.AddField(
            model_name="waiting",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="devicechange",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="device_change_has_a_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="waiting",
            index=models.Index(fields=["clinic", "closed_at"], name="waiting_by_end"),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)),
                fields=("course", "kind"),
                name="waiting_once_of_a_kind",
            ),
        ),
        migrations.RunPython(keep_indexes, check_born),
    ]
