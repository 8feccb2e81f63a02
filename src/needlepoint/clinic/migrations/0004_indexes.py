"""Indexes for what is asked of many rows: a label typed in, the last sessions, a name by its beginning."""

from typing import Any

from django.db import migrations, models

# Names are asked for whatever their capitals; each kind of database needs an index of its own for that.
FORMS = {
    "sqlite": "{column} COLLATE NOCASE",
    "postgresql": "UPPER({column}) text_pattern_ops",
}
COLUMNS = ("family_name", "given_name")


def by_beginning(_apps: Any, editor: Any) -> None:
    """Make the indexes on names."""
    for column in COLUMNS:
        form = FORMS[editor.connection.vendor].format(column=column)
        editor.execute(f"CREATE INDEX patient_by_{column} ON clinic_patient (clinic_id, {form})")


def without(_apps: Any, editor: Any) -> None:
    """Take them away."""
    for column in COLUMNS:
        editor.execute(f"DROP INDEX patient_by_{column}")


class Migration(migrations.Migration):
    """Only indexes; no row changes."""

    dependencies = [("clinic", "0003_knocks")]

    operations = [
        migrations.AddIndex(
            model_name="cartridge",
            index=models.Index(fields=["clinic", "serial"], name="cartridge_by_serial"),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(fields=["clinic", "state", "finished_at"], name="session_by_end"),
        ),
        migrations.RunPython(by_beginning, without),
    ]
