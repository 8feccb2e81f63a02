"""What asks for news by itself asks seldom where nobody has it in view, and at once when somebody looks."""

import pytest
from tests.browser.desk import sat_down
from tests.clinic.queueing import checked_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]
VIEW = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_a_queue_that_nobody_has_in_view_rests_until_somebody_looks(page, live_server):
    desk = sat_down(page, live_server.url)
    done, asked = desk.practice.done(), []
    desk.sign_in("medical_director@harbour.example")
    page.clock.install()
    page.goto(f"{live_server.url}/queue/")
    page.wait_for_load_state("networkidle")
    page.on("request", lambda each: asked.append(each.url.removeprefix(live_server.url)))
    page.clock.run_for(4_100)
    page.wait_for_load_state("networkidle")
    assert asked.count("/queue/") == 1
    page.evaluate(VIEW, True)
    asked.clear()
    page.clock.run_for(20_000)
    assert asked.count("/queue/") == 0
    checked_in(desk.practice, done, level="emergency")
    page.evaluate(VIEW, False)
    page.locator("article.red").wait_for()
    assert asked.count("/queue/") == 1
