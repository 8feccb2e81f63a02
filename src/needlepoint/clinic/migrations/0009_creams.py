"""Of a numbing cream: whether it lay under film, whether a pharmacy made it, whose decision it was, and on whom."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Four columns that say nothing of the creams written down before."""

    dependencies = [("clinic", "0008_people_leave")]

    operations = [
        migrations.AddField(
            model_name="sessiontopical",
            name="occluded",
            field=models.CharField(default="unknown", max_length=8),
        ),
        migrations.AddField(
            model_name="sessiontopical",
            name="compounded",
            field=models.CharField(default="unknown", max_length=8),
        ),
        migrations.AddField(
            model_name="sessiontopical",
            name="reason",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="sessiontopical",
            name="patient_kg",
            field=models.DecimalField(decimal_places=1, max_digits=5, null=True),
        ),
    ]
