"""The first day of a practice: its people, when it is there, its first patient, its stock and its first visits."""

import re
from datetime import date, timedelta

from tests.clinic.week.people import Person

NURSE_PHONE, DIRECTOR_PHONE, CLINIC_PHONE = "+4915112345601", "+4915112345602", "+493012345678"
ADA = Person("Ada", "Byron", date(1990, 5, 14), "+4915112345603", "ada@example.net")
GRACE = Person("Grace", "Hopper", date(1986, 12, 9), "+4915112345604", "grace@example.net")
ARTICLE = "04006381333931"


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
    practice.chart = taken_in(nurse, ADA)
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


def taken_in(by, person):
    """A chart is opened for somebody who comes; return where it is."""
    by.go("/patients/new/")
    typed = {"given_name": person.given_name, "family_name": person.family_name, "phone": person.phone}
    typed |= {"email": person.email, "born_on": f"{person.born_on}", "allergies": "none known"}
    for name, value in typed.items():
        by.page.fill(f"[name={name}]", value)
    by.page.select_option("[name=sex]", "female")
    by.page.select_option("[name=skin_type]", "II")
    by.press("Save")
    return re.search(r"/patients/[0-9a-f-]{36}/", by.page.url).group(0)


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
    agrees_to_messages(nurse, practice.chart)
    nurse.go(practice.chart + "portal/")
    nurse.press("Invite to the portal")
    practice.patient.open_link(practice.link_to(practice.patient.email))


def agrees_to_messages(by, chart):
    """The patient says yes to every kind of message, by text and by mail."""
    by.go(chart + "messages/")
    for box in by.page.locator("input[type=checkbox][name=agreed]").all():
        box.check()
    by.press("Keep this")


def booked(by, chart, starts_at):
    """A visit at which no session is meant."""
    by.go(chart + "book/")
    by.page.fill("[name=starts_at]", starts_at)
    by.page.select_option("[name=operator]", label=by.name)
    by.press("Book")
