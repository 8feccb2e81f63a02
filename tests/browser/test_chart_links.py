"""Charts of one person at a tablet and at a phone: found, linked, read together, unlinked."""

import pytest

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import chart_link

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]


def test_two_charts_are_found_linked_and_read_together(desk):
    practice = desk.practice
    one = practice.patient(allergies="lidocaine")
    two = practice.patient(given_name="Adah", allergies="penicillin")
    ours, theirs = practice.course(one), practice.course(two)
    practice.screened(ours)
    practice.screened(theirs, keloid_history="yes", isotretinoin="current")
    practice.done(practice.opened(practice.consented(practice.planned(practice.course(two)))), minutes=1)
    desk.sign_in("medical_director@harbour.example")
    desk.go("/patients/duplicates/")
    desk.looked_at("duplicates")
    desk.follow("Say what charts 1 and 2 are")
    desk.page.get_by_label("How you know").fill("Same passport, seen by me.")
    desk.looked_at("links-before")
    desk.page.get_by_role("button", name="One person: link them").click()
    desk.page.get_by_text("Unlink chart 2").wait_for()
    desk.look()
    desk.looked_at("links-after")
    desk.go(f"/patients/{one.public_id}/")
    assert desk.page.get_by_text("This person has two charts").is_visible()
    assert desk.page.get_by_text("by chart 2").first.is_visible()
    assert desk.page.get_by_text("penicillin").first.is_visible()
    desk.looked_at("chart-linked")
    desk.go(f"/courses/{ours.public_id}/screening/?all=1")
    assert desk.page.get_by_text("Chart 2: Yes.").first.is_visible()
    desk.go(f"/patients/{one.public_id}/contact/")
    assert desk.page.get_by_text("penicillin").first.is_visible()
    desk.go("/recall/?lot=LOT7")
    desk.looked_at("recall-linked")


def test_whoever_takes_somebody_in_sees_the_chart_that_is_there(desk):
    desk.practice.patient()
    desk.sign_in("medical_director@harbour.example")
    desk.go("/patients/new/")
    for name, typed in (
        ("Given name", "Ada"),
        ("Family name", "Byron"),
        ("Date of birth", "1990-05-14"),
        ("Phone", "202-555-0100"),
    ):
        desk.page.get_by_label(name).fill(typed)
    desk.page.get_by_role("button", name="Save").click()
    desk.page.get_by_text("There may be a chart already").wait_for()
    desk.look()
    desk.looked_at("register-again")
    desk.page.get_by_role("button", name="It is somebody else: save").click()
    desk.page.get_by_text("No course yet").wait_for()


def test_a_chart_of_somebody_who_died_is_named_and_can_be_read(desk):
    practice = desk.practice
    one, two = practice.patient(), practice.patient(given_name="Adah", allergies="penicillin")
    act = practice.act(Role.MEDICAL_DIRECTOR)
    chart_link.link(act, patient_id=one.public_id, chart_number=2, reason="Same passport.")
    practice.gone(two)
    desk.sign_in("medical_director@harbour.example")
    desk.go(f"/patients/{one.public_id}/")
    assert desk.page.get_by_text("has died").first.is_visible()
    assert desk.page.get_by_text("penicillin").first.is_visible()
