"""The check-in on a phone: one page, one question a screen, nothing lost on the way, nothing answered by accident."""

import pytest
from tests.browser.test_portal_journey import Phone, after_a_session
from tests.clinic.portal import reachable
from tests.clinic.practice import Practice

from needlepoint.clinic.models import CheckIn, ReportDraft

SIZE = {"width": 360, "height": 740}
SCORES = (("redness", 1), ("swelling", 2), ("pain", 3))
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]


@pytest.fixture
def phone(browser, live_server):
    practice = Practice.of_today("Harbour Skin")
    reachable(practice)
    context = browser.new_context(viewport=SIZE, has_touch=True, is_mobile=True, locale="en")
    page = context.new_page()
    troubles = []
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    found = Phone(page, live_server.url, practice, "en")
    after_a_session(found)
    found.page.goto(found.root + "check-in/")
    yield found
    context.close()
    assert troubles == []


def tapped(page, *answers):
    for name, value in answers:
        page.locator(f"button[name={name}][value='{value}']").first.click()


def sent(page, name="none", value="all"):
    """Send, and wait for the answer; that the page keeps its answers counts as a navigation, too."""
    tapped(page, (name, value))
    page.wait_for_url("**/reports/**")


def step(page):
    """The one question on the screen."""
    (shown,) = page.locator(".step:visible").all()
    return shown.get_attribute("data-step")


def test_a_whole_check_in_asks_for_one_page_sends_once_and_reads_the_answer(phone):
    page, asked = phone.page, []
    page.on("request", lambda each: asked.append((each.method, each.url.removeprefix(phone.root))))
    page.reload()
    tapped(page, *SCORES)
    page.check("input[name=sign][value=fine_flaking]")
    tapped(page, ("step", "more"))
    page.check("[data-step=more] input[name=none]")
    page.fill("textarea", "A little.")
    sent(page, "step", "send")
    pages = [
        (method, where.split("/")[0])
        for method, where in asked
        if where.startswith(("check-in/", "reports/")) and "draft" not in where
    ]
    assert pages == [("GET", "check-in"), ("POST", "check-in"), ("GET", "reports")]
    told = CheckIn.objects.get()
    assert told.answers == {
        "redness": 1,
        "swelling": 2,
        "pain": 3,
        "signs": ["fine_flaking"],
        "unanswered": [],
        "where": ["not_sure"],
        "darker": False,
    }
    assert told.document["words"] == "A little."


