"""Somebody of the clinic at a tablet or a phone.

With NEEDLEPOINT_WRITE_PICTURES=1 the manual's pictures are made anew.
"""

import io
import os
from pathlib import Path
from time import monotonic

from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.utils import timezone
from PIL import Image
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.practice.queries.door import work

PASSWORD = "a-long-needle-2026"
BARS = "(position) => document.querySelectorAll('.band, .dock').forEach((bar) => { bar.style.position = position; })"
PICTURES = Path(__file__).parents[2] / "docs" / "pictures" / "clinic"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What is tapped measures 48 px each way. A link within a sentence is as high as its line, a box of a form counts with
# its label, and a zone of the figure is reached from beside it.
SMALL = """() => {
  const found = [], inText = (each) => each.matches("a") && getComputedStyle(each).display === "inline";
  const tapped = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  for (const each of document.querySelectorAll(tapped)) {
    if (!each.checkVisibility({checkOpacity: true, visibilityProperty: true}) || inText(each)) continue;
    const label = each.matches("[type=checkbox], [type=radio], [type=file]") && each.closest("label");
    const box = (label || each).getBoundingClientRect(), around = getComputedStyle(each, "::after");
    const wide = around.position === "absolute" ? [parseFloat(around.width), parseFloat(around.height)] : [0, 0];
    const [width, height] = [Math.max(box.width, wide[0]), Math.max(box.height, wide[1])];
    if (!box.width || !box.height || Math.min(width, height) > 47.5) continue;
    const words = (each.innerText || each.getAttribute("aria-label") || each.name || "").trim().slice(0, 40);
    found.push(`${each.tagName.toLowerCase()} ${words} ${Math.round(width)}x${Math.round(height)}`);
  }
  return found;
}"""

# The colours of the other theme come little by little, one after another where one hangs on another; at the end of
# this all of them are there.
COLOURED = """async () => {
  for (let turn = 0; turn < 60; turn++) {
    document.body.getBoundingClientRect();
    const coming = document.getAnimations().filter((each) => each instanceof CSSTransition);
    if (!coming.length) return;
    for (const each of coming) each.finish();
    await new Promise((done) => requestAnimationFrame(done));
  }
}"""


