"""An alarm reaches somebody, or the pages say that it did not: looked at on the far end, on real sockets."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.queueing import Taken, checked_in, due, on_duty, sent, state
from tests.clinic.sinks import MailSink, silent_socket, text_sink
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions import duty, own_number, triage
from needlepoint.clinic.care.actions.messages import gateways, sending
from needlepoint.clinic.care.queries import triage as queries
from needlepoint.clinic.models import Clinic, Grant, Member, Message, TriageStep
from needlepoint.clinic.portal.queries import told
from needlepoint.clinic.practice.actions import clinic as clinics
from needlepoint.clinic.practice.actions import members
from needlepoint.clinic.practice.queries.door import unsent, work
from needlepoint.course.errors import InputError

PHONE = "+44 20 7946 0958"


@pytest.fixture
def out(settings):
    """Both ways out, on sockets of this machine."""
    sink = MailSink()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_HOST_USER, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "", False, False
    settings.STAFF_ADDRESS = "https://staff.example"
    with text_sink() as (address, texts):
        settings.SMS_URL, settings.SMS_TOKEN = address, "t0ken"
        sink.texts = texts
        yield sink
    sink.close()


@pytest.fixture
def staffed(practice):
    Clinic.objects.update(phone=PHONE, emergency_number="112")
    on_duty(practice)
    act = practice.act(Role.NURSE)
    own_number.set_phone(act, phone="(202) 555-0140")
    working(practice.at)
    return practice


def working(at):
    for name in work.WATCHED:
        cache.set(work.name_of(name), at.isoformat(), timeout=1000)


def everything(at, lane=None):
    return sending.send_due(sending.Sender("w1", lambda: at, lane=lane or sending.Lane()))


# --------------------------------------------------------------------------------------------------------- to the staff


def test_an_alarm_reaches_the_phone_and_the_mailbox_of_whoever_is_on_duty(staffed, out):
    task = checked_in(staffed, level="same_day")
    everything(task.opened_at)
    (text,) = out.texts
    assert (text["to"], text["authorization"]) == ("+12025550140", "Bearer t0ken")
    (mail,) = out.mails
    link = f"https://staff.example/queue/{task.public_id}/"
    assert text["text"].startswith("URGENT (same day)")
    assert link in text["text"]
    assert "Subject: URGENT (same day): a report waits for you" in mail
    assert link.rpartition("/queue")[0] in mail
    for told_ in (text["text"], mail):
        assert not [word for word in ("Ada", "Byron") if word in told_]


def test_a_member_sets_the_own_number_in_any_spelling_and_it_is_kept_as_it_is_dialled(practice):
    made = own_number.set_phone(practice.act(Role.NURSE), phone="(202) 555-0140")
    assert made.phone == "+12025550140"
    with pytest.raises(InputError, match="too short"):
        own_number.set_phone(practice.act(Role.NURSE), phone="555-0140")
    assert own_number.set_phone(practice.act(Role.NURSE), phone="").phone == ""


def test_an_alarm_that_somebody_took_on_meanwhile_rings_nobody(staffed, out):
    task = checked_in(staffed)
    triage.acknowledge(staffed.act(Role.NURSE), task_id=task.public_id)
    everything(staffed.at)
    assert (out.texts, out.mails) == ([], [])


def test_whoever_was_shut_out_or_lost_the_role_is_asked_no_more(staffed):
    nurse = staffed.members[Role.NURSE]
    Member.objects.filter(pk=nurse.pk).update(is_active=False)
    assert checked_in(staffed).owner == staffed.members[Role.PRESCRIBER]
    Grant.objects.filter(member=staffed.members[Role.PRESCRIBER]).update(ended_at=staffed.at)
    later = checked_in(staffed, Message.objects.first().about.check_in.session)
    assert later.owner == staffed.members[Role.MEDICAL_DIRECTOR]


@pytest.mark.parametrize("how", ["shut out", "role ended"])
def test_an_alarm_of_somebody_who_goes_is_the_next_ones_at_once(staffed, how):
    task = checked_in(staffed)
    nurse, admin = staffed.members[Role.NURSE], staffed.act(Role.CLINIC_ADMIN)
    if how == "shut out":
        members.shut_out(admin, member_key=nurse.pk, reason="Left.")
    else:
        members.end_role(admin, member_key=nurse.pk, role=Role.NURSE)
    assert triage.climb_waiting(staffed.at) == 1
    told = Message.objects.filter(about=task, channel="email").order_by("pk")
    assert [each.member for each in told] == [nurse, staffed.members[Role.PRESCRIBER]]
    triage.climb_waiting(task.opened_at + timedelta(minutes=16))
    steps = task.steps.order_by("pk").values_list("what", "member__name", "at")
    names = [staffed.members[each].name for each in (Role.NURSE, Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)]
    assert list(steps) == [
        ("assigned", names[0], task.opened_at),
        ("assigned", names[1], staffed.at),
        ("climbed", names[2], task.opened_at + timedelta(minutes=15)),
    ]


def test_what_somebody_who_goes_had_taken_on_rings_whoever_is_on_duty(staffed, out):
    task = checked_in(staffed)
    nurse, next_one = staffed.members[Role.NURSE], staffed.members[Role.PRESCRIBER]
    triage.acknowledge(staffed.act(Role.NURSE), task_id=task.public_id)
    members.shut_out(staffed.act(Role.CLINIC_ADMIN), member_key=nurse.pk, reason="Left.")
    task.refresh_from_db()
    assert (task.owner, task.acknowledged_by) == (next_one, nurse)
    assert task.steps.latest("pk").what == "handed_over"
    everything(staffed.at)
    (mail,) = out.mails
    assert next_one.email in mail


@pytest.mark.parametrize("dead", [True, False])
def test_an_alarm_that_reaches_nobody_is_red_on_every_page_after_two_minutes(db, dead):
    practice = Practice.of_today("Harbour Skin")
    on_duty(practice)
    task = checked_in(practice)
    gateway = Taken(*[gateways.NotAccepted("dead", down=True)] * 9) if dead else Taken()
    sent(practice, gateway, at=task.opened_at)
    now = task.opened_at + timedelta(minutes=2, seconds=1)
    found = unsent.unsent(practice.clinic.pk, now)
    assert (found.alarms, found.patients) == ((1, 0) if dead else (0, 0))
    for role in (Role.FRONT_DESK, Role.NURSE, Role.AUDITOR):
        unsent.forget()
        where = reverse("record" if role is Role.AUDITOR else "patients")
        page = signed_in(practice, role).get(where).content.decode()
        assert ("reaches nobody" in page) is dead, role


# ------------------------------------------------------------------------------------------------------- to the patient


def test_that_nobody_looked_is_told_by_text_and_mail_without_any_consent_and_with_the_number(staffed, out):
    task = checked_in(staffed)
    late = task.opened_at + timedelta(minutes=46)
    triage.climb_waiting(late)
    task.refresh_from_db()
    assert task.patient_told_at is None
    everything(late)
    to_her = [each for each in out.texts if each["to"] == task.patient.phone_e164]
    assert [PHONE in each["text"] and "112" in each["text"] for each in to_her] == [True]
    assert [PHONE in each for each in out.mails if task.patient.email in each] == [True]
    task.refresh_from_db()
    assert task.patient_told_at == late
    assert TriageStep.objects.filter(task=task, what="told_patient", at=late).count() == 1


@pytest.mark.parametrize("why", ["no address", "dead", "unsure"])
def test_whom_no_message_reached_stands_in_red_with_the_number(staffed, why):
    known = {"phone": "", "email": ""} if why == "no address" else {}
    of = staffed.patient(family_name="Unreached", **known)
    task = checked_in(
        staffed, staffed.done(staffed.opened(staffed.consented(staffed.planned(staffed.course(of)))))
    )
    late = task.opened_at + timedelta(minutes=46)
    triage.climb_waiting(late)
    fault = gateways.Unknown("?") if why == "unsure" else gateways.NotAccepted("dead", down=True)
    sent(staffed, Taken(*[fault] * 20), at=late)
    (line,) = queries.queue(staffed.actor(Role.NURSE), late + timedelta(minutes=2))
    assert (line.untold, line.told_at) == (True, None)


def test_the_queue_says_not_told_with_the_number_of_the_patient(db):
    practice = Practice.of_today("Harbour Skin")
    task = checked_in(practice)
    Message.objects.update(state="failed")
    page = signed_in(practice, Role.NURSE).get(reverse("queue")).content.decode()
    assert "Not told: call her" in page
    assert task.patient.phone in page
    assert "The patient was told" not in page


# ------------------------------------------------------------------------------------- what the portal says of people


def said(practice, task, at):
    return told.promise(task.check_in, Clinic.objects.get(pk=practice.clinic.pk), at)


def test_that_somebody_was_told_is_said_only_once_an_alarm_was_handed_over(staffed, out):
    task = checked_in(staffed)
    working(task.opened_at)
    before = said(staffed, task, task.opened_at)
    assert (before.says, before.told, before.call_now) == ("emergency_telling", False, False)
    everything(task.opened_at)
    after = said(staffed, task, task.opened_at + timedelta(seconds=3))
    assert (after.says, after.told, after.call_now) == ("emergency_told", True, False)


def test_an_alarm_that_was_not_handed_over_in_two_minutes_tells_the_patient_to_call(staffed, out):
    task = checked_in(staffed, level="same_day")
    working(task.opened_at + timedelta(minutes=2))
    then = said(staffed, task, task.opened_at + timedelta(minutes=2))
    assert (then.says, then.call_now) == ("call_us_now", True)


@pytest.mark.parametrize("lack", ["nobody on duty", "no gateway", "worker stands still"])
def test_with_nobody_or_no_way_to_tell_them_the_patient_is_told_to_call_at_once(staffed, out, settings, lack):
    if lack == "nobody on duty":
        duty.set_rota(staffed.act(Role.MEDICAL_DIRECTOR), shifts=[])
    elif lack == "no gateway":
        settings.EMAIL_HOST, settings.SMS_URL = "", ""
    else:
        cache.clear()
    for level, says in (("emergency", "emergency_nobody"), ("same_day", "call_us_now")):
        task = checked_in(staffed, level=level)
        if lack != "worker stands still":
            working(task.opened_at)
        then = said(staffed, task, task.opened_at)
        assert (then.says, then.told, then.call_now) == (says, False, True)


@pytest.mark.parametrize(
    ("level", "with_somebody", "with_nobody"),
    [
        ("call_48h", "calls_by", "call_us_now"),
        ("this_week", "looks_by", "nobody_named"),
        ("routine", "looks_by", "nobody_named"),
        ("expected", "reads", "nobody_named"),
    ],
)
def test_that_a_person_calls_or_looks_by_a_time_is_said_only_where_rota_or_hours_name_one(
    staffed, out, level, with_somebody, with_nobody
):
    task = checked_in(staffed, level=level)
    working(task.opened_at)
    then = said(staffed, task, task.opened_at)
    assert (then.says, then.by) == (with_somebody, task.check_in.looked_at_by)
    duty.set_rota(staffed.act(Role.MEDICAL_DIRECTOR), shifts=[])
    assert said(staffed, task, staffed.at).says == with_nobody


def test_a_handover_to_somebody_who_was_not_on_duty_is_no_promise(staffed, out):
    task = checked_in(staffed)
    duty.set_rota(staffed.act(Role.MEDICAL_DIRECTOR), shifts=[])
    everything(staffed.at)
    assert not said(staffed, task, staffed.at + timedelta(seconds=5)).told


# --------------------------------------------------------------------------------------------------- the gateways


def letter(address="a@x.example", key="k"):
    return gateways.Letter(key, address, "Subject", "Body")


def test_a_gateway_that_sends_us_elsewhere_gets_neither_followed_nor_believed(settings):
    with text_sink() as (elsewhere, stolen):
        there = elsewhere.replace("127.0.0.1", "localhost")
        sends_on = text_sink(lambda _: (302, b"", {"Location": there}))
        with sends_on as (address, taken), pytest.raises(gateways.NotAccepted, match="302") as refused:
            gateways.HttpSms(address, "t0ken").hand_over(letter("+12025550140"))
    assert not isinstance(refused.value, gateways.Unknown)
    assert (len(taken), stolen) == (1, [])


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"id": ""}', b'{"id": null}', b'{"id": true}', b"ok", b"[" * 9000]
)
def test_a_yes_without_an_id_is_no_yes(body):
    with text_sink(lambda _: (200, body, {})) as (address, _taken), pytest.raises(gateways.Unknown):
        gateways.HttpSms(address, "t").hand_over(letter("+12025550140"))


def test_an_id_is_kept_without_what_a_database_cannot_keep():
    with text_sink(lambda _: (200, {"id": "a\x00b"}, {})) as (address, _taken):
        assert gateways.HttpSms(address, "t0ken").hand_over(letter("+12025550140")) == "ab"


def test_only_an_encrypted_gateway_or_one_on_this_machine_is_one(settings):
    good = ["https://sms.example/x", "http://localhost:8080/", "http://127.0.0.1/", "http://[::1]:9/"]
    bad = [
        "http://localhost.evil.example/",
        "http://127.0.0.1.evil.example/",
        "http://localhost@evil.example/",
    ]
    bad += [
        "http://sms.example/",
        "ftp://localhost/",
        "https://",
        "http://[::1",
        "https://x:y:z/",
        "localhost",
        "",
    ]
    for address in good + bad:
        settings.SMS_URL = address
        assert isinstance(gateways.gateway_for("sms"), gateways.Nowhere) is (address in bad), address


def test_the_same_holds_for_the_address_of_the_portal(practice):
    contact = {"phone": "", "email": "", "hours": "", "emergency_number": ""}
    with pytest.raises(Exception, match="https"):
        clinics.set_contact(
            practice.act(Role.CLINIC_ADMIN),
            contact=contact | {"portal_address": "http://localhost.evil.example/"},
        )


def test_a_socket_that_never_answers_holds_nobody_up_and_what_it_says_late_still_counts(
    settings, monkeypatch
):
    monkeypatch.setattr(gateways, "WAIT_SECONDS", 0.2)
    with silent_socket() as port:
        slow = gateways.InTime(gateways.HttpSms(f"http://127.0.0.1:{port}/", "t", timeout_seconds=3.0), 0.2)
        begun = time.monotonic()
        with pytest.raises(gateways.Late) as late:
            slow.hand_over(letter("+12025550140"))
        assert time.monotonic() - begun < 2.5
        with pytest.raises(gateways.Unknown):
            late.value.asked.answer(10)


def test_a_gateway_that_was_slow_is_heard_at_the_next_pass(staffed):
    class Slow:
        def __init__(self):
            self.asked = {}

        def hand_over(self, sheet):
            self.asked[sheet.key] = made = gateways.Asked(Taken(), sheet)
            raise gateways.Late(made)

    task = checked_in(staffed)
    slow = Slow()
    assert sent(staffed, slow, at=task.opened_at) == 0
    row = Message.objects.get(purpose="alarm", channel="email")
    assert state(row) == "sending"
    time.sleep(0.1)
    sent(staffed, Taken(), at=task.opened_at + timedelta(seconds=1))
    assert state(row) == "handed_over"
    assert row.handed_over_at == task.opened_at + timedelta(seconds=1)


def test_a_mail_server_that_refuses_one_takes_the_others(staffed, out):
    out.refuses = staffed.members[Role.NURSE].email
    task = checked_in(staffed)
    of = staffed.patient(email="other@patients.example", family_name="Other")
    row = due(staffed, of, purpose="invitation", channel="email", once_key="x")
    everything(staffed.at)
    assert state(row) == "handed_over"
    assert Message.objects.get(about=task, channel="email").state == "waiting"


def test_the_sign_in_page_promises_a_message_only_where_one_can_leave(db, settings, client):
    practice = Practice.of_today("Harbour Skin")
    where = reverse("portal_code", args=[practice.clinic.slug])
    working(datetime.now(UTC))
    settings.EMAIL_HOST, settings.SMS_URL = "mail.example", ""
    pages = {by: client.get(where, {"by": by}).content.decode() for by in ("email", "sms")}
    assert "a message is on its way" in pages["email"]
    assert "a message is on its way" not in pages["sms"]
    assert "We cannot send messages right now" in pages["sms"]
    cache.clear()
    assert "We cannot send messages right now" in client.get(where, {"by": "email"}).content.decode()
