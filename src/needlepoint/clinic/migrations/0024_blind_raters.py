"""A score says whether its rater was kept from knowing before from after."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column, and what may not stand in it."""

    dependencies = [("clinic", "0023_zone_added")]

    operations = [
        migrations.AddField(model_name="outcomescore", name="blind", field=models.BooleanField(null=True)),
        migrations.AddConstraint(
            model_name="outcomescore",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scored_by__isnull", False), ("blind", None), ("blind", False), _connector="OR"
                ),
                name="outcome_no_patient_is_blind",
            ),
        ),
    ]
