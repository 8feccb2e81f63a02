"""The forecast on the chart and published courses beside a plan: what they say, who sees them, what waits for none."""

import html
import os
import re
import sys
from datetime import timedelta
from itertools import pairwise
from threading import get_native_id
from uuid import uuid4

import pytest
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.test_pages import at_most, send, signed_in

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.queries.course import forecast as query
from needlepoint.clinic.chair.queries.course import warming
from needlepoint.clinic.chair.queries.course.research import research
from needlepoint.clinic.chair.queries.needling.session import next_session
from needlepoint.clinic.models import CheckIn, Consent, RecordLine, Session
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged
from needlepoint.healing import forecast as healing

FRAGMENT = {"headers": {"HX-Request": "true"}}


@pytest.fixture(scope="module", autouse=True)
def _warm():
    warming.begin().join()


@pytest.fixture
def live(db):
    """A practice whose clock stands at the present, because views ask the real one."""
    return Practice.of_today("Harbour Skin")


def told(practice, done, redness, hours=20):
    """A check-in as the portal writes it."""
    return CheckIn.objects.create(
        clinic=practice.clinic,
        public_id=uuid4(),
        patient=done.patient,
        course=done.course,
        session=done,
        at=done.finished_at + timedelta(hours=hours),
        answers={"redness": redness, "signs": []},
        level="expected",
        document={},
        rulebook_sha256="0" * 64,
        looked_at_by=done.finished_at + timedelta(days=8),
    )


def shown(practice, course, name="forecast", role=Role.PRESCRIBER, **form):
    return signed_in(practice, role).get(reverse(name, args=[course.public_id]), **(form or FRAGMENT))


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_forecast_of_a_planned_course_is_shown_in_words_numbers_and_a_picture(live):
    answer = shown(live, live.planned())
    assert answer.status_code == 200
    text = words(answer)
    assert "Redness after session 1 of 3, still to come" in text
    assert "Half of people like this one are at most “a little pink” from day" in text
    assert "no medical prediction" in text
    assert "people like this one" in text
    assert "risk class" in text
    labels = re.findall(r'<svg[^>]+role="img"\s+aria-label="([^"]+)"', answer.content.decode())
    assert len(labels) == 2
    for label in labels:
        assert re.search("Day 1: middle [a-z, ]+, nine of ten from", " ".join(label.split()))


def numbers(row):
    return [float(each) for each in re.findall(r"\d+(?:\.\d+)?", re.sub(r"<[^>]+>", " ", row))]


def test_the_table_beside_the_picture_has_a_row_for_every_day_drawn_with_its_very_values(live):
    running = live.planned()
    band = query.foreseen(running, live.actor(Role.PRESCRIBER), live.at).curve.band
    page = shown(live, running).content.decode().split("</figure>")[0]
    table = [numbers(row) for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)[1:]]
    assert [row[0] for row in table] == [round(day, 2) for day in band.day]
    drawn = zip(*(getattr(band, share) for share in ("p50", "p25", "p75", "p05", "p95")), strict=True)
    assert [row[1:] for row in table] == [[round(each, 1) for each in values] for values in drawn]


def test_the_patients_check_ins_stand_on_the_curve_and_move_the_band(live):
    done = live.done(live.opened(live.consented(live.planned())))
    before = query.foreseen(done.course, live.actor(Role.PRESCRIBER), done.finished_at + timedelta(days=3))
    told(live, done, 3)
    told(live, done, 3, hours=44)
    after = query.foreseen(done.course, live.actor(Role.PRESCRIBER), done.finished_at + timedelta(days=3))
    assert [(each.redness, each.of_this) for each in after.curve.told] == [(3, True), (3, True)]
    assert after.learned
    assert not before.learned
    second = before.curve.band.day.index(min(before.curve.band.day, key=lambda day: abs(day - 2.0)))
    assert after.curve.band.p50[second] > before.curve.band.p50[second]


def test_a_check_in_is_told_in_words_too(live):
    done = live.done(live.opened(live.consented(live.planned())), minutes=0)
    told(live, done, 3, hours=0.1)
    assert "days after this session: red, like a strong sunburn (3)" in words(shown(live, done.course))


