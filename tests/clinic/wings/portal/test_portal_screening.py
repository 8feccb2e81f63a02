"""The questionnaire at home: saved as one goes, "not sure" always there, and plain words about what follows."""

import re

import pytest
from icalendar import Calendar
from tests.clinic.portal import Home
from tests.clinic.practice import Practice
from tests.spec.contract import advice, session

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.chair.queries.course.case import asked_of
from needlepoint.clinic.models import HomeScreening, RecordLine, Screening
from needlepoint.clinic.portal.actions import home_screening
from needlepoint.clinic.portal.queries import home_screening as query
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.words import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice():
    return Practice.of_today("Harbour Skin")


@pytest.fixture
def home(practice):
    ada = practice.patient()
    course = practice.course(ada)
    found = Home(practice).enter(ada)
    found.patient, found.course = ada, course
    return found


def asked(home, name, **typed):
    return home.fill(f"screening/ask/{name}/", **typed)


def test_an_answer_is_saved_with_its_tap_and_the_next_question_comes(home):
    names = list(packaged().questions)
    assert home.fill("screening/").url.endswith(f"/group/{packaged().questions[names[0]].group}/")
    assert asked(home, names[0], answer="no").url.endswith(f"/{names[1]}/")
    assert HomeScreening.objects.get().answers == {"given": {names[0]: "no"}, "asked": [names[0]]}
    asked(home, names[0], answer="yes")
    assert HomeScreening.objects.get().answers["given"] == {names[0]: "yes"}
    # Whoever comes back another day goes on where they were.
    assert home.fill("screening/").url.endswith(f"/{names[1]}/")


def test_not_sure_is_an_answer_to_every_question(home):
    home.fill("screening/")
    row = HomeScreening.objects.get()
    for name in packaged().questions:
        if name != "rosacea_kind":
            page = home.get(f"screening/ask/{name}/").content.decode()
            assert 'value="unknown"' in page, name
            assert asked(home, name, answer="unknown").status_code == 302, name
    row.refresh_from_db()
    assert set(row.answers["asked"]) >= set(packaged().questions) - {"rosacea_kind"}


def test_a_day_that_cannot_be_is_refused_in_plain_words_and_not_knowing_it_is_no_gap(home):
    home.fill("screening/")
    assert asked(home, "isotretinoin", answer="past").url.endswith("/isotretinoin/day/")
    for wrong in (
        {"day": "31", "month": "2", "year": "2020"},
        {"day": "1", "month": "1", "year": "2199"},
        {"day": "1", "month": "1", "year": "1980"},
        {"day": "x", "month": "", "year": "20"},
    ):
        answer = home.fill("screening/ask/isotretinoin/day/", **wrong)
        assert answer.status_code == 409
        assert f'value="{wrong["year"]}"' in answer.content.decode()
    assert home.fill("screening/ask/isotretinoin/day/", unknown="yes").status_code == 302
    assert HomeScreening.objects.get().answers["given"] == {"isotretinoin": "past"}
    home.fill("screening/ask/isotretinoin/day/", day="3", month="5", year="2020")
    assert HomeScreening.objects.get().answers["given"]["isotretinoin_last_used_on"] == "2020-05-03"


def test_a_question_that_follows_a_no_is_not_put(home):
    home.fill("screening/")
    assert asked(home, "rosacea", answer="in_zone").url.endswith("/rosacea_kind/")
    assert not asked(home, "rosacea", answer="no").url.endswith("/rosacea_kind/")


def test_what_was_sent_is_a_screening_that_nobody_of_the_clinic_asked(home, practice):
    home.fill("screening/")
    asked(home, "isotretinoin", answer="past")
    home.fill("screening/ask/isotretinoin/day/", unknown="yes")
    answer = home.fill("screening/review/")
    assert answer.url.endswith("/screening/result/")
    screening = Screening.objects.get()
    assert (screening.asked_by, screening.course) == (None, home.course)
    assert screening.answers["asked"] == ["isotretinoin"]
    line = RecordLine.objects.get(act="screened")
    assert (line.member, line.patient, line.detail["by"]) == (None, home.patient, "patient")
    page = home.get("screening/result/").content.decode()
    assert "safe" not in page.lower()
    # A question that was not put stays due, also for the staff.
    visitor = practice.visitor(home.patient)
    assert set(asked_of(home.course, visitor, screening.asked_at).due) == set(packaged().questions) - {
        "isotretinoin"
    }


