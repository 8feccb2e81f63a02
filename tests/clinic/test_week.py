"""Weeks of a practice, from its founding on, in a real browser, with the settings that are the default."""

import re
from datetime import date, timedelta

import pytest
from tests.browser.conftest import browser, nobody_else_is_asked  # noqa: F401 (fixtures)
from tests.clinic.week import CC, PortalPhone, Worker, house, until

pytestmark = pytest.mark.skipif(
    CC is None, reason="a movable clock is a small library that has to be compiled"
)
NURSE_PHONE, DIRECTOR_PHONE, PATIENT_PHONE = "+4915112345601", "+4915112345602", "+4915112345603"
CLINIC_PHONE = "+493012345678"
ARTICLE = "04006381333931"
TOLD = "We have told the person on call"
TELL_BY = re.compile(r"next (?:on|from) (\d+ \w+ \d+)")


@pytest.fixture
def practice(tmp_path, browser):  # noqa: F811 (the fixture)
    with house(tmp_path, "2027-03-01 08:30") as made:
        made.admin = Worker(made, browser, "admin@example.org", "Clara Admin")
        made.director = Worker(made, browser, "dora@example.org", "Dora Director")
        made.nurse = Worker(made, browser, "nora@example.org", "Nora Nurse")
        made.patient = PortalPhone(made, browser, "ada@example.net", ("14", "5", "1990"))
        made.people = (made.admin, made.director, made.nurse, made.patient)
        yield made


def test_weeks_of_a_practice_from_its_founding_on(practice):
    its_people_come_in(practice)
    it_says_when_it_is_there(practice)
    a_patient_comes_and_is_planned(practice)
    cartridges_are_scanned_into_stock(practice)
    all_sessions_are_booked_and_the_patient_is_invited(practice)
    morning(practice, "2027-03-03 09:45", practice.nurse)
    session_is_done(practice, practice.nurse, 1)
    a_red_report_at_night_reaches_the_person_on_call(practice)
    the_nurse_takes_it_on_in_the_morning(practice)
    nobody_comes_to_the_second_visit(practice)
    session_two_is_late_and_moves_what_follows(practice)
    the_record_is_whole_and_a_copy_is_kept(practice)


def test_a_member_who_leaves_is_out_at_once_and_nothing_is_sent_after_a_death(practice):
    its_people_come_in(practice)
    it_says_when_it_is_there(practice)
    a_patient_comes_and_is_planned(practice)
    all_sessions_are_booked_and_the_patient_is_invited(practice)
    practice.next = date(2027, 3, 10)
    the_nurse_leaves(practice)
    the_patient_dies(practice)
    the_record_is_whole_and_a_copy_is_kept(practice)


def morning(practice, when, *who):
    """Everybody has put their tablet away, time has gone by, and some come in again."""
    for each in practice.people:
        each.put_away()
    practice.move_to(when)
    for each in who:
        each.come_in()


def its_people_come_in(practice):
    admin = practice.admin
    admin.first_way_in(practice.address + practice.link)
    for worker, profession, role in (
        (practice.director, "physician", "medical_director"),
        (practice.nurse, "nurse", "nurse"),
    ):
        admin.go("/members/new/")
        admin.page.fill("[name=name]", worker.name)
        admin.page.fill("[name=email]", worker.email)
        admin.page.select_option("[name=profession]", profession)
        admin.page.check(f"input[name=roles][value={role}]")
        admin.press("Take them on")
        worker.first_way_in(admin.page.input_value("#link"))
        worker.go("/day/")
        assert "/day/" in worker.page.url


def it_says_when_it_is_there(practice):
    admin, director, nurse = practice.admin, practice.director, practice.nurse
    admin.send(
        "/portal-address/",
        "Save",
        phone=CLINIC_PHONE,
        emergency_number="112",
        email="desk@example.org",
        portal_address=practice.patient.root,
    )
    director.go("/queue/duty/hours/")
    for day in range(5):
        director.page.fill(f"[name=opens_{day}_0]", "09:00")
        director.page.fill(f"[name=closes_{day}_0]", "18:00")
    director.page.fill("[name=out_of_hours_en]", "Call the number; somebody on call answers.")
    director.press("Keep these hours")
    director.go("/queue/duty/every-week/")
    for box in director.page.locator("[name=days_0]").all():
        box.check()
    director.page.fill("[name=begins_0]", "00:00")
    director.page.fill("[name=ends_0]", "00:00")
    director.page.select_option("[name=first_0]", label=nurse.name)
    director.page.select_option("[name=next_0]", label=director.name)
    director.press("Keep this rota")
    director.go("/queue/duty/")
    assert "Somebody is on duty all week" in director.says()
    nurse.send("/my-number/", "Keep this number", phone=NURSE_PHONE)
    director.send("/my-number/", "Keep this number", phone=DIRECTOR_PHONE)
    assert DIRECTOR_PHONE.removeprefix("+49") in re.sub(r"\D", "", director.says())
    director.go("/patient-words/")
    director.press("I answer for these words (English)")


