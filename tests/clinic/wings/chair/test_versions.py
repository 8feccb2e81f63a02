"""A page that was opened earlier never overwrites what was saved since; the record keeps what was there before."""

import json
import re
from datetime import date, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.test_access import POLICY, signed_in

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import patient
from needlepoint.clinic.chair.actions.outbox import contact
from needlepoint.clinic.models import Clinic, Patient, Plan, RecordLine
from needlepoint.clinic.practice.actions.version import Changed, Version, check_version
from needlepoint.clinic.practice.queries.record import changes_of
from needlepoint.course.goals import Sex, SkinType

# Each form that changes a row which others can change too. Every other one adds rows, or moves a state that its table
# lets go one way only: what it does twice is refused.
VERSIONED = {"edit_patient", "portal_contact", "contact_consent", "plan", "move_booking"}
ADDS = (
    *(
        "register",
        "chart_links",
        "book",
        "photos",
        "photo_copy",
        "photo_consent",
        "draft_course",
        "screening",
    ),
    *("decide", "consent", "amend_session", "check_healing", "receive", "recall", "follow_adverse"),
    *(
        "report_adverse",
        "patient_words",
        "triage_table",
        "review",
        "outcomes",
        "triage_note",
        "portal_of_patient",
    ),
    *("keep_result", "invite_to_look"),
    *("ask_prescriber", "take_on", "correct_stock", "add_zone", "consent_to_zone", "left_out"),
    *("add_device", "enter_device", "elsewhere"),
)
STEPS = (
    *("cancel_booking", "came_to_booking", "missed_booking", "leave_patient", "take_back"),
    *("withdraw_consent", "end_course", "pass_screening", "ask_again", "numbing", "open_session"),
    *("add_cartridge", "dose", "call_off", "enquiry", "duty", "acknowledge", "take_over", "close_triage"),
    *(
        "clock",
        "lift_hold",
        "send_again",
        "drop_message",
        "waiting_done",
        "lift_recall",
        "hand_over",
        "settle_answer",
        "end_sign_in",
        "choose_language",
        "practice_language",
        "change_member",
        "take_out",
        "closed_photos",
        "void_session",
        "change_device",
        "lend_screening",
        "lend_consent",
        "lent",
        "lent_back",
        "retire_device",
        "elsewhere_back",
    ),
)
# Each of these puts a new set in the place of the one before, which stays on file with its beginning and its end.
REPLACES = ("duty_every_week", "duty_day", "duty_hours", "duty_closed", "my_number")
SEEN_OTHERWISE = {
    "save_draft": "its own version, since it saves by itself",
    "finish_session": "the same",
    "typed": "kept for whoever typed it, and seen and changed by nobody else",
}


@pytest.fixture
def live(db):
    return Practice.of_today("Harbour Skin")


def opened(client, where):
    """What a form holds when its page is opened, as a browser would send it."""
    from html.parser import HTMLParser

    class Form(HTMLParser):
        def __init__(self):
            super().__init__()
            self.held, self.choice, self.text = {}, None, None

        def handle_starttag(self, tag, attributes):
            told = dict(attributes)
            name = told.get("name")
            if tag == "input" and name:
                if told.get("type") in ("checkbox", "radio") and "checked" not in told:
                    return
                self.held.setdefault(name, []).append(told.get("value", ""))
            elif tag == "select":
                self.choice = name
            elif tag == "option" and self.choice and "selected" in told:
                self.held[self.choice] = [told.get("value", "")]
            elif tag == "textarea":
                self.text = name
                self.held[name] = [""]

        def handle_data(self, data):
            if self.text:
                self.held[self.text] = [self.held[self.text][0] + data]

        def handle_endtag(self, tag):
            self.text = None if tag == "textarea" else self.text
            self.choice = None if tag == "select" else self.choice

    answer = client.get(where)
    assert answer.status_code == 200
    form = Form()
    form.feed(answer.content.decode())
    return form.held | {"key": [str(uuid4())]}


