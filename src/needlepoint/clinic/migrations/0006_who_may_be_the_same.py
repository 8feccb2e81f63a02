"""Indexes by which a chart of the same person is found: the day of birth, the address, the end of the number."""

from typing import Any

from django.db import migrations, models
from django.db.models.functions import Lower

# The words in which models/people/phone.py asked when this was written; a test sees whether the index is still used.
_BARE = "phone"
for _each in " -()./+":
    _BARE = f"REPLACE({_BARE}, '{_each}', '')"
FORMS = {"sqlite": f"SUBSTR({_BARE}, -9)", "postgresql": f"RIGHT({_BARE}, 9)"}


def by_phone(_apps: Any, editor: Any) -> None:
    """Make the index on the last digits."""
    form = FORMS[editor.connection.vendor]
    editor.execute(f"CREATE INDEX patient_by_phone_end ON clinic_patient (clinic_id, ({form}))")


def without(_apps: Any, editor: Any) -> None:
    """Take it away."""
    editor.execute("DROP INDEX patient_by_phone_end")


class Migration(migrations.Migration):
    """Only indexes; no row changes."""

    dependencies = [("clinic", "0005_chart_links")]

    operations = [
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["clinic", "born_on"], name="patient_by_birth"),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index("clinic", Lower("email"), name="patient_by_email"),
        ),
        migrations.RunPython(by_phone, without),
    ]
