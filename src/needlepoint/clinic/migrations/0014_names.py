"""By what patients are found: words of their names, a key for lists, the number as it is dialled, former names."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from needlepoint.clinic.models.people.phone import PhoneEnd
from needlepoint.exchange.names import sort_key, whole, words_of
from needlepoint.exchange.phone import Phone, e164

TOGETHER = 500
COLUMNS = ("family_name", "given_name")
# As in 0006.
BARE = "phone"
for _each in " -()./+":
    BARE = f"REPLACE({BARE}, '{_each}', '')"
FORMS = {"sqlite": "{column} COLLATE NOCASE", "postgresql": "UPPER({column}) text_pattern_ops"}


def fill(apps: Any, _editor: Any) -> None:
    """Fold every name and read every number; one that cannot be read stays as it is."""
    patients, words = apps.get_model("clinic", "Patient").objects, apps.get_model("clinic", "PatientWord")
    countries = dict(apps.get_model("clinic", "Clinic").objects.values_list("pk", "country"))
    held: list[Any] = []
    for row in patients.order_by("pk").iterator(chunk_size=TOGETHER):
        number = e164(row.phone, countries[row.clinic_id])
        row.phone_e164 = number.e164 if isinstance(number, Phone) else ""
        row.sorted_as = sort_key(row.family_name, row.given_name)[:200]
        row.known_as = whole(row.family_name, row.given_name)[:200]
        held.append(row)
        if len(held) == TOGETHER:
            _keep(patients, words, held)
            held = []
    _keep(patients, words, held)


def _keep(patients: Any, words: Any, rows: list[Any]) -> None:
    patients.bulk_update(rows, ["phone_e164", "sorted_as", "known_as"])
    words.objects.bulk_create(
        words(clinic_id=row.clinic_id, patient_id=row.pk, word=word)
        for row in rows
        for word in sorted({each[:170] for each in words_of(row.family_name, row.given_name)})
    )


def drop_phone_end(_apps: Any, editor: Any) -> None:
    """Take away the index on the last digits, where it is still there."""
    editor.execute("DROP INDEX IF EXISTS patient_by_phone_end")


def make_phone_end(_apps: Any, editor: Any) -> None:
    """Make it again where 0006 made it and still looks for it; on SQLite 0008 makes it on the way back."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"CREATE INDEX patient_by_phone_end ON clinic_patient (clinic_id, (RIGHT({BARE}, 9)))")


def drop_beginnings(_apps: Any, editor: Any) -> None:
    """Take away the indexes on the beginnings of names: words are asked for now."""
    for column in COLUMNS:
        editor.execute(f"DROP INDEX IF EXISTS patient_by_{column}")


def make_beginnings(_apps: Any, editor: Any) -> None:
    """Make them again."""
    for column in COLUMNS:
        form = FORMS[editor.connection.vendor].format(column=column)
        editor.execute(f"CREATE INDEX patient_by_{column} ON clinic_patient (clinic_id, {form})")


class Migration(migrations.Migration):
    """A table of words, four columns, and the indexes that lists and searches use."""

    dependencies = [("clinic", "0013_rota_rows")]

    operations = [
        *(
            migrations.AddField("patient", name, models.CharField(blank=True, default="", max_length=longest))
            for name, longest in (
                ("phone_e164", 16),
                ("sorted_as", 200),
                ("known_as", 200),
                ("former_names", 400),
            )
        ),
        migrations.CreateModel(
            name="PatientWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(max_length=170)),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.clinic"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="words", to="clinic.patient"
                    ),
                ),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(drop_beginnings, make_beginnings),
        # Written in SQL until now, it went where a table was made anew; as a part of the model it comes along.
        migrations.RunPython(drop_phone_end, make_phone_end),
        migrations.AddIndex(
            "patient", models.Index("clinic", PhoneEnd("phone"), name="patient_by_phone_end")
        ),
        migrations.AddConstraint(
            "patientword", models.UniqueConstraint(fields=["patient", "word"], name="patient_word_once")
        ),
        migrations.AddIndex(
            "patientword",
            models.Index(
                fields=["clinic", "word"],
                name="patient_by_word",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
        ),
        migrations.RemoveIndex("patient", "patient_by_name"),
        migrations.AddIndex(
            "patient", models.Index(fields=["clinic", "sorted_as", "id"], name="patient_by_name")
        ),
        migrations.AddIndex(
            "patient", models.Index(fields=["clinic", "known_as"], name="patient_by_whole_name")
        ),
        migrations.AddIndex(
            "patient", models.Index(fields=["clinic", "phone_e164"], name="patient_by_phone")
        ),
    ]