class Case:
    """A form with two people before it: what the first saves, what the second types, and where one sees it."""

    def __init__(self, live, name):
        self.live, self.words = live, {}
        made = getattr(self, f"_{name}")
        self.where, self.first, self.second, self.held = made()

    def _edit_patient(self):
        of = self.live.patient(allergies="", skin_type=SkinType.UNKNOWN)

        def held():
            of.refresh_from_db()
            return of.allergies, of.skin_type

        first = {"allergies": "LATEX, lidocaine: anaphylaxis"}
        return reverse("edit_patient", args=[of.public_id]), first, {"skin_type": "III"}, held

    def _portal_contact(self):
        def held():
            row = Clinic.objects.get(pk=self.live.clinic.pk)
            return row.phone, row.hours

        return reverse("portal_contact"), {"phone": "+1 555 0111"}, {"hours": "8 to 19"}, held

    def _contact_consent(self):
        of = self.live.patient()

        def held():
            return sorted(contact.held_consents(of).items())

        where = reverse("contact_consent", args=[of.public_id])
        return where, {"agreed": ["", "visits email"]}, {"agreed": ["", "visits sms"]}, held

    def _move_booking(self):
        visit = self.live.booked(self.live.patient(), minutes_from_now=60 * 24 * 3)

        def held():
            visit.refresh_from_db()
            return visit.starts_at, visit.room_id

        other = self.live.rooms[1].pk
        day = (datetime.now(self.live.actor(Role.NURSE).zone) + timedelta(days=4)).date()
        first = {"starts_at": f"{day}T10:00", "room": str(other)}
        self.words = {f"{day}T10:00": f"{day:%-d %b %Y}, 10:00", str(other): self.live.rooms[1].name}
        return reverse("move_booking", args=[visit.public_id]), first, {"starts_at": f"{day}T11:00"}, held

    def _plan(self):
        running = self.live.planned()

        def held():
            row = Plan.objects.filter(course=running).order_by("-version")[0]
            return row.version, row.sessions, row.interval_days

        where = reverse("plan", args=[running.public_id])
        return where, {"sessions": "4", "interval_days": "40"}, {"sessions": "3", "interval_days": "50"}, held


def client_of(live, name):
    return signed_in(live, Role.CLINIC_ADMIN if name == "portal_contact" else Role.MEDICAL_DIRECTOR)


@pytest.mark.parametrize("name", sorted(VERSIONED))
def test_what_was_saved_since_is_shown_and_not_overwritten(live, name):
    case, client = Case(live, name), client_of(live, name)
    one, other = opened(client, case.where), opened(client, case.where)
    assert client.post(case.where, one | case.first).status_code == 302
    saved = case.held()
    answer = client.post(case.where, other | case.second)
    assert answer.status_code == 409
    assert case.held() == saved
    shown = answer.content.decode()
    assert "Nothing was saved" in shown
    assert "Saved since" in shown
    for value in case.first.values():
        assert isinstance(value, list) or case.words.get(value, value) in shown
    for value in case.second.values():
        assert isinstance(value, list) or value in shown


@pytest.mark.parametrize("name", sorted(VERSIONED))
def test_a_form_that_sends_no_version_overwrites_nothing(live, name):
    case, client = Case(live, name), client_of(live, name)
    one, other = opened(client, case.where), opened(client, case.where)
    assert client.post(case.where, one | case.first).status_code == 302
    saved = case.held()
    for told in ("", "[]", "{", '"x"', '{"allergies":"0"}', "1" * 9000):
        answer = client.post(case.where, other | case.second | {"opened_as": told, "key": str(uuid4())})
        assert answer.status_code == 409, told
    assert case.held() == saved


@pytest.mark.parametrize("name", sorted(VERSIONED))
def test_whoever_saves_alone_is_asked_nothing_and_twice_in_a_row_neither(live, name):
    case, client = Case(live, name), client_of(live, name)
    assert client.post(case.where, opened(client, case.where) | case.first).status_code == 302
    assert client.post(case.where, opened(client, case.where) | case.second).status_code == 302


def test_every_form_carries_a_version_or_changes_nothing_that_others_change():
    """A new address that takes a form has to be looked at: does it put values in the place of others?"""
    forms = {name for name, (_, verbs, _) in POLICY.items() if "POST" in verbs}
    assert forms - VERSIONED - set(SEEN_OTHERWISE) <= set(ADDS + STEPS + REPLACES)


