"""Pens that a practice enters from their labels, and what needled a patient elsewhere."""

from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0024_blind_raters"),
    ]

    operations = [
        migrations.AddField(
            model_name="owneddevice",
            name="name",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.CreateModel(
            name="EnteredDevice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=60)),
                ("maker", models.CharField(max_length=60)),
                ("label", models.CharField(max_length=300)),
                ("depth_min_mm", models.DecimalField(decimal_places=2, max_digits=4)),
                ("depth_max_mm", models.DecimalField(decimal_places=2, max_digits=4)),
                ("depth_step_mm", models.DecimalField(decimal_places=2, max_digits=4, null=True)),
                ("needles", models.PositiveSmallIntegerField()),
                ("needle_mm", models.DecimalField(decimal_places=3, max_digits=4)),
                ("rate_low_hz", models.DecimalField(decimal_places=1, max_digits=5, null=True)),
                ("rate_high_hz", models.DecimalField(decimal_places=1, max_digits=5, null=True)),
                ("cleared_as", models.CharField(blank=True, default="", max_length=12)),
                ("entered_at", models.DateTimeField()),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.clinic"
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "model"), name="entered_device_once"),
                    models.CheckConstraint(
                        condition=models.Q(("label", ""), _negated=True), name="entered_device_has_a_label"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("depth_max_mm__gt", 0), ("depth_max_mm__lte", Decimal("3.00"))),
                        name="entered_device_within_reach",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NeedledElsewhere",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("device", models.CharField(max_length=30)),
                ("needled_on", models.DateField()),
                ("zones", models.JSONField()),
                ("depth_mm", models.DecimalField(decimal_places=2, max_digits=4, null=True)),
                ("words", models.CharField(blank=True, default="", max_length=300)),
                ("told_at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(null=True)),
                ("taken_back_because", models.CharField(blank=True, default="", max_length=300)),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.clinic"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needled_elsewhere",
                        to="clinic.patient",
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "told_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_back_at", None),
                            models.Q(("taken_back_because", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="elsewhere_taken_back_with_a_reason",
                    )
                ],
            },
        ),
    ]
