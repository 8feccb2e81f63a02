"""What is typed is never lost, and "Saved" stands only beside what the server holds."""

from time import sleep

import pytest
from django.contrib.sessions.models import Session as SignedIn
from django.urls import reverse
from playwright.sync_api import expect

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import Session, Typed
from needlepoint.clinic.practice.views.door import typed

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("emptied"),
    pytest.mark.parametrize("page", [(1180, 820)], indirect=True, ids=["tablet"]),
]
PRESCRIBER = "medical_director@harbour.example"
WAIT = 15_000
# What a worker asks for in a page's stead no test can hold back or answer.
WITHOUT_WORKER = "delete Navigator.prototype.serviceWorker"


def answered(page, number):
    """Answer so many questions as a hand does, and say which."""
    boxes = page.locator("form[data-typed] input[type=radio][value=no]")
    names = [boxes.nth(place).get_attribute("name") for place in range(number)]
    for place in range(number):
        boxes.nth(place).check()
    return names


def ticked(page):
    return page.locator("form[data-typed] input[type=radio]:checked").count()


def kept(page):
    expect(page.locator("form[data-typed] .saved").first).to_contain_text("is kept", timeout=WAIT)


def signed_out(page):
    """The session ends on the server, as it does for the idle."""
    SignedIn.objects.all().delete()
    page.context.clear_cookies()


def test_answers_of_a_screening_are_there_again_after_leaving_at_once_and_after_an_idle_sign_out(desk):
    page, practice = desk.page, desk.practice
    course = practice.course(practice.patient())
    where = reverse("screening", args=[course.public_id])
    desk.sign_in(PRESCRIBER)
    desk.go(where)
    names = answered(page, 15)
    # No pause: the tap on the chart comes within a tenth of a second of the last answer.
    page.goto(desk.address + reverse("chart", args=[course.patient.public_id]))
    page.goto(desk.address + where)
    expect(page.locator(".back-again")).to_contain_text("stands here again", timeout=WAIT)
    assert ticked(page) == 15
    answered(page, 17)
    kept(page)
    signed_out(page)
    desk.sign_in(PRESCRIBER)
    page.goto(desk.address + where)
    expect(page.locator(".back-again")).to_be_visible(timeout=WAIT)
    assert {page.locator(f"input[name='{name}'][value=no]").is_checked() for name in names} == {True}
    desk.look()
    desk.answer_no()
    page.locator("form[data-typed] button[type=submit]").last.click()
    page.wait_for_url(lambda url: where not in url or "all" not in url)
    expect(page.locator("main")).to_be_visible()
    assert not Typed.objects.exclude(fields=[]).exists(), "once it is taken nothing is kept"


def test_a_server_that_is_slow_to_keep_what_a_page_left_behind_is_waited_for(desk, monkeypatch):
    page, practice = desk.page, desk.practice
    page.add_init_script(WITHOUT_WORKER)
    course = practice.course(practice.patient())
    where = reverse("screening", args=[course.public_id])
    desk.sign_in(PRESCRIBER)
    desk.go(where)
    keep = typed.actions.keep
    monkeypatch.setattr(typed.actions, "keep", lambda *given, **named: sleep(1.5) or keep(*given, **named))
    names = answered(page, 7)
    page.goto(desk.address + where)
    # A hand that goes on meanwhile takes nothing from what comes back.
    page.locator("form[data-typed] input[type=radio][value=no]").nth(9).check()
    expect(page.locator(".back-again")).to_contain_text("stands here again", timeout=WAIT)
    assert {page.locator(f"input[name='{name}'][value=no]").is_checked() for name in names} == {True}
    assert ticked(page) == 8
    kept(page)
    assert [sum(value == "no" for _name, value in row.fields) for row in Typed.objects.all()] == [8]


def test_what_one_member_typed_is_shown_to_no_other(desk):
    page, practice = desk.page, desk.practice
    page.meant = ("status of 401", "status of 403")
    course = practice.course(practice.patient())
    where = reverse("screening", args=[course.public_id])
    desk.sign_in(PRESCRIBER)
    desk.go(where)
    answered(page, 5)
    kept(page)
    signed_out(page)
    nurse = practice.members[Role.NURSE]
    nurse.set_password("a long one for tests")
    nurse.password = practice.members[Role.MEDICAL_DIRECTOR].password
    nurse.save()
    desk.sign_in("nurse@harbour.example")
    with page.expect_response(lambda answer: "/typed/" in answer.url) as asked:
        page.goto(desk.address + where)
    assert asked.value.json() == {"fields": None}
    assert ticked(page) == 0
    assert page.locator(".back-again").count() == 0


