"""The access matrix: every address, role and verb, on own, foreign and gone people's rows. The table is the policy."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.queueing import checked_in
from tests.clinic.wings.chair.test_photos import picture

from needlepoint.clinic.access.checks import Actor, NotAllowed, check_may, may
from needlepoint.clinic.access.roles import ROLES, Permission, Role
from needlepoint.clinic.care.actions.messages import answers
from needlepoint.clinic.chair.actions import consent, elsewhere
from needlepoint.clinic.chair.actions.course import course
from needlepoint.clinic.chair.actions.course import waiting as waiting_list
from needlepoint.clinic.chair.actions.outbox import message
from needlepoint.clinic.chair.actions.photo import change as photo_change
from needlepoint.clinic.chair.queries.needling.session import next_session
from needlepoint.clinic.desk.actions import leaving
from needlepoint.clinic.models import RecordLine, TextAnswer
from needlepoint.clinic.practice.actions.act import by_itself
from needlepoint.clinic.server.checks import every_view_declares, views
from needlepoint.course.zones import Zone

# For each address: the permission it must declare, its verbs, and the kind of row it names.
POLICY = {
    "home": ("sign_in", "GET", None),
    "typed": ("see_day", "GET POST", None),
    "clock": ("decide_clock", "GET POST", None),
    "day": ("see_day", "GET", None),
    "day_sheet": ("see_chart", "GET", None),
    "labels": ("see_stock", "GET", None),
    "cancel_booking": ("book", "POST", "booking"),
    "move_booking": ("book", "GET POST", "booking"),
    "missed_booking": ("book", "POST", "booking"),
    "came_to_booking": ("book", "POST", "booking"),
    "visits": ("book", "GET", "patient"),
    "patients": ("see_patients", "GET", None),
    "register": ("edit_patient", "GET POST", None),
    "chart": ("see_chart", "GET", "patient"),
    "course_chart": ("see_chart", "GET", "patient course"),
    "edit_patient": ("edit_patient", "GET POST", "patient"),
    "duplicates": ("link_charts", "GET", None),
    "chart_links": ("link_charts", "GET POST", "patient"),
    "changes": ("see_patients", "GET", "patient"),
    "gone": ("see_patients", "GET", None),
    "leave_patient": ("end_care", "GET POST", "patient"),
    "take_back": ("end_care", "POST", "patient"),
    "book": ("book", "GET POST", "patient"),
    "portrait": ("see_photos", "GET", "patient"),
    "photos": ("see_photos", "GET POST", "patient"),
    "photo_consent": ("consent", "GET POST", "patient"),
    "draft_course": ("draft_course", "GET POST", "patient"),
    "photo": ("see_photos", "GET", "photo"),
    "photo_copy": ("export_photos", "POST", "photo"),
    "photo_changes": ("see_photos", "GET", "patient"),
    "closed_photos": ("see_photos", "GET POST", "patient"),
    "photo_change": ("see_photos", "GET", "photo_change"),
    "photo_change_picture": ("see_photos", "GET", "photo_change"),
    "withdraw_consent": ("consent", "POST", "consent"),
    "screening": ("screen", "GET POST", "course"),
    "lend_screening": ("screen", "GET POST", "course"),
    "lend_consent": ("consent", "GET POST", "session"),
    "lent": ("screen", "GET POST", None),
    "lent_back": ("screen", "GET POST", None),
    "decide": ("see_chart", "POST", "course"),
    "plan": ("plan", "GET POST", "course"),
    "end_course": ("plan", "POST", "course"),
    "older_plans": ("plan", "GET", None),
    "forecast": ("see_chart", "GET", "course"),
    "collagen": ("plan", "GET", "course"),
    "compare": ("plan", "GET", "course"),
    "session": ("see_chart", "GET", "session"),
    "pass_screening": ("screen", "POST", "session"),
    "ask_again": ("screen", "POST", "session"),
    "numbing": ("needle", "POST", "session"),
    "consent": ("consent", "GET POST", "session"),
    "open_session": ("needle", "POST", "session"),
    "add_cartridge": ("needle", "POST", "session"),
    "add_zone": ("needle", "GET POST", "session"),
    "consent_to_zone": ("consent", "GET POST", "session zone"),
    "close_visit": ("see_chart", "GET", "session"),
    "save_draft": ("needle", "POST", "session"),
    "dose": ("needle", "POST", "session"),
    "finish_session": ("needle", "POST", "session"),
    "amend_session": ("amend", "POST", "session"),
    "check_healing": ("screen", "POST", "session"),
    "void_session": ("needle", "POST", "session"),
    "change_device": ("plan", "POST", "course"),
    "call_off": ("needle", "POST", "session"),
    "left_out": ("needle", "POST", "session"),
    "stock": ("see_stock", "GET", None),
    "receive": ("receive_stock", "POST", None),
    "try_scanner": ("see_stock", "GET", None),
    "correct_stock": ("receive_stock", "GET POST", "cartridge"),
    "take_out": ("receive_stock", "POST", "cartridge"),
    "recall": ("recall", "GET POST", None),
    "lift_recall": ("recall", "POST", None),
    "recall_sheet": ("recall", "GET", None),
    "recall_print": ("recall", "GET", None),
    "adverse_events": ("report_adverse", "GET", None),
    "adverse_event": ("see_chart", "GET", "adverse_event"),
    "follow_adverse": ("report_adverse", "POST", "adverse_event"),
    "medwatch": ("report_adverse", "GET", "adverse_event"),
    "medwatch_text": ("report_adverse", "GET", "adverse_event"),
    "medwatch_json": ("report_adverse", "GET", "adverse_event"),
    "report_adverse": ("report_adverse", "GET POST", "patient"),
    "reports": ("see_reports", "GET", None),
    "record": ("read_record", "GET", None),
    "look_again": ("book", "GET", None),
    "invite_to_look": ("send_messages", "POST", "course"),
    "keep_result": ("draft_course", "POST", "course"),
    "enquiries": ("edit_patient", "GET", None),
    "enquiry": ("edit_patient", "GET POST", "enquiry"),
    "portal_of_patient": ("edit_patient", "GET POST", "patient"),
    "patient_words": ("countersign", "GET POST", None),
    "triage_table": ("countersign", "GET POST", None),
    "portal_contact": ("add_member", "GET POST", None),
    "review": ("countersign", "GET POST", None),
    "waiting": ("screen", "GET", None),
    "waiting_done": ("screen", "POST", "waiting"),
    "ask_prescriber": ("screen", "POST", "course"),
    "watch": ("see_day", "GET", None),
    "queue": ("triage", "GET", None),
    "duty": ("triage", "GET", None),
    "duty_every_week": ("set_duty", "GET POST", None),
    "duty_day": ("set_duty", "GET POST", None),
    "duty_hours": ("set_duty", "GET POST", None),
    "duty_closed": ("set_duty", "POST", None),
    "hand_over": ("triage", "POST", None),
    "my_number": ("sign_in", "GET POST", None),
    "settle_answer": ("send_messages", "POST", "text_answer"),
    "triage_task": ("triage", "GET", "triage_task"),
    "acknowledge": ("triage", "POST", "triage_task"),
    "take_over": ("triage", "POST", "triage_task"),
    "triage_note": ("triage", "POST", "triage_task"),
    "close_triage": ("triage", "POST", "triage_task"),
    "messages": ("see_messages", "GET", None),
    "lift_hold": ("lift_hold", "POST", None),
    "send_again": ("send_messages", "POST", "message"),
    "drop_message": ("send_messages", "POST", "message"),
    "contact_consent": ("edit_patient", "GET POST", "patient"),
    "outcomes": ("score", "GET POST", "course"),
    "my_sign_ins": ("sign_in", "GET", None),
    "end_sign_in": ("sign_in", "POST", None),
    "choose_language": ("sign_in", "POST", None),
    "practice_language": ("add_member", "POST", None),
    "devices": ("keep_devices", "GET", None),
    "add_device": ("keep_devices", "POST", None),
    "enter_device": ("keep_devices", "GET POST", None),
    "retire_device": ("keep_devices", "POST", None),
    "elsewhere": ("screen", "GET POST", "patient"),
    "elsewhere_back": ("screen", "POST", "needled_elsewhere"),
    "members": ("add_member", "GET", None),
    "take_on": ("add_member", "GET POST", None),
    "change_member": ("add_member", "POST", None),
}
# What lies at the door itself; tests/clinic/wings/practice/test_door.py goes in and out there.
AT_THE_DOOR = {
    "still_in": "enrol",
    "kept_page": "enrol",
    "worker": "enrol",
    "way_in": "anyone",
    "keep_typed": "anyone",
    "kept": "sign_in",
    "new_way_in": "add_member",
}
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PLANTED = "Zyx-Planted"


def unread_answer(practice: Practice) -> object:
    act = practice.act()
    answers.hear(by_itself(practice.clinic, act.at, act.key), sender="+1 202 555 0140", words="Call me")
    return TextAnswer.objects.order_by("-pk").first()


def told_elsewhere(practice: Practice, of: object) -> object:
    told = elsewhere.Told("unknown-roller", practice.at.date() - timedelta(days=90), [Zone.CHEEK_LEFT])
    return elsewhere.tell(practice.act(Role.NURSE), patient_id=of.public_id, told=told)


def house(name: str, secret: str) -> tuple[Practice, dict[str, dict[str, object]]]:
    """A clinic with a patient who is here and one who died, each with a row of every kind."""
    practice = Practice.of_today(name)
    rows = {}
    for whose in ("own", "gone"):
        of = practice.patient(family_name=f"{secret}-{whose}", allergies=f"{secret}-{whose}")
        running = practice.planned(practice.course(of))
        waiting = practice.consented(running)
        booking = practice.booked(
            of, waiting, room=0 if whose == "own" else 1, minutes_from_now=0 if whose == "own" else 60
        )
        photo = practice.photographed(of, picture())
        practice.photographed(of, picture())
        photo_change.measure_waiting(practice.at)
        given = waiting.consents.get()
        rows[whose] = {
            "patient": of,
            "course": running,
            "session": next_session(running),
            "booking": booking,
            "photo": photo,
            "photo_change": of.photo_changes.get(),
            "consent": given,
            "cartridge": practice.stocked(lot=f"LOT-{whose}")[0],
            "enquiry": practice.asked_for_appointment(of),
            "adverse_event": practice.adverse_event(of),
            "waiting": waiting_list.put(practice.act(Role.NURSE), running, "asked", "May I?"),
            "triage_task": checked_in(practice, next_session(running)),
            "message": message.enqueue(
                practice.act(), purpose="appointment", channel="sms", to=of, once_key=f"about {of.public_id}"
            ),
            "text_answer": unread_answer(practice),
            "needled_elsewhere": told_elsewhere(practice, of),
        }
    leaving.leave(
        practice.act(Role.PRESCRIBER),
        patient_id=rows["gone"]["patient"].public_id,
        leaving=leaving.Leaving(how="died", reason="The family rang."),
    )
    return practice, rows


@pytest.fixture
def houses(db):
    ours, rows = house("Harbour Skin", f"{PLANTED}-ours")
    _, strange = house("Hill Skin", f"{PLANTED}-theirs")
    return ours, {**rows, "strange": strange["own"]}


def signed_in(practice, role):
    client = Client()
    client.force_login(practice.members[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def address(name, kinds, rows):
    # A zone is a word of the vocabulary, not a row of anybody.
    named = ["nose" if kind == "zone" else rows[kind].public_id for kind in (kinds or "").split()]
    return reverse(name, args=named)


def send(client, verb, where, typed):
    if verb == "POST":
        return client.post(where, typed)
    return client.generic(verb, where)


def counts():
    return {
        model.__name__: model.objects.count()
        for model in apps.get_app_config("clinic").get_models()
        if model is not RecordLine
    }


def own_addresses():
    from needlepoint.clinic.server.urls import urlpatterns

    return {pattern.name: pattern.callback for pattern in urlpatterns if getattr(pattern, "name", None)}


def test_every_address_is_in_the_policy_with_the_permission_it_declares():
    declared = {name: view.permission.value for name, view in own_addresses().items()}
    assert declared == {name: row[0] for name, row in POLICY.items()} | AT_THE_DOOR


def test_a_view_without_a_permission_keeps_the_clinic_from_starting(settings):
    assert every_view_declares() == []
    settings.ROOT_URLCONF = "tests.clinic.undeclared_urls"
    from django.urls import clear_url_caches

    clear_url_caches()
    assert [error.id for error in every_view_declares()] == ["clinic.E002"]
    clear_url_caches()


def test_the_librarys_pages_are_for_the_way_in_or_for_those_who_are_in():
    theirs = [view for where, view in views() if where.startswith("/sign-in/")]
    assert len(theirs) > 10
    assert {view.permission for view in theirs} == {Permission.ANYONE, Permission.SIGN_IN, Permission.ENROL}


def test_asking_and_refusing_agree_for_every_role_and_permission(db):
    practice = Practice.found("Harbour Skin")
    for role in Role:
        actor = Actor.of(practice.members[role])
        for permission in Permission:
            assert may(actor, permission) is (permission in ROLES[role])
            if permission not in ROLES[role]:
                with pytest.raises(NotAllowed, match="roles do not include"):
                    check_may(actor, permission)


def test_nobody_gets_in_without_signing_in(houses):
    _, rows = houses
    client, before = Client(), counts()
    for name, (_, _, kinds) in POLICY.items():
        for verb in VERBS:
            answer = client.generic(verb, address(name, kinds, rows["own"]))
            assert answer.status_code == 302, (name, verb)
            assert answer.url.startswith(settings.LOGIN_URL)
            assert PLANTED.encode() not in answer.content
    assert counts() == before


@pytest.mark.parametrize("role", list(Role))
def test_a_role_reaches_what_it_may_and_nothing_of_anybody_else(houses, role):
    ours, rows = houses
    client = signed_in(ours, role)
    before = counts()
    for name, (permission, verbs, kinds) in POLICY.items():
        allowed = Permission(permission) in ROLES[role]
        for whose in ("own", "gone", "strange") if kinds else ("own",):
            for verb in VERBS:
                # A form that would be taken is sent wherever it must not be; to one's own rows one without a key.
                key = {"key": str(uuid4()), "patient": str(rows[whose]["patient"].public_id)}
                typed = key if verb == "POST" and (whose == "strange" or not allowed) else {}
                answer = send(client, verb, address(name, kinds, rows[whose]), typed)
                cell = (role.value, name, whose, verb, answer.status_code)
                body = answer.getvalue() if verb == "GET" else answer.content
                assert f"{PLANTED}-theirs".encode() not in body, cell
                if not allowed:
                    assert answer.status_code == 403, cell
                    assert f"{PLANTED}-ours".encode() not in body, cell
                elif verb not in verbs.split():
                    assert answer.status_code == 405, cell
                elif whose == "strange":
                    assert answer.status_code == 404, cell
                elif verb == "GET":
                    assert answer.status_code in (200, 302), cell
                else:
                    assert answer.status_code in (302, 400, 409), cell
        # Whatever was asked in whichever way: no row came, and none went.
        assert counts() == before, (role.value, name)


def test_a_foreign_row_named_in_a_form_is_not_there(houses):
    ours, rows = houses
    of, strange = rows["own"]["patient"], rows["strange"]
    client = signed_in(ours, Role.MEDICAL_DIRECTOR)
    before = counts()
    hidden = {"key": str(uuid4()), "patient": str(of.public_id)}
    device = strange["course"].device_id
    drafted = client.post(
        reverse("draft_course", args=[of.public_id]),
        hidden | {"concern": "acne_scars", "zones": "cheek_left", "device": device},
    )
    booked = client.post(
        reverse("book", args=[of.public_id]),
        hidden
        | {
            "room": strange["booking"].room_id,
            "operator": ours.members[Role.NURSE].pk,
            "starts_at": "2030-01-01T10:00",
            "minutes": "30",
            "numbing_minutes": "0",
            "clean_down_minutes": "0",
            "purpose": "x",
        },
    )
    assert drafted.status_code == booked.status_code == 404
    assert counts() == before


def test_every_look_at_a_patient_is_in_the_record(houses):
    ours, rows = houses
    client = signed_in(ours, Role.MEDICAL_DIRECTOR)
    for name in ("chart", "edit_patient", "photos", "photo", "screening", "plan", "session"):
        before = RecordLine.objects.filter(clinic=ours.clinic).count()
        assert client.get(address(name, POLICY[name][2], rows["own"])).status_code == 200
        last = RecordLine.objects.filter(clinic=ours.clinic).order_by("-number")[0]
        assert RecordLine.objects.filter(clinic=ours.clinic).count() == before + 1, name
        assert last.act.startswith("saw ")
        assert last.patient_id == rows["own"]["patient"].pk


def test_actions_ask_for_themselves_whatever_the_views_did(houses):
    ours, rows = houses
    for role in (Role.FRONT_DESK, Role.AUDITOR, Role.CLINIC_ADMIN):
        with pytest.raises(NotAllowed):
            course.screen(ours.act(role), course_id=rows["own"]["course"].public_id, given={}, names=[])
        with pytest.raises(NotAllowed):
            consent.withdraw(ours.act(role), consent_id=rows["own"]["consent"].public_id, reason="")
