"""Charts in a real browser: words large enough and clear of one another, at every width, in the dark and on paper."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.browser.desk import sat_down
from tests.browser.test_right_to_left import MIRRORED
from tests.clinic.practice import Practice
from tests.clinic.wings.chair.test_forecast import told
from tests.clinic.wings.chair.test_photos import picture

from needlepoint.clinic.chair.actions import outcome
from needlepoint.clinic.chair.queries.course import warming
from needlepoint.clinic.models import PhotoChange
from needlepoint.course.zones import Zone
from needlepoint.evidence.languages import every_language
from needlepoint.photo import METHOD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]
WIDTHS = (320, 390, 820, 1180, 1440)
# What a chart shows: how large its words are in pixels of the screen, which of them touch, and which are cut off.
READ = """() => [...document.querySelectorAll('.chart svg')].filter((svg) => svg.checkVisibility()).map((svg) => {
  const edge = svg.getBoundingClientRect();
  const scale = edge.width / svg.viewBox.baseVal.width;
  const words = [...svg.querySelectorAll('text')].map((text) => ({
    says: text.textContent.trim(), size: parseFloat(getComputedStyle(text).fontSize) * scale,
    box: text.getBoundingClientRect()}));
  const touch = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 5 && b.top < a.bottom - 5;
  const pairs = words.flatMap((one, at) => words.slice(at + 1).filter((other) => touch(one.box, other.box))
    .map((other) => [one.says, other.says]));
  const cut = words.filter(({box}) => box.left < edge.left - 1 || box.right > edge.right + 1
    || box.top < edge.top - 1 || box.bottom > edge.bottom + 1).map((each) => each.says);
  return {size: svg.className.baseVal, smallest: Math.min(...words.map((each) => each.size)), pairs, cut,
    label: svg.getAttribute('aria-label'), words: words.map((each) => each.says)};
})"""


def legible(desk, charts, width):
    """Every chart of the page is shown in one size, and all its words can be read there."""
    shown = desk.page.evaluate(READ)
    assert len(shown) == charts
    for each in shown:
        assert each["smallest"] >= 12, (width, each)
        assert each["pairs"] == [], (width, each["pairs"])
        assert each["cut"] == [], (width, each["cut"])
        assert each["label"].strip()
    return shown


def at_every_width(desk, where, name, charts=1):
    """Look at a page at every width, in both themes, and on paper."""
    for width in WIDTHS:
        for theme in ("light", "dark"):
            desk.page.set_viewport_size({"width": width, "height": 900})
            desk.page.emulate_media(color_scheme=theme)
            desk.go(where)
            desk.page.wait_for_load_state("networkidle")
            desk.page.wait_for_function(f"() => document.querySelectorAll('.chart').length >= {charts}")
            shown = legible(desk, charts, width)
            desk.looked_at(f"{name}-{theme}")
            if width == 390:
                assert {each["size"] for each in shown} == {"narrow"}
    on_paper(desk, name, charts)
    return shown


def on_paper(desk, name, charts):
    desk.page.emulate_media(media="print")
    desk.page.set_viewport_size({"width": 690, "height": 980})
    legible(desk, charts, "paper")
    desk.looked_at(f"{name}-paper")
    desk.page.emulate_media(media="screen")


@pytest.fixture
def desk(page, live_server, monkeypatch):
    """Somebody at a practice that was founded some days ago, so that a course in it has days behind it."""
    warming.begin().join()
    began = datetime.now(UTC) - timedelta(days=3, hours=4)
    monkeypatch.setattr(
        Practice, "of_today", lambda name, **more: Practice.found(name, zone_name="Etc/GMT", at=began, **more)
    )
    return sat_down(page, live_server.url)


@pytest.mark.parametrize("page", [(1180, 820)], indirect=True)
def test_the_forecast_is_read_at_every_width_with_today_and_the_check_ins_named(desk):
    practice = desk.practice
    done = practice.done(practice.opened(practice.consented(practice.planned())))
    for redness, hours in ((3, 20), (2, 44), (1, 70)):
        told(practice, done, redness, hours=hours)
    desk.sign_in("medical_director@harbour.example")
    shown = at_every_width(desk, f"/courses/{done.course.public_id}/forecast/", "forecast")
    (words,) = (each["words"] for each in shown)
    assert {"today", "check-in", "9 of 10 people", "half of people", "the middle one"} <= set(words)


@pytest.mark.parametrize("page", [(1180, 820)], indirect=True)
def test_the_scores_of_a_course_are_read_at_every_width(desk):
    course = desk.practice.course()
    scores = {
        "baseline": {"goodman_baron": 4, "redness": 1, "pain": 0},
        "day_30": {"goodman_baron": 2, "redness": 3},
    }
    for moment, values in scores.items():
        outcome.score(desk.practice.act(), course_id=course.public_id, moment=moment, values=values)
    for scale, value in (("redness", 2), ("satisfaction", 8)):
        outcome.keep_score(desk.practice.act(), course, scale=scale, value=value, moment="day_30")
    desk.sign_in("medical_director@harbour.example")
    grade, redness, *_ = at_every_width(desk, f"/courses/{course.public_id}/outcomes/", "outcomes", charts=4)
    assert "the clinic" in grade["words"]
    assert {"the clinic", "the patient"} <= set(redness["words"])


def measured(size, at):
    """What a comparison says of one measure in one zone: the twelfth is counted as changed."""
    return {
        "before": 1.0,
        "after": 1.0 + size * at / 20,
        "change": size * at / 20,
        "ci95": [size * (at / 20 - 0.2), size * (at / 20 + 0.3)],
        "smallest_detectable": size * 0.4,
        "verdict": "changed" if at == 11 else "not_detectable",
        "stands": at == 11,
    }


def compared(practice, later=1):
    """Photos of a patient, each later one compared with the first."""
    of = practice.patient()
    first, *others = (
        practice.later(hours=18).photographed(of, picture(size=(600, 400))) for _ in range(1 + later)
    )
    zones = [
        {"zone": zone.value, "measure": measure} | measured(size, at)
        for measure, size in (("haemoglobin", 0.2), ("melanin_index", 12.0))
        for at, zone in enumerate(list(Zone)[:12])
    ]
    document = {
        "zones": zones,
        "quality": [],
        "notes": [],
        "headline": "Changed: one zone; 12 of 12 zones seen",
    }
    document["repeatability"] = {"source": "shipped", "basis": "assumed", "words": "the shipped limits"}
    rows = [
        PhotoChange.objects.create(
            clinic=practice.clinic,
            public_id=practice.act().key,
            patient=of,
            before=first,
            after=after,
            method=METHOD,
            verdict="changed",
            document=document,
            measured_at=practice.at,
        )
        for after in others
    ]
    return rows[-1]


@pytest.mark.parametrize("page", [(1180, 820)], indirect=True)
def test_what_changed_between_two_photos_is_read_at_every_width(desk):
    change = compared(desk.practice)
    desk.sign_in("medical_director@harbour.example")
    redness, pigment = at_every_width(desk, f"/photo-changes/{change.public_id}/", "photo-change", charts=2)
    assert "no change" in redness["words"]
    assert "Melanin index (pigment): change since the first photo" in pigment["words"]


@pytest.mark.parametrize("page", [(1180, 820)], indirect=True)
def test_a_zone_is_followed_from_photo_to_photo_at_every_width(desk):
    change = compared(desk.practice, later=3)
    desk.sign_in("medical_director@harbour.example")
    followed, forest = at_every_width(
        desk, f"/patients/{change.patient.public_id}/photo-changes/", "photo-changes", charts=2
    )
    assert "days since the first photo" in followed["words"]
    assert "no change" in forest["words"]


@pytest.mark.parametrize("page", [(1180, 820)], indirect=True)
def test_the_strip_of_a_course_stands_on_the_chart_with_today_named(desk):
    practice = desk.practice
    done = practice.done(practice.opened(practice.consented(practice.planned())))
    desk.sign_in("medical_director@harbour.example")
    shown = at_every_width(desk, f"/patients/{done.patient.public_id}/", "chart", charts=2)
    assert any(words.startswith("today, ") for words in shown[0]["words"])
    assert shown[0]["label"].startswith("1 of 3 sessions done, next from ")


@pytest.mark.parametrize("page", [(1180, 820)], indirect=True)
def test_in_a_language_from_right_to_left_days_still_go_from_left_to_right(desk, settings):
    settings.LANGUAGES = [(each.code, each.name) for each in every_language()]
    practice = desk.practice
    done = practice.done(practice.opened(practice.consented(practice.planned())))
    desk.sign_in("medical_director@harbour.example")
    practice.clinic.language = MIRRORED.code
    practice.clinic.save(update_fields=["language"])
    for width in (390, 1180):
        desk.page.set_viewport_size({"width": width, "height": 900})
        desk.go(f"/courses/{done.course.public_id}/forecast/")
        assert desk.page.locator("html").get_attribute("dir") == "rtl"
        legible(desk, 1, width)
        desk.looked_at("forecast-mirrored")