def test_a_history_of_an_adverse_event_survives_a_tap_on_back_and_can_be_begun_anew(desk):
    page, practice = desk.page, desk.practice
    of = practice.done(practice.opened()).patient
    desk.sign_in(PRESCRIBER)
    desk.go(reverse("chart", args=[of.public_id]))
    page.locator("a", has_text="Adverse event").first.click()
    page.locator("textarea[name=words]").fill("Burning since the evening, then hives on both arms.")
    page.go_back()
    page.go_forward()
    box = page.locator("textarea[name=words]")
    expect(box).to_have_value("Burning since the evening, then hives on both arms.", timeout=WAIT)
    page.reload()
    expect(page.locator(".back-again")).to_be_visible(timeout=WAIT)
    expect(box).to_have_value("Burning since the evening, then hives on both arms.")
    page.get_by_role("button", name="Begin anew").click()
    expect(box).to_have_value("", timeout=WAIT)
    expect(page.locator(".back-again")).to_have_count(0)
    assert not Typed.objects.exclude(fields=[]).exists()


def test_what_was_typed_before_the_script_came_is_kept_too(desk):
    page, practice = desk.page, desk.practice
    of = practice.done(practice.opened()).patient
    desk.sign_in(PRESCRIBER)
    held, late = [], "**/typed*.js"
    page.route(late, lambda asked: held.append(asked))  # noqa: PLW0108 (a built-in cannot be marked)
    with page.expect_request(late):
        page.goto(desk.address + reverse("report_adverse", args=[of.public_id]), wait_until="commit")
    page.locator("textarea[name=words]").fill("Hives on both arms.")
    held[0].continue_()
    page.unroute(late)
    kept(page)
    page.goto(desk.address + reverse("chart", args=[of.public_id]))
    page.goto(desk.address + reverse("report_adverse", args=[of.public_id]))
    expect(page.locator("textarea[name=words]")).to_have_value("Hives on both arms.", timeout=WAIT)


def first_held(page):
    """A slow network: what is kept first is held back until somebody lets it go; all others pass."""
    held = []

    def pass_on(asked):
        if held or asked.request.method != "POST":
            asked.continue_()
        else:
            held.append(asked)

    page.route("**/typed/**", pass_on)
    return held


def slow_form(desk):
    """A form on a slow network whose timers go on only when they are told to; return its box and what is held."""
    page, of = desk.page, desk.practice.done(desk.practice.opened()).patient
    page.add_init_script(WITHOUT_WORKER)
    desk.sign_in(PRESCRIBER)
    page.clock.install()
    page.goto(desk.address + reverse("report_adverse", args=[of.public_id]), wait_until="networkidle")
    page.clock.pause_at(page.evaluate("Date.now()") + 5000)
    return page.locator("textarea[name=words]"), first_held(page)


def typed_and_under_way(page, box, words):
    box.fill(words)
    with page.expect_request("**/typed/"):
        page.clock.run_for(1000)


def let_go(page, held):
    """Let the first go, and wait until the page has read its answer."""
    with page.expect_response(lambda answer: answer.request == held[0].request):
        held[0].continue_()
    page.evaluate("() => fetch(document.querySelector('meta[name=door]').content).then(() => null)")


def kept_words():
    return [value for row in Typed.objects.all() for name, value in row.fields if name == "words"]


def test_what_is_typed_while_an_answer_is_under_way_is_kept_on_leaving_at_once(desk):
    page = desk.page
    box, held = slow_form(desk)
    where = page.url
    typed_and_under_way(page, box, "Hives.")
    box.fill("Hives on both arms.")
    let_go(page, held)
    page.goto(f"{desk.address}/day/")
    page.clock.resume()
    page.goto(where)
    expect(box).to_have_value("Hives on both arms.", timeout=WAIT)


def test_what_was_typed_first_never_overtakes_what_was_typed_last(desk):
    page = desk.page
    box, held = slow_form(desk)
    typed_and_under_way(page, box, "Hives.")
    box.fill("Hives on both arms.")
    page.clock.run_for(1000)
    let_go(page, held)
    for _ in range(150):
        if kept_words() == ["Hives on both arms."]:
            break
        page.wait_for_timeout(100)
    assert kept_words() == ["Hives on both arms."]
    expect(page.locator("form[data-typed] .saved").first).to_contain_text("is kept", timeout=WAIT)


def test_a_form_whose_request_came_to_nothing_can_be_sent_again(desk):
    page, of = desk.page, desk.practice.patient()
    page.add_init_script(WITHOUT_WORKER)
    page.clock.install()
    desk.sign_in(PRESCRIBER)
    desk.go(reverse("report_adverse", args=[of.public_id]))
    page.meant = ("ERR_ABORTED", "status of 204", "ERR_FAILED")
    page.route("**/adverse/new/", lambda route: route.fulfill(status=204))
    page.locator("textarea[name=words]").fill("Hives on both arms.")
    page.locator("[name=kind]").first.check()
    page.locator("[name=severity]").first.check()
    page.locator("[name=began_on]").fill("2026-11-01")
    button = page.get_by_role("button", name="Write it down")
    button.click()
    expect(button).to_be_disabled()
    page.clock.fast_forward(11_000)
    expect(button).to_be_enabled()


