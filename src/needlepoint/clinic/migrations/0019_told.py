"""A session says what of it only a device saw happen, without a network."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("clinic", "0018_typed")]

    operations = [
        migrations.AddField(model_name="session", name="told", field=models.JSONField(default=dict)),
    ]
