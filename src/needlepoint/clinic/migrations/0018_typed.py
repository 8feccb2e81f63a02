"""What is typed into a form is kept as it is typed, for whoever typed it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0017_lots_as_written"),
    ]

    operations = [
        migrations.CreateModel(
            name="Typed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("page", models.CharField(max_length=200)),
                ("fields", models.JSONField()),
                ("saved_at", models.DateTimeField()),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.clinic"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["saved_at"], name="typed_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "member", "page"), name="typed_once")
                ],
            },
        ),
    ]