@pytest.fixture
def under_way(desk):
    desk.page.meant = ("status of 401", "status of 403", "htmx:", "Response Status Error")
    opened = desk.practice.opened()
    desk.practice.stocked(lot="LOT9")
    desk.sign_in(PRESCRIBER)
    desk.go(f"/sessions/{opened.public_id}/")
    return opened


def note_of(opened):
    return Session.objects.get(pk=opened.pk).draft.get("note", "")


def saved(page):
    expect(page.locator("#saved")).to_contain_text("Saved ", timeout=WAIT)


def cut_off(page):
    """The page says so, in one sentence."""
    expect(page.locator(".without-network .banner:visible")).to_contain_text(
        "is kept on this tablet", timeout=WAIT
    )


def test_a_second_cartridge_taken_at_once_keeps_the_note(desk, under_way):
    page = desk.page
    page.locator("summary", has_text="Take another cartridge").click()
    page.fill("[name=note]", "Pinpoint bleeding on the left")
    page.locator("#code").fill("SER0001")
    page.get_by_role("button", name="Add it to this session").click()
    page.wait_for_load_state()
    for _ in range(100):
        if note_of(under_way):
            break
        page.wait_for_timeout(100)
    assert note_of(under_way) == "Pinpoint bleeding on the left"


def test_leaving_at_once_after_typing_keeps_the_note(desk, under_way):
    page = desk.page
    page.fill("[name=note]", "typed and gone")
    page.goto(f"{desk.address}/day/")
    page.goto(f"{desk.address}/sessions/{under_way.public_id}/")
    expect(page.locator("[name=note]")).to_have_value("typed and gone", timeout=WAIT)


def test_saved_never_stands_beside_text_that_the_server_does_not_hold(desk, under_way):
    page = desk.page
    page.fill("[name=note]", "first, online")
    saved(page)
    page.context.set_offline(True)
    page.fill("[name=note]", "SECOND, offline")
    cut_off(page)
    expect(page.locator("#saved")).to_be_hidden()
    assert "Saved " not in page.locator("#saved").inner_text()
    assert page.input_value("[name=note]") == "SECOND, offline", "the page is still there, and so is the text"
    desk.picture("session-offline")
    page.context.set_offline(False)
    saved(page)
    assert note_of(under_way) == "SECOND, offline"


def test_what_was_typed_without_a_network_is_there_after_a_reload(desk, under_way):
    page = desk.page
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.set_offline(True)
    page.fill("[name=note]", "typed in the cellar")
    cut_off(page)
    sealed = page.evaluate("() => JSON.stringify(localStorage)")
    assert "cellar" not in sealed, "what lies on the device can be read by nobody who is not signed in"
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("[name=note]")).to_have_value("typed in the cellar", timeout=WAIT)
    saved(page)
    assert note_of(under_way) == "typed in the cellar"
    assert page.evaluate("() => Object.keys(localStorage).filter((each) => each.includes('session:'))") == []


def test_what_was_sealed_here_opens_for_no_later_session(desk, under_way):
    page = desk.page
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.set_offline(True)
    page.fill("[name=note]", "typed in the cellar")
    cut_off(page)
    page.context.set_offline(False)
    page.context.clear_cookies()
    page.goto(f"{desk.address}/sign-in/login/")
    page.wait_for_function("() => Object.keys(localStorage).length === 0", timeout=WAIT)


def test_whoever_was_signed_out_meanwhile_is_led_to_the_way_in_and_finds_the_text_again(desk, under_way):
    page = desk.page
    page.fill("[name=note]", "before the phone rang")
    saved(page)
    signed_out(page)
    page.goto(f"{desk.address}/sessions/{under_way.public_id}/")
    page.wait_for_url("**/sign-in/**", timeout=WAIT)
    desk.sign_in(PRESCRIBER)
    page.goto(f"{desk.address}/sessions/{under_way.public_id}/")
    expect(page.locator("[name=note]")).to_have_value("before the phone rang", timeout=WAIT)


def test_a_form_that_nobody_touched_keeps_nothing_however_its_lists_came(desk):
    page, practice = desk.page, desk.practice
    course = practice.done(practice.opened()).course
    desk.sign_in(PRESCRIBER)
    where = reverse("outcomes", args=[course.public_id])
    # A list in which the page chose nothing shows its first line; that is nobody's choice either.
    desk.go(where)
    assert page.locator("form[data-typed] select:not(:has([selected]))").count()
    page.wait_for_timeout(1500)
    desk.go(where)
    page.wait_for_timeout(500)
    assert page.locator(".back-again").count() == 0
    assert not Typed.objects.exclude(fields=[]).exists()