def a_patient_comes_and_is_planned(practice):
    nurse, director = practice.nurse, practice.director
    nurse.go("/patients/new/")
    typed = {"given_name": "Ada", "family_name": "Byron", "born_on": "1990-05-14"}
    typed |= {"phone": PATIENT_PHONE, "email": practice.patient.email, "allergies": "none known"}
    for name, value in typed.items():
        nurse.page.fill(f"[name={name}]", value)
    nurse.page.select_option("[name=sex]", "female")
    nurse.page.select_option("[name=skin_type]", "II")
    nurse.press("Save")
    practice.chart = re.search(r"/patients/[0-9a-f-]{36}/", nurse.page.url).group(0)
    nurse.go(practice.chart)
    nurse.look(closely=True)
    nurse.follow("New course")
    nurse.page.select_option("[name=concern]", "acne_scars")
    for zone in ("cheek_left", "cheek_right"):
        nurse.page.check(f"input[value={zone}]")
    nurse.press("Draft the course and screen")
    nurse.answer_no()
    nurse.press("Keep the answers")
    director.go("/waiting/")
    assert "Byron" in director.says()
    director.go(practice.chart)
    director.decide_all()
    director.follow("Plan the course")
    days = director.page.locator("[name=interval_days]")
    # A whole number of weeks, so that every session falls on a day on which the practice is open.
    practice.interval = timedelta(weeks=-(-int(days.get_attribute("min")) // 7))
    practice.interval = max(practice.interval, timedelta(weeks=4))
    days.fill(str(practice.interval.days))
    director.page.fill("[name=sessions]", "3")
    director.press("Agree on this plan")


def cartridges_are_scanned_into_stock(practice):
    director = practice.director
    director.go("/stock/")
    for number in range(3):
        director.wedge(f"(01){ARTICLE}(17)281231(10)LOT7A", "Control+]", f"21SER{number}", "Enter")
        director.page.locator("#count", has_text=f"{number + 1} piece").wait_for()
    director.look(closely=True)


def all_sessions_are_booked_and_the_patient_is_invited(practice):
    nurse = practice.nurse
    nurse.go(practice.chart + "book/")
    course = nurse.page.locator("[name=what] option[value^='course:']").get_attribute("value")
    nurse.page.select_option("[name=what]", course)
    nurse.page.fill("[name=starts_at]", "2027-03-03T10:00")
    nurse.page.select_option("[name=operator]", label=nurse.name)
    nurse.press("Book")
    nurse.press("Book these visits")
    assert nurse.page.locator("article.visit").count() == 3
    nurse.go(practice.chart + "messages/")
    for box in nurse.page.locator("input[type=checkbox][name=agreed]").all():
        box.check()
    nurse.press("Keep this")
    nurse.go(practice.chart + "portal/")
    nurse.press("Invite to the portal")
    practice.patient.open_link(practice.link_to(practice.patient.email))


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
    for where in (PATIENT_PHONE, patient.email):
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


def the_nurse_leaves(practice):
    nurse, admin = practice.nurse, practice.admin
    morning(practice, f"{practice.next + timedelta(days=1)} 09:00", nurse, admin)
    nurse.go(practice.chart)
    assert "Byron" in nurse.page.content()
    admin.go("/members/")
    card = admin.page.locator("section.card", has_text=nurse.name).last
    card.locator("summary").click()
    card.locator("[name=reason]").fill("left")
    with admin.page.expect_navigation():
        card.get_by_role("button", name=f"Shut {nurse.name} out now").click()
    admin.look()
    nurse.page.wait_for_url("**/sign-in/login/**", timeout=30_000)
    assert "Byron" not in nurse.page.content()
    nurse.page.fill("[name=login]", nurse.email)
    nurse.page.fill("[name=password]", "three quiet herons 1931")
    nurse.press("Sign in")
    nurse.page.goto(nurse.address + practice.chart)
    assert "/sign-in/" in nurse.page.url
    assert "Byron" not in nurse.page.content()


def the_patient_dies(practice):
    director = practice.director
    coming = practice.next + timedelta(weeks=1)
    morning(practice, f"{practice.next + timedelta(days=2)} 09:00", director)
    director.go(practice.chart + "book/")
    director.page.fill("[name=starts_at]", f"{coming}T10:00")
    director.page.select_option("[name=operator]", label=director.name)
    director.press("Book")
    director.go(f"/day/?on={coming}")
    assert "Byron" in director.says()
    director.go(practice.chart)
    director.follow("Left or died")
    director.page.check("input[name=how][value=died]")
    director.page.fill("#why", "Her sister called.")
    director.press("Write it down")
    director.go(f"/day/?on={coming}")
    assert "Byron" not in director.says()
    director.go(practice.chart + "visits/")
    assert "Cancelled" in director.page.locator("article.visit").first.inner_text()
    director.go("/patients/gone/")
    assert "Byron" in director.says()
    assert "Her sister called." in director.says()
    nothing_more_is_sent(practice, coming)


def nothing_more_is_sent(practice, coming):
    patient = practice.patient
    sent = (practice.told(patient.email), practice.told(PATIENT_PHONE))
    for day in (coming - timedelta(days=1), practice.next + timedelta(days=30)):
        morning(practice, f"{day} 10:30")
        patient.page.wait_for_timeout(8_000)
    assert (practice.told(patient.email), practice.told(PATIENT_PHONE)) == sent


def the_record_is_whole_and_a_copy_is_kept(practice):
    assert "whole" in practice.run("verify-record")
    assert "1 clinic, 1 patient, " in practice.run("backup", str(practice.place / "copy"))
