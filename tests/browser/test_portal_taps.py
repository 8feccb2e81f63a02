"""How many taps the questionnaire at home takes: for a healthy new patient, one who returns, one with conditions."""

from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from tests.browser.test_portal_journey import Phone
from tests.clinic.portal import reachable
from tests.clinic.practice import Practice

from needlepoint.clinic.models import Screening
from needlepoint.evidence.loader import packaged

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]
GROUPS = {name: each.group for name, each in packaged().questions.items()}
MOST_TAPS_NEW, MOST_TAPS_RETURNING, LONGEST_SECONDS = 15, 4, 180


class Walk:
    """A patient who is in, and answers from the questionnaire's first page to the page after sending."""

    def __init__(self, phone, **told):
        self.phone, self.page, self.told = phone, phone.page, told
        self.taps = self.screens = self.typed = 0
        phone.page.goto(phone.root + "screening/")
        began = monotonic()
        self.tap("main form button.first")
        while "/screening/review/" not in self.page.url:
            self.answer()
        self.tap("main form button.first")
        self.seconds = monotonic() - began
        assert "/screening/result/" in self.page.url

    def tap(self, selector):
        self.taps += 1
        self.screens += 1
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def answer(self):
        name = self.page.url.rstrip("/").rpartition("/")[2]
        if name == "day":
            return self.day()
        if "/screening/group/" in self.page.url:
            among = any(name in (GROUPS[each], "again") for each in self.told)
            return self.tap(f"button[name=answer][value={'some' if among else 'none'}]")
        for value in (self.told.get(name), "no", "never", "none", "unknown"):
            found = f"button[name=answer][value='{value}']"
            if value and self.page.locator(found).count():
                return self.tap(found)
        raise AssertionError(self.page.url)

    def day(self):
        on = datetime.now(UTC).date() - timedelta(days=20)
        for name, value in (("day", on.day), ("month", on.month), ("year", on.year)):
            self.page.fill(f"[name={name}]", str(value))
            self.typed += 1
        self.tap("main form button.first")

    def report(self, who):
        print(
            f"\n{who}: {self.taps} taps, {self.screens} screens, {self.typed} fields typed, {self.seconds:.1f} s"
        )


def entered(browser, live_server, practice, course):
    reachable(practice)
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="en"
    )
    phone = Phone(context.new_page(), live_server.url, practice, "en")
    phone.enter(course.patient)
    return phone


def test_a_healthy_new_patient_answers_all_in_fifteen_taps_and_three_minutes(browser, live_server):
    practice = Practice.of_today("Harbour Skin")
    phone = entered(browser, live_server, practice, practice.course(practice.patient()))
    walk = Walk(phone)
    walk.report("healthy and new")
    assert set(Screening.objects.get().answers["asked"]) >= set(GROUPS) - {"rosacea_kind", "cardiac_kind"}
    assert walk.taps <= MOST_TAPS_NEW
    assert walk.typed == 0
    assert walk.seconds < LONGEST_SECONDS
    phone.page.context.close()


def test_who_returns_within_the_window_answers_only_what_has_aged(browser, live_server):
    practice = Practice.found("Harbour Skin", at=datetime.now(UTC) - timedelta(days=20))
    course = practice.course(practice.patient())
    practice.screened(course)
    phone = entered(browser, live_server, practice, course)
    walk = Walk(phone)
    walk.report("returning")
    assert walk.taps <= MOST_TAPS_RETURNING
    phone.page.context.close()


def test_each_condition_costs_its_own_group_and_nothing_else(browser, live_server):
    practice = Practice.of_today("Harbour Skin")
    phone = entered(browser, live_server, practice, practice.course(practice.patient()))
    walk = Walk(phone, diabetes_controlled="yes", active_acne="yes", metal_allergy="yes")
    walk.report("three conditions")
    given = Screening.objects.get().answers["given"]
    assert {given[each] for each in walk.told} == {"yes"}
    told = {GROUPS[each] for each in walk.told}
    mostly = sum(group in told for group in GROUPS.values())
    assert walk.taps <= MOST_TAPS_NEW + mostly + len(walk.told)
    phone.page.context.close()
