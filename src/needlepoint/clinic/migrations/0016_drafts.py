"""A report that was begun and not sent is kept for a day, for the patient alone."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """One table; nothing of it is in a chart."""

    dependencies = [("clinic", "0015_the_door")]

    operations = [
        migrations.CreateModel(
            name="ReportDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("typed", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField()),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.clinic"
                    ),
                ),
                (
                    "patient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.patient"
                    ),
                ),
            ],
            options={"abstract": False},
        ),
    ]
