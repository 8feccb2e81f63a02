"""The doors of the clinic on a tablet: all of them on the screen, with every role that somebody may hold."""

import pytest
from tests.browser.desk import sat_down

from needlepoint.clinic.access.roles import Role

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]
# Tablets lying on their side and standing, and a small computer.
SIZES = ((1180, 820), (1024, 768), (820, 1180), (1280, 720))
OUTSIDE = """() => {
  const rail = document.querySelector(".rail"), found = [];
  for (const each of rail.querySelectorAll("a, button")) {
    const box = each.getBoundingClientRect();
    if (!each.checkVisibility() || box.top >= 0 && box.bottom <= innerHeight) continue;
    found.push(`${each.innerText.trim()} ends at ${Math.round(box.bottom)} of ${innerHeight}`);
  }
  return found;
}"""


@pytest.mark.parametrize("language", ["en", "es"])
def test_on_a_tablet_every_door_and_the_way_out_is_on_the_screen(browser, live_server, language):
    context = browser.new_context(has_touch=True)
    desk = sat_down(context.new_page(), live_server.url)
    member = desk.practice.members[Role.MEDICAL_DIRECTOR]
    member.name, member.language = "Dr Maximiliane Director", language
    member.save()
    desk.sign_in("medical_director@harbour.example")
    for width, height in SIZES:
        desk.page.set_viewport_size({"width": width, "height": height})
        desk.go("/day/")
        assert desk.page.locator(".rail a").count() >= 11
        assert desk.page.evaluate(OUTSIDE) == [], (width, height)
    context.close()
