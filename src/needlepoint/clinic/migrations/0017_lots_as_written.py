"""Articles and lots by keys that do not mind the spelling; blocks that can be lifted; pieces taken out of stock."""

from collections.abc import Iterator
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from needlepoint.course.lots import article_key, is_gtin, lot_key, without_blanks

AT_ONCE = 1000


def say_keys(apps: Any, _editor: Any) -> None:
    """Give every piece and every block its keys.

    A block whose article number is none blocked nothing; it now holds for every article with that lot.
    """
    pieces, blocks = (apps.get_model("clinic", name).objects for name in ("Cartridge", "Recall"))
    for some in _by_pages(pieces):
        for row in some:
            row.article_key, row.lot_key = article_key(row.gtin), lot_key(row.lot)
        pieces.bulk_update(some, ["article_key", "lot_key"])
    for row in blocks.all():
        known = is_gtin(without_blanks(row.gtin))
        row.article_key, row.lot_key = article_key(row.gtin) if known else "", lot_key(row.lot)
        row.save(update_fields=["article_key", "lot_key"])


def _by_pages(rows: Any) -> Iterator[list[Any]]:
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield some
        last = some[-1].pk


class Migration(migrations.Migration):
    """No row is lost; what was blocked stays blocked, however the notice had spelt it."""

    dependencies = [
        ("clinic", "0016_drafts"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="cartridge",
            name="cartridge_once",
        ),
        migrations.RemoveIndex(
            model_name="cartridge",
            name="cartridge_by_lot",
        ),
        migrations.AddField(
            model_name="cartridge",
            name="article_key",
            field=models.CharField(blank=True, default="", editable=False, max_length=40),
        ),
        migrations.AddField(
            model_name="cartridge",
            name="lot_key",
            field=models.CharField(blank=True, default="", editable=False, max_length=20),
        ),
        migrations.AddField(
            model_name="cartridge",
            name="out_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="cartridge",
            name="out_because",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="cartridge",
            name="out_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="recall",
            name="article_key",
            field=models.CharField(blank=True, default="", editable=False, max_length=40),
        ),
        migrations.AddField(
            model_name="recall",
            name="lifted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="recall",
            name="lifted_because",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="recall",
            name="lifted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="recall",
            name="lot_key",
            field=models.CharField(blank=True, default="", editable=False, max_length=20),
        ),
        migrations.AlterField(
            model_name="cartridge",
            name="gtin",
            field=models.CharField(max_length=40),
        ),
        migrations.AlterField(
            model_name="recall",
            name="gtin",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddIndex(
            model_name="cartridge",
            index=models.Index(fields=["clinic", "lot_key"], name="cartridge_by_lot"),
        ),
        migrations.AddIndex(
            model_name="cartridge",
            index=models.Index(fields=["clinic", "received_at"], name="cartridge_by_receipt"),
        ),
        migrations.AddIndex(
            model_name="recall",
            index=models.Index(fields=["clinic", "lot_key"], name="recall_by_lot"),
        ),
        migrations.AddConstraint(
            model_name="cartridge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("out_at", None)),
                fields=("clinic", "gtin", "lot", "serial"),
                name="cartridge_once",
            ),
        ),
        migrations.RunPython(say_keys, migrations.RunPython.noop),
    ]
