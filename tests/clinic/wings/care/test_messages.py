"""The outbox: content-free, with consent, by day, within the cap, at most once for reminders, never lost."""

import random
import re
import string
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.db import IntegrityError
from django.urls import reverse
from tests.clinic.queueing import Taken, agreed, due, on_duty, sent, state
from tests.clinic.test_access import signed_in
from tests.clinic.wings.chair.test_versions import opened

from needlepoint.clinic.access.checks import NotAllowed, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions.messages import gateways, quiet_hours, sending
from needlepoint.clinic.care.queries.message import outbox
from needlepoint.clinic.chair.actions.outbox import contact, message
from needlepoint.clinic.chair.actions.outbox.message_words import (
    LANGUAGES,
    PURPOSES,
    Filled,
    body,
    check_words,
    subject,
)
from needlepoint.clinic.models import Clinic, ContactConsent, Message, SendingHold
from needlepoint.course.goals import Concern
from needlepoint.course.zones import Zone

# ------------------------------------------------------------------------------------------------------- the words


def test_every_message_is_worded_in_both_languages_and_fits_a_text_message():
    assert check_words() == []
    for language in LANGUAGES:
        for purpose in PURPOSES:
            link = "https://clinic.example/portal/harbour/in/" + "x" * 32
            whom = {"phone": "+44 20 7946 0958", "emergency": "112", "level": "call_48h"}
            assert len(body(purpose, language, "sms", Filled(link, "123456", **whom))) <= 200
            assert len(body(purpose, language, "sms", Filled("https://clinic.example/p", **whom))) <= 160
            assert "{" not in body(purpose, language, "sms", Filled())


def test_a_missing_translation_is_found_before_anything_starts(monkeypatch):
    from needlepoint.clinic.chair.actions.outbox import message_words
    from needlepoint.clinic.server import checks

    less = {"en": message_words._BODIES["en"], "es": {"alarm": "Un informe"}}
    monkeypatch.setattr(message_words, "_BODIES", less)
    assert "es: no text for not_seen" in check_words()
    assert "es: alarm leaves other places open" in check_words()
    assert [error.id for error in checks.messages_are_worded()] == ["clinic.E007"] * len(check_words())


def test_ten_thousand_bodies_hold_no_name_no_procedure_and_no_zone(practice):
    dice = random.Random(5)
    names = ["Ada", "Byron", "Maria", "García", "Harbour Skin", "harbour", "Nguyen", "Smith"]
    procedures = [
        "needl",
        "aguja",
        "derma",
        "skin",
        "piel",
        "treatment",
        "tratamiento",
        "session",
        "sesión",
        "scar",
    ]
    procedures += [
        "cicatri",
        "acne",
        "acné",
        "wrinkle",
        "arruga",
        "collagen",
        "pen",
        "roller",
        "filler",
        "botox",
    ]
    zones = [part for zone in Zone for part in zone.value.split("_") if len(part) > 3]
    concerns = [part for concern in Concern for part in concern.value.split("_") if len(part) > 3]
    told = re.compile(r"\b(" + "|".join(names + procedures + zones + concerns) + ")", re.IGNORECASE)
    of = practice.patient(given_name="Maria", family_name="García")
    letters = []
    for _ in range(10_000):
        link = f"https://c.example/p/{''.join(dice.choices(string.digits, k=12))}"
        row = Message(
            clinic=practice.clinic,
            patient=of,
            purpose=dice.choice(PURPOSES),
            channel=dice.choice(["sms", "email"]),
            language=dice.choice(LANGUAGES),
            filled_with={"link": link},
            address=of.email,
            public_id=practice.clinic.pk,
        )
        row.words = row.purpose
        letters.append(sending._letter(row))
    assert len(letters) == 10_000
    assert not [letter for letter in letters if told.search(letter.body) or told.search(letter.subject)]
    assert told.search("Hello Maria, your needling"), "the search itself finds what must not be there"
    said = {subject(language, purpose) for language in LANGUAGES for purpose in PURPOSES}
    assert {letter.subject for letter in letters} == said


# ------------------------------------------------------------------------------------------------- consent and limits


def test_nobody_who_has_not_agreed_is_written_to(practice):
    of, gateway = practice.patient(), Taken()
    unasked = due(practice, of)
    agreed(practice, of, ("follow_up", "sms"))
    other_purpose = due(practice, of, once_key="about two")
    agreed(practice, of, ("visits", "email"))
    other_channel = due(practice, of, once_key="about three")
    sent(practice, gateway)
    assert [state(row) for row in (unasked, other_purpose, other_channel)] == ["dropped"] * 3
    assert gateway.letters == []


