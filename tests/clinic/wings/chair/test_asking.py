"""Which questions are put: those that grew old, that can apply, and none that somebody has answered elsewhere."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from tests.clinic.portal import Home
from tests.clinic.practice import Practice, healthy
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.checks import Actor, place_of
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.course import course as courses
from needlepoint.clinic.chair.forms.screening import given, groups, lines
from needlepoint.clinic.chair.queries.course.advice import advice_on
from needlepoint.clinic.chair.queries.course.case import asked_of, case_of
from needlepoint.clinic.models import Clinic, HomeScreening
from needlepoint.course.answers import Chosen, YesNo
from needlepoint.course.goals import Concern, OperatorRole, Sex
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.words import languages, words

pytestmark = pytest.mark.django_db

QUESTIONS = packaged().questions
OF_PERSON = {name for name, each in QUESTIONS.items() if each.about == "patient"}


@pytest.fixture
def practice():
    return Practice.of_today("Harbour Skin")


def due(practice, course):
    return set(asked_of(course, practice.act().actor, practice.at).due)


def screened(practice, course, names=None, **otherwise):
    named = list(QUESTIONS) if names is None else names
    told = {name: value for name, value in (healthy() | otherwise).items() if name in named}
    courses.screen(practice.act(Role.NURSE), course_id=course.public_id, given=told, names=named)


def test_a_second_course_on_the_same_day_asks_only_about_its_own_skin(practice):
    ada = practice.patient()
    first, second = practice.course(ada), practice.course(ada)
    screened(practice, first)
    assert due(practice, first) == set()
    followers = {name for name, each in QUESTIONS.items() if each.follows}
    assert due(practice, second) - followers == set(QUESTIONS) - OF_PERSON - followers
    screened(practice, second, names=sorted(due(practice, second)))
    assert due(practice, second) == set()


def test_what_was_said_of_the_skin_of_one_course_says_nothing_of_another(practice):
    ada = practice.patient()
    first, second = practice.course(ada), practice.course(ada)
    screened(practice, first, skin_cancer="no", bleeding_disorder="yes")
    rules = {each.rule for each in advice_on(second, practice.act().actor, practice.at).verdicts}
    assert {"skin_cancer", "bleeding_disorder"} <= rules
    held = {each.rule: each for each in advice_on(second, practice.act().actor, practice.at).verdicts}
    assert held["skin_cancer"].because_unknown
    assert not held["bleeding_disorder"].because_unknown


def test_who_comes_back_within_the_window_is_asked_what_has_aged_and_no_more(practice):
    course = practice.course()
    screened(practice, course)
    practice.at += timedelta(days=29)
    aged = {name for name, each in QUESTIONS.items() if each.valid_days <= 29}
    assert due(practice, course) == aged
    assert "pregnant" in aged
    assert "steel_reaction" not in aged


@pytest.mark.parametrize(("sex", "put"), [("male", False), ("female", True), ("unknown", True)])
def test_the_sex_on_file_keeps_out_what_cannot_apply(practice, sex, put):
    course = practice.course(practice.patient(sex=Sex(sex)))
    asked = asked_of(course, practice.act().actor, practice.at)
    assert ({"pregnant", "nursing"} <= set(asked.due)) is put
    assert ({"pregnant", "nursing"} <= set(asked.not_put)) is not put
    case = case_of(course, practice.act().actor, practice.at)
    assert (case.answers.get("pregnant") is YesNo.NO) is not put


def test_whoever_asks_all_the_same_is_heard(practice):
    course = practice.course(practice.patient(sex=Sex.MALE))
    screened(practice, course, pregnant="yes")
    assert case_of(course, practice.act().actor, practice.at).answers["pregnant"] is YesNo.YES


def test_scars_are_asked_about_where_scars_are_the_goal(practice):
    lines_ = practice.course(concern=Concern.FINE_LINES)
    asked = asked_of(lines_, practice.act().actor, practice.at)
    assert not {"scar_age_months", "scar_severity"} & set(asked.due)
    assert {"scar_age_months", "scar_severity"} <= set(asked.not_put)


def test_a_minor_is_asked_nothing_since_no_answer_changes_anything(practice):
    day = practice.at.date()
    young, grown = (practice.patient(born_on=date(day.year - years, 1, 1)) for years in (15, 19))
    assert due(practice, practice.course(young)) == set()
    assert due(practice, practice.course(grown)) == set(QUESTIONS)
    stopped = advice_on(practice.course(young), practice.act().actor, practice.at)
    assert stopped.verdict == "stop"


def test_a_question_that_follows_a_no_is_not_due(practice):
    course = practice.course()
    assert {"rosacea_kind", "cardiac_kind"} <= due(practice, course)
    screened(practice, course, names=["rosacea", "cardiac_abnormality"], cardiac_abnormality="yes")
    assert "rosacea_kind" not in due(practice, course)
    assert "cardiac_kind" in due(practice, course)


def test_who_is_asked_and_says_nothing_is_not_sure(practice):
    course = practice.course()
    courses.screen(
        practice.act(Role.NURSE),
        course_id=course.public_id,
        given={},
        names=["vitiligo", "smoking", "weight_kg"],
    )
    case = case_of(course, practice.act().actor, practice.at)
    assert case.answers["smoking"] == Chosen("unknown")
    assert "weight_kg" not in case.answers
    held = {each.rule: each.verdict for each in advice_on(course, practice.act().actor, practice.at).verdicts}
    assert held["koebner.vitiligo"] == "refer"


# -- none of these


def posted(**typed):
    return given(QUESTIONS.values(), typed)


def test_none_of_these_says_no_to_what_its_group_showed_and_nobody_answered_otherwise():
    answers, names = posted(
        shown="latex_allergy fish_allergy metal_allergy", none_allergies="yes", fish_allergy="yes"
    )
    assert answers == {"latex_allergy": "no", "fish_allergy": "yes", "metal_allergy": "no"}
    assert set(names) == {"latex_allergy", "fish_allergy", "metal_allergy"}


@pytest.mark.parametrize(
    "typed", [{"none_allergies": "yes"}, {"shown": "latex_allergy"}, {"shown": "", "none_allergies": "yes"}]
)
def test_none_of_these_says_nothing_of_what_was_not_shown_or_not_ticked(typed):
    assert posted(**typed) == ({}, [])


def test_none_of_these_answers_no_other_group_and_nothing_that_has_no_no():
    shown = " ".join(QUESTIONS)
    answers, _ = posted(shown=shown, none_you="yes")
    assert answers == {"pregnant": "no", "nursing": "no"}


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_group_holds_its_questions_and_each_question_its_answers(name):
    (group,) = groups(lines([QUESTIONS[name]], {}, {}), packaged().question_groups, {})
    (line,) = group.lines
    assert (group.id, line.question.name) == (QUESTIONS[name].group, name)
    assert len(line.choices) >= (1 if line.question.kind in ("months", "number") else 3)


@pytest.mark.parametrize("language", languages())
def test_each_group_has_its_words(language):
    spoken = words(language).question_groups
    assert list(spoken) == list(packaged().question_groups)
    assert all(each.title and each.none for each in spoken.values())


# -- at home


@pytest.fixture
def home(practice):
    ada = practice.patient()
    course = practice.course(ada)
    found = Home(practice).enter(ada)
    found.patient, found.course = ada, course
    return found


def test_at_home_a_group_is_shown_whole_and_one_tap_says_no_to_it(home):
    page = home.fill("screening/")
    assert page.url.endswith("/screening/group/you/")
    text = home.get("screening/group/you/").content.decode()
    assert all(words("en").questions[name].asks in text for name in ("pregnant", "nursing"))
    home.fill("screening/group/you/", answer="none", shown=["pregnant", "nursing"])
    kept = HomeScreening.objects.get().answers
    assert kept == {"given": {"pregnant": "no", "nursing": "no"}, "asked": ["pregnant", "nursing"]}


def test_at_home_no_question_is_answered_that_did_not_stand_on_the_page(home):
    home.fill("screening/")
    home.fill("screening/group/you/", answer="none", shown=["pregnant", "latex_allergy"])
    assert HomeScreening.objects.get().answers["given"] == {"pregnant": "no"}


def test_at_home_whoever_is_not_sure_goes_through_the_group_one_by_one(home):
    home.fill("screening/")
    page = home.fill("screening/group/you/", answer="some", shown=["pregnant", "nursing"])
    assert page.url.endswith("/screening/ask/pregnant/")
    assert HomeScreening.objects.get().answers["given"] == {}


def test_at_home_what_was_answered_before_is_not_answered_anew(home):
    home.fill("screening/")
    home.fill("screening/ask/latex_allergy/", answer="yes")
    home.fill("screening/group/allergies/", answer="none", shown=["latex_allergy", "fish_allergy"])
    assert HomeScreening.objects.get().answers["given"] == {"latex_allergy": "yes", "fish_allergy": "no"}


@pytest.fixture
def returning():
    """Somebody who answered everything twenty days ago."""
    practice = Practice.found("Harbour Skin", at=datetime.now(UTC) - timedelta(days=20))
    course = practice.course(practice.patient())
    screened(practice, course)
    return Home(practice).enter(course.patient)


def test_at_home_what_has_aged_since_the_last_time_stands_on_one_page(returning):
    page = returning.fill("screening/")
    assert page.url.endswith("/screening/group/again/")
    text = returning.get("screening/group/again/").content.decode()
    aged = [name for name, each in QUESTIONS.items() if each.valid_days <= 20]
    assert all(words("en").questions[name].asks in text for name in aged)
    page = returning.fill("screening/group/again/", answer="none", shown=aged)
    assert page.url.endswith("/screening/review/")
    given = HomeScreening.objects.get().answers["given"]
    assert set(given) == set(aged)
    assert set(given.values()) <= {"no", "never"}


def test_at_home_whoever_returns_and_is_not_sure_goes_through_group_by_group(returning):
    returning.fill("screening/")
    page = returning.fill("screening/group/again/", answer="some", shown=["pregnant", "nursing"])
    assert page.url.endswith("/screening/group/you/")
    page = returning.fill("screening/group/you/", answer="none", shown=["pregnant", "nursing"])
    assert page.url.endswith("/screening/group/today/"), "what was begun one by one goes on so"
    assert HomeScreening.objects.get().answers["given"] == {"pregnant": "no", "nursing": "no"}


def test_at_home_nobody_is_shown_what_has_aged_who_was_never_asked(home):
    home.fill("screening/")
    assert home.get("screening/group/again/").status_code == 302


# -- the law of the place


def test_the_country_and_region_of_the_clinic_decide_which_law_is_told(practice):
    course = practice.course()
    nurse = practice.act(Role.NURSE).actor
    assert case_of(course, nurse, practice.at).clinic.place == nurse.place
    there = Clinic.objects.filter(pk=nurse.clinic)
    there.update(country="US", region="CA")
    seen = Actor.of(practice.members[Role.NURSE])
    assert case_of(course, seen, practice.at).clinic.place == "US-CA"
    aesthetician = replace(seen, profession=OperatorRole.AESTHETICIAN)
    told = advice_on(course, aesthetician, practice.at)
    assert "law.may_not" in {each.rule for each in told.verdicts}
    assert [each.place for each in told.laws] == ["US-CA"]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "board says that"), ("es", "El consejo de California")]
)
def test_the_chart_tells_what_is_on_file_of_the_law_here_in_the_readers_language(practice, language, said):
    course = practice.course()
    Clinic.objects.filter(pk=course.clinic_id).update(country="US", region="CA", language=language)
    where = reverse("chart", args=[course.patient.public_id])
    told = {
        role: signed_in(practice, role).get(where).content.decode()
        for role in (Role.AESTHETICIAN, Role.PRESCRIBER)
    }
    assert said in told[Role.AESTHETICIAN]
    assert said not in told[Role.PRESCRIBER], "a row is about who is named in it"


@pytest.mark.parametrize(
    ("country", "region", "place"), [("US", "CA", "US-CA"), ("GR", "", "GR"), ("", "CA", "")]
)
def test_a_place_is_the_country_and_its_region(country, region, place):
    assert place_of(country, region) == place
