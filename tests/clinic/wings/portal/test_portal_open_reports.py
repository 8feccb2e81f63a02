"""Today obeys the reports: what nobody has seen stays on it, and nothing is allowed while one is open."""

import re

import pytest
from tests.clinic.portal import PHONE, Home, key_of, reachable, timedelta
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions import triage
from needlepoint.clinic.models import CheckIn, Clinic, TriageTask
from needlepoint.clinic.portal.queries.open_reports import open_reports
from needlepoint.clinic.templatetags.portal import tel
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.word_shapes import COUNTED
from needlepoint.evidence.words import words

SCORES = {"redness": "1", "swelling": "0", "pain": "0"}
SPOKEN = words("en")
ALLOWED = SPOKEN.phrases["allowed_now"].says
NORMAL = SPOKEN.phrases["normal_now"].says
PAUSED = SPOKEN.notices["paused"].says
pytestmark = pytest.mark.django_db


@pytest.fixture
def practice():
    return Practice.of_today("Harbour Skin")


@pytest.fixture
def home(practice):
    ada = practice.patient()
    practice.done(practice.opened(practice.consented(practice.planned(practice.course(ada)))))
    reachable(practice)
    practice.catch_up()
    found = Home(practice).enter(ada)
    found.patient = ada
    return found


def sent(home, **typed):
    key = key_of(home.get("check-in/"))
    answer = home.browser.post(f"{home.root}check-in/", {**SCORES, "none": "all", "key": key, **typed})
    assert answer.status_code == 302, answer.content.decode()
    return CheckIn.objects.latest("pk"), home.browser.get(answer.url).content.decode()


def today(home):
    return home.get("today/").content.decode()


def closed(practice, kept, outcome, words="Looked at."):
    task = TriageTask.objects.get(check_in=kept)
    practice.catch_up()
    if task.acknowledged_at is None:
        triage.acknowledge(practice.act(Role.NURSE), task_id=task.public_id)
    triage.close(practice.act(Role.NURSE), task_id=task.public_id, outcome=outcome, words=words)


def test_without_a_report_the_day_is_as_the_aftercare_has_it(home):
    html = today(home)
    assert NORMAL in html
    assert PAUSED not in html
    assert "Ask us first" not in html


def test_gentle_products_count_down_beside_make_up_and_stand_nowhere_else(home):
    html = today(home)
    again = html.partition('<ul class="again">')[2].partition("</ul>")[0]
    line = SPOKEN.aftercare["gentle_products"]
    assert line.not_yet in again
    assert SPOKEN.aftercare["make_up"].label in again
    assert html.count(line.label) == 1
    assert line.says not in html


def test_a_mild_report_after_an_urgent_one_hides_nothing(home):
    red, _page = sent(home, sign=["pus"])
    _mild, page = sent(home)
    assert SPOKEN.notices["older_open"].says in page
    assert "what we expect today" not in page
    assert SPOKEN.replies["expected"].title not in page
    assert f"reports/{red.public_id}/" in page
    html = today(home)
    assert f"reports/{red.public_id}/" in html
    assert SPOKEN.replies["same_day"].title in html
    assert 'class="alarm open"' in html
    assert NORMAL not in html


def test_three_mild_reports_on_top_change_nothing_of_that(home):
    red, _page = sent(home, sign=["fever"])
    for _ in range(3):
        sent(home)
    assert f"reports/{red.public_id}/" in today(home)
    assert 'href="tel:911"' in today(home)


@pytest.mark.parametrize("sign", ["pus", "fever", "firm_red_bumps"])
def test_while_a_report_is_open_nothing_is_allowed_or_normal(home, sign):
    sent(home, sign=[sign])
    html = today(home)
    assert PAUSED in html
    assert SPOKEN.signs[sign].label in html.partition("paused")[2]
    assert ALLOWED not in html
    assert NORMAL not in html
    assert html.count("Ask us first") == len(COUNTED)
    for line in ("make_up", "swimming"):
        assert SPOKEN.aftercare[line].then not in html


@pytest.mark.parametrize("sign", ["milia", "track_marks"])
def test_what_is_looked_at_this_week_holds_nothing_back(home, sign):
    sent(home, sign=[sign])
    assert PAUSED not in today(home)


