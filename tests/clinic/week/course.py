"""A course: its sessions, a report at night, a visit to which nobody comes, and what the patient is reminded of."""

import contextlib
import re
from datetime import date, timedelta

from tests.clinic.week.founding import ADA, ARTICLE, CLINIC_PHONE, DIRECTOR_PHONE, NURSE_PHONE
from tests.clinic.week.house import until
from tests.clinic.week.people import morning

TOLD = "We have told the person on call"
TELL_BY = re.compile(r"next (?:on|from) (\d+ \w+ \d+)")
QUESTIONS = "Please answer some questions before your next visit"
VISIT = "You have an appointment"
HOW_ARE_YOU = "How are you today?"


@contextlib.contextmanager
def arriving(practice, person, words):
    """What happens meanwhile makes a message reach somebody by text and by mail; it names nobody."""
    before = {where: len(practice.told(where, words)) for where in (person.phone, person.email)}
    yield
    for where, earlier in before.items():
        told = until(lambda: practice.told(where, words)[earlier:], f"{words} at {where}")  # noqa: B023
        assert not any(name in told[0] for name in (person.given_name, person.family_name))


def the_first_session_is_done(practice):
    morning(practice, "2027-03-03 09:45", practice.nurse)
    session_is_done(practice, practice.nurse, 1)


def session_is_done(practice, by, number):
    by.go(practice.chart)
    screen = by.page.get_by_role("link", name=re.compile(r"^Screen: "))
    if screen.count():
        with by.page.expect_navigation():
            screen.click()
        by.answer_no()
        by.press("Keep the answers")
    if not by.page.get_by_role("link", name=f"Prepare session {number}").count():
        # What speaks against the session, an earlier red report among it, is a prescriber's to decide.
        practice.director.go(practice.chart)
        practice.director.decide_all()
        by.go(practice.chart)
    by.follow(f"Prepare session {number}")
    by.press("The screening stands")
    by.follow("Consent")
    by.sign()
    by.press("I have read it, and I agree")
    by.wedge(f"(01){ARTICLE}(17)281231(10)LOT7A", "Control+]", f"21SER{number - 1}", "Enter")
    for box in by.page.locator("[name^=check_]").all():
        box.check()
    by.press("Open the session")
    by.page.fill("[name=sharps_container]", "SC-1")
    by.page.locator("[data-endpoint='even flush']").click()
    by.press(f"Finish and sign as {by.name}")
    assert f"Session {number}" in by.page.locator("h1").inner_text()
    by.follow("What was done")
    assert "LOT7A" in by.says()


def a_red_report_at_night_reaches_the_person_on_call(practice):
    patient, nurse = practice.patient, practice.nurse
    morning(practice, "2027-03-04 02:00")
    patient.sign_in()
    patient.look(closely=True)
    patient.report({"redness": 4, "swelling": 2, "pain": 7}, ("fever", "spreading_redness"))
    assert patient.page.locator(".reply.urgent").count() == 1
    for where in (NURSE_PHONE, nurse.email):
        [alarm] = until(lambda: practice.told(where, "URGENT ("), "an alarm to whoever is on duty")  # noqa: B023
        assert "Ada" not in alarm
        assert "Byron" not in alarm
    assert practice.told(DIRECTOR_PHONE) == []
    patient.page.reload()
    until(lambda: patient.page.reload() and TOLD in patient.says(), "the page says who was told")
    # A quarter of an hour each, and nobody takes it: the next is called, and then she is told herself.
    practice.move_to("2027-03-04 02:16")
    until(lambda: practice.told(DIRECTOR_PHONE, "URGENT ("), "an alarm to the next")
    practice.move_to("2027-03-04 02:47")
    for where in (ADA.phone, ADA.email):
        [words] = until(lambda: practice.told(where, "Nobody has read your report"), "she is told")  # noqa: B023
        assert CLINIC_PHONE[-6:] in words.replace(" ", "")


def the_nurse_takes_it_on_in_the_morning(practice):
    nurse, patient = practice.nurse, practice.patient
    morning(practice, "2027-03-04 08:00", nurse)
    nurse.go("/queue/")
    assert "Byron" in nurse.says()
    assert "Not seen yet" in nurse.says()
    nurse.follow("Open")
    nurse.look(closely=True)
    nurse.press("I have seen it and take it on")
    nurse.page.check("input[name=what][value=called]")
    nurse.page.fill("[name=words]", "No fever any more; comes in at ten.")
    nurse.press("Write it down")
    nurse.page.select_option("[name=outcome]", "seen")
    nurse.page.fill("[name=closing]", "Looked at together with Dr Director.")
    nurse.press("Close it")
    nurse.go("/queue/")
    assert "No check-in waits" in nurse.says()
    patient.sign_in()
    patient.go("reports/")


def nobody_comes_to_the_second_visit(practice):
    nurse = practice.nurse
    missed = date(2027, 3, 3) + practice.interval
    morning(practice, f"{missed + timedelta(days=1)} 08:30", nurse)
    nurse.go("/day/")
    assert "Did they come?" in nurse.says()
    with nurse.page.expect_navigation():
        nurse.page.locator("[aria-labelledby=unnoted] a").click()
    visit = nurse.page.locator("article.visit", has_text="Session 2")
    visit.locator("summary", has_text="Change").click()
    with nurse.page.expect_navigation():
        visit.get_by_role("button", name="Did not come").click()
    nurse.go(practice.chart + "visits/")
    visit = nurse.page.locator("article.visit", has_text="Session 2")
    assert "Did not come" in visit.inner_text()
    with nurse.page.expect_navigation():
        visit.get_by_role("link", name="Book again").click()
    practice.late = missed + timedelta(weeks=3)
    nurse.page.fill("[name=starts_at]", f"{practice.late}T10:00")
    nurse.page.select_option("[name=operator]", label=nurse.name)
    nurse.press("Book")
    nurse.go(practice.chart)
    assert "Did not come 1 time" in nurse.says()


def questions_and_visit_are_reminded_of(practice):
    """Three days before the visit the patient is asked; the day before she is told, by a worker that was begun anew."""
    with arriving(practice, ADA, QUESTIONS):
        morning(practice, f"{practice.late - timedelta(days=3)} 10:05")
        practice.end_worker()
    with arriving(practice, ADA, VISIT):
        morning(practice, f"{practice.late - timedelta(days=1)} 10:05")


def session_two_is_late_and_moves_what_follows(practice):
    nurse = practice.nurse
    morning(practice, f"{practice.late} 09:45", nurse, practice.director)
    nurse.go(practice.chart)
    nurse.press("Yes, healed")
    session_is_done(practice, nurse, 2)
    nurse.go(practice.chart)
    practice.next = practice.late + practice.interval
    due = TELL_BY.search(nurse.says()).group(1)
    assert due == f"{practice.next:%-d %b %Y}"
    visits = nurse.page.locator("section[aria-labelledby=visits]")
    assert "Too early for session 3" in visits.inner_text()
    with nurse.page.expect_navigation():
        visits.get_by_role("link", name="Move it").click()
    nurse.page.fill("[name=starts_at]", f"{practice.next}T10:00")
    nurse.press("Move it")
    nurse.go(practice.chart)
    assert "Too early" not in nurse.page.locator("section[aria-labelledby=visits]").inner_text()


def session_three_is_done(practice):
    nurse = practice.nurse
    morning(practice, f"{practice.next} 09:45", nurse, practice.director)
    nurse.go(practice.chart)
    nurse.press("Yes, healed")
    session_is_done(practice, nurse, 3)
    nurse.go(practice.chart)
    assert "3 of 3" in nurse.says()
