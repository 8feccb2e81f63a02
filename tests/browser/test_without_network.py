"""What the server does not take a person sees beside what was done; nobody reads what was kept for somebody else."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.urls import reverse
from playwright.sync_api import expect
from tests.browser.desk import PASSWORD
from tests.browser.worker import SENTENCE, ready

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import CartridgeUse, Patient, RecordLine, Session
from needlepoint.clinic.server import middleware
from needlepoint.clinic.server.door.device_seal import DeviceSeal

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("emptied"),
    pytest.mark.parametrize("page", [(1180, 820)], indirect=True, ids=["tablet"]),
]
DIRECTOR = "medical_director@harbour.example"
WAIT = 20_000
NOTE = "typed in the cellar"


@pytest.fixture
def under_way(desk):
    """A session under way, whose operator sits before it."""
    page, practice = desk.page, desk.practice
    page.meant = ("status of 4", "htmx:", "Response Status Error", "ERR_", "TypeError: Failed to fetch")
    practice.used = practice.opened().cartridge_uses.get().cartridge
    opened = practice.opened(
        practice.consented(practice.planned(practice.course(practice.patient(given_name="Bea"))))
    )
    Session.objects.filter(pk=opened.pk).update(operator=practice.members[Role.MEDICAL_DIRECTOR])
    practice.spare = practice.stocked(lot="LOT8")[0]
    desk.sign_in(DIRECTOR)
    page.goto(f"{desk.address}/sessions/{opened.public_id}/")
    ready(page)
    return opened


def cut(page):
    page.context.set_offline(True)


def mended(page):
    page.context.set_offline(False)


def says_so(page):
    expect(page.locator(".without-network .banner:visible")).to_have_text(SENTENCE, timeout=WAIT)


def another(page, serial):
    page.locator("form[action$='/cartridge/']").evaluate("(form) => { form.closest('details').open = true; }")
    page.fill("#code", serial)
    page.locator("label", has=page.locator("input[name=reason][value=blunt]")).tap()
    page.get_by_role("button", name="Add it to this session").click(no_wait_after=True)
    says_so(page)


def finished(page):
    page.fill("[name=sharps_container]", "SC-1")
    page.get_by_role("button", name="Finish and sign").click(no_wait_after=True)


def signed_here(page):
    """It is kept: what is only on its way yet would be sent for the first time once the network is back."""
    says_so(page)
    expect(page.locator(".without-network li")).to_contain_text("Finished and signed: kept", timeout=WAIT)


def kept_acts(page):
    return page.evaluate("() => localStorage.getItem('np-sealed:acts')")


def test_a_piece_that_served_before_is_shown_beside_what_was_done_and_left_out_by_a_person(desk, under_way):
    page, used = desk.page, desk.practice.used
    cut(page)
    another(page, used.serial)
    expect(page.locator(".without-network li")).to_contain_text(f"Another cartridge: {used.serial}: kept")
    finished(page)
    mended(page)
    clash = page.locator(".without-network .stale")
    expect(clash).to_contain_text("Used before", timeout=WAIT)
    expect(clash).to_contain_text(f"Another cartridge: {used.serial}")
    page.wait_for_timeout(6_000)
    under_way.refresh_from_db()
    assert under_way.state == "under_way", "what came after it waits for the person"
    desk.look()
    desk.looked_at("clash")
    clash.get_by_role("button", name="Leave it out").click()
    expect(page.locator("h1")).to_contain_text("is signed", timeout=WAIT)
    under_way.refresh_from_db()
    assert under_way.state == "done"
    assert CartridgeUse.objects.filter(cartridge=used).count() == 1
    line = RecordLine.objects.get(act="left out what was kept")
    assert used.serial in line.detail["what"]
    assert line.detail["because"].startswith("Used before")


def test_a_depth_beyond_the_limit_goes_back_to_the_page_and_is_signed_once_it_is_right(desk, under_way):
    page = desk.page
    cut(page)
    depth = page.locator("[data-zone=cheek_left] [data-depth]").last
    depth.fill("2.90")
    finished(page)
    signed_here(page)
    mended(page)
    clash = page.locator(".without-network .stale")
    expect(clash).to_contain_text("2.9", timeout=WAIT)
    clash.get_by_role("button", name="Go back to the page").click()
    expect(clash).to_have_count(0)
    depth.fill("1.00")
    finished(page)
    expect(page.locator("h1")).to_contain_text("is signed", timeout=WAIT)
    assert {str(each.depth_mm) for each in under_way.passes.all()} == {"1.00"}
    assert under_way.signatures.count() == 1


def test_what_was_saved_elsewhere_meanwhile_is_shown_beside_what_was_signed_here(desk, under_way):
    page = desk.page
    page.fill("[name=note]", NOTE)
    cut(page)
    finished(page)
    signed_here(page)
    elsewhere = page.context.browser.new_context()
    other = elsewhere.new_page()
    other.goto(f"{desk.address}/sign-in/login/")
    other.fill("[name=login]", DIRECTOR)
    other.fill("[name=password]", PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.goto(f"{desk.address}/sessions/{under_way.public_id}/")
    other.fill("[name=note]", "from the other tablet")
    expect(other.locator("#saved")).to_contain_text("Saved ", timeout=WAIT)
    elsewhere.close()
    mended(page)
    clash = page.locator(".without-network .stale")
    expect(clash).to_contain_text("from the other tablet", timeout=WAIT)
    expect(clash).to_contain_text(NOTE)
    under_way.refresh_from_db()
    assert under_way.state == "under_way"


def test_what_is_kept_can_be_read_by_nobody_and_is_gone_once_somebody_else_signs_in(desk, under_way):
    page = desk.page
    cut(page)
    page.fill("[name=note]", NOTE)
    another(page, "NP999999")
    page.wait_for_function("() => localStorage.getItem('np-sealed:acts')", timeout=WAIT)
    lies_here = page.evaluate("() => JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")
    assert "np-sealed:acts" in lies_here
    for words in (NOTE, "NP999999", "Byron", "cheek_left", "Another cartridge"):
        assert words not in lies_here
    nurse = desk.practice.members[Role.NURSE]
    nurse.set_password(PASSWORD)
    nurse.save()
    page.context.clear_cookies()
    page.goto("about:blank")
    mended(page)
    desk.sign_in(nurse.email)
    page.goto(f"{desk.address}/sessions/{under_way.public_id}/")
    page.wait_for_timeout(3_000)
    assert kept_acts(page) is None
    assert page.input_value("[name=note]") == ""
    assert RecordLine.objects.filter(act="added cartridge").count() == 0


def test_whoever_signs_in_in_another_tab_never_hands_in_what_the_first_has_done(desk, under_way):
    page = desk.page
    nurse = desk.practice.members[Role.NURSE]
    nurse.set_password(PASSWORD)
    nurse.save()
    cut(page)
    another(page, desk.practice.spare.serial)
    page.context.clear_cookies()
    mended(page)
    other = page.context.new_page()
    other.goto(f"{desk.address}/sign-in/login/")
    other.fill("[name=login]", nurse.email)
    other.fill("[name=password]", PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.wait_for_load_state()
    page.wait_for_timeout(8_000)
    assert RecordLine.objects.filter(act="added cartridge").count() == 0
    other.close()


@pytest.fixture
def each_page_counts(monkeypatch):
    monkeypatch.setattr(middleware, "NOTED_EVERY", timedelta(0))


def test_a_page_that_came_without_a_network_is_covered_when_nobody_touches_it(desk, under_way, settings):
    page = desk.page
    settings.IDLE_AFTER = timedelta(seconds=12)
    page.reload()
    ready(page)
    cut(page)
    page.reload()
    says_so(page)
    assert "Bea" in page.evaluate("() => document.body.innerText")
    page.wait_for_function("() => document.documentElement.classList.contains('covered')", timeout=WAIT)
    assert "Bea" not in page.evaluate("() => document.body.innerText")
    mended(page)


def test_every_other_page_says_in_one_line_that_it_waits_and_comes_by_itself(desk, under_way):
    page = desk.page
    cut(page)
    page.goto(f"{desk.address}/patients/")
    expect(page.locator("#says")).to_have_text(
        "No network: this page can only be opened when it is back.", timeout=WAIT
    )
    mended(page)
    expect(page.locator("h1")).to_contain_text("Patients", timeout=WAIT)


def test_a_form_that_is_sent_without_a_network_stands_there_again_after_back_and_is_taken_once(
    desk, under_way
):
    page = desk.page
    page.goto(desk.address + reverse("register"))
    page.fill("[name=given_name]", "Zoe")
    page.fill("[name=family_name]", "Quiet")
    page.fill("[name=born_on]", "1990-05-14")
    cut(page)
    page.get_by_role("button", name="Save").first.click(no_wait_after=True)
    expect(page.locator("#says")).to_contain_text("it is taken once", timeout=WAIT)
    mended(page)
    page.go_back()
    expect(page.locator("[name=family_name]")).to_have_value("Quiet", timeout=WAIT)
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_url("**/patients/*-*/", timeout=WAIT)
    page.goto(desk.address + reverse("register"))
    page.wait_for_timeout(1_000)
    assert page.input_value("[name=family_name]") == "", "what was taken stands in no form again"
    assert Patient.objects.filter(family_name="Quiet").count() == 1


def test_a_form_whose_answer_was_lost_is_sent_again_after_back_and_taken_once(desk, under_way, monkeypatch):
    page, plain, lost = desk.page, DeviceSeal.__call__, []

    def loses_it(seal, request):
        answer = plain(seal, request)
        if request.method == "POST" and request.path == reverse("register") and not lost:
            lost.append(answer.status_code)
            return HttpResponse("Bad gateway", status=502)
        return answer

    monkeypatch.setattr(DeviceSeal, "__call__", loses_it)
    page.goto(desk.address + reverse("register"))
    page.fill("[name=given_name]", "Zoe")
    page.fill("[name=family_name]", "Quiet")
    page.fill("[name=born_on]", "1990-05-14")
    page.get_by_role("button", name="Save").first.click(no_wait_after=True)
    expect(page.locator("#says")).to_contain_text("it is taken once", timeout=WAIT)
    page.go_back()
    expect(page.locator("[name=family_name]")).to_have_value("Quiet", timeout=WAIT)
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_url("**/patients/*-*/", timeout=WAIT)
    assert lost == [302]
    assert Patient.objects.filter(family_name="Quiet").count() == 1


def test_a_clock_that_is_set_right_by_years_when_the_network_comes_loses_nothing_that_was_done(
    desk, under_way
):
    page, spare = desk.page, desk.practice.spare
    page.clock.set_fixed_time("2020-01-01T00:00:00Z")
    page.reload()
    ready(page)
    cut(page)
    another(page, spare.serial)
    expect(page.locator(".without-network li")).to_contain_text(f"Another cartridge: {spare.serial}: kept")
    page.clock.set_fixed_time(datetime.now(UTC))
    mended(page)
    clash = page.locator(".without-network .stale")
    expect(clash).to_contain_text("12 hours ago by the clock of the device", timeout=WAIT)
    expect(clash).to_contain_text(f"Another cartridge: {spare.serial}")