@pytest.mark.parametrize(
    ("outcome", "still"),
    [
        ("expected", False),
        ("advised", False),
        ("seen", False),
        ("to_be_seen", True),
        ("referred", True),
        ("emergency", True),
        ("not_reached", True),
    ],
)
def test_what_a_report_was_closed_with_says_whether_the_skin_is_settled(home, practice, outcome, still):
    kept, _page = sent(home, sign=["pus"])
    closed(practice, kept, outcome)
    assert (PAUSED in today(home)) is still
    assert 'class="alarm open"' not in today(home)


def test_a_referral_ends_with_a_later_report_that_a_person_settles(home, practice):
    kept, _page = sent(home, sign=["fever"])
    closed(practice, kept, "referred")
    later, _page = sent(home)
    assert PAUSED in today(home)
    closed(practice, later, "expected")
    assert PAUSED not in today(home)


def test_it_says_what_the_nurse_advised(home, practice):
    kept, _page = sent(home, sign=["pus"])
    task = TriageTask.objects.get(check_in=kept)
    practice.catch_up()
    triage.acknowledge(practice.act(Role.NURSE), task_id=task.public_id)
    triage.note(
        practice.act(Role.NURSE), task_id=task.public_id, what="called", words="Internal: sounded afraid."
    )
    triage.note(
        practice.act(Role.NURSE), task_id=task.public_id, what="advised", words="Wash it twice <a day>."
    )
    html = today(home)
    assert "Wash it twice &lt;a day&gt;." in html
    assert "Internal" not in html
    page = home.get(f"reports/{kept.public_id}/").content.decode()
    assert "Wash it twice &lt;a day&gt;." in page


def test_a_report_of_a_session_before_the_last_holds_back_only_while_it_is_open(home, practice):
    kept, _page = sent(home, sign=["pus"])
    visitor = practice.visitor(home.patient)
    assert open_reports(visitor, None).pause.newest.pk == kept.pk
    closed(practice, kept, "referred")
    assert open_reports(visitor, None).pause is None
    assert open_reports(visitor, kept.session_id).pause is not None


def test_nobody_elses_reports_are_counted(home, practice):
    sent(home, sign=["fever"])
    eve = practice.patient(given_name="Eve", email="eve@patients.example", phone="555-0177")
    assert open_reports(practice.visitor(eve), None) == open_reports(practice.visitor(eve), 0)
    assert open_reports(practice.visitor(eve), None).unseen_red == ()


def test_ten_open_reports_cost_no_more_statements_than_one(home, practice, django_assert_max_num_queries):
    sent(home, sign=["firm_red_bumps"])
    visitor = practice.visitor(home.patient)
    open_reports(visitor, None)
    for _ in range(4):
        sent(home, sign=["firm_red_bumps"])
    with django_assert_max_num_queries(2):
        assert len(open_reports(visitor, None).pause.reports) == 5


# -- the page in an emergency


def test_an_emergency_names_the_answer_dials_the_number_and_says_what_to_do(home):
    _kept, html = sent(home, sign=["breathing_difficulty"])
    reply = html.partition("<main")[2]
    assert reply.index('href="tel:911"') < reply.index(SPOKEN.replies["emergency"].says)
    because = reply.partition("Because you told us:")[2].partition("</ul>")[0]
    assert SPOKEN.signs["breathing_difficulty"].label in because
    assert SPOKEN.aids["allergy"].says in reply
    assert SPOKEN.aids["eye"].says not in reply
    assert PHONE in reply


def test_scores_that_led_to_it_are_named_in_the_words_in_which_they_were_asked(home):
    kept, html = sent(home, swelling="4", where=["face"], step="send")
    assert kept.level == "emergency"
    assert SPOKEN.steps["swelling.4"].says in html
    assert SPOKEN.places["face"].label in html
    assert "Is it hard to breathe" in html


def test_a_used_needle_head_sends_to_the_clinic_first_though_the_skin_is_pink(home):
    kept, html = sent(home, sign=["reused_cartridge"], redness="2")
    assert kept.level == "emergency"
    own = SPOKEN.own_replies["reused_cartridge"]
    main = html.partition("<main")[2]
    assert own.says in main
    assert main.index("tel:" + tel(PHONE)) < main.index(own.says)
    assert SPOKEN.aids["blood_contact"].says in main
    assert "numbing cream" not in main


def test_once_a_person_has_looked_it_is_no_call_for_help_for_ever(home, practice):
    kept, html = sent(home, sign=["breathing_difficulty"])
    assert "Call 911 now" in html
    closed(practice, kept, "emergency")
    after = home.get(f"reports/{kept.public_id}/").content.decode()
    assert "Call 911 now" not in after.partition("<details")[0]
    assert SPOKEN.notices["looked_at"].says.partition("{")[0] in after