def test_check_ins_that_fit_nobody_are_said_to(live):
    done = live.done(live.opened(live.consented(live.planned())))
    for number, redness in enumerate((0, 4, 0, 4)):
        told(live, done, redness, hours=20 + 24 * number)
    made = query.foreseen(done.course, live.actor(Role.PRESCRIBER), done.finished_at + timedelta(days=6))
    assert made.unlike


def test_the_curve_follows_the_last_session_while_it_is_recent_and_then_the_next(live):
    done = live.done(live.opened(live.consented(live.planned())))
    actor = live.actor(Role.PRESCRIBER)
    soon = query.foreseen(done.course, actor, done.finished_at + timedelta(days=5)).curve
    later = query.foreseen(done.course, actor, done.finished_at + timedelta(days=20)).curve
    assert (soon.session, soon.done) == (1, True)
    assert (later.session, later.done) == (2, False)


def test_the_forecast_is_of_the_plan_agreed_on(live):
    running = live.planned(depth="0.50", sessions=3)
    actor = live.actor(Role.PRESCRIBER)
    case, to_come = query._asked(running, actor, live.at)
    assert len(to_come.sessions) == 3
    assert {str(each.depth.mm) for session in to_come.sessions for each in session.passes} == {"0.50"}
    days = [case.day_of(session.started_at) for session in to_come.sessions]
    assert [(late - early).days for early, late in pairwise(days)] == [30, 30]
    assert not any("stand in" in line for line in query.foreseen(running, actor, live.at).banner)


def test_without_an_agreed_plan_the_rulebooks_proposal_is_forecast(live):
    drafted = live.course()
    live.screened(drafted)
    made = query.foreseen(drafted, live.actor(Role.PRESCRIBER), live.at)
    assert made.curve is not None
    assert any("stand in" in line for line in made.banner)


def test_a_refusal_is_shown_in_its_own_plain_words(live):
    drafted = live.course(zones=(Zone.ABDOMEN,))
    live.screened(drafted)
    assert "nothing can be forecast" in words(shown(live, drafted))


def test_a_missing_package_is_said_in_plain_words(live, monkeypatch):
    monkeypatch.setattr(healing, "_making", lambda: None)
    running = live.planned()
    answer = shown(live, running)
    assert answer.status_code == 200
    assert "needs the extra package set" in words(answer)


def test_published_courses_stand_beside_the_plan_as_they_were_done_and_unranked(live):
    running = live.planned(depth="0.75")
    made = query.published(running, live.actor(Role.PRESCRIBER), live.at)
    rows = [each for each in packaged().protocols.values() if each.concern == running.concern]
    assert [each.title for each in made.courses] == [each.title for each in rows]
    assert made.own == "This plan: 3 sessions to come, 30 days apart, 0.75 mm."
    text = words(shown(live, running, "compare"))
    assert "Nothing is ranked" in text
    assert all(each.result in html.unescape(text) for each in rows)
    assert "×" not in text
    assert "collagen than this plan" not in text


def test_new_collagen_is_on_the_research_page_and_nowhere_else(live):
    running = live.planned()
    for page in ("forecast", "compare"):
        text = words(shown(live, running, page)).lower()
        assert "percent above before" not in text
        assert "peaks about week" not in text
    page = words(shown(live, running, "collagen"))
    assert "Plan nothing on it" in page
    assert "histology" in page
    assert "teach nothing about it" in page


def test_a_plan_outside_what_was_studied_has_no_number_of_collagen(live):
    running = live.planned(sessions=1)
    told = research(running, live.actor(Role.PRESCRIBER), live.at)
    assert told.rulers == ()
    assert "outside what was studied" in told.why


def test_what_nobody_studied_is_said_above_the_curve(live):
    running = live.planned()
    live.screened(running, smoking="daily")
    assert "Smoking: no study of needling says what it changes" in words(shown(live, running))


def test_under_a_stop_the_forecast_says_so_first(live):
    running = live.planned()
    live.screened(running, keloid_history="yes")
    text = words(shown(live, running))
    assert text.index("Nobody may be needled now") < text.index("Redness after session")


def test_what_stops_because_nobody_answered_it_is_one_sentence_under_the_stop(live):
    running = live.planned()
    live.screened(running, keloid_history="yes", pregnant="unknown", nursing="unknown")
    text = words(shown(live, running))
    assert "2 questions are not answered yet, and each counts like yes until it is: " in text
    assert "Not known yet" not in text
    assert text.count("Nobody may be needled now") == 1
    assert "Keloids before" in text.partition("questions are not answered")[0]


