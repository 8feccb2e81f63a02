"""STOP is heard in any spelling of the word and of the number, and what is unclear is read by a person."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.queueing import Taken, agreed, due, sent, state
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions.messages import answers
from needlepoint.clinic.care.actions.messages.stop_words import Meant, meant
from needlepoint.clinic.chair.actions.outbox import contact
from needlepoint.clinic.models import Clinic, ContactConsent, RecordLine, TextAnswer
from needlepoint.clinic.practice.actions.act import by_itself

CLEAR = (
    "STOP|stop|Stop.|STOP!|STOP?|\"stop\"|“STOP”|'stop'|(stop)|«STOP»|* STOP *|S-T-O-P|STOP STOP|stop please|"
    "Please stop|"
    "PLEASE STOP TEXTING ME|stop all|STOPALL|Stop all messages now|Stopp|STOPP!|opt out|OPT-OUT|OPTOUT|OptOut.|REVOKE|"
    "revoke|quit|END|end.|cancel|Unsubscribe|unsubscribe me please|no more texts|no more messages please|"
    "¡ALTO!|Alto|alto por favor|BAJA|baja por favor|Darme de baja|quiero darme de baja|¡PARAR!|cancelar|basta|"
    "no más mensajes|Abmelden|bitte abmelden|Abbestellen|keine Nachrichten mehr|aufhören|AUFHÖREN!|Schluss"
)
UNCLEAR = (
    "The bleeding does not stop|Can I stop using the cream?|Please stop, my face is swollen|"
    "I want to opt out of the peel|"
    "stop by at three tomorrow?|no quiero otra cita el lunes|Die Blutung soll aufhören|quit smoking yesterday"
)
OTHER = (
    "Thank you!|Yes|OK see you|I will come at the end of the week|My face is hot and swollen|Gracias, hasta el lunes|"
    "Bis Ende der Woche|👍||   |0|Kann ich den Termin verschieben?|Can we cancel Tuesday and take Friday?"
)


@pytest.mark.parametrize("text", CLEAR.split("|"))
def test_whoever_asks_for_no_more_messages_in_any_way_is_understood(text):
    assert meant(text) is Meant.STOP


@pytest.mark.parametrize("text", UNCLEAR.split("|"))
def test_a_sentence_that_may_mean_something_else_is_left_to_a_person(text):
    assert meant(text) is Meant.PERHAPS


@pytest.mark.parametrize("text", OTHER.split("|"))
def test_an_answer_about_something_else_ends_nothing(text):
    assert meant(text) is Meant.OTHER


SPELLINGS = [
    ("GB", "07700 900124", "+447700900124"),
    ("GB", "07700900124", "447700900124"),
    ("GB", "+44 (0)7700 900124", "+447700900124"),
    ("GB", "0044 7700 900124", "+447700900124"),
    ("US", "(555) 010-0199", "+15550100199"),
    ("US", "555.010.0199", "15550100199"),
    ("US", "1-555-010-0199", "+15550100199"),
    ("GR", "6912345678", "+306912345678"),
    ("GR", "691 234 5678", "00306912345678"),
    ("AT", "0664/1234567", "+436641234567"),
    ("DE", "0664/1234567", "+436641234567"),
    ("RU", "8 912 345-67-89", "+79123456789"),
    ("AU", "0412 345 678", "+61412345678"),
    ("ES", "612 34 56 78", "+34612345678"),
    ("MX", "55 1234 5678", "+525512345678"),
    ("MX", "55 1234 5678", "+5215512345678"),
    ("", "07700 900124", "+447700900124"),
    ("", "0044 7700 900124", "+447700900124"),
    ("NO", "412 34 567", "+4741234567"),
    ("FR", "06 12 34 56 78", "+33612345678"),
]


def program(practice):
    return by_itself(practice.clinic, practice.act().at, practice.act().key)


@pytest.mark.parametrize(("country", "chart", "sender"), SPELLINGS)
def test_the_number_of_a_stop_is_known_in_every_local_spelling(practice, country, chart, sender):
    Clinic.objects.filter(pk=practice.clinic.pk).update(country=country)
    of, other = practice.patient(phone=chart), practice.patient(phone="+1 202 555 0140", family_name="Other")
    agreed(practice, of)
    agreed(practice, other)
    assert answers.hear(program(practice), sender=sender, words="STOP")
    assert contact.latest(of)["visits", "sms"].agreed is False
    assert contact.latest(other)["visits", "sms"].agreed is True
    assert contact.said_stop(of)
    assert not TextAnswer.objects.exists()


def test_of_two_whose_numbers_end_alike_nobody_is_taken_for_the_other(practice):
    first, second = practice.patient(phone="555-0100"), practice.patient(phone="5550100", family_name="Other")
    agreed(practice, first)
    agreed(practice, second)
    assert not answers.hear(program(practice), sender="+12125550100", words="stop")
    assert not ContactConsent.objects.filter(agreed=False).exists()
    row = TextAnswer.objects.get()
    assert row.why == "several_people"
    answers.settle(practice.act(Role.FRONT_DESK), answer_id=row.public_id, came_to="stopped")
    assert {contact.said_stop(each) for each in (first, second)} == {True}


def test_after_a_stop_even_what_nobody_has_to_agree_to_goes_by_mail_alone(practice):
    of, gateway = practice.patient(phone="+1 202 555 0140"), Taken()
    answers.hear(program(practice), sender="+12025550140", words="STOP")
    rows = [due(practice, of, purpose="not_seen", channel=each, once_key=each) for each in ("sms", "email")]
    sent(practice, gateway)
    assert [state(row) for row in rows] == ["dropped", "handed_over"]


def test_whoever_agrees_again_after_a_stop_is_written_to_again(practice):
    of = practice.patient(phone="+1 202 555 0140")
    answers.hear(program(practice), sender="+12025550140", words="STOP")
    practice.later(days=1)
    agreed(practice, of, ("visits", "sms"))
    assert not contact.said_stop(of)


def test_a_stop_is_for_its_number_and_not_for_the_next_one(practice):
    of = practice.patient(phone="+1 202 555 0140")
    answers.hear(program(practice), sender="+12025550140", words="STOP")
    of.phone = "+1 202 555 0199"
    assert not contact.said_stop(of)


# ------------------------------------------------------------------------------------------------ what a person reads


@pytest.mark.parametrize(
    ("words", "sender", "why"),
    [
        ("The bleeding does not stop", "+15550100199", "stop_unclear"),
        ("My face is swollen", "+15550100199", "not_understood"),
        ("STOP", "+15550109999", "unknown_number"),
        ("STOP", "Clinic", "unknown_number"),
    ],
)
def test_what_nobody_understood_waits_on_the_page_of_messages(db, settings, words, sender, why):
    settings.HOOK_SECRET = "s3cret"
    practice = Practice.of_today("Harbour Skin")
    practice.patient(phone="(555) 010-0199")
    client = signed_in(practice, Role.FRONT_DESK)
    answer = post(practice, words, sender)
    assert answer.status_code == 204
    row = TextAnswer.objects.get(clinic=practice.clinic)
    assert (row.words, row.why) == (words, why)
    assert words in client.get(reverse("messages")).content.decode()
    assert "1 to read" in client.get(reverse("watch")).content.decode()


def post(practice, words, sender):
    import json

    from needlepoint.clinic.care.actions.messages import inbound

    raw = json.dumps({"kind": "answer", "from": sender, "text": words}).encode()
    stamp = str(int(datetime.now(UTC).timestamp()))
    signed = inbound.signature("s3cret", stamp, practice.clinic.slug, raw)
    return Client().post(
        reverse("sms_hook", args=[practice.clinic.slug]),
        raw,
        content_type="application/json",
        headers={"X-Timestamp": stamp, "X-Signature": signed},
    )


def test_an_answer_with_a_nought_byte_is_heard_without_it(practice, settings):
    settings.HOOK_SECRET = "s3cret"
    post(practice, "Who\x00 is this?", "+1202\x005550100")
    kept = TextAnswer.objects.get()
    assert (kept.sender, kept.words) == ("+12025550100", "Who is this?")


def test_a_person_says_what_an_answer_meant_and_the_record_keeps_it(practice):
    of = practice.patient(phone="(555) 010-0199")
    agreed(practice, of)
    for number, words in enumerate(["Can I stop using the cream?", "I want to opt out of the peel"]):
        answers.hear(program(practice.later(seconds=number + 1)), sender="+15550100199", words=words)
    first, second = TextAnswer.objects.order_by("pk")
    answers.settle(practice.act(Role.NURSE), answer_id=first.public_id, came_to="read")
    assert not contact.said_stop(of)
    answers.settle(practice.act(Role.NURSE), answer_id=second.public_id, came_to="stopped")
    assert contact.said_stop(of)
    assert RecordLine.objects.filter(act="settled an answer").count() == 2
    with pytest.raises(Refused, match="already"):
        answers.settle(practice.act(Role.NURSE), answer_id=first.public_id, came_to="read")


def test_to_stop_a_number_that_no_chart_holds_says_what_to_do(practice):
    answers.hear(program(practice), sender="+15550109999", words="STOP")
    with pytest.raises(Refused, match="write the number on the chart"):
        answers.settle(
            practice.act(Role.NURSE), answer_id=TextAnswer.objects.get().public_id, came_to="stopped"
        )
    assert TextAnswer.objects.get().settled_at is None


def test_the_search_for_a_number_asks_the_database_as_often_for_many_as_for_one(
    practice, django_assert_max_num_queries
):
    for number in range(40):
        practice.patient(phone=f"+1 202 555 {1000 + number}", family_name=f"Nr{number}")
    with django_assert_max_num_queries(4):
        same, like = contact._at_number(practice.clinic.pk, "+12025551007")
    assert (len(same), len(like)) == (1, 0)