def test_staff_write_down_what_a_patient_agrees_to_with_the_wording(practice):
    of = practice.patient()
    changed = contact.take_contact_consent(
        practice.act(Role.FRONT_DESK), patient_id=of.public_id, agreed=[("visits", "sms")]
    )
    assert changed == 1
    row = ContactConsent.objects.get(patient=of)
    assert (row.purpose, row.channel, row.agreed, row.wording) == (
        "visits",
        "sms",
        True,
        contact.wording("visits"),
    )
    with pytest.raises(Refused, match="no sms address"):
        contact.take_contact_consent(
            practice.act(Role.FRONT_DESK),
            patient_id=practice.patient(phone="").public_id,
            agreed=[("visits", "sms")],
        )


def test_the_same_reason_is_written_once(practice):
    of = practice.patient()
    assert due(practice, of) == due(practice, of)
    assert Message.objects.count() == 1


def test_reminders_wait_for_the_morning_and_alarms_do_not(practice):
    of, gateway = practice.patient(), Taken()
    agreed(practice, of)
    night = datetime(2026, 3, 3, 3, tzinfo=UTC)  # ten in the evening in New York
    practice.at = night
    reminder = due(practice, of)
    on_duty(practice)
    alarm = message.enqueue(
        practice.act(),
        purpose="alarm",
        channel="email",
        to=practice.members[Role.NURSE],
        once_key="alarm one",
    )
    sent(practice, gateway)
    assert (state(reminder), state(alarm)) == ("waiting", "handed_over")
    assert reminder.due_at == datetime(2026, 3, 3, 13, tzinfo=UTC)


def test_one_a_day_and_three_a_week_and_the_rest_waits(practice):
    of, gateway = practice.patient(), Taken()
    agreed(practice, of)
    rows = [due(practice, of, once_key=f"about {number}") for number in range(5)]
    days = []
    for _ in range(12):
        days.append(sent(practice, gateway))
        practice.later(days=1)
    assert days[:7] == [1, 1, 1, 0, 0, 0, 0]
    assert sum(days) == 5
    assert {state(row) for row in rows} == {"handed_over"}


def test_an_answer_that_cannot_be_written_down_stops_its_own_message_alone(practice, monkeypatch):
    """The row is left in the worker's hands, where it is found later; the pass goes on, and says that it failed."""
    gateway, whole = Taken(), sending._settle
    rows = []
    for number in range(3):
        of = practice.patient(email=f"p{number}@patients.example")
        agreed(practice, of)
        rows.append(due(practice, of, once_key=f"about {number}"))

    def fails_once(sender, key, *told):
        if key == rows[0].pk:
            raise IntegrityError("this row only")
        return whole(sender, key, *told)

    monkeypatch.setattr(sending, "_settle", fails_once)
    with pytest.raises(IntegrityError):
        sent(practice, gateway)
    assert [state(row) for row in rows] == ["sending", "handed_over", "handed_over"]
    monkeypatch.undo()
    sent(practice, gateway, at=practice.at + timedelta(minutes=5))
    assert state(rows[0]) == "unknown", "nobody knows, and a person is asked"
    assert len(gateway.letters) == 3


def test_what_came_too_late_is_dropped(practice):
    of, gateway = practice.patient(), Taken()
    agreed(practice, of)
    row = due(practice, of, useless_after=practice.at + timedelta(hours=1))
    sent(practice, gateway, at=practice.at + timedelta(hours=2))
    assert state(row) == "dropped"


@pytest.mark.parametrize("name", sorted(available_timezones())[::7])
def test_by_day_means_by_the_clinics_clock_over_every_change_of_clocks(name):
    zone, dice = ZoneInfo(name), random.Random(name)
    for year in range(2024, 2033):
        for _ in range(12):
            at = datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=dice.uniform(0, 366 * 24))
            may = quiet_hours.next_by_day(at, zone)
            assert quiet_hours.by_day(may, zone)
            assert at <= may <= at + timedelta(hours=13)
            assert may == at or not any(
                quiet_hours.by_day(at + (may - at) * part / 20, zone) for part in range(20)
            )


# ------------------------------------------------------------------------- at most once, at least once


def test_a_reminder_of_which_nobody_knows_is_never_sent_again_by_itself(practice):
    of, gateway = practice.patient(), Taken(gateways.Unknown("timed out"))
    agreed(practice, of)
    row = due(practice, of)
    sent(practice, gateway)
    assert state(row) == "unknown"
    sent(practice, gateway, at=practice.at + timedelta(days=2))
    assert gateway.letters == []
    assert [each.pk for each in outbox(practice.actor(Role.FRONT_DESK), practice.at).troubled] == [row.pk]


