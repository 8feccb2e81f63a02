"""A session of three zones goes on wherever the network is lost: nothing is lost, nothing twice, one sentence to read.

A few points are tried with every run; NEEDLEPOINT_CUT_OFF=all tries all forty, which is what `make cut-off` does.
"""

import os
import subprocess
import sys
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect
from tests.browser.cut_wire import Wire
from tests.browser.desk import PASSWORD
from tests.browser.worker import SENTENCE, ready
from tests.clinic.killing import ROOT, Served

DIRECTOR = "medical_director@harbour.example"
WAIT = 40_000
NOTE = "Pinpoint bleeding on the left, calm on the right."
STEPS = ("numb", "open", "first", "second", "third", "another", "words", "finish")
# What the server is asked to do by a step; what is typed goes to the draft.
ACTS = {"numb": "/numbing/", "open": "/open/", "another": "/cartridge/", "finish": "/finish/"}


@dataclass(frozen=True)
class Point:
    """Where in a session the network is lost, and how."""

    step: str
    how: str

    def __str__(self):
        return f"{self.how} {self.step}"


POINTS = (
    # Nothing arrives from just before a step until just after it.
    *(Point(step, "cut before") for step in STEPS),
    # It arrives, and the answer is lost.
    *(Point(step, "answer lost at") for step in STEPS),
    # Nothing arrives from just after a step until the next one is done.
    *(Point(step, "cut after") for step in STEPS[:-1]),
    *(Point(step, "slow at") for step in ("numb", "open", "another", "finish")),
    *(Point(step, "502 at") for step in ("numb", "another", "words", "finish")),
    *(Point(step, "reloaded without a network after") for step in ("open", "second", "words")),
    Point("finish", "server killed at"),
    Point("another", "second tab at"),
    Point("words", "signed out without a network at"),
    Point("words", "idle without a network at"),
    Point("finish", "idle without a network at"),
    Point("third", "without a network from here to the end, from"),
)
ALWAYS = (
    "answer lost at finish",
    "reloaded without a network after words",
    "idle without a network at words",
)
TRIED = [each for each in POINTS if os.environ.get("NEEDLEPOINT_CUT_OFF") == "all" or str(each) in ALWAYS]


def test_there_are_forty_points():
    assert len(POINTS) == 40
    assert len({str(each) for each in POINTS}) == 40
    assert len([each for each in POINTS if str(each) in ALWAYS]) == len(ALWAYS)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """A clinic that is served by a process of its own, behind a wire."""
    served = Served(tmp_path_factory.mktemp("cut-off"))
    (served.place / "folder").mkdir()
    (served.place / "key").write_text("0123456789abcdef" * 4)
    (served.place / "key").chmod(0o600)
    served.stage = lambda *words: _stage(served, *words)
    served.waiting = served.stage("found", str(len(TRIED) + 2))["waiting"]
    served.start()
    served.wire = Wire(served.port)
    yield served
    served.wire.close()
    served.stop()


def _stage(served, *words):
    import json

    asked = [sys.executable, "-m", "tests.browser.cut_stage", *words]
    ran = subprocess.run(asked, cwd=ROOT, env=served.environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout.splitlines()[-1])


