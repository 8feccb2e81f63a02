"""Tables that members read on a phone: each row is a card that names its columns, and nothing is pushed aside."""

import pytest
from tests.browser.desk import sat_down
from tests.clinic.wings.practice.test_reports import scored

from needlepoint.clinic.access.roles import Role

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]
PAGES = ("record", "review", "my-sign-ins", "reports")
# Of each table: by how much it is wider than its place, and which cells do not say what their column says.
TABLES = """() => [...document.querySelectorAll("main table")].map((table) => {
  const headings = [...table.querySelectorAll("thead th")].map((each) => each.textContent.trim());
  const rows = [...table.tBodies[0].rows].filter((row) => row.cells.length > 1);
  const shown = (cell) => getComputedStyle(cell, "::before").content.replaceAll('"', "");
  const wrong = rows.flatMap((row) => [...row.cells].slice(1).filter(
    (cell, place) => cell.checkVisibility() && shown(cell) !== headings[place + 1]));
  const around = table.parentElement;
  return [around.scrollWidth - around.clientWidth, wrong.map((cell) => cell.outerHTML), rows.length];
})"""


@pytest.fixture(params=["en", "es"])
def desk(request, browser, live_server):
    """Somebody who may read all four, at a phone, in a language of their own."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    desk = sat_down(context.new_page(), live_server.url)
    member = desk.practice.members[Role.MEDICAL_DIRECTOR]
    member.language = request.param
    member.save()
    yield desk
    context.close()


def full(practice):
    """Sessions to review, a rule set aside and outcomes of enough people."""
    practice.done(minutes=0)
    for number in range(5):
        scored(practice, number, 2)
    course = practice.course()
    practice.screened(course, nsaid="current")
    practice.settled(course)


def test_a_row_is_a_card_on_a_phone_that_names_its_columns(desk):
    full(desk.practice)
    desk.sign_in("medical_director@harbour.example")
    for name in PAGES:
        desk.go(f"/{name}/")
        desk.looked_at(f"{name}-{desk.page.locator('html').get_attribute('lang')}")
        tables = desk.page.evaluate(TABLES)
        assert any(rows for _wider, _wrong, rows in tables), name
        assert [(wider, wrong) for wider, wrong, _rows in tables if wider > 0 or wrong] == [], name
