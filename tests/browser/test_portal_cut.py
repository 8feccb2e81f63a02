"""A check-in whose network goes at any of its steps loses nothing, says so in one sentence, and is handed in once."""

import contextlib

import pytest
from playwright.sync_api import Error
from tests.browser.test_portal_not_sent import Wire
from tests.clinic.portal import Home, reachable
from tests.clinic.practice import Practice

from needlepoint.clinic.models import CheckIn, ReportDraft

STAYS = "No connection just now: go on, your answers stay on this device."
NOT_SENT = "Your report was NOT sent"
WALK = ("redness", "swelling", "pain", "sign", "more", "where", "none", "words", "send")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]


class Walk:
    """A patient who answers step by step, and a line that can be cut: by the phone, or because the server is gone."""

    def __init__(self, browser, live_server, practice, kind):
        self.kind, self.wire = kind, Wire(live_server.url)
        given_name = f"Ada {kind}"
        self.patient = practice.patient(given_name=given_name, email=f"{kind}@patients.example", phone="")
        practice.done(practice.opened(practice.consented(practice.planned(practice.course(self.patient)))))
        home = Home(practice).enter(self.patient)
        self.root = f"{self.wire.address}{home.root}"
        self.context = browser.new_context(
            viewport={"width": 390, "height": 844}, has_touch=True, locale="en"
        )
        self.context.add_cookies(
            [
                {
                    "name": "np_portal",
                    "value": home.browser.cookies["np_portal"].value,
                    "url": self.wire.address,
                },
                {"name": "np_portal_language", "value": "en", "url": self.wire.address},
            ]
        )
        self.page = self.context.new_page()
        self.page.goto(self.root + "check-in/")
        self.expected = {"redness": 1, "swelling": 0, "pain": 2, "words": "Since noon."}

    def walk(self, first="redness", until="send"):
        """Take the steps from one to another, both of them too."""
        for name in WALK[WALK.index(first) : WALK.index(until) + 1]:
            getattr(self, f"_{name}", lambda each=name: self.tap(each, self.expected[each]))()

    def tap(self, name, value):
        self.page.locator(f".step:visible button[name={name}][value='{value}']").first.click()

    def _sign(self):
        self.page.check("input[name=sign][value=fever]")

    def _more(self):
        self.tap("step", "more")

    def _where(self):
        self.page.check("input[name=where][value=neck]")

    def _none(self):
        self.page.check("[data-step=more] input[name=none]")

    def _words(self):
        self.page.fill("textarea", self.expected["words"])

    def _send(self):
        self.page.locator("[data-step=more] button.first").click()

    def cut(self):
        if self.kind == "network":
            self.context.set_offline(True)
        else:
            self.wire.cut()

    def mend(self):
        if self.kind == "network":
            self.context.set_offline(False)
        else:
            self.wire.mend()

    def says(self, words):
        """What the page says by itself while nothing goes through; one sentence, in plain sight."""
        self.page.get_by_text(words, exact=True).locator("visible=true").first.wait_for()

    def again(self):
        """It goes by itself once the phone has a network; where the server was gone, a tap is as good as waiting."""
        again = self.page.locator("[data-again]")
        if self.kind == "server" and again.is_visible():
            again.click()
        self.page.wait_for_url("**/reports/**")

    def open(self, where):
        """Open a page; what the browser shows in place of one that did not come may be on its way and be in between."""
        try:
            self.page.goto(where)
        except Error as error:
            if "interrupted by another navigation" not in str(error):
                raise
            self.page.goto(where)

    def look_through_and_send(self):
        """Whoever comes back looks through what was answered, each with its tap, and sends."""
        for name in ("redness", "swelling", "pain"):
            button = self.page.locator(f".step:visible button[name={name}].chosen")
            if button.count():
                button.click()
        if self.page.locator("[data-step=signs]").is_visible():
            self.tap("step", "more")
        self.walk("send")
        self.page.wait_for_url("**/reports/**")

    def handed_in_once(self):
        told = CheckIn.objects.get(patient=self.patient)
        scores = {name: told.answers[name] for name in ("redness", "swelling", "pain")}
        assert {**scores, "words": told.document["words"]} == self.expected
        assert (told.answers["signs"], told.answers["where"], told.answers["unanswered"]) == (
            ["fever"],
            ["neck"],
            [],
        )
        assert self.page.evaluate("() => localStorage.length") == 0
        self.page.goto(self.root + "today/")
        assert self.page.locator("[data-draft]").is_hidden()
        assert not ReportDraft.objects.filter(patient=self.patient).exclude(typed={}).exists()


# -- the points at which the network goes


def before(step):
    def go(walk):
        walk.page.wait_for_timeout(100)
        if step != "redness":
            walk.walk(until=WALK[WALK.index(step) - 1])
        walk.cut()
        if step != "send":
            walk.walk(step, until="words")
            walk.says(STAYS)
        walk.walk("send")
        walk.says(NOT_SENT)
        walk.mend()
        walk.again()

    return go