def test_without_its_script_the_check_in_is_a_request_a_tap(browser, phone):
    state = phone.page.context.storage_state()
    context = browser.new_context(viewport=SIZE, java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto(phone.root + "check-in/")
    for place, (name, value) in enumerate(SCORES, start=1):
        assert page.locator("h1:visible").count() == 1
        assert f"Tap {place} of 4" in page.locator(".progress:visible").inner_text()
        tapped(page, (name, value))
    page.check("input[name=sign][value=fever]")
    tapped(page, ("step", "more"))
    page.locator("[data-step=more] button.back").click()
    assert page.is_checked("input[name=sign][value=fever]")
    tapped(page, ("step", "more"))
    page.fill("textarea", "Hot.")
    page.locator("[data-step=more] button.first").click()
    told = CheckIn.objects.get()
    assert (told.answers["pain"], told.answers["signs"], told.document["words"]) == (3, ["fever"], "Hot.")
    assert "fine_flaking" in told.answers["unanswered"]
    context.close()


UNDER_THE_FINGER = """() => {
  const next = document.querySelector("button[name=swelling][value='2']");
  const box = next.getBoundingClientRect();
  return next.contains(document.elementFromPoint(box.x + 20, box.y + box.height / 2));
}"""


def test_a_tap_that_follows_too_fast_does_not_reach_the_next_question(phone):
    page = phone.page
    tap = """document.querySelector("button[name=redness][value='1']").click()"""
    fast = f"() => {{ {tap}; return ({UNDER_THE_FINGER})(); }}"
    assert page.evaluate(fast) is False
    assert step(page) == "swelling"
    page.locator(".step.new").wait_for(state="detached")
    assert page.evaluate(UNDER_THE_FINGER) is True
    tapped(page, ("swelling", 2))
    assert step(page) == "pain"


def test_each_question_has_the_focus_and_its_heading_when_it_comes(phone):
    page = phone.page
    focused = "() => document.activeElement.textContent"
    for name, value in SCORES:
        tapped(page, (name, value))
        assert page.evaluate(focused) == page.locator(".step:visible h1").inner_text()
        assert page.evaluate("() => scrollY") == 0
    assert page.locator("[aria-live]").count() == 0


@pytest.mark.parametrize("way", ["button", "browser"])
def test_going_back_shows_what_was_answered_and_keeps_the_rest(phone, way):
    page = phone.page
    tapped(page, *SCORES)
    page.check("input[name=sign][value=fever]")
    for _ in range(3):
        page.locator(".step:visible .back").click() if way == "button" else page.go_back()
    assert step(page) == "redness"
    assert page.locator("button[name=redness].chosen").get_attribute("value") == "1"
    assert page.locator("button[name=redness].chosen .mark").inner_text() == "your answer"
    tapped(page, ("redness", 4), ("swelling", 2), ("pain", 3))
    assert page.is_checked("input[name=sign][value=fever]")
    sent(page)
    assert CheckIn.objects.get().answers["redness"] == 4
    assert CheckIn.objects.get().answers["signs"] == ["fever"]


def test_a_reload_loses_nothing_that_was_tapped_or_typed(phone):
    page = phone.page
    tapped(page, *SCORES)
    page.check("input[name=sign][value=fever]")
    tapped(page, ("step", "more"))
    page.fill("textarea", "Since last night.")
    key = page.locator(".check-in [name=key]").get_attribute("value")
    page.reload()
    assert step(page) == "more"
    assert page.input_value("textarea") == "Since last night."
    assert page.locator("[data-sign=fever]").is_visible()
    sent(page, "step", "send")
    told = CheckIn.objects.get()
    assert (told.answers["pain"], told.answers["signs"], told.document["words"]) == (
        3,
        ["fever"],
        "Since last night.",
    )
    assert page.evaluate("() => localStorage.length + sessionStorage.length") == 0
    assert key


def test_another_language_keeps_the_answers(phone):
    page = phone.page
    tapped(page, *SCORES[:2])
    with page.expect_navigation():
        page.locator(".languages button[lang=es]").click()
    assert page.locator("html").get_attribute("lang") == "es"
    assert step(page) == "pain"
    tapped(page, ("pain", 0))
    sent(page)
    told = CheckIn.objects.get()
    assert (told.answers["redness"], told.answers["swelling"], told.answers["pain"]) == (1, 2, 0)


def test_nobody_is_shown_the_answers_of_whoever_held_the_phone_before(phone):
    page = phone.page
    tapped(page, ("redness", 4))
    assert page.evaluate("() => history.state.typed").count(["redness", "4"]) == 1
    page.evaluate(
        """() => {
          history.replaceState({ ...history.state, whose: 'another' }, '');
          for (const [name, kept] of Object.entries(localStorage)) {
            localStorage.setItem('np-check-in:another', kept);
            localStorage.removeItem(name);
          }
        }"""
    )
    ReportDraft.objects.update(typed={})
    page.reload()
    assert step(page) == "redness"
    assert page.locator(".chosen").count() == 0


AGED = """(hours) => {
  const when = Date.now() - hours * 3_600_000;
  for (const [name, kept] of Object.entries(localStorage)) {
    localStorage.setItem(name, JSON.stringify({ ...JSON.parse(kept), when }));
  }
  history.replaceState({}, '');
}"""


def test_what_was_tapped_a_day_ago_says_nothing_of_now_and_what_was_hours_ago_is_looked_through(phone):
    page = phone.page
    for hours, kept in ((5, True), (25, False)):
        tapped(page, ("redness", 4))
        ReportDraft.objects.update(typed={})
        page.evaluate(AGED, hours)
        page.reload()
        assert step(page) == ("swelling" if kept else "redness")
        assert page.locator("[data-begun]").is_visible() is kept
        ReportDraft.objects.update(typed={})
        page.evaluate("() => { localStorage.clear(); history.replaceState({}, ''); }")
        page.reload()


def test_sent_and_gone_back_it_is_the_same_report_until_something_is_changed(phone):
    page = phone.page
    tapped(page, *SCORES)
    sent(page)
    for reports, change in ((1, False), (2, True)):
        page.go_back()
        assert step(page) == "signs"
        if change:
            page.check("input[name=sign][value=fever]")
        sent(page)
        assert "/reports/" in page.url
        assert CheckIn.objects.count() == reports
    assert CheckIn.objects.latest("pk").answers["signs"] == ["fever"]


def test_the_enter_key_on_a_tick_answers_nothing_and_sends_nothing(phone):
    page = phone.page
    tapped(page, *SCORES)
    page.locator("input[name=sign]").first.focus()
    page.keyboard.press("Enter")
    assert step(page) in ("signs", "more")
    page.go_back()
    assert page.locator(".chosen").evaluate_all("all => all.map((each) => each.value)") == ["1", "2", "3"]
    assert not CheckIn.objects.exists()