class Desk:
    """Somebody at a tablet or a phone."""

    def __init__(self, page, address):
        self.page, self.address = page, address

    def go(self, where):
        self.page.goto(self.address + where)
        self.look()

    def look(self):
        """Every page: nothing runs over its edge, nothing is too small to tap, and axe has no complaint.

        The bars that stay on the screen are held still meanwhile: what they cover depends on where the page stands.
        """
        self.page.wait_for_load_state()
        self.page.evaluate(COLOURED)
        assert self.page.evaluate(WIDER) <= 0, self.page.url
        small = self.page.evaluate(SMALL)
        assert small == [], (self.page.url, small)
        self.page.evaluate(BARS, "static")
        found = Axe().run(self.page, options=RULES)
        self.page.evaluate(BARS, "")
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"

    def picture(self, name, whole=True):
        """Keep a picture for the manual, where it was asked for."""
        if os.environ.get("NEEDLEPOINT_WRITE_PICTURES") != "1":
            return
        self.page.wait_for_load_state("networkidle")
        if whole:
            # What sticks to an edge of the screen would lie across the middle of a picture of the whole page.
            self.page.evaluate(
                """() => {
                  scrollTo(0, 0);
                  for (const each of document.querySelectorAll(".dock")) each.style.position = "static";
                }"""
            )
        size = "tablet" if self.page.viewport_size["width"] > 600 else "phone"
        shot = Image.open(io.BytesIO(self.page.screenshot(full_page=whole)))
        PICTURES.mkdir(parents=True, exist_ok=True)
        shot.convert("RGB").quantize(64).save(PICTURES / f"{name}-{size}.png", optimize=True)

    def looked_at(self, name):
        """Keep a picture in the folder that NEEDLEPOINT_PICTURES names, for whoever works on the page."""
        if folder := os.environ.get("NEEDLEPOINT_PICTURES"):
            size = self.page.viewport_size["width"]
            self.page.screenshot(path=Path(folder) / f"{name}-{size}.png", full_page=True)

    def press(self, words):
        """Press and wait for the page that answers."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, exact=True).first.click()
        self.look()

    def sign_out(self):
        """On a phone the way out lies behind "More"."""
        out = self.page.get_by_role("button", name="Sign out")
        if not out.is_visible():
            self.page.locator(".rail .more summary").click()
        with self.page.expect_navigation():
            out.click()

    def follow(self, words):
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=words).first.click()
        self.look()

    def sign_in(self, email):
        self.go("/")
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", PASSWORD)
        self.press("Sign in")

    def answer_no(self, **otherwise):
        """Answer every question so that nothing speaks against a session, but for those named."""
        self.page.evaluate(
            """(otherwise) => {
              const good = ["no", "never", "none", "mild"];
              for (const box of document.querySelectorAll("input[type=radio]")) {
                const wanted = otherwise[box.name];
                if (wanted ? box.value === wanted : good.includes(box.value)) box.checked = true;
              }
              for (const [name, value] of Object.entries(otherwise)) {
                const field = document.querySelector(`input[type=date][name=${name}]`);
                if (field) field.value = value;
              }
            }""",
            otherwise,
        )
        kind = self.page.locator("input[name=rosacea_kind][value=unknown]")
        if kind.count():
            kind.check()

    def sign(self):
        self.page.fill("[name=signed_name]", "Ada Byron")
        box = self.page.locator("canvas.pad")
        box.scroll_into_view_if_needed()
        where = box.bounding_box()
        self.page.mouse.move(where["x"] + 30, where["y"] + 60)
        self.page.mouse.down()
        for step in range(1, 6):
            self.page.mouse.move(where["x"] + 30 + step * 30, where["y"] + 60 + (step % 2) * 40)
        self.page.mouse.up()

    def scan(self, code):
        """A scanner types and ends with Enter."""
        self.page.locator("#code").focus()
        self.page.keyboard.type(code)

    def decide_all(self):
        """Set aside, one by one, what a prescriber may set aside."""
        for _ in range(12):
            open_ones = self.page.locator("summary", has_text="Decide otherwise")
            if not open_ones.count():
                return
            open_ones.first.click()
            form = self.page.locator("form[action$='/decide/']").first
            form.locator("textarea").fill("Examined and weighed.")
            with self.page.expect_navigation():
                form.locator("button").click()
        self.look()


class Hand:
    """Counts what a gloved finger does, from when it starts, and how long the pages made it wait."""

    def __init__(self, page):
        self.page, self.taps, self.keys, self.typed, self.began = page, 0, 0, [], 0.0

    def starts(self):
        self.began = monotonic()

    def tap(self, what):
        self.taps += 1
        what.tap()

    def writes(self, what, words):
        """A field is touched once, and then there is a keyboard."""
        self.tap(what)
        self.keys += len(words)
        what.fill(words)

    def chooses(self, what, **option):
        """A list is touched to open it, and touched again at the line that is meant."""
        self.taps += 2
        what.select_option(**option)

    def goes(self, what):
        """A tap that leads to another page."""
        with self.page.expect_navigation():
            self.tap(what)

    def says(self, what):
        """Tell the figures of this run; a hand that does not think is only as slow as the clinic is."""
        width = self.page.viewport_size["width"]
        seconds = monotonic() - self.began
        print(
            f"{what}, {width} px: {self.taps} taps, {self.keys} signs typed, {seconds:.1f} s from open to done"
        )


def sat_down(page, address, role=Role.MEDICAL_DIRECTOR, *, with_pen=True):
    """A practice of today with its background work alive, and one of its people at a page of it."""
    for tick in work.WATCHED:
        cache.set(work.name_of(tick), timezone.now().isoformat(), None)
    work.forget()
    practice = Practice.of_today("Harbour Skin", with_pen=with_pen)
    member = practice.members[role]
    member.set_password(PASSWORD)
    member.save()
    desk = Desk(page, address)
    desk.practice = practice
    return desk
