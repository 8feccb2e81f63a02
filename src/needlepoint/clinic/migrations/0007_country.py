"""The country and the region of a clinic: whose emergency number, phone numbers, holidays and laws count."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns that are empty where a clinic was founded before they were asked."""

    dependencies = [("clinic", "0006_who_may_be_the_same")]

    operations = [
        migrations.AddField(
            model_name="clinic",
            name="country",
            field=models.CharField(blank=True, default="", max_length=2),
        ),
        migrations.AddField(
            model_name="clinic",
            name="region",
            field=models.CharField(blank=True, default="", max_length=3),
        ),
    ]