def while_it_is_saved(walk):
    walk.walk(until="sign")
    with walk.page.expect_request("**/check-in/draft/"):
        pass
    walk.cut()
    walk.walk("more")
    walk.says(NOT_SENT)
    walk.mend()
    walk.again()


def on_its_way_there(walk):
    walk.walk(until="words")
    walk.page.route("**/check-in/", lambda route: route.abort("connectionreset"))
    walk.walk("send")
    walk.says(NOT_SENT)
    walk.cut()
    walk.page.unroute_all()
    walk.mend()
    walk.again()


def taken_and_not_answered(walk):
    def lost(route):
        route.fetch()
        route.abort("connectionreset")

    walk.walk(until="words")
    walk.page.route("**/check-in/", lost)
    walk.walk("send")
    walk.says(NOT_SENT)
    assert CheckIn.objects.filter(patient=walk.patient).count() == 1
    walk.cut()
    walk.page.unroute_all()


def on_its_way_back(walk):
    taken_and_not_answered(walk)
    walk.mend()
    walk.again()


def on_its_way_back_and_the_tab_is_closed(walk):
    """The server knows that it has it: no page says that it was not sent."""
    taken_and_not_answered(walk)
    opened_anew(walk, "today/")
    walk.page.wait_for_function("() => localStorage.length === 0")
    assert walk.page.locator("[data-draft]").is_hidden()


def before_the_answer_is_shown(walk):
    walk.walk(until="words")
    walk.page.route("**/reports/**", lambda route: route.abort("connectionreset"))
    with walk.page.expect_event("requestfailed", lambda asked: "/reports/" in asked.url) as gone:
        walk.walk("send")
    walk.cut()
    walk.page.unroute_all()
    walk.mend()
    walk.open(gone.value.url)


def going_back(walk):
    walk.walk(until="pain")
    walk.cut()
    for _ in range(3):
        walk.page.locator(".step:visible .back").click()
    walk.walk(until="words")
    walk.says(STAYS)
    walk.walk("send")
    walk.says(NOT_SENT)
    walk.mend()
    walk.again()


def changing_an_answer(walk):
    walk.walk(until="words")
    walk.cut()
    walk.expected["pain"] = 3
    walk.page.locator(".step:visible .back").click()
    walk.page.locator(".step:visible .back").click()
    walk.tap("pain", 3)
    walk.tap("step", "more")
    walk.says(STAYS)
    walk.walk("send")
    walk.says(NOT_SENT)
    walk.mend()
    walk.again()


def loading_the_page_anew(walk):
    walk.walk(until="words")
    walk.cut()
    with contextlib.suppress(Error):
        walk.page.reload()
    walk.mend()
    walk.open(walk.root + "check-in/")
    walk.page.locator("[data-step=more] button.first").wait_for()
    walk.look_through_and_send()


def closing_the_tab(walk):
    walk.walk(until="words")
    walk.cut()
    walk.walk("send")
    walk.says(NOT_SENT)
    opened_anew(walk, "today/")
    walk.page.locator("section.not-sent a").click()
    walk.page.wait_for_url("**/check-in/")
    walk.look_through_and_send()


def opened_anew(walk, where):
    closed, walk.page = walk.page, walk.context.new_page()
    closed.close()
    walk.mend()
    walk.page.goto(walk.root + where)


def asking_for_another_language(walk):
    walk.walk(until="words")
    walk.cut()
    walk.page.locator(".languages button[lang=es]").click()
    walk.says(STAYS)
    walk.walk("send")
    walk.says(NOT_SENT)
    walk.mend()
    walk.again()


def looking_at_the_answers_and_writing_more(walk):
    walk.walk(until="words")
    walk.cut()
    walk.walk("send")
    walk.says(NOT_SENT)
    walk.page.locator("[data-look]").click()
    walk.expected["words"] = "Since noon, and worse."
    walk.walk("words")
    walk.says(NOT_SENT)
    walk.mend()
    walk.again()


def again_and_again(walk):
    walk.walk(until="words")
    walk.cut()
    walk.walk("send")
    walk.says(NOT_SENT)
    walk.page.locator("[data-again]").click()
    walk.says(NOT_SENT)
    walk.page.locator("[data-again]").click()
    walk.says(NOT_SENT)
    walk.mend()
    walk.again()


POINTS = {
    **{f"before {step}": before(step) for step in WALK},
    **{
        each.__name__.replace("_", " "): each
        for each in (
            while_it_is_saved,
            on_its_way_there,
            on_its_way_back,
            on_its_way_back_and_the_tab_is_closed,
            before_the_answer_is_shown,
            going_back,
            changing_an_answer,
            loading_the_page_anew,
            closing_the_tab,
            asking_for_another_language,
            looking_at_the_answers_and_writing_more,
            again_and_again,
        )
    },
}


@pytest.mark.parametrize("point", POINTS)
def test_wherever_the_network_goes_nothing_is_lost_and_it_is_handed_in_once(browser, live_server, point):
    practice = Practice.of_today("Harbour Skin")
    reachable(practice)
    for kind in ("network", "server"):
        walk = Walk(browser, live_server, practice, kind)
        POINTS[point](walk)
        walk.handed_in_once()
        walk.context.close()
