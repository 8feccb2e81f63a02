"""The pages after the end of a course, on a phone and on a tablet, in both themes."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.browser.desk import sat_down
from tests.clinic.practice import Practice
from tests.clinic.queueing import agreed
from tests.clinic.wings.chair.test_look_again import WAYS, ended, scored

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import outcome
from needlepoint.course.goals import Concern

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]
WIDTHS = (320, 390, 820, 1180)


@pytest.fixture
def desk(page, live_server, monkeypatch):
    """Somebody of a practice of which a course has ended 95 days ago, another 31 days ago."""
    began = datetime.now(UTC) - timedelta(days=96)
    monkeypatch.setattr(
        Practice, "of_today", lambda name, **more: Practice.found(name, zone_name="Etc/GMT", at=began, **more)
    )
    return sat_down(page, live_server.url)


def at_every_width(desk, where, name):
    for width in WIDTHS:
        for theme in ("light", "dark"):
            desk.page.set_viewport_size({"width": width, "height": 900})
            desk.page.emulate_media(color_scheme=theme)
            desk.go(where)
            desk.looked_at(f"{name}-{theme}")


@pytest.mark.parametrize("page", [(1180, 820)], indirect=True)
def test_who_is_due_and_what_comes_after_a_course_is_read_at_every_width(desk):
    practice = desk.practice
    done = ended(practice)
    practice.at = done.finished_at + timedelta(days=31)
    scored(practice, done.course, "day_30")
    other = practice.patient(given_name="Grace", family_name="Hopper", email="grace@patients.example")
    later = practice.done(
        practice.opened(practice.consented(practice.planned(practice.course(of=other), sessions=1)))
    )
    agreed(practice, done.patient, *WAYS)
    practice.at = datetime.now(UTC) - timedelta(minutes=5)
    desk.sign_in("medical_director@harbour.example")
    at_every_width(desk, "/look-again/", "look-again")
    assert desk.page.get_by_role("button", name="Invite", exact=True).count() == 1
    chart = f"/patients/{done.patient.public_id}/course/{done.course.public_id}/"
    at_every_width(desk, chart, "after-course")
    assert "Look after 90 days" in desk.page.content()
    desk.go("/look-again/")
    desk.press("Invite")
    assert "Invited" in desk.page.content()
    assert later.course.state == "active"


@pytest.mark.parametrize("page", [(1180, 820)], indirect=True)
def test_scores_of_members_and_patients_are_written_down_side_by_side(desk):
    practice = desk.practice
    course = practice.course(concern=Concern.HYPERTROPHIC_SCAR)
    for value, blind, moment in ((40, True, "baseline"), (55, False, "day_90"), (62, True, "yearly")):
        outcome.score(
            practice.act(Role.NURSE),
            course_id=course.public_id,
            moment=moment,
            values={"line_100": value},
            blind=blind,
        )
    outcome.score(
        practice.act(Role.NURSE),
        course_id=course.public_id,
        moment="baseline",
        values={"patient_scar": 7},
        by_patient=True,
    )
    desk.sign_in("medical_director@harbour.example")
    at_every_width(desk, f"/courses/{course.public_id}/outcomes/", "scores")
    page = desk.page
    page.locator("#member-line_100").fill("48")
    page.get_by_label("No, I scored blind").check()
    desk.press("Keep the scores")
    assert "3 of 4 scores of the clinic were given blind" in " ".join(page.content().split())
