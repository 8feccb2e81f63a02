"""Pages that grow long, at a tablet and at a phone: a queue of many pages, plans to judge again, copies of photos."""

from pathlib import Path

import pytest
from tests.clinic.hazards.test_h14_stale_rulebook import of_an_older_rulebook
from tests.clinic.queueing import checked_in
from tests.clinic.wings.chair.test_photos import picture

from needlepoint.clinic.care.queries import triage
from needlepoint.clinic.chair.actions.photo import photo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]


def test_a_long_queue_leads_from_page_to_page(desk, monkeypatch):
    monkeypatch.setattr(triage, "PAGE_LINES", 2)
    done = desk.practice.done()
    for level in ("routine", "emergency", "routine"):
        checked_in(desk.practice, done, level=level)
    desk.sign_in("medical_director@harbour.example")
    desk.go("/queue/")
    assert "emergency" in desk.page.locator("article").first.inner_text()
    desk.looked_at("queue")
    desk.follow("Less urgent")
    assert desk.page.locator("article").count() == 1
    desk.follow("More urgent")
    assert desk.page.locator("article").count() == 2


def test_an_older_plan_is_told_on_the_list_the_chart_and_the_plan(desk):
    course = desk.practice.planned()
    fired = course.plans.get().advice.document["verdicts"][0]["rule"]
    of_an_older_rulebook(desk.practice, course, also=["a.rule_of_last_year"], without=[fired])
    desk.sign_in("medical_director@harbour.example")
    desk.go("/plans/older/")
    assert desk.page.get_by_text("Said now, and not then:").is_visible()
    desk.looked_at("older-plans")
    desk.go(f"/patients/{course.patient.public_id}/")
    assert desk.page.get_by_text("older rulebook, 2025.1").first.is_visible()
    desk.go(f"/courses/{course.public_id}/plan/")
    assert desk.page.get_by_text("older rulebook, 2025.1").first.is_visible()


def test_a_marked_copy_is_offered_for_what_was_agreed_to_only(desk):
    of = desk.practice.patient()
    desk.practice.photo_consent(of, uses=("chart", "teaching"))
    act = desk.practice.act()
    photo.add_photo(act, patient_id=of.public_id, content=picture(size=(600, 400)), shows="front")
    desk.sign_in("medical_director@harbour.example")
    desk.go(f"/patients/{of.public_id}/photos/")
    desk.looked_at("photos")
    assert desk.page.get_by_role("button", name="Marked copy").count() == 1
    with desk.page.expect_download() as waiting:
        desk.page.get_by_role("button", name="Marked copy for teaching").click()
    assert Path(waiting.value.path()).read_bytes()[:3] == b"\xff\xd8\xff"
