"""From a new patient to a finished course, as a practice does it, with every page checked on the way."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import AdviceGiven, CartridgeUse, Course, Member, Session

PASSWORD = "a-long-needle-2026"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]


class Desk:
    """Somebody at a tablet or a phone."""

    def __init__(self, page, address):
        self.page, self.address = page, address

    def go(self, where):
        self.page.goto(self.address + where)
        self.look()

    def look(self):
        """Every page: nothing runs over its edge, and axe has no complaint."""
        wider = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(wider) <= 0, self.page.url
        found = Axe().run(self.page, options=RULES)
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"

    def press(self, words):
        """Press and wait for the page that answers."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, exact=True).first.click()
        self.look()

    def follow(self, words):
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=words).first.click()
        self.look()

    def sign_in(self, email):
        self.go("/")
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", PASSWORD)
        self.press("Sign in")

    def answer_no(self, **otherwise):
        """Answer every question so that nothing speaks against a session, but for those named."""
        self.page.evaluate(
            """(otherwise) => {
              const good = ["no", "never", "none"];
              for (const box of document.querySelectorAll("input[type=radio]")) {
                const wanted = otherwise[box.name];
                if (wanted ? box.value === wanted : good.includes(box.value)) box.checked = true;
              }
              for (const [name, value] of Object.entries(otherwise)) {
                const field = document.querySelector(`input[type=date][name=${name}]`);
                if (field) field.value = value;
              }
            }""",
            otherwise,
        )
        kind = self.page.locator("input[name=rosacea_kind][value=unknown]")
        if kind.count():
            kind.check()

    def sign(self):
        self.page.fill("[name=signed_name]", "Ada Byron")
        box = self.page.locator("canvas.pad")
        box.scroll_into_view_if_needed()
        where = box.bounding_box()
        self.page.mouse.move(where["x"] + 30, where["y"] + 60)
        self.page.mouse.down()
        for step in range(1, 6):
            self.page.mouse.move(where["x"] + 30 + step * 30, where["y"] + 60 + (step % 2) * 40)
        self.page.mouse.up()

    def scan(self, code):
        """A scanner types and ends with Enter."""
        self.page.locator("#code").focus()
        self.page.keyboard.type(code)

    def decide_all(self):
        """Set aside, one by one, what a prescriber may set aside."""
        for _ in range(12):
            open_ones = self.page.locator("summary", has_text="Decide otherwise on")
            if not open_ones.count():
                return
            open_ones.first.click()
            form = self.page.locator("form[action$='/decide/']").first
            form.locator("textarea").fill("Examined and weighed.")
            with self.page.expect_navigation():
                form.locator("button").click()
        self.look()


@pytest.fixture
def desk(page, live_server):
    practice = Practice.of_today("Harbour Skin")
    director = practice.members[Role.MEDICAL_DIRECTOR]
    director.set_password(PASSWORD)
    director.save()
    desk = Desk(page, live_server.url)
    desk.practice = practice
    return desk


