"""A practice says in which language its staff read their pages, and a member may choose another."""

from django.db import migrations, models

import needlepoint.evidence.languages


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0019_told"),
    ]

    operations = [
        migrations.AddField(
            model_name="clinic",
            name="language",
            field=models.CharField(default=needlepoint.evidence.languages.first_language, max_length=5),
        ),
        migrations.AddField(
            model_name="member",
            name="language",
            field=models.CharField(blank=True, default="", max_length=5),
        ),
        migrations.AlterField(
            model_name="visitor",
            name="language",
            field=models.CharField(default=needlepoint.evidence.languages.first_language, max_length=5),
        ),
        migrations.AlterField(
            model_name="enquiry",
            name="language",
            field=models.CharField(default=needlepoint.evidence.languages.first_language, max_length=5),
        ),
        migrations.AlterField(
            model_name="message",
            name="language",
            field=models.CharField(default=needlepoint.evidence.languages.first_language, max_length=5),
        ),
        migrations.AlterField(
            model_name="checkin",
            name="language",
            field=models.CharField(default=needlepoint.evidence.languages.first_language, max_length=5),
        ),
    ]
