"""Charts of one person at a tablet and at a phone: found, linked, read together, unlinked."""

import os
from pathlib import Path

import pytest
from tests.browser.desk import sat_down

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.actions import chart_link

PICTURES = os.environ.get("NEEDLEPOINT_PICTURES")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]


@pytest.fixture
def desk(page, live_server):
    return sat_down(page, live_server.url)


def looked_at(desk, name):
    """Where pictures are wanted, keep one."""
    if PICTURES:
        size = desk.page.viewport_size["width"]
        desk.page.screenshot(path=Path(PICTURES) / f"{name}-{size}.png", full_page=True)


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
    looked_at(desk, "duplicates")
    desk.page.get_by_role("link", name="Say what charts 1 and 2 are").click()
    desk.look()
    desk.page.get_by_label("How you know").fill("Same passport, seen by me.")
    looked_at(desk, "links-before")
    desk.page.get_by_role("button", name="One person: link them").click()
    desk.page.get_by_text("Unlink chart 2").wait_for()
    desk.look()
    looked_at(desk, "links-after")
    desk.go(f"/patients/{one.public_id}/")
    assert desk.page.get_by_text("This person has two charts").is_visible()
    assert desk.page.get_by_text("by chart 2").first.is_visible()
    assert desk.page.get_by_text("penicillin").first.is_visible()
    looked_at(desk, "chart-linked")
    desk.go(f"/courses/{ours.public_id}/screening/?all=1")
    assert desk.page.get_by_text("Chart 2: Yes.").first.is_visible()
    desk.go(f"/patients/{one.public_id}/contact/")
    assert desk.page.get_by_text("penicillin").first.is_visible()
    desk.go("/recall/?lot=LOT7")
    looked_at(desk, "recall-linked")


def test_whoever_takes_somebody_in_sees_the_chart_that_is_there(desk):
    desk.practice.patient()
    desk.sign_in("medical_director@harbour.example")
    desk.go("/patients/new/")
    for name, typed in (
        ("Given name", "Ada"),
        ("Family name", "Byron"),
        ("Date of birth", "1990-05-14"),
        ("Phone", "555-0100"),
    ):
        desk.page.get_by_label(name).fill(typed)
    desk.page.get_by_role("button", name="Save").click()
    desk.page.get_by_text("There may be a chart already").wait_for()
    desk.look()
    looked_at(desk, "register-again")
    desk.page.get_by_role("button", name="It is somebody else: save").click()
    desk.page.get_by_text("No course yet").wait_for()


def test_an_archived_chart_is_named_and_cannot_be_opened(desk):
    from needlepoint.clinic.actions import patient

    practice = desk.practice
    one, two = practice.patient(), practice.patient(given_name="Adah", allergies="penicillin")
    act = practice.act(Role.MEDICAL_DIRECTOR)
    chart_link.link(act, patient_id=one.public_id, chart_number=2, reason="Same passport.")
    patient.archive(practice.act(Role.FRONT_DESK), patient_id=two.public_id)
    desk.sign_in("medical_director@harbour.example")
    desk.go(f"/patients/{one.public_id}/")
    assert desk.page.get_by_text("is archived and cannot be opened").is_visible()
    assert desk.page.get_by_text("penicillin").first.is_visible()