class Tablet:
    """A nurse with a tablet, and a session before her."""

    def __init__(self, clinic, page, one):
        self.clinic, self.page, self.one, self.wire = clinic, page, one, clinic.wire
        self.where = f"{self.wire.address}/sessions/{one['session']}/"
        self.sentences = []

    def sign_in(self, email=DIRECTOR, then=None):
        self.page.goto(then or f"{self.wire.address}/sign-in/login/")
        self.come_in(email)

    def come_in(self, email=DIRECTOR):
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", PASSWORD)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Sign in", exact=True).click()

    def begin(self):
        self.page.goto(self.where)
        self.ready()

    def ready(self):
        """The page is loaded, the worker is at its post and has what a page of a session is made of."""
        ready(self.page, WAIT)

    # --- the steps

    def numb(self):
        self.page.evaluate(
            "() => document.querySelector('form[action$=\"/numbing/\"]').closest('details').open = true"
        )
        self.press("Numbing cream goes on now")

    def open(self):
        self.page.fill("#code", self.one["codes"][0])
        for line in range(6):
            self.page.check(f"[name=check_{line}]")
        self.press("Open the session")

    def first(self):
        self.zone(0)

    def second(self):
        self.zone(1)

    def third(self):
        self.zone(2)

    def zone(self, place):
        zone = self.one["zones"][place]
        row = self.page.locator(f"[data-zone={zone}]").last
        row.locator(".opener").tap()
        row.locator("[data-depth]").fill(f"0.{5 + place}0")
        row.locator(".ends label", has_text="even flush").tap()

    def another(self):
        self.page.evaluate(
            "() => document.querySelector('form[action$=\"/cartridge/\"]').closest('details').open = true"
        )
        self.page.fill("#code", self.one["codes"][1])
        self.page.locator("label", has=self.page.locator("input[name=reason][value=blunt]")).tap()
        self.press("Add it to this session")

    def words(self):
        self.page.fill("[name=note]", NOTE)
        self.page.locator(".pain label", has=self.page.locator("input[value='3']")).tap()
        self.page.fill("[name=sharps_container]", "SC-1")

    def finish(self):
        self.press("Finish and sign as")

    def unfold(self, name):
        self.page.locator(f"form[action$='/{name}/']").evaluate(
            "(form) => { form.closest('details').open = true; }"
        )

    def press(self, words):
        self.page.get_by_role("button", name=words).first.click(no_wait_after=True)

    def done(self, step):
        """What a step leads to, once the server has it."""
        after = {
            "numb": lambda: expect(self.page.locator("main")).to_contain_text("cream on since", timeout=WAIT),
            "open": lambda: self.page.wait_for_selector("form[data-draft]", timeout=WAIT),
            "another": self.has_both,
            "finish": lambda: expect(self.page.locator("h1")).to_contain_text("is signed", timeout=WAIT),
        }
        after.get(step, self.saved)()
        expect(self.page.locator(".without-network .banner:visible")).to_have_count(0, timeout=WAIT)
        if step != "finish":
            self.ready()

    def saved(self):
        expect(self.page.locator("#saved")).to_contain_text("Saved ", timeout=WAIT)

    def has_both(self):
        both = self.one["codes"][1]
        late = "Another cartridge: " + self.one["codes"][1]
        self.page.wait_for_function(
            """([both, late]) => document.querySelector(".vitals")?.innerText.includes(both)
              || document.querySelector(".without-network")?.innerText.includes(`${late}: handed in`)""",
            arg=[both, late],
            timeout=WAIT,
        )

    # --- the network

    def lose(self, how):
        self.wire.acts = (*ACTS.values(), "/draft/")
        self.wire.how = how

    def mend(self):
        self.look()
        self.wire.how = "whole"

    def look(self):
        """At most one sentence stands there to be read, and it is ours."""
        self.page.wait_for_timeout(300)
        told = self.page.evaluate(
            """() => [...document.querySelectorAll("[role=status], [role=alert], .problem, .saved")]
              .filter((each) => each.checkVisibility() && each.innerText.trim() && !each.closest("aside, #watch"))
              .map((each) => each.innerText.trim())"""
        )
        self.sentences.append(told)

    def noticed(self):
        expect(self.page.locator(".without-network .banner:visible")).to_have_text(SENTENCE, timeout=WAIT)


def whole(tablet):
    """Everything is there once, as it was typed, and the record fits."""
    left = tablet.clinic.stage("look", tablet.one["session"])
    zones = tablet.one["zones"]
    assert left["state"] == "done", left
    assert left["passes"] == {zone: [f"0.{5 + place}0", "even flush"] for place, zone in enumerate(zones)}
    assert (left["note"], left["pain"], left["number"], left["signed"]) == (NOTE, 3, 3, 1)
    assert left["pieces"] == tablet.one["codes"]
    assert left["numbed"]
    once = ("started numbing", "opened session", "added cartridge", "finished session")
    assert left["acts"] == dict.fromkeys(once, 1) | {"left out what was kept": 0}
    assert left["faults"] == []
    for told in tablet.sentences:
        assert len(told) <= 1, tablet.sentences
        assert set(told) <= {SENTENCE} or all(each.startswith("Saved") for each in told), tablet.sentences
    return left


