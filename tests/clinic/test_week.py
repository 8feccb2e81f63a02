"""Weeks of a practice, from its founding on, in a real browser, with the settings that are the default."""

import pytest
from tests.browser.conftest import browser, nobody_else_is_asked  # noqa: F401 (fixtures)
from tests.clinic.week import course, farewells, founding
from tests.clinic.week.house import CC, house
from tests.clinic.week.people import PortalPhone, Worker

pytestmark = pytest.mark.skipif(
    CC is None, reason="a movable clock is a small library that has to be compiled"
)


@pytest.fixture
def practice(tmp_path, browser):  # noqa: F811 (the fixture)
    with house(tmp_path, "2027-03-01 08:30") as made:
        made.admin = Worker(made, browser, "admin@example.org", "Clara Admin")
        made.director = Worker(made, browser, "dora@example.org", "Dora Director")
        made.nurse = Worker(made, browser, "nora@example.org", "Nora Nurse")
        made.patient = PortalPhone(made, browser, founding.ADA)
        made.people = (made.admin, made.director, made.nurse, made.patient)
        yield made


def test_weeks_of_a_practice_from_its_founding_to_a_death(practice):
    founding.its_people_come_in(practice)
    founding.it_says_when_it_is_there(practice)
    founding.a_patient_comes_and_is_planned(practice)
    founding.cartridges_are_scanned_into_stock(practice)
    founding.all_sessions_are_booked_and_the_patient_is_invited(practice)
    course.the_first_session_is_done(practice)
    course.a_red_report_at_night_reaches_the_person_on_call(practice)
    course.the_nurse_takes_it_on_in_the_morning(practice)
    course.nobody_comes_to_the_second_visit(practice)
    course.questions_and_visit_are_reminded_of(practice)
    course.session_two_is_late_and_moves_what_follows(practice)
    course.session_three_is_done(practice)
    farewells.the_nurse_leaves(practice)
    farewells.the_day_after_she_is_asked_how_she_is(practice)
    farewells.the_patient_dies(practice)
    farewells.nothing_more_is_sent(practice)
    farewells.the_record_is_whole_and_a_copy_is_kept(practice)