def test_a_worker_that_dies_leaves_a_reminder_unknown_and_an_alarm_in_the_outbox(practice):
    of = practice.patient()
    agreed(practice, of)
    on_duty(practice)
    rows = [
        due(practice, of),
        message.enqueue(
            practice.act(),
            purpose="alarm",
            channel="email",
            to=practice.members[Role.NURSE],
            once_key="alarm one",
        ),
    ]

    class Killed(BaseException):
        pass

    for _ in rows:
        with pytest.raises(Killed):
            sent(practice, Taken(Killed()))
        practice.later(seconds=1)
        Message.objects.filter(state="waiting").exclude(held_by="").update(held_by="", held_until=None)
    assert [state(row) for row in rows] == ["sending", "sending"]
    later, gateway = practice.at + timedelta(minutes=3), Taken()
    sent(practice, gateway, at=later)
    assert [state(row) for row in rows] == ["unknown", "handed_over"]
    assert len(gateway.letters) == 1


def test_what_was_surely_not_taken_is_tried_again_a_few_times_and_then_listed(practice):
    of = practice.patient()
    agreed(practice, of)
    row = due(practice, of)
    gateway = Taken(*[gateways.NotAccepted("busy")] * 5)
    for _ in range(5):
        sent(practice, gateway)
        practice.later(minutes=35)
    assert state(row) == "failed"
    assert row.tries == 5
    assert gateway.letters == []


def test_two_workers_at_once_hand_over_once(practice):
    of, gateway = practice.patient(), Taken()
    agreed(practice, of)
    due(practice, of)
    sender = sending.Sender("one", lambda: practice.at, lambda _: gateway)
    (key,) = sending._hold(sender)
    assert sending._hold(sending.Sender("two", lambda: practice.at, lambda _: gateway)) == []
    other = sending.Sender("two", lambda: practice.at, lambda _: gateway)
    taken = [sending._send(each, key) is sending.Came.TAKEN for each in (other, sender, sender)]
    assert taken == [False, True, False]
    assert len(gateway.letters) == 1


def test_a_person_decides_about_the_unknown(practice):
    of, gateway = practice.patient(), Taken(gateways.Unknown("x"), gateways.Unknown("y"))
    agreed(practice, of)
    agreed(practice, practice.patient(family_name="Other"))
    first = due(practice, of)
    sent(practice, gateway)
    message.send_again(practice.act(Role.FRONT_DESK), message_id=first.public_id)
    assert state(first) == "waiting"
    sent(practice, gateway)
    assert state(first) == "unknown"
    message.drop(practice.act(Role.FRONT_DESK), message_id=first.public_id)
    with pytest.raises(Refused, match="dropped"):
        message.send_again(practice.act(Role.FRONT_DESK), message_id=first.public_id)


# --------------------------------------------------------------------------------------------------------- restoring


def test_after_a_restore_nothing_leaves_until_a_person_lets_it(practice, other_practice):
    of, gateway = practice.patient(), Taken()
    agreed(practice, of)
    old = due(practice, of)
    alarm = message.enqueue(
        practice.act(),
        purpose="alarm",
        channel="email",
        to=practice.members[Role.NURSE],
        once_key="alarm one",
    )
    assert message.hold_all("restored from a backup", practice.at) == Clinic.objects.count()
    assert message.hold_all("restored from a backup", practice.at) == 0
    for _ in range(50):
        sent(practice, gateway)
        practice.later(hours=1)
    assert gateway.letters == []
    with pytest.raises(NotAllowed):
        message.lift_hold(practice.act(Role.NURSE))
    practice.at = datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert message.lift_hold(practice.act(Role.MEDICAL_DIRECTOR)) == 1
    new = due(practice, of, once_key="about two")
    sent(practice, gateway)
    assert (state(old), state(new), state(alarm)) == ("dropped", "handed_over", "handed_over")
    assert SendingHold.objects.filter(clinic=other_practice.clinic, lifted_at=None).exists()


# ------------------------------------------------------------------------------------------------------------- pages


def test_the_outbox_shows_what_failed_and_takes_a_decision(practice):
    practice.at = datetime.now(UTC) - timedelta(minutes=1)
    of = practice.patient()
    agreed(practice, of)
    row = due(practice, of)
    Message.objects.update(state="unknown")
    client = signed_in(practice, Role.FRONT_DESK)
    shown = client.get(reverse("messages"))
    assert b"unknown" in shown.content
    assert b"1 message not sent" in client.get(reverse("watch")).content
    key = "11111111-1111-1111-1111-111111111111"
    assert client.post(reverse("send_again", args=[row.public_id]), {"key": key}).status_code == 302
    assert state(row) == "waiting"


def test_the_page_of_consents_keeps_what_is_ticked(practice):
    practice.at = datetime.now(UTC) - timedelta(minutes=1)
    of = practice.patient()
    client = signed_in(practice, Role.FRONT_DESK)
    where = reverse("contact_consent", args=[of.public_id])
    typed = opened(client, where) | {"agreed": ["visits sms", "follow_up email"]}
    assert client.post(where, typed).status_code == 302
    assert {key for key, row in contact.latest(of).items() if row.agreed} == {
        ("visits", "sms"),
        ("follow_up", "email"),
    }
