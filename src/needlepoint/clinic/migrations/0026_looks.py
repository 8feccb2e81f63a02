"""A course may keep the result of another; visits and photos of a look name the course that is looked at."""

import django.db.models.deletion
from django.db import migrations, models


def _to_course(related_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="clinic.course",
    )


class Migration(migrations.Migration):
    """Four columns, and what may not stand in two of them."""

    dependencies = [("clinic", "0025_own_devices")]

    operations = [
        migrations.AddField(model_name="course", name="follows", field=_to_course("followed_by")),
        migrations.AddField(model_name="booking", name="looks_at", field=_to_course("looks")),
        migrations.AddField(
            model_name="booking",
            name="look",
            field=models.CharField(blank=True, default="", max_length=12),
        ),
        migrations.AddField(model_name="photo", name="course", field=_to_course("photos_of_looks")),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("look", ""), ("looks_at", None)),
                    models.Q(
                        ("looks_at__isnull", False),
                        ("session", None),
                        models.Q(("look", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="booking_names_its_look",
            ),
        ),
    ]