def test_no_page_with_a_consent_shows_a_forecast_and_no_forecast_a_form(live):
    running = live.planned()
    waiting = next_session(running)
    client = signed_in(live)
    addresses = [reverse(name, args=[running.public_id]) for name in ("forecast", "compare")]
    send(client, reverse("pass_screening", args=[waiting.public_id]), running.patient)
    for page in ("session", "consent"):
        told_there = client.get(reverse(page, args=[waiting.public_id])).content.decode()
        assert not any(address in told_there for address in addresses), page
    for address in addresses:
        fragment = client.get(address, **FRAGMENT).content.decode()
        assert "<form" not in fragment
        assert "/consent/" not in client.get(address).content.decode()


def test_the_chart_and_the_plan_page_load_the_forecast_afterwards(live):
    running = live.planned()
    client = signed_in(live)
    chart = client.get(reverse("chart", args=[running.patient.public_id])).content.decode()
    plan = client.get(reverse("plan", args=[running.public_id])).content.decode()
    assert f'hx-get="{reverse("forecast", args=[running.public_id])}"' in chart
    assert f'hx-get="{reverse("compare", args=[running.public_id])}"' in plan


def test_a_page_without_a_script_holds_the_same(live):
    running = live.planned()
    whole = signed_in(live).get(reverse("forecast", args=[running.public_id]))
    assert b"<html" in whole.content
    assert "Redness after session 1" in words(whole)


def test_the_forecast_takes_a_fixed_number_of_statements(live):
    done = live.done(live.opened(live.consented(live.planned())))
    for number in range(6):
        told(live, done, 2, hours=1 + number)
    client = signed_in(live)
    address = reverse("forecast", args=[done.course.public_id])
    client.get(address, **FRAGMENT)
    # The course, its case, its plan and the plan's zones, and three for the line in the record; the rest is the door.
    with at_most(12):
        assert client.get(address, **FRAGMENT).status_code == 200


def test_while_the_code_is_made_ready_the_page_says_so_and_asks_again_by_itself(live, monkeypatch):
    running = live.planned()
    monkeypatch.setattr(warming._READY, "is_set", lambda: False)
    before = RecordLine.objects.count()
    answer = shown(live, running)
    assert 'hx-trigger="load delay:3s"' in answer.content.decode()
    assert "data-by-itself" in answer.content.decode()
    assert "being made ready" in words(answer)
    # Nothing about the patient was shown, so nobody has seen anything.
    assert RecordLine.objects.count() == before


def test_who_comes_third_at_once_is_asked_to_come_again_and_holds_up_nobody(live):
    running = live.planned()
    with warming.turn() as first, warming.turn() as second:
        answer = shown(live, running)
        assert (first, second) == (True, True)
    assert 'hx-trigger="load delay:3s"' in answer.content.decode()
    assert "Other forecasts come first" in words(answer)
    assert "Redness after session" in words(shown(live, running))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no claim of its own")
def test_a_forecast_has_less_claim_to_a_core_than_a_page():
    """At any priority of the server itself but the least, below which nothing can be."""
    own = os.getpriority(os.PRIO_PROCESS, os.getpid())
    of_forecast = warming.beside(lambda: os.getpriority(os.PRIO_PROCESS, get_native_id()))
    assert of_forecast == min(own + warming.LITTLE_CLAIM, 19)


def test_a_look_at_a_forecast_is_in_the_record(live):
    running = live.planned()
    for name, says in (("forecast", "saw forecast"), ("compare", "saw published courses")):
        shown(live, running, name)
        assert RecordLine.objects.order_by("-number")[0].act == says


def test_no_picture_carries_a_style_of_its_own(live):
    running = live.planned()
    for name in ("forecast", "compare"):
        assert "style=" not in shown(live, running, name).content.decode()


def test_nothing_is_written_but_the_record(live):
    running = live.planned()
    before = (Session.objects.count(), Consent.objects.count(), CheckIn.objects.count())
    shown(live, running)
    shown(live, running, "compare")
    assert (Session.objects.count(), Consent.objects.count(), CheckIn.objects.count()) == before