@pytest.mark.parametrize(
    ("own", "country", "numbers"),
    [
        ("", "GR", ["112"]),
        ("", "AU", ["000"]),
        ("", "US", ["911"]),
        ("", "GB", ["999"]),
        ("0800 112 112", "GR", ["0800112112"]),
        ("", "", ["112", "911"]),
        ("", "ZZ", ["112", "911"]),
    ],
)
def test_the_number_is_the_clinics_own_or_its_countrys_and_where_nobody_knows_it_that_is_said(
    home, own, country, numbers
):
    Clinic.objects.update(emergency_number=own, country=country)
    _kept, html = sent(home, sign=["breathing_difficulty"])
    main = html.partition("<main")[2].partition("</main>")[0]
    found = list(dict.fromkeys(re.findall(r'class="button danger[^"]*" href="tel:(\d+)"', main)))
    assert found == numbers
    assert ("the country you are in" in main) is (len(numbers) > 1)


def test_every_number_of_the_data_can_be_dialled_and_names_its_source():
    for row in packaged().emergency_numbers.values():
        assert row.number.isdigit()
        assert set(row.sources) <= set(packaged().sources)
    assert len(packaged().emergency_numbers) > 90


# -- words that nobody has read


def test_words_are_never_judged_unread(home):
    kept, html = sent(home, words="It itches in a funny way.", step="send")
    assert kept.level == "call_48h"
    assert kept.looked_at_by - kept.at <= timedelta(hours=8)
    assert SPOKEN.notices["unread"].says.partition("{")[0] in html
    for level in ("expected", "routine", "this_week", "call_48h"):
        assert SPOKEN.replies[level].title not in html.partition("<main")[2]
    assert PHONE in html
    assert 'href="tel:911"' in html


@pytest.mark.parametrize("text", ["I cannot breathe", "no puedo respirar", "Quiero morirme"])
def test_words_that_alarm_make_it_red_and_say_so(home, text):
    kept, html = sent(home, words=text, step="send")
    assert kept.level == "emergency"
    assert TriageTask.objects.get(check_in=kept).urgency == packaged().ladders["red"].urgency
    assert "what you wrote about" in html


def test_words_raise_what_was_ticked_and_lower_nothing(home):
    kept, html = sent(home, words="All is fine, nothing hurts.", step="send", sign=["pus"])
    assert kept.level == "same_day"
    assert SPOKEN.replies["same_day"].title in html


def test_a_photo_with_blanks_for_words_has_no_words(home):
    kept, _page = sent(home, words="   \n ", step="send")
    assert kept.level == "expected"


# -- where it is


def test_the_place_is_asked_before_a_strong_swelling_is_sent(home):
    typed = {**SCORES, "swelling": "3", "none": "all"}
    key = key_of(home.get("check-in/"))
    page = home.post("check-in/", key=key, **typed)
    assert page.status_code == 200
    assert SPOKEN.phrases["where_is_it"].says in page.content.decode()
    assert not CheckIn.objects.exists()
    for where, level in (["near_eye"], "same_day"), (["elsewhere"], "call_48h"):
        kept, _page = sent(home, swelling="3", where=where, step="send")
        assert (kept.answers["where"], kept.level) == (where, level)


def test_a_place_that_is_left_open_is_not_known(home):
    kept, _page = sent(home, swelling="3", step="send")
    assert kept.answers["where"] == ["not_sure"]
    assert kept.level == "same_day"


@pytest.mark.parametrize(("skin", "darker"), [("II", False), ("V", True), ("VI", True), ("unknown", False)])
def test_redness_is_asked_by_warmth_and_darkness_where_colour_cannot_tell(home, skin, darker):
    type(home.patient).objects.filter(pk=home.patient.pk).update(skin_type=skin)
    html = home.get("check-in/").content.decode()
    assert (SPOKEN.steps["redness.3"].darker in html) is darker
    assert (SPOKEN.steps["redness.3"].says in html) is not darker
    assert (SPOKEN.phrases["on_darker_skin"].says in html) is (darker or skin == "unknown")
    kept, page = sent(home, redness="4")
    assert kept.answers["darker"] is darker
    assert (SPOKEN.steps["redness.4"].darker in page) is darker