@pytest.fixture
def tablet(browser, clinic):
    context = browser.new_context(viewport={"width": 1180, "height": 820}, has_touch=True)
    made = Tablet(clinic, context.new_page(), clinic.waiting.pop())
    made.page.on("dialog", lambda dialog: dialog.accept())
    clinic.wire.how = "whole"
    made.sign_in()
    made.begin()
    yield made
    context.close()
    clinic.wire.how = "whole"


def before_it(tablet, step):
    tablet.lose("cut")
    getattr(tablet, step)()
    tablet.noticed()
    tablet.mend()


def answer_lost(tablet, step):
    tablet.lose("lost")
    getattr(tablet, step)()
    tablet.noticed()
    tablet.mend()


def slow(tablet, step):
    tablet.lose("slow")
    getattr(tablet, step)()
    tablet.page.wait_for_timeout(7_000)
    tablet.mend()


def bad(tablet, step):
    tablet.lose("bad")
    getattr(tablet, step)()
    tablet.noticed()
    tablet.mend()


def after_it(tablet, step):
    getattr(tablet, step)()
    tablet.done(step)
    tablet.lose("cut")
    following = STEPS[STEPS.index(step) + 1]
    getattr(tablet, following)()
    tablet.noticed()
    tablet.mend()
    return following


def reloaded(tablet, step):
    """The page is there again without a network, with what was typed since."""
    getattr(tablet, step)()
    if step == "open":
        tablet.done(step)
    tablet.lose("cut")
    following = STEPS[STEPS.index(step) + 1] if step != "words" else "words"
    if step != "words":
        getattr(tablet, following)()
    tablet.noticed() if step != "words" else tablet.page.wait_for_timeout(3_000)
    tablet.page.reload()
    tablet.noticed()
    if step == "words":
        expect(tablet.page.locator("[name=note]")).to_have_value(NOTE, timeout=WAIT)
    tablet.mend()
    return following


def killed(tablet, step):
    tablet.lose("lost")
    getattr(tablet, step)()
    tablet.noticed()
    tablet.clinic.kill(worker_only=False)
    tablet.mend()


def second_tab(tablet, step):
    other = tablet.page.context.new_page()
    other.goto(tablet.where)
    tablet.lose("cut")
    getattr(tablet, step)()
    tablet.noticed()
    tablet.mend()
    other.close()


def signed_out(tablet, step):
    tablet.lose("cut")
    getattr(tablet, step)()
    tablet.noticed()
    tablet.press("Sign out")
    tablet.page.wait_for_function("() => document.documentElement.classList.contains('going')")
    tablet.page.wait_for_timeout(1_000)
    assert tablet.page.evaluate("() => !document.cookie.includes('np_device')")
    assert NOTE not in tablet.page.evaluate("() => document.body.innerText")
    tablet.wire.how = "whole"
    tablet.page.wait_for_url("**/sign-in/login/**", timeout=WAIT)
    assert tablet.page.evaluate("() => Object.keys(localStorage).length") == 0
    tablet.come_in()
    tablet.begin()


def idle(tablet, step):
    tablet.lose("cut")
    getattr(tablet, step)()
    tablet.noticed()
    tablet.look()
    tablet.clinic.stage("idle")
    tablet.wire.how = "whole"
    tablet.page.wait_for_url("**/sign-in/login/**", timeout=WAIT)
    assert NOTE not in tablet.page.content()
    tablet.come_in()


def to_the_end(tablet, step):
    tablet.lose("cut")
    for each in STEPS[STEPS.index(step) :]:
        getattr(tablet, each)()
        tablet.noticed()
    tablet.mend()
    return "finish"


HOW = {
    "cut before": before_it,
    "answer lost at": answer_lost,
    "cut after": after_it,
    "slow at": slow,
    "502 at": bad,
    "reloaded without a network after": reloaded,
    "server killed at": killed,
    "second tab at": second_tab,
    "signed out without a network at": signed_out,
    "idle without a network at": idle,
    "without a network from here to the end, from": to_the_end,
}


@pytest.mark.parametrize("point", TRIED, ids=str)
def test_a_session_goes_on_wherever_the_network_is_lost(tablet, point):
    place = STEPS.index(point.step)
    for step in STEPS[:place]:
        getattr(tablet, step)()
        tablet.done(step)
    reached = HOW[point.how](tablet, point.step) or point.step
    tablet.done(reached)
    for step in STEPS[STEPS.index(reached) + 1 :]:
        getattr(tablet, step)()
        tablet.done(step)
    whole(tablet)
