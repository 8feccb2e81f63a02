"""What a visit takes, kept apart by the database; a visit moved, one nobody came to, and why one was cancelled."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _to(model: str, name: str = "+", *, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=name, to=model, null=null
    )


def _key() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


_TAKEN = {
    "room": "clinic.room",
    "member": settings.AUTH_USER_MODEL,
    "device": "clinic.owneddevice",
    "patient": "clinic.patient",
}


def _only(one: str) -> models.Q:
    asked: list[tuple[str, object]] = [
        (f"{each}__isnull", False) if each == one else (each, None) for each in sorted(_TAKEN)
    ]
    return models.Q(*asked)


class Migration(migrations.Migration):
    """The exclusion itself is a guard, and is set after every migration."""

    dependencies = [("clinic", "0009_creams")]

    operations = [
        *(
            migrations.AddField("booking", name, models.TextField(blank=True, default=""))
            for name in ("early_reason", "cancel_reason", "no_show_reason")
        ),
        migrations.AddField("booking", "arrived_at", models.DateTimeField(null=True)),
        migrations.AddField("booking", "no_show_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "booking",
            models.CheckConstraint(
                condition=models.Q(("no_show_at", None), ("arrived_at", None), _connector="OR"),
                name="booking_came_or_did_not",
            ),
        ),
        migrations.CreateModel(
            name="BookingMoved",
            fields=[
                ("id", _key()),
                ("clinic", _to("clinic.clinic")),
                ("booking", _to("clinic.booking", "moves")),
                ("from_starts_at", models.DateTimeField()),
                ("from_room", _to("clinic.room")),
                ("from_operator", _to(settings.AUTH_USER_MODEL)),
                ("to_starts_at", models.DateTimeField()),
                ("to_room", _to("clinic.room")),
                ("to_operator", _to(settings.AUTH_USER_MODEL)),
                ("moved_at", models.DateTimeField()),
                ("moved_by", _to(settings.AUTH_USER_MODEL)),
                ("why", models.TextField(blank=True)),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", _key()),
                ("clinic", _to("clinic.clinic")),
                ("kind", models.CharField(max_length=12)),
                ("booking", _to("clinic.booking", "holds", null=True)),
                *((name, _to(model, null=True)) for name, model in _TAKEN.items()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=[each, "starts_at"], name=f"hold_by_{each}") for each in _TAKEN
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="hold_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(*(_only(each) for each in _TAKEN), _connector="OR"),
                        name="hold_is_of_one",
                    ),
                ],
            },
        ),
    ]
