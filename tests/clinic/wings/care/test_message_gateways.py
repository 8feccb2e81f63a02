"""What goes to gateways and what comes back: nothing without a setting, and nothing read that is not signed."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from tests.clinic.queueing import Taken, agreed, due, sent, state

from needlepoint.clinic.care.actions.messages import gateways, inbound
from needlepoint.clinic.chair.actions.outbox import contact
from needlepoint.clinic.models import ContactConsent, MessageStep, Patient

# ----------------------------------------------------------------------------------------------- STOP and the hook


@pytest.fixture
def hook(settings, practice):
    settings.HOOK_SECRET = "s3cret"
    slug = practice.clinic.slug

    def post(told, at=None, secret="s3cret", to=slug, signed=None, stamp=None):
        raw = told if isinstance(told, bytes) else json.dumps(told).encode()
        stamp = stamp or str(int((at or datetime.now(UTC)).timestamp()))
        signed = signed or inbound.signature(secret, stamp, to, raw)
        return Client().post(
            reverse("sms_hook", args=[slug]),
            raw,
            content_type="application/json",
            headers={"X-Timestamp": stamp, "X-Signature": signed},
        )

    return post


STOP = {"kind": "answer", "from": "202-555-0100", "text": "STOP."}


def counted():
    return ContactConsent.objects.count(), MessageStep.objects.count()


def test_a_stop_ends_all_text_messages_to_that_number_and_leaves_mail_alone(practice, hook):
    of, gateway = practice.patient(), Taken()
    agreed(practice, of)
    rows = [due(practice, of, once_key=f"about {channel}", channel=channel) for channel in ("sms", "email")]
    answer = hook(STOP | {"from": "+12025550100"})
    assert (answer.status_code, answer.content) == (204, b"")
    practice.later(days=1)
    sent(practice, gateway)
    assert [state(row) for row in rows] == ["dropped", "handed_over"]
    assert contact.latest(of)["visits", "sms"].agreed is False


@pytest.mark.parametrize("text", ["stop", "Alto", "BAJA por favor", "unsubscribe"])
def test_stop_is_understood_in_both_languages(practice, hook, text):
    agreed(practice, practice.patient(), ("visits", "sms"))
    hook(STOP | {"text": text})
    assert ContactConsent.objects.filter(agreed=False).exists()


def test_what_is_unsigned_old_broken_or_heard_before_changes_nothing_and_is_answered_alike(practice, hook):
    agreed(practice, practice.patient())
    before = counted()
    now = datetime.now(UTC)
    tries = [
        {"secret": "wrong"},
        {"at": now - timedelta(minutes=6)},
        {"at": now + timedelta(minutes=6)},
        {"to": "other-clinic"},
        {"signed": "é"},
        {"stamp": "soon"},
        {"stamp": "9" * 11},
    ]
    answers = [hook(STOP, **each) for each in tries]
    answers += [hook(raw) for raw in (b"", b"[]", b"{", b"[" * 5000, b"x" * 5000, b'{"kind": "other"}')]
    assert counted() == before
    first, second = hook(STOP, stamp=str(int(now.timestamp()))), hook(STOP, stamp=str(int(now.timestamp())))
    assert counted() != before
    agreed(practice, Patient.objects.get())
    told = counted()
    third = hook(STOP, stamp=str(int(now.timestamp())))
    assert counted() == told, "a replay must not stop what was agreed to afterwards"
    for answer in (*answers, first, second, third):
        assert (answer.status_code, answer.content) == (204, b"")


def test_without_a_secret_the_hook_hears_nothing(practice, hook, settings):
    agreed(practice, practice.patient())
    settings.HOOK_SECRET = ""
    before = counted()
    assert hook(STOP, secret="").status_code == 204
    assert counted() == before


def test_more_than_the_cap_in_a_minute_is_not_read(practice, hook, monkeypatch):
    agreed(practice, practice.patient())
    monkeypatch.setattr(inbound, "MOST_A_MINUTE", 3)
    for number in range(4):
        hook({"kind": "answer", "from": "1", "text": f"hello {number}"})
    before = counted()
    hook(STOP)
    assert counted() == before


def test_a_delivery_report_is_kept(practice, hook):
    of, gateway = practice.patient(), Taken()
    agreed(practice, of)
    row = due(practice, of)
    sent(practice, gateway)
    hook({"kind": "report", "id": "id-1", "state": "delivered"})
    assert state(row) == "delivered"


# ---------------------------------------------------------------------------------------------------------- gateways


def test_mail_goes_out_by_djangos_own_sending(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    gateways.Smtp().hand_over(gateways.Letter("k", "a@x.example", "Subject", "Body"))
    assert [(each.to, each.subject) for each in mail.outbox] == [(["a@x.example"], "Subject")]


def test_a_visit_goes_with_the_mail_as_a_file_for_a_calendar(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    gateways.Smtp().hand_over(gateways.Letter("k", "a@x.example", "Subject", "Body", b"BEGIN:VCALENDAR"))
    ((name, content, kind),) = mail.outbox[0].attachments
    assert (name, content, kind) == ("appointment.ics", "BEGIN:VCALENDAR", "text/calendar")


def test_a_mail_server_that_is_not_there_has_surely_taken_nothing(settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with pytest.raises(gateways.NotAccepted):
        gateways.Smtp().hand_over(gateways.Letter("k", "a@x.example", "Subject", "Body"))


def test_nothing_is_sent_to_a_third_party_unless_a_gateway_is_set(settings, tmp_path):
    assert isinstance(gateways.gateway_for("sms"), gateways.Nowhere)
    assert isinstance(gateways.gateway_for("email"), gateways.Nowhere)
    settings.SMS_URL = "http://sms.example/send"
    assert isinstance(gateways.gateway_for("sms"), gateways.Nowhere), "never without encryption"
    settings.SMS_URL = "https://sms.example/send"
    assert isinstance(gateways.gateway_for("sms").gateway, gateways.HttpSms)
    settings.EXAMPLE_PRACTICE, settings.PHOTO_FOLDER = True, str(tmp_path / "photos")
    gateways.gateway_for("sms").hand_over(gateways.Letter("k", "1", "s", "hello"))
    assert json.loads((tmp_path / "sent.jsonl").read_text())["body"] == "hello"