def test_sending_again_leads_to_what_was_sent_and_keeps_nothing_twice(home):
    home.fill("screening/")
    asked(home, "pregnant", answer="no")
    home.fill("screening/review/")
    assert home.post("screening/review/", key="5e0f3c1e-7f0b-4a39-9c8c-0d6a8a1d7a11").status_code == 302
    assert Screening.objects.count() == 1


def test_answers_that_were_sent_change_no_more(home, practice):
    home.fill("screening/")
    asked(home, "pregnant", answer="no")
    home.fill("screening/review/")
    practice.catch_up()
    row = HomeScreening.objects.get()
    with pytest.raises(Refused):
        home_screening.answer(
            practice.as_patient(home.patient), screening_id=row.public_id, name="pregnant", given={}
        )


def test_a_stop_a_referral_and_a_wait_are_told_apart_and_dated(home):
    home.fill("screening/")
    asked(home, "laser", answer="past")
    today = HomeScreening.objects.get().begun_at.date()
    home.fill("screening/ask/laser/day/", day=str(today.day), month=str(today.month), year=str(today.year))
    asked(home, "pregnant", answer="yes")
    home.fill("screening/review/")
    found = query.result(home.course)
    about = {(each.verdict, each.questions) for each in found.reasons if each.until}
    assert ("wait", ("laser",)) in about
    assert found.leads in ("stop", "refer", "wait")
    page = home.get("screening/result/").content.decode()
    assert words("en").questions["laser"].asks in page
    assert words("en").questions["laser"].why in page


def test_what_was_left_open_is_told_as_such_and_every_reason_has_its_subject(home):
    home.fill("screening/")
    asked(home, "pregnant", answer="unknown")
    home.fill("screening/review/")
    found = query.result(home.course)
    open_ = {each.questions: each.not_sure for each in found.reasons}
    assert open_["pregnant",]
    page = home.get("screening/result/").content.decode()
    assert "You were not sure, or left it open" in page
    items = re.findall(
        r"<li>(.*?)</li>", page.partition('class="reasons"')[2].partition("</ul>")[0], re.DOTALL
    )
    assert items
    assert all("<span>" in each and not re.search(r"<span>\s*</span>", each) for each in items)


def test_a_reason_that_rests_on_no_answer_says_what_it_is_about():
    young = advice(patient={"born_on": "2012-05-14"}, session=[session("2026-02-20T10:00:00-05:00")])
    about = {each.about for each in query._reasons(young) if not each.questions}
    assert {"age", "rest"} <= about


def test_the_next_visit_goes_into_ones_own_calendar_and_says_nothing_about_anybody(home, practice):
    assert home.get("next-visit.ics").status_code == 404
    booking = practice.booked(home.patient, minutes_from_now=24 * 60)
    assert "next-visit.ics" in home.get("next-visit/").content.decode()
    file = home.get("next-visit.ics")
    assert file["Content-Type"].startswith("text/calendar")
    event = Calendar.from_ical(file.content).walk("VEVENT")[0]
    assert event["dtstart"].dt == booking.starts_at.replace(microsecond=0)
    for told in ("Ada", "Byron", "Harbour", "needling", "acne", "cheek"):
        assert told.lower().encode() not in file.content.lower().replace(b"needlepoint", b"")


def test_nobody_elses_visit_is_in_the_file(home, practice):
    practice.booked(
        practice.patient(given_name="Eve", email="eve@patients.example"), minutes_from_now=24 * 60
    )
    assert home.get("next-visit.ics").status_code == 404