def test_a_patient_goes_from_enquiry_to_a_finished_course(desk):
    page, practice = desk.page, desk.practice
    piece = practice.stocked()[0]
    desk.sign_in("medical_director@harbour.example")
    assert "/day/" in page.url
    desk.follow("Patients")
    desk.follow("New patient")
    for name, value in {
        "given_name": "Ada",
        "family_name": "Byron",
        "born_on": "1990-05-14",
        "phone": "555-0100",
        "allergies": "none known",
    }.items():
        page.fill(f"[name={name}]", value)
    page.select_option("[name=sex]", "female")
    page.select_option("[name=skin_type]", "II")
    desk.press("Save")
    desk.follow("New course")
    page.select_option("[name=concern]", "acne_scars")
    for zone in ("cheek_left", "cheek_right", "forehead"):
        page.check(f"input[value={zone}]")
    desk.press("Draft the course and screen")

    # A laser two days ago: the session has to wait until a date, and the chart says which.
    desk.answer_no(laser="past", laser_on=(timezone.now() - timedelta(days=2)).date().isoformat())
    desk.press("Keep the answers")
    assert page.locator(".verdict.wait", has_text="laser").count()
    assert "until" in page.locator(".verdict.wait", has_text="laser").first.inner_text()
    desk.follow("See the proposal")
    assert page.get_by_role("button", name="Agree on this plan").is_disabled()

    # It turns out that the laser was somewhere else and long ago.
    desk.go(f"/courses/{Course.objects.get().public_id}/screening/?all=1")
    desk.answer_no()
    desk.press("Keep the answers")
    desk.decide_all()
    desk.go(f"/courses/{Course.objects.get().public_id}/plan/")
    page.get_by_role("button", name="cheek left: deeper", exact=True).click()
    desk.press("Agree on this plan")

    first = Session.objects.get(number=1)
    desk.go(f"/sessions/{first.public_id}/")
    desk.press("The screening stands")
    desk.follow("Consent")
    desk.sign()
    desk.press("I have read it, and I agree")
    for line in range(6):
        page.check(f"[name=check_{line}]")
    desk.scan(piece.serial)
    desk.press("Open the session")

    # Zones and depths stand as planned; one zone is left out by a tap.
    assert page.locator("input[name=zones]:checked").count() == 3
    page.locator("[data-zone=forehead] input[name=zones]").uncheck()
    page.fill("[name=sharps_container]", "SC-1")
    page.locator("[name=sharps_container]").dispatch_event("input")
    page.wait_for_function("() => document.getElementById('saved').textContent.startsWith('Saved ')")
    page.reload()
    assert page.locator("input[name=zones]:checked").count() == 2
    assert page.input_value("[name=sharps_container]") == "SC-1"
    desk.press("Finish and sign as medical_director of Harbour Skin")
    assert "Channels per" in page.content()

    # The same cartridge never serves again: the stop fills the screen.
    again = CartridgeUse.objects.get().cartridge
    practice.catch_up()
    other = practice.consented(practice.planned(practice.course(practice.patient(given_name="Bea"))))
    desk.go(f"/sessions/{other.public_id}/")
    for line in range(6):
        page.check(f"[name=check_{line}]")
    desk.scan(again.serial)
    desk.press("Open the session")
    assert page.get_by_role("heading", name="STOP").is_visible()
    assert "Used before" in page.content()
    other.refresh_from_db()
    assert other.state == "consented"

    desk.go(f"/patients/{first.patient.public_id}/")
    page.locator("summary", has_text="Pause, complete or stop").click()
    desk.press("Complete")
    assert Course.objects.get(patient=first.patient).state == "completed"
    assert AdviceGiven.objects.filter(patient=first.patient).count() >= 3


def test_the_other_pages_are_in_order_too(desk):
    practice, page = desk.practice, desk.page
    done = practice.done()
    of = done.patient
    practice.booked(of, minutes_from_now=100)
    desk.sign_in("medical_director@harbour.example")
    for where in (
        "/day/",
        f"/patients/{of.public_id}/",
        f"/patients/{of.public_id}/contact/",
        f"/patients/{of.public_id}/book/",
        f"/patients/{of.public_id}/photos/",
        f"/patients/{of.public_id}/photo-consent/",
        "/stock/?lot=LOT7",
        "/recall/?lot=LOT7",
        "/record/",
        "/review/",
        f"/sessions/{done.public_id}/",
    ):
        desk.go(where)
    desk.go("/review/")
    page.check("input[name=sessions]")
    desk.press("Sign those ticked as medical_director of Harbour Skin")
    assert done.signatures.filter(meaning="reviewed").count() == 1
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    page.go_back()
    page.goto(f"{desk.address}/patients/{of.public_id}/")
    assert "/sign-in/login/" in page.url
    assert Member.objects.count() == len(Role)
