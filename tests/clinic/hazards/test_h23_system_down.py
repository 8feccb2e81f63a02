"""H23: the system is down in the middle of a session."""

from django.urls import reverse
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.queries.needling.session import next_session


def test_the_day_is_on_one_sheet_that_can_be_printed_and_kept(bites, live):
    running = live.planned()
    live.booked(running.patient, next_session(running))
    client = signed_in(live, Role.NURSE)

    def printed():
        shown = client.get(reverse("day_sheet")).content.decode()
        for words in ("Byron, Ada", "14 May 1990", "none known", "cheek left", "1.00 mm", "As of"):
            assert words in shown, words

    bites(printed)