def test_a_stale_page_takes_the_saved_allergy_over_and_keeps_what_was_typed(live):
    of = live.patient(allergies="", phone="555-0100")
    client = signed_in(live, Role.FRONT_DESK)
    where = reverse("edit_patient", args=[of.public_id])
    nurse, desk = opened(client, where), opened(client, where)
    client.post(where, nurse | {"allergies": "LATEX", "phone": "555-0200"})
    of.refresh_from_db()
    nurses_phone = of.phone
    again = client.post(where, desk | {"skin_type": "IV", "phone": "555-0300"})
    assert again.status_code == 409
    shown = again.content.decode()
    assert '<textarea id="allergies" name="allergies" maxlength="1000">LATEX</textarea>' in shown
    assert 'value="555-0300"' in shown
    assert "555-0200" in shown
    of.refresh_from_db()
    assert (of.allergies, of.phone, of.skin_type) == ("LATEX", nurses_phone, "III")


def test_after_looking_the_second_save_goes_through_and_loses_no_allergy(live):
    of = live.patient(allergies="")
    client = signed_in(live, Role.FRONT_DESK)
    where = reverse("edit_patient", args=[of.public_id])
    nurse, desk = opened(client, where), opened(client, where)
    client.post(where, nurse | {"allergies": "LATEX"})
    asked = client.post(where, desk | {"skin_type": "IV"})
    # The page hands it back escaped, as every value of a field.
    version = unescape(re.search(r'name="opened_as" value="([^"]*)"', asked.content.decode())[1])
    again = desk | {"skin_type": "IV", "allergies": "LATEX", "opened_as": version, "key": str(uuid4())}
    assert client.post(where, again).status_code == 302
    of.refresh_from_db()
    assert (of.allergies, of.skin_type) == ("LATEX", "IV")


def test_two_who_write_the_same_need_not_ask(db):
    seen = Version.of({"allergies": ""})
    check_version(seen, {"allergies": "latex"}, {"allergies": "latex"})
    with pytest.raises(Changed):
        check_version(seen, {"allergies": "latex"}, {"allergies": "nickel"})


def test_a_version_goes_through_a_page_unchanged():
    seen = Version.of({"a": "ä", "b": None, "c": date(1990, 5, 14), "d": 3})
    assert Version.read(str(seen)) == seen
    assert json.loads(str(seen))["b"] == Version.of({"b": ""}).digests["b"]


# -------------------------------------------------------------------------------------------- what the record keeps


CHANGED = {
    "given_name": "Adah",
    "family_name": "Lovelace",
    "born_on": date(1991, 5, 14),
    "sex": "male",
    "skin_type": "IV",
    "phone": "555-0199",
    "email": "other@patients.example",
    "allergies": "LATEX",
}


@pytest.mark.parametrize("field", sorted(CHANGED))
def test_the_record_keeps_the_old_and_the_new_value(live, field):
    of = live.patient()
    before = getattr(of, field)
    known = {name: getattr(of, name) for name in patient.COLUMNS} | {field: CHANGED[field]}
    known |= {"sex": Sex(known["sex"]), "skin_type": SkinType(known["skin_type"])}
    seen = Version.of(patient.held_of(of))
    patient.correct(
        live.act(Role.FRONT_DESK), patient_id=of.public_id, person=patient.Person(**known), seen=seen
    )
    line = RecordLine.objects.get(act="corrected patient")
    assert line.detail["changes"] == {field: [str(before), str(CHANGED[field])]}
    told = changes_of(Patient.objects.get(pk=of.pk))
    assert [(each.what, each.before, each.after) for each in told] == [
        (field, str(before), str(CHANGED[field]))
    ]


def test_who_sees_patients_sees_what_an_allergy_was_and_an_auditor_only_that_it_changed(live):
    of = live.patient(allergies="latex: rash")
    client = signed_in(live, Role.FRONT_DESK)
    where = reverse("edit_patient", args=[of.public_id])
    client.post(where, opened(client, where) | {"allergies": "none known"})
    shown = client.get(reverse("changes", args=[of.public_id])).content.decode()
    assert "latex: rash" in shown
    director = signed_in(live, Role.MEDICAL_DIRECTOR).get(reverse("record")).content.decode()
    assert "latex: rash" in director
    auditor = signed_in(live, Role.AUDITOR).get(reverse("record")).content.decode()
    assert "corrected patient" in auditor
    assert "latex" not in auditor


def test_a_line_of_an_earlier_version_says_that_the_value_was_not_kept(live):
    of = live.patient()
    from needlepoint.clinic.practice.actions.record import write

    write(live.act(), "corrected patient", of, of, {"fields": ["allergies"]})
    assert [(each.what, each.before) for each in changes_of(of)] == [("allergies", "not kept then")]
