"""How many taps everyday work takes, from the page where it begins; what is done by names that stand on the screen."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.browser.desk import PASSWORD, Hand
from tests.clinic.queueing import checked_in

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import Booking, CartridgeUse, Decision, TriageTask

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]


def begun(desk, role, where):
    """Somebody sits at the page where the work begins."""
    member = desk.practice.members[role]
    member.set_password(PASSWORD)
    member.save()
    desk.sign_in(member.email)
    desk.go(where)
    desk.page.set_default_timeout(12_000)
    hand = Hand(desk.page)
    hand.starts()
    return hand


def button(page, words):
    return page.get_by_role("button", name=words, exact=True).first


def link(page, words):
    return page.get_by_role("link", name=words).locator("visible=true").first


def test_a_new_patient_is_registered_screened_planned_and_booked(desk):
    page = desk.page
    hand = begun(desk, Role.MEDICAL_DIRECTOR, "/day/")
    hand.goes(link(page, "Patients"))
    hand.goes(link(page, "New patient"))
    for name, words in {"given_name": "Ada", "family_name": "Byron", "born_on": "1990-05-14"}.items():
        hand.writes(page.locator(f"[name={name}]"), words)
    hand.writes(page.locator("[name=phone]"), "202-555-0100")
    hand.writes(page.locator("[name=allergies]"), "none known")
    hand.chooses(page.locator("[name=sex]"), value="female")
    hand.chooses(page.locator("[name=skin_type]"), value="III")
    hand.goes(button(page, "Save"))
    hand.goes(link(page, "New course"))
    hand.chooses(page.locator("[name=concern]"), value="acne_scars")
    for zone in ("cheek_left", "cheek_right", "forehead"):
        hand.tap(page.locator(f"label:has(input[value={zone}])"))
    hand.goes(button(page, "Draft the course and screen"))
    answered(hand)
    hand.goes(button(page, "Keep the answers"))
    # What is asked by how much or how marked has an answer of its own each, whatever the group says.
    hand.goes(link(page, "Screen:"))
    for words in ("No, never", "Not known", "There is none, or not sure", "You see them only close up"):
        hand.tap(page.locator("label", has_text=words).first)
    hand.goes(button(page, "Keep the answers"))
    decided(hand)
    hand.goes(link(page, "Plan the course"))
    hand.goes(button(page, "Agree on this plan"))
    hand.goes(link(page, "Book"))
    hand.chooses(page.locator("[name=what]"), index=1)
    soon = timezone.localtime() + timedelta(days=3)
    hand.writes(page.locator("[name=starts_at]"), f"{soon:%Y-%m-%dT11:00}")
    hand.goes(button(page, "Book"))
    if page.get_by_role("button", name="Book anyway").count():
        hand.goes(button(page, "Book anyway"))
    hand.says("register to booked course")
    assert Booking.objects.count() == 1
    assert hand.taps <= 48


# The questions of groups that one tap cannot answer, in the order of the page.
ALONE = """() => {
  let alone = [], group = [];
  for (const each of document.querySelectorAll("form h2, form input[type=radio], form input[name^=none_]")) {
    if (each.matches("h2")) { alone = alone.concat(group); group = []; }
    else if (each.type === "checkbox") group = [];
    else if (!group.includes(each.name)) group.push(each.name);
  }
  return alone.concat(group);
}"""


def answered(hand):
    """Everything is answered with no, by the shortest way that the page has."""
    page = hand.page
    for name in page.evaluate(ALONE):
        answers = [f"label:has(input[name={name}][value={value}])" for value in ("no", "never", "none")]
        hand.tap(page.locator(", ".join(answers)).first)
    for none in page.locator("label:has(input[name^=none_])").all():
        hand.tap(none)


def decided(hand):
    """What a prescriber may set aside is set aside."""
    page = hand.page
    for _ in range(12):
        open_ones = page.locator("summary", has_text="Decide otherwise").locator("visible=true")
        if not open_ones.count():
            return
        hand.tap(open_ones.first)
        form = page.locator("form[action$='/decide/']").locator("visible=true").first
        hand.writes(form.locator("textarea"), "Seen.")
        hand.goes(form.locator("button"))


def test_a_nurse_answers_a_check_in(desk):
    page, practice = desk.page, desk.practice
    checked_in(practice, practice.done(), "same_day")
    hand = begun(desk, Role.NURSE, "/day/")
    hand.goes(link(page, "Check-ins"))
    hand.goes(link(page, "Open"))
    hand.goes(button(page, "I have seen it and take it on"))
    hand.tap(page.locator("label", has_text="Called").first)
    hand.writes(page.locator("#words"), "Cool it, call if it spreads.")
    hand.goes(button(page, "Write it down"))
    hand.chooses(page.locator("#outcome"), index=1)
    hand.writes(page.locator("#closing"), "Better at night.")
    hand.goes(button(page, "Close it"))
    hand.says("check-in answered by a nurse")
    assert TriageTask.objects.get().closed_at is not None
    assert hand.taps <= 11


def test_a_used_cartridge_is_refused(desk):
    page, practice = desk.page, desk.practice
    practice.done()
    used = CartridgeUse.objects.get().cartridge
    other = practice.consented(practice.planned(practice.course(practice.patient(given_name="Bea"))))
    hand = begun(desk, Role.MEDICAL_DIRECTOR, f"/sessions/{other.public_id}/")
    page.keyboard.type(used.serial)
    page.keyboard.press("Enter")
    for line in range(6):
        hand.tap(page.locator(f"label:has([name=check_{line}])"))
    hand.goes(button(page, "Open the session"))
    assert page.get_by_role("heading", name="STOP").is_visible()
    hand.says("refusing a used cartridge")
    assert hand.taps <= 7


def test_a_prescriber_decides_otherwise(desk):
    page, practice = desk.page, desk.practice
    of_course = practice.course()
    practice.screened(of_course, active_acne="yes")
    hand = begun(desk, Role.PRESCRIBER, f"/patients/{of_course.patient.public_id}/")
    before = Decision.objects.count()
    hand.tap(page.locator("summary", has_text="Decide otherwise").locator("visible=true").first)
    form = page.locator("form[action$='/decide/']").locator("visible=true").first
    hand.writes(form.locator("textarea"), "Two spots, left out.")
    hand.goes(form.locator("button"))
    hand.says("deciding otherwise")
    assert Decision.objects.count() == before + 1
    assert hand.taps == 3
