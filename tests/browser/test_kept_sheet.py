"""The day sheet on a device: it opens for whom it was kept, when network or server is down, and for nobody else."""

import pytest
from django.contrib.sessions.models import Session as SignedIn
from django.http import HttpResponse
from playwright.sync_api import expect

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.server.door.device_seal import DeviceSeal

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("emptied"),
    pytest.mark.parametrize("page", [(1180, 820)], indirect=True, ids=["tablet"]),
]
WAIT = 15_000
SEALED = "() => localStorage.getItem('np-sealed:day-sheet')"


@pytest.fixture
def kept(desk):
    """Somebody whose tablet has kept the sheet of the day."""
    practice = desk.practice
    waiting = practice.consented()
    practice.booked(waiting.patient, waiting)
    desk.sign_in("medical_director@harbour.example")
    open_day(desk)
    return desk


def open_day(desk):
    desk.go("/day/")
    expect(desk.page.locator("#sheet-says")).to_contain_text("is kept on this device", timeout=WAIT)
    desk.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    desk.page.wait_for_function("() => navigator.serviceWorker.controller", timeout=WAIT)


def unplugged(desk):
    desk.page.context.set_offline(True)
    desk.page.goto(f"{desk.address}/day/")


def shown(desk):
    expect(desk.page.locator("body")).to_contain_text("Byron, Ada", timeout=WAIT)
    expect(desk.page.locator("body")).to_contain_text("cheek left")


def hidden(desk):
    expect(desk.page.locator("#says")).to_contain_text("no day sheet is kept here", timeout=WAIT)
    assert "Byron" not in desk.page.content()


def nothing_readable(desk):
    """Nothing of a patient lies on the device as text, in any place where a page can put something."""
    told = desk.page.evaluate(
        """async () => {
          let all = JSON.stringify(localStorage) + JSON.stringify(sessionStorage);
          for (const name of await caches.keys()) {
            const kept = await caches.open(name);
            for (const asked of await kept.keys()) all += await (await kept.match(asked)).text();
          }
          return all;
        }"""
    )
    assert "Byron" not in told


def test_whoever_is_signed_in_sees_the_sheet_without_a_network(kept):
    nothing_readable(kept)
    unplugged(kept)
    shown(kept)
    kept.page.context.set_offline(False)


def test_with_the_cookie_gone_nobody_sees_it_without_a_network(kept):
    kept.page.context.clear_cookies()
    unplugged(kept)
    hidden(kept)
    assert kept.page.evaluate(SEALED) is None, "and it is gone"
    kept.page.context.set_offline(False)


@pytest.mark.parametrize("where", ["colleague", "other clinic"])
def test_somebody_else_who_signs_in_here_never_sees_it(kept, where):
    from tests.browser.desk import PASSWORD
    from tests.clinic.practice import Practice

    practice = kept.practice if where == "colleague" else Practice.of_today("Hill Skin")
    role = Role.FRONT_DESK if where == "colleague" else Role.AUDITOR
    member = practice.members[role]
    member.set_password(PASSWORD)
    member.save()
    kept.page.context.clear_cookies()
    kept.sign_in(member.email)
    kept.page.wait_for_function(f"() => ({SEALED})() === null", timeout=WAIT)
    nothing_readable(kept)
    unplugged(kept)
    assert "Byron" not in kept.page.content()
    kept.page.context.set_offline(False)


def test_it_is_gone_once_the_session_was_ended_elsewhere_and_any_page_is_opened(kept):
    SignedIn.objects.all().delete()
    kept.page.goto(f"{kept.address}/patients/")
    kept.page.wait_for_function(f"() => ({SEALED})() === null", timeout=WAIT)
    nothing_readable(kept)


def test_signing_out_wipes_it(kept):
    kept.sign_out()
    assert kept.page.evaluate(SEALED) is None
    nothing_readable(kept)


@pytest.mark.parametrize("status", [502, 503])
def test_it_is_shown_where_only_the_web_server_before_us_answers(kept, monkeypatch, status):
    kept.page.meant = (f"status of {status}",)
    monkeypatch.setattr(DeviceSeal, "__call__", lambda *_: HttpResponse("Bad gateway", status=status))
    kept.page.goto(f"{kept.address}/day/")
    shown(kept)
    nothing_readable(kept)


@pytest.mark.parametrize("status", [404, 409, 500, 503])
def test_an_answer_that_says_nothing_about_the_member_leaves_it(kept, monkeypatch, status):
    before = kept.page.evaluate(SEALED)
    kept.page.meant = (f"status of {status}",)
    plain = DeviceSeal.__call__

    def troubled(self, request):
        if request.path == "/day/sheet/":
            return HttpResponse("trouble", status=status)
        return plain(self, request)

    monkeypatch.setattr(DeviceSeal, "__call__", troubled)
    with kept.page.expect_response(lambda answer: answer.url.endswith("/day/sheet/")):
        kept.page.goto(f"{kept.address}/day/")
    kept.page.wait_for_timeout(300)
    assert kept.page.evaluate(SEALED) == before
