"""A check-in on day, queue and chart as a browser shows it: a call is amber, and red is what needs a person now."""

from datetime import timedelta

import pytest
from tests.clinic.queueing import checked_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]


def waits(desk, level, hours):
    """A patient with a visit now, and a check-in that somebody must have looked at in so many hours."""
    done = desk.practice.done(minutes=0)
    desk.practice.booked(done.patient)
    task = checked_in(desk.practice, done, level=level)
    task.due_at = desk.practice.at + timedelta(hours=hours)
    task.save()
    return done.patient


@pytest.mark.parametrize(("hours", "kind"), [(48, "wait"), (-1, "stop")])
def test_a_call_is_amber_and_once_missed_red_wherever_it_stands(desk, hours, kind):
    of = waits(desk, "call_48h", hours)
    desk.sign_in("medical_director@harbour.example")
    desk.go("/day/")
    assert desk.page.locator(f".visit .status.{kind}").is_visible()
    desk.looked_at(f"day-{kind}")
    desk.go("/queue/")
    assert desk.page.locator(f"article .tag.{kind}").is_visible()
    desk.looked_at(f"queue-{kind}")
    desk.go(f"/patients/{of.public_id}/")
    on_chart = ".problem[role=alert]" if kind == "stop" else ".banner.wait"
    assert desk.page.locator(on_chart).first.is_visible()
    desk.looked_at(f"chart-{kind}")
