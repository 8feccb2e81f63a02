"""Every table as the eighteen steps leave it, made at once where there is no table yet.

The steps stay for databases that are under way. A test holds what this makes against what they make.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Lower

from needlepoint.clinic.models.people.phone import PhoneEnd

_STEPS = (
    "0001_tables",
    "0002_portal_messages_outcomes",
    "0003_knocks",
    "0004_indexes",
    "0005_chart_links",
    "0006_who_may_be_the_same",
    "0007_country",
    "0008_people_leave",
    "0009_creams",
    "0010_holds",
    "0011_holds_of_visits",
    "0012_rota",
    "0013_rota_rows",
    "0014_names",
    "0015_the_door",
    "0016_drafts",
    "0017_lots_as_written",
    "0018_typed",
)
_MEMBER = settings.AUTH_USER_MODEL


def _key() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _to(model: str, name: str = "+", *, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=name, to=model, null=null
    )


class Migration(migrations.Migration):
    """Only tables: nothing is in them yet that would have to be carried over.

    Its name comes after that of the first step: other applications wait for our first migration by name, and would
    wait for the last step in a database that is half way through. The next step names 0018_typed as the one before it.
    """

    replaces = [("clinic", each) for each in _STEPS]

    initial = True
    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="Clinic",
            fields=[
                ("id", _key()),
                ("name", models.CharField(max_length=120)),
                ("time_zone", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("emergency_number", models.CharField(blank=True, max_length=20)),
                ("hours", models.CharField(blank=True, max_length=200)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("portal_address", models.CharField(blank=True, max_length=200)),
                ("slug", models.SlugField(max_length=40, null=True, unique=True)),
                ("country", models.CharField(blank=True, default="", max_length=2)),
                ("region", models.CharField(blank=True, default="", max_length=3)),
                ("hours_made", models.JSONField(blank=True, default=dict)),
                ("out_of_hours", models.JSONField(blank=True, default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="UnknownTry",
            fields=[
                ("id", _key()),
                ("at", models.DateTimeField(db_index=True)),
                ("network", models.CharField(max_length=50)),
                ("browser", models.CharField(max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", _key()),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("profession", models.CharField(max_length=30)),
                ("is_active", models.BooleanField(default=True)),
                ("clinic", _to("clinic.clinic")),
                ("phone", models.CharField(blank=True, default="", max_length=16)),
                ("door", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="ConsentText",
            fields=[
                ("id", _key()),
                ("kind", models.CharField(max_length=12)),
                ("version", models.PositiveSmallIntegerField()),
                ("body", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("published_at", models.DateTimeField()),
                ("clinic", _to("clinic.clinic")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "kind", "version"), name="consent_text_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["session", "photos"])), name="consent_text_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OwnedDevice",
            fields=[
                ("id", _key()),
                ("model", models.CharField(max_length=64)),
                ("serial", models.CharField(max_length=40)),
                ("retired_on", models.DateField(null=True)),
                ("clinic", _to("clinic.clinic")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "model", "serial"), name="device_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordHead",
            fields=[
                ("id", _key()),
                ("number", models.PositiveBigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField(null=True)),
                ("clinic", _to("clinic.clinic")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic",), name="one_record_for_each_clinic")
                ],
            },
        ),
        migrations.CreateModel(
            name="Room",
            fields=[
                ("id", _key()),
                ("name", models.CharField(max_length=60)),
                ("clinic", _to("clinic.clinic")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("clinic", "name"), name="room_once")],
            },
        ),
        migrations.CreateModel(
            name="Knock",
            fields=[
                ("id", _key()),
                ("address", models.CharField(blank=True, max_length=254)),
                ("browser_sha256", models.CharField(max_length=64)),
                ("language", models.CharField(max_length=5)),
                ("made_at", models.DateTimeField()),
                ("wrong_tries", models.PositiveSmallIntegerField(default=0)),
                ("answered_at", models.DateTimeField(null=True)),
                ("clinic", _to("clinic.clinic")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at", None)), fields=["made_at"], name="knock_unanswered"
                    ),
                    models.Index(fields=["browser_sha256", "-made_at"], name="knock_by_browser"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClosedDay",
            fields=[
                ("id", _key()),
                ("closed_on", models.DateField()),
                ("name", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("clinic", _to("clinic.clinic")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("opened_at", None)),
                        fields=("clinic", "closed_on"),
                        name="closed_day_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OpenHours",
            fields=[
                ("id", _key()),
                ("weekday", models.PositiveSmallIntegerField()),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("clinic", _to("clinic.clinic")),
            ],
        ),
        migrations.CreateModel(
            name="Cartridge",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("gtin", models.CharField(max_length=40)),
                ("lot", models.CharField(max_length=20)),
                ("serial", models.CharField(max_length=20)),
                ("expires_on", models.DateField()),
                ("received_at", models.DateTimeField()),
                ("received_by", _to(_MEMBER)),
                ("clinic", _to("clinic.clinic")),
                ("article_key", models.CharField(blank=True, default="", editable=False, max_length=40)),
                ("lot_key", models.CharField(blank=True, default="", editable=False, max_length=20)),
                ("out_at", models.DateTimeField(null=True)),
                ("out_because", models.TextField(blank=True, default="")),
                ("out_by", _to(_MEMBER, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["clinic", "serial"], name="cartridge_by_serial"),
                    models.Index(fields=["clinic", "lot_key"], name="cartridge_by_lot"),
                    models.Index(fields=["clinic", "received_at"], name="cartridge_by_receipt"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("serial", ""), _negated=True), models.Q(("lot", ""), _negated=True)
                        ),
                        name="cartridge_named",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("out_at", None)),
                        fields=("clinic", "gtin", "lot", "serial"),
                        name="cartridge_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("id", _key()),
                ("role", models.CharField(max_length=30)),
                ("granted_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("clinic", _to("clinic.clinic")),
                ("member", _to(_MEMBER, "grants")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("member", "role"),
                        name="role_granted_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Patient",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("chart_number", models.PositiveIntegerField()),
                ("given_name", models.CharField(blank=True, max_length=80)),
                ("family_name", models.CharField(blank=True, max_length=80)),
                ("born_on", models.DateField(null=True)),
                ("sex", models.CharField(default="unknown", max_length=10)),
                ("skin_type", models.CharField(default="unknown", max_length=10)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("allergies", models.TextField(blank=True)),
                ("registered_at", models.DateTimeField()),
                ("clinic", _to("clinic.clinic")),
                ("gone_at", models.DateTimeField(null=True)),
                ("born_in", models.CharField(blank=True, default="", max_length=7)),
                ("died_on", models.DateField(null=True)),
                ("gone_as", models.CharField(blank=True, default="", max_length=8)),
                ("gone_by", _to(_MEMBER, null=True)),
                ("gone_why", models.TextField(blank=True, default="")),
                ("phone_e164", models.CharField(blank=True, default="", max_length=16)),
                ("sorted_as", models.CharField(blank=True, default="", max_length=200)),
                ("known_as", models.CharField(blank=True, default="", max_length=200)),
                ("former_names", models.CharField(blank=True, default="", max_length=400)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["clinic", "born_on"], name="patient_by_birth"),
                    models.Index(models.F("clinic"), Lower("email"), name="patient_by_email"),
                    models.Index(models.F("clinic"), PhoneEnd("phone"), name="patient_by_phone_end"),
                    models.Index(fields=["clinic", "sorted_as", "id"], name="patient_by_name"),
                    models.Index(fields=["clinic", "known_as"], name="patient_by_whole_name"),
                    models.Index(fields=["clinic", "phone_e164"], name="patient_by_phone"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "chart_number"), name="chart_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("given_name", ""), _negated=True),
                            models.Q(("family_name", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="patient_has_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("born_on", None), ("born_in", ""), _connector="OR"),
                        name="patient_born_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("gone_as", ""), ("gone_at", None)),
                            models.Q(("gone_as__in", ("left", "died")), ("gone_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="patient_here_or_gone",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recall",
            fields=[
                ("id", _key()),
                ("gtin", models.CharField(blank=True, max_length=40)),
                ("lot", models.CharField(max_length=20)),
                ("reason", models.TextField()),
                ("recalled_at", models.DateTimeField()),
                ("clinic", _to("clinic.clinic")),
                ("recalled_by", _to(_MEMBER)),
                ("article_key", models.CharField(blank=True, default="", editable=False, max_length=40)),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_because", models.TextField(blank=True, default="")),
                ("lifted_by", _to(_MEMBER, null=True)),
                ("lot_key", models.CharField(blank=True, default="", editable=False, max_length=20)),
            ],
            options={
                "indexes": [models.Index(fields=["clinic", "lot_key"], name="recall_by_lot")],
            },
        ),
        migrations.CreateModel(
            name="SendingHold",
            fields=[
                ("id", _key()),
                ("reason", models.CharField(max_length=200)),
                ("since", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                ("clinic", _to("clinic.clinic")),
                ("lifted_by", _to(_MEMBER, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SignedWords",
            fields=[
                ("id", _key()),
                ("language", models.CharField(max_length=5)),
                ("sha256", models.CharField(max_length=64)),
                ("signed_at", models.DateTimeField()),
                ("clinic", _to("clinic.clinic")),
                ("signed_by", _to(_MEMBER)),
            ],
        ),
        migrations.CreateModel(
            name="DutyShift",
            fields=[
                ("id", _key()),
                ("place", models.PositiveSmallIntegerField()),
                ("weekday", models.PositiveSmallIntegerField(null=True)),
                ("only_on", models.DateField(null=True)),
                ("begins", models.TimeField()),
                ("ends", models.TimeField()),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("clinic", _to("clinic.clinic")),
                ("member", _to(_MEMBER, "shifts", null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["clinic", "ended_at"], name="shift_of_clinic")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("only_on", None), ("weekday__lte", 7)),
                            models.Q(("only_on__isnull", False), ("weekday", None)),
                            _connector="OR",
                        ),
                        name="shift_is_weekly_or_of_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("member__isnull", False), ("only_on__isnull", False), _connector="OR"
                        ),
                        name="weekly_shift_has_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WayIn",
            fields=[
                ("id", _key()),
                ("token_sha256", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("voided_at", models.DateTimeField(null=True)),
                ("clinic", _to("clinic.clinic")),
                ("made_by", _to(_MEMBER, null=True)),
                ("member", _to(_MEMBER, "ways_in")),
            ],
        ),
        migrations.CreateModel(
            name="ShutOut",
            fields=[
                ("id", _key()),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=200)),
                ("ended_at", models.DateTimeField(null=True)),
                ("by", _to(_MEMBER)),
                ("clinic", _to("clinic.clinic")),
                ("member", _to(_MEMBER, "shut_outs")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("member",),
                        name="shut_out_once_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                ("id", _key()),
                ("session_key", models.CharField(blank=True, max_length=40)),
                ("begun_at", models.DateTimeField()),
                ("way", models.CharField(max_length=40)),
                ("network", models.CharField(max_length=50)),
                ("browser", models.CharField(max_length=60)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_how", models.CharField(blank=True, max_length=60)),
                ("clinic", _to("clinic.clinic")),
                ("member", _to(_MEMBER, "sign_ins")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["member", "-begun_at"], name="sign_in_by_member"),
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["session_key"],
                        name="sign_in_by_session",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Typed",
            fields=[
                ("id", _key()),
                ("page", models.CharField(max_length=200)),
                ("fields", models.JSONField()),
                ("saved_at", models.DateTimeField()),
                ("clinic", _to("clinic.clinic")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=_MEMBER
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["saved_at"], name="typed_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "member", "page"), name="typed_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("concern", models.CharField(max_length=40)),
                ("zones", models.JSONField()),
                ("state", models.CharField(max_length=12)),
                ("drafted_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_reason", models.TextField(blank=True)),
                ("clinic", _to("clinic.clinic")),
                ("drafted_by", _to(_MEMBER)),
                ("device", _to("clinic.owneddevice")),
                ("patient", _to("clinic.patient", "courses")),
            ],
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("taken_at", models.DateTimeField()),
                ("shows", models.CharField(max_length=30)),
                ("stored_as", models.CharField(max_length=80, unique=True)),
                ("sha256", models.CharField(max_length=64)),
                ("clinic", _to("clinic.clinic")),
                ("patient", _to("clinic.patient", "photos")),
                ("taken_by", _to(_MEMBER, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RecordLine",
            fields=[
                ("id", _key()),
                ("number", models.PositiveBigIntegerField()),
                ("at", models.DateTimeField()),
                ("act", models.CharField(max_length=40)),
                ("about", models.CharField(max_length=80)),
                ("detail", models.JSONField()),
                ("previous", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("clinic", _to("clinic.clinic")),
                ("member", _to(_MEMBER, null=True)),
                ("patient", _to("clinic.patient", null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["clinic", "member", "at"], name="record_by_member"),
                    models.Index(fields=["clinic", "patient", "at"], name="record_by_patient"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "number"), name="record_number_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", _key()),
                ("key", models.UUIDField()),
                ("sha256", models.CharField(max_length=64)),
                ("location", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("clinic", _to("clinic.clinic")),
                ("member", _to(_MEMBER, null=True)),
                ("patient", _to("clinic.patient", null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("clinic", "key"), name="submission_once")],
            },
        ),
        migrations.CreateModel(
            name="ContactConsent",
            fields=[
                ("id", _key()),
                ("purpose", models.CharField(max_length=20)),
                ("channel", models.CharField(max_length=10)),
                ("agreed", models.BooleanField()),
                ("address", models.CharField(blank=True, max_length=254)),
                ("wording", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("clinic", _to("clinic.clinic")),
                ("patient", _to("clinic.patient", "contact_consents")),
                ("taken_by", _to(_MEMBER, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["patient", "purpose", "channel", "-at"], name="contact_consent_latest"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Enquiry",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("given_name", models.CharField(max_length=80)),
                ("family_name", models.CharField(max_length=80)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("concern", models.CharField(blank=True, max_length=40)),
                ("wished", models.CharField(blank=True, max_length=200)),
                ("words", models.TextField(blank=True)),
                ("language", models.CharField(default="en", max_length=5)),
                ("made_at", models.DateTimeField()),
                ("answer", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("answered_by", _to(_MEMBER, null=True)),
                ("clinic", _to("clinic.clinic")),
                ("patient", _to("clinic.patient", "enquiries", null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["clinic", "closed_at", "made_at"], name="enquiry_by_age")],
            },
        ),
        migrations.CreateModel(
            name="Visitor",
            fields=[
                ("id", _key()),
                ("language", models.CharField(default="en", max_length=5)),
                ("begun_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("clinic", _to("clinic.clinic")),
                (
                    "patient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visitor",
                        to="clinic.patient",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ChartLink",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("holds", models.BooleanField()),
                ("reason", models.TextField()),
                ("decided_at", models.DateTimeField()),
                ("clinic", _to("clinic.clinic")),
                ("decided_by", _to(_MEMBER)),
                ("one", _to("clinic.patient")),
                ("other", _to("clinic.patient")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("one__lt", models.F("other"))),
                        name="chart_link_names_a_pair_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="chart_link_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TextAnswer",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("sender", models.CharField(max_length=40)),
                ("words", models.CharField(max_length=480)),
                ("why", models.CharField(max_length=20)),
                ("heard_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("came_to", models.CharField(blank=True, max_length=20)),
                ("clinic", _to("clinic.clinic")),
                ("patient", _to("clinic.patient", null=True)),
                ("settled_by", _to(_MEMBER, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at", None)),
                        fields=["clinic", "heard_at"],
                        name="text_answer_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PatientWord",
            fields=[
                ("id", _key()),
                ("word", models.CharField(max_length=170)),
                ("clinic", _to("clinic.clinic")),
                ("patient", _to("clinic.patient", "words")),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["clinic", "word"],
                        name="patient_by_word",
                        opclasses=["int8_ops", "varchar_pattern_ops"],
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("patient", "word"), name="patient_word_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportDraft",
            fields=[
                ("id", _key()),
                ("typed", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField()),
                ("clinic", _to("clinic.clinic")),
                (
                    "patient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdviceGiven",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("at", models.DateTimeField()),
                ("rulebook_version", models.CharField(max_length=40)),
                ("rulebook_sha256", models.CharField(max_length=64)),
                ("case_snapshot", models.JSONField()),
                ("document", models.JSONField()),
                ("verdict", models.CharField(max_length=10)),
                ("clinic", _to("clinic.clinic")),
                ("course", _to("clinic.course", "advice_given")),
                ("patient", _to("clinic.patient")),
            ],
        ),
        migrations.CreateModel(
            name="Screening",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("asked_at", models.DateTimeField()),
                ("answers", models.JSONField()),
                ("asked_by", _to(_MEMBER, null=True)),
                ("clinic", _to("clinic.clinic")),
                ("course", _to("clinic.course", "screenings")),
                ("patient", _to("clinic.patient", "screenings")),
            ],
        ),
        migrations.CreateModel(
            name="OutcomeScore",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("scale", models.CharField(max_length=30)),
                ("value", models.DecimalField(decimal_places=2, max_digits=5)),
                ("better", models.CharField(max_length=6)),
                ("moment", models.CharField(max_length=12)),
                ("scored_at", models.DateTimeField()),
                ("clinic", _to("clinic.clinic")),
                ("course", _to("clinic.course", "outcome_scores")),
                ("patient", _to("clinic.patient")),
                ("scored_by", _to(_MEMBER, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["course", "scale", "scored_at"], name="outcome_by_course")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("better__in", ["higher", "lower"])),
                        name="outcome_has_a_direction",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PhotoChange",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("method", models.CharField(max_length=64)),
                ("verdict", models.CharField(max_length=20)),
                ("document", models.JSONField()),
                ("measured_at", models.DateTimeField()),
                ("after", _to("clinic.photo", "changes")),
                ("before", _to("clinic.photo")),
                ("clinic", _to("clinic.clinic")),
                ("patient", _to("clinic.patient", "photo_changes")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("before", "after", "method"), name="photo_change_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SignInLink",
            fields=[
                ("id", _key()),
                ("token_sha256", models.CharField(max_length=64, unique=True)),
                ("code_sha256", models.CharField(blank=True, max_length=64)),
                ("browser_sha256", models.CharField(blank=True, max_length=64)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("wrong_tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
                ("clinic", _to("clinic.clinic")),
                ("visitor", _to("clinic.visitor", "links")),
                ("opened_at", models.DateTimeField(null=True)),
                ("seed", models.UUIDField(null=True, unique=True)),
                ("knock", _to("clinic.knock", "links", null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Stay",
            fields=[
                ("id", _key()),
                ("key_sha256", models.CharField(max_length=64, unique=True)),
                ("begun_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("clinic", _to("clinic.clinic")),
                ("visitor", _to("clinic.visitor", "stays")),
            ],
        ),
        migrations.CreateModel(
            name="DeviceChange",
            fields=[
                ("id", _key()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("after", _to("clinic.owneddevice")),
                ("before", _to("clinic.owneddevice")),
                ("clinic", _to("clinic.clinic")),
                ("course", _to("clinic.course", "device_changes")),
                ("member", _to(_MEMBER)),
                ("patient", _to("clinic.patient")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="device_change_has_a_reason"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("kind", models.CharField(max_length=12)),
                ("words", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("outcome", models.TextField(blank=True)),
                ("asked_by", _to(_MEMBER, null=True)),
                ("clinic", _to("clinic.clinic")),
                ("closed_by", _to(_MEMBER, null=True)),
                ("course", _to("clinic.course", "waiting")),
                ("patient", _to("clinic.patient")),
            ],
            options={
                "indexes": [models.Index(fields=["clinic", "closed_at"], name="waiting_by_end")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("course", "kind"),
                        name="waiting_once_of_a_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("rule", models.CharField(max_length=80)),
                ("verdict", models.CharField(max_length=10)),
                ("reason", models.TextField()),
                ("decided_at", models.DateTimeField()),
                ("advice", _to("clinic.advicegiven")),
                ("clinic", _to("clinic.clinic")),
                ("course", _to("clinic.course", "decisions")),
                ("decided_by", _to(_MEMBER)),
                ("patient", _to("clinic.patient")),
                ("for_course", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="decision_has_a_reason"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("version", models.PositiveSmallIntegerField()),
                ("sessions", models.PositiveSmallIntegerField()),
                ("interval_days", models.PositiveSmallIntegerField()),
                ("agreed_at", models.DateTimeField()),
                ("advice", _to("clinic.advicegiven")),
                ("agreed_by", _to(_MEMBER)),
                ("clinic", _to("clinic.clinic")),
                ("course", _to("clinic.course", "plans")),
                ("patient", _to("clinic.patient")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("course", "version"), name="plan_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(("sessions__gte", 1), ("sessions__lte", 20)),
                        name="plan_has_sessions",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("state", models.CharField(max_length=12)),
                ("planned_on", models.DateField(null=True)),
                ("numbing_on_at", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("checklist", models.JSONField(default=list)),
                ("pain", models.PositiveSmallIntegerField(null=True)),
                ("note", models.TextField(blank=True)),
                ("sharps_container", models.CharField(blank=True, max_length=40)),
                ("draft", models.JSONField(default=dict)),
                ("draft_saved_at", models.DateTimeField(null=True)),
                ("end_reason", models.TextField(blank=True)),
                ("advice", _to("clinic.advicegiven", null=True)),
                ("clinic", _to("clinic.clinic")),
                ("course", _to("clinic.course", "sessions")),
                ("device", _to("clinic.owneddevice")),
                ("operator", _to(_MEMBER, null=True)),
                ("patient", _to("clinic.patient")),
                ("broken_off", models.TextField(blank=True, default="")),
                ("repeats", _to("clinic.session", "repeated_by", null=True)),
                ("zones_left", models.JSONField(default=list)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["clinic", "state", "planned_on"], name="session_by_day"),
                    models.Index(fields=["clinic", "state", "finished_at"], name="session_by_end"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("course", "number"), name="session_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("pain", None), ("pain__lte", 10), _connector="OR"),
                        name="session_pain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["under_way", "done"]), _negated=True),
                            models.Q(("opened_at__isnull", False), ("operator__isnull", False)),
                            _connector="OR",
                        ),
                        name="session_opened_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            ("finished_at__gte", models.F("opened_at")),
                            _connector="OR",
                        ),
                        name="session_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("broken_off", ""), ("state", "done"), _connector="OR"),
                        name="session_broken_off_is_done",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HomeScreening",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("language", models.CharField(max_length=5)),
                ("answers", models.JSONField(default=dict)),
                ("begun_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("clinic", _to("clinic.clinic")),
                ("course", _to("clinic.course", "home_screenings")),
                ("patient", _to("clinic.patient")),
                (
                    "screening",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.screening",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("sent_at", None)),
                        fields=("course",),
                        name="one_home_screening_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanZone",
            fields=[
                ("id", _key()),
                ("zone", models.CharField(max_length=30)),
                ("depth_mm", models.DecimalField(decimal_places=2, max_digits=4)),
                ("limit_mm", models.DecimalField(decimal_places=2, max_digits=4)),
                ("limited_by", models.CharField(max_length=200)),
                ("passes", models.PositiveSmallIntegerField()),
                ("clinic", _to("clinic.clinic")),
                ("plan", _to("clinic.plan", "zones")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "zone"), name="plan_zone_once"),
                    models.CheckConstraint(
                        condition=models.Q(("passes__gte", 1), ("passes__lte", 20)), name="plan_zone_passes"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("depth_mm__gt", 0), ("depth_mm__lte", models.F("limit_mm")), ("limit_mm__lte", 3)
                        ),
                        name="plan_zone_depth",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HealingCheck",
            fields=[
                ("id", _key()),
                ("healed", models.CharField(max_length=8)),
                ("checked_at", models.DateTimeField()),
                ("checked_by", _to(_MEMBER)),
                ("clinic", _to("clinic.clinic")),
                ("session", _to("clinic.session", "healing_checks")),
            ],
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("text_sha256", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=12)),
                ("zones", models.JSONField(default=list)),
                ("device", models.CharField(blank=True, max_length=64)),
                ("uses", models.JSONField(default=list)),
                ("signed_name", models.CharField(max_length=160)),
                ("strokes", models.JSONField()),
                ("signed_at", models.DateTimeField()),
                ("clinic", _to("clinic.clinic")),
                ("witness", _to(_MEMBER)),
                ("text", _to("clinic.consenttext")),
                ("patient", _to("clinic.patient", "consents")),
                ("session", _to("clinic.session", "consents", null=True)),
                ("relationship", models.CharField(blank=True, max_length=80)),
                ("signed_as", models.CharField(default="patient", max_length=10)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "session"), ("session__isnull", False)),
                            models.Q(("kind", "photos"), ("session__isnull", True)),
                            _connector="OR",
                        ),
                        name="consent_to_a_session_names_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_as", "patient"),
                            models.Q(
                                ("signed_as", "guardian"), models.Q(("relationship", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="consent_guardian_says_who",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CartridgeUse",
            fields=[
                ("id", _key()),
                ("used_at", models.DateTimeField()),
                (
                    "cartridge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        related_query_name="use",
                        to="clinic.cartridge",
                    ),
                ),
                ("clinic", _to("clinic.clinic")),
                ("session", _to("clinic.session", "cartridge_uses")),
                ("reason", models.CharField(blank=True, default="", max_length=20)),
                ("replaces", _to("clinic.cartridgeuse", null=True)),
                ("spoilt", models.BooleanField(default=False)),
                ("voided_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("voided_at", None), ("spoilt", True), _connector="OR"),
                        fields=("cartridge",),
                        name="cartridge_serves_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("purpose", models.CharField(max_length=60)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("numbing_minutes", models.PositiveSmallIntegerField(default=0)),
                ("clean_down_minutes", models.PositiveSmallIntegerField(default=0)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("operator", _to(_MEMBER)),
                ("clinic", _to("clinic.clinic")),
                ("patient", _to("clinic.patient", "bookings")),
                ("room", _to("clinic.room")),
                ("session", _to("clinic.session", "bookings", null=True)),
                ("early_reason", models.TextField(blank=True, default="")),
                ("cancel_reason", models.TextField(blank=True, default="")),
                ("no_show_reason", models.TextField(blank=True, default="")),
                ("arrived_at", models.DateTimeField(null=True)),
                ("no_show_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["clinic", "starts_at"], name="booking_by_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="booking_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("no_show_at", None), ("arrived_at", None), _connector="OR"),
                        name="booking_came_or_did_not",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Amendment",
            fields=[
                ("id", _key()),
                ("says", models.TextField()),
                ("reason", models.TextField()),
                ("amended_at", models.DateTimeField()),
                ("amended_by", _to(_MEMBER)),
                ("clinic", _to("clinic.clinic")),
                ("session", _to("clinic.session", "amendments")),
            ],
        ),
        migrations.CreateModel(
            name="SessionDose",
            fields=[
                ("id", _key()),
                ("zone", models.CharField(max_length=30)),
                ("channels_per_cm2", models.FloatField()),
                ("depth_reached_mm", models.FloatField()),
                ("document", models.JSONField()),
                ("clinic", _to("clinic.clinic")),
                ("session", _to("clinic.session", "doses")),
            ],
        ),
        migrations.CreateModel(
            name="SessionPass",
            fields=[
                ("id", _key()),
                ("place", models.PositiveSmallIntegerField()),
                ("zone", models.CharField(max_length=30)),
                ("depth_mm", models.DecimalField(decimal_places=2, max_digits=4)),
                ("limit_mm", models.DecimalField(decimal_places=2, max_digits=4)),
                ("passes", models.PositiveSmallIntegerField()),
                ("rate_hz", models.DecimalField(decimal_places=1, max_digits=5, null=True)),
                ("endpoint", models.CharField(blank=True, max_length=30)),
                ("clinic", _to("clinic.clinic")),
                ("session", _to("clinic.session", "passes")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("session", "place"), name="session_pass_place"),
                    models.CheckConstraint(
                        condition=models.Q(("passes__gte", 1), ("passes__lte", 20)),
                        name="session_pass_passes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("depth_mm__gt", 0), ("depth_mm__lte", models.F("limit_mm")), ("limit_mm__lte", 3)
                        ),
                        name="session_pass_depth",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionTopical",
            fields=[
                ("id", _key()),
                ("kind", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=80)),
                ("lot", models.CharField(blank=True, max_length=40)),
                ("strength_percent", models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ("grams", models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ("area_cm2", models.DecimalField(decimal_places=2, max_digits=8, null=True)),
                ("on_minutes", models.DecimalField(decimal_places=1, max_digits=6, null=True)),
                ("clinic", _to("clinic.clinic")),
                ("session", _to("clinic.session", "topicals")),
                ("occluded", models.CharField(default="unknown", max_length=8)),
                ("compounded", models.CharField(default="unknown", max_length=8)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("patient_kg", models.DecimalField(decimal_places=1, max_digits=5, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", _key()),
                ("signed_at", models.DateTimeField()),
                ("meaning", models.CharField(max_length=20)),
                ("sha256", models.CharField(max_length=64)),
                ("clinic", _to("clinic.clinic")),
                ("session", _to("clinic.session", "signatures")),
                ("signed_by", _to(_MEMBER)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("session", "signed_by", "meaning"), name="signed_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckIn",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("at", models.DateTimeField()),
                ("language", models.CharField(default="en", max_length=5)),
                ("answers", models.JSONField()),
                ("level", models.CharField(max_length=20)),
                ("document", models.JSONField()),
                ("rulebook_sha256", models.CharField(max_length=64)),
                ("looked_at_by", models.DateTimeField()),
                ("clinic", _to("clinic.clinic")),
                ("course", _to("clinic.course", "check_ins")),
                ("patient", _to("clinic.patient", "check_ins")),
                ("photo", _to("clinic.photo", null=True)),
                ("session", _to("clinic.session", "check_ins")),
                ("taken_by", _to(_MEMBER, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["clinic", "at"], name="check_in_by_time"),
                    models.Index(fields=["course", "at"], name="check_in_by_course"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", _key()),
                ("withdrawn_at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                ("clinic", _to("clinic.clinic")),
                (
                    "consent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="clinic.consent",
                    ),
                ),
                ("taken_by", _to(_MEMBER)),
            ],
        ),
        migrations.CreateModel(
            name="AdverseEvent",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("severity", models.CharField(max_length=20)),
                ("serious", models.JSONField(default=list)),
                ("began_on", models.DateField()),
                ("words", models.TextField()),
                ("action_taken", models.TextField(blank=True)),
                ("reported_at", models.DateTimeField()),
                ("cartridge", _to("clinic.cartridge", null=True)),
                ("clinic", _to("clinic.clinic")),
                ("device", _to("clinic.owneddevice", null=True)),
                ("patient", _to("clinic.patient", "adverse_events")),
                ("reported_by", _to(_MEMBER)),
                ("session", _to("clinic.session", "adverse_events", null=True)),
                ("check_in", _to("clinic.checkin", null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["clinic", "reported_at"], name="adverse_event_by_time")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True), name="adverse_event_is_described"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TriageTask",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("level", models.CharField(max_length=20)),
                ("urgency", models.PositiveSmallIntegerField()),
                ("rung", models.PositiveSmallIntegerField(default=0)),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("climbs_at", models.DateTimeField(null=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("patient_told_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=40)),
                ("acknowledged_by", _to(_MEMBER, null=True)),
                (
                    "check_in",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="task", to="clinic.checkin"
                    ),
                ),
                ("clinic", _to("clinic.clinic")),
                ("owner", _to(_MEMBER, null=True)),
                ("patient", _to("clinic.patient")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)),
                        fields=["clinic", "-urgency", "due_at"],
                        name="triage_open",
                    ),
                    models.Index(
                        condition=models.Q(("acknowledged_at", None), ("closed_at", None)),
                        fields=["climbs_at"],
                        name="triage_climbing",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at", None),
                            models.Q(("acknowledged_at__isnull", False), ("acknowledged_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="triage_is_closed_by_somebody_who_saw_it",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BookingMoved",
            fields=[
                ("id", _key()),
                ("clinic", _to("clinic.clinic")),
                ("booking", _to("clinic.booking", "moves")),
                ("from_starts_at", models.DateTimeField()),
                ("from_room", _to("clinic.room")),
                ("from_operator", _to(_MEMBER)),
                ("to_starts_at", models.DateTimeField()),
                ("to_room", _to("clinic.room")),
                ("to_operator", _to(_MEMBER)),
                ("moved_at", models.DateTimeField()),
                ("moved_by", _to(_MEMBER)),
                ("why", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", _key()),
                ("clinic", _to("clinic.clinic")),
                ("kind", models.CharField(max_length=12)),
                ("booking", _to("clinic.booking", "holds", null=True)),
                ("room", _to("clinic.room", null=True)),
                ("member", _to(_MEMBER, null=True)),
                ("device", _to("clinic.owneddevice", null=True)),
                ("patient", _to("clinic.patient", null=True)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["room", "starts_at"], name="hold_by_room"),
                    models.Index(fields=["member", "starts_at"], name="hold_by_member"),
                    models.Index(fields=["device", "starts_at"], name="hold_by_device"),
                    models.Index(fields=["patient", "starts_at"], name="hold_by_patient"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="hold_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("device", None), ("member", None), ("patient", None), ("room__isnull", False)
                            ),
                            models.Q(
                                ("device", None), ("member__isnull", False), ("patient", None), ("room", None)
                            ),
                            models.Q(
                                ("device__isnull", False), ("member", None), ("patient", None), ("room", None)
                            ),
                            models.Q(
                                ("device", None), ("member", None), ("patient__isnull", False), ("room", None)
                            ),
                            _connector="OR",
                        ),
                        name="hold_is_of_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AdverseFollowUp",
            fields=[
                ("id", _key()),
                ("at", models.DateTimeField()),
                ("words", models.TextField()),
                ("outcome", models.CharField(blank=True, max_length=40)),
                ("told", models.CharField(blank=True, max_length=120)),
                ("clinic", _to("clinic.clinic")),
                ("event", _to("clinic.adverseevent", "follow_ups")),
                ("member", _to(_MEMBER)),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", _key()),
                ("public_id", models.UUIDField(unique=True)),
                ("purpose", models.CharField(max_length=20)),
                ("channel", models.CharField(max_length=10)),
                ("address", models.CharField(max_length=254)),
                ("language", models.CharField(default="en", max_length=5)),
                ("words", models.CharField(max_length=40)),
                ("filled_with", models.JSONField(default=dict)),
                ("once_key", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("useless_after", models.DateTimeField(null=True)),
                ("state", models.CharField(default="waiting", max_length=12)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("held_by", models.CharField(blank=True, max_length=60)),
                ("held_until", models.DateTimeField(null=True)),
                ("handed_over_at", models.DateTimeField(null=True)),
                ("gateway_id", models.CharField(blank=True, max_length=120)),
                ("clinic", _to("clinic.clinic")),
                ("member", _to(_MEMBER, null=True)),
                ("patient", _to("clinic.patient", "messages", null=True)),
                ("about", _to("clinic.triagetask", "messages", null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "sending"])),
                        fields=["due_at"],
                        name="message_due",
                    ),
                    models.Index(fields=["clinic", "state", "due_at"], name="message_by_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "once_key"), name="message_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "waiting",
                                    "sending",
                                    "handed_over",
                                    "delivered",
                                    "failed",
                                    "unknown",
                                    "dropped",
                                ],
                            )
                        ),
                        name="message_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TriageStep",
            fields=[
                ("id", _key()),
                ("at", models.DateTimeField()),
                ("what", models.CharField(max_length=20)),
                ("words", models.TextField(blank=True)),
                ("clinic", _to("clinic.clinic")),
                ("member", _to(_MEMBER, null=True)),
                ("task", _to("clinic.triagetask", "steps")),
            ],
        ),
        migrations.CreateModel(
            name="MessageStep",
            fields=[
                ("id", _key()),
                ("at", models.DateTimeField()),
                ("state", models.CharField(max_length=12)),
                ("words", models.CharField(blank=True, max_length=200)),
                ("clinic", _to("clinic.clinic")),
                ("message", _to("clinic.message", "steps")),
            ],
        ),
    ]
