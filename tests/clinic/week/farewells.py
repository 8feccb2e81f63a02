"""Who goes: a member of the practice, who is out at once, and a patient who dies, to whom nothing more is sent."""

from datetime import timedelta

from tests.clinic.week.course import HOW_ARE_YOU, VISIT, arriving
from tests.clinic.week.founding import ADA, GRACE, agrees_to_messages, booked, taken_in
from tests.clinic.week.people import morning


def days_after(practice, days):
    return practice.next + timedelta(days=days)


def the_nurse_leaves(practice):
    nurse, admin = practice.nurse, practice.admin
    morning(practice, f"{days_after(practice, 1)} 09:00", nurse, admin)
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


def the_day_after_she_is_asked_how_she_is(practice):
    """Until somebody writes down that she died she is written to, and what is due in the next days stands ready."""
    director = practice.director
    morning(practice, f"{days_after(practice, 1)} 09:30", director)
    booked(director, practice.chart, f"{days_after(practice, 5)}T10:00")
    director.go(f"/day/?on={days_after(practice, 5)}")
    assert "Byron" in director.says()
    with arriving(practice, ADA, HOW_ARE_YOU):
        morning(practice, f"{days_after(practice, 1)} 10:05")
        practice.end_worker()


def the_patient_dies(practice):
    director = practice.director
    morning(practice, f"{days_after(practice, 2)} 09:00", director)
    director.go(practice.chart)
    director.follow("Left or died")
    director.page.check("input[name=how][value=died]")
    director.page.fill("#why", "Her sister called.")
    director.press("Write it down")
    director.go(f"/day/?on={days_after(practice, 5)}")
    assert "Byron" not in director.says()
    director.go(practice.chart + "visits/")
    assert "Cancelled" in director.page.locator("article.visit").first.inner_text()
    director.go("/patients/gone/")
    assert "Byron" in director.says()
    assert "Her sister called." in director.says()


def nothing_more_is_sent(practice):
    """What is sent to a living patient shows that the background work has passed over what was meant for the dead."""
    director, chart = practice.director, taken_in(practice.director, GRACE)
    agrees_to_messages(director, chart)
    sent = (practice.told(ADA.email), practice.told(ADA.phone))
    for days in (5, 33, 34):
        booked(director, chart, f"{days_after(practice, days)}T11:00")
    # Due before the first of these: the question of the third day, and the visit that was cancelled by the death.
    with arriving(practice, GRACE, VISIT):
        practice.end_worker()
        morning(practice, f"{days_after(practice, 4)} 10:05")
    # The question a month after the last session would be planned together with the second, and due before the third.
    with arriving(practice, GRACE, VISIT):
        morning(practice, f"{days_after(practice, 32)} 10:05")
        practice.end_worker()
    with arriving(practice, GRACE, VISIT):
        morning(practice, f"{days_after(practice, 33)} 10:05")
    assert (practice.told(ADA.email), practice.told(ADA.phone)) == sent


def the_record_is_whole_and_a_copy_is_kept(practice):
    assert "whole" in practice.run("verify-record")
    assert "1 clinic, 2 patients, " in practice.run("backup", str(practice.place / "copy"))
