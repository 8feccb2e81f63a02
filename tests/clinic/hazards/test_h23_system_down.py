"""H23: the system is down in the middle of a session."""

from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.urls import reverse
from tests.clinic.test_access import signed_in
from tests.clinic.wings.chair.test_told import ago, another, numbed, told

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.queries.needling.session import next_session
from needlepoint.clinic.models import CartridgeUse


def test_the_day_is_on_one_sheet_that_can_be_printed_and_kept(bites, live):
    running = live.planned()
    live.booked(running.patient, next_session(running))
    client = signed_in(live, Role.NURSE)

    def printed():
        shown = client.get(reverse("day_sheet")).content.decode()
        for words in ("Byron, Ada", "14 May 1990", "none known", "cheek left", "1.00 mm", "As of"):
            assert words in shown, words

    bites(printed)


def test_what_clashes_with_what_only_the_server_knew_is_said_to_the_tablet(bites, live):
    used = CartridgeUse.objects.get(session=live.opened()).cartridge
    second = live.opened(live.consented(live.planned(live.course(live.patient(given_name="Bea")))))
    tablet = signed_in(live, Role.PRESCRIBER)

    def shown_to_a_person():
        refused = another(tablet, second, used)
        assert refused.status_code == 409
        assert "Used before" in refused.content.decode()

    bites(shown_to_a_person, instead=lambda *_: HttpResponse(status=409))


def test_a_checklist_that_has_grown_old_opens_no_session(bites, live):
    session, piece = live.consented(), live.stocked()[0]
    tablet = signed_in(live, Role.PRESCRIBER)
    typed = {"patient": session.patient.public_id, "code": piece.serial, "key": uuid4()}
    typed |= {f"check_{place}": "yes" for place in range(6)}

    def gone_through_again():
        answer = tablet.post(reverse("open_session", args=[session.public_id]), typed, headers=told(31))
        assert answer.status_code == 409

    bites(gone_through_again)


def test_what_only_the_tablet_saw_happened_when_it_says(bites, live):
    session = live.consented()
    tablet = signed_in(live, Role.PRESCRIBER)

    def twenty_minutes_ago():
        assert numbed(tablet, session, 20).status_code == 302
        session.refresh_from_db()
        assert ago(session.numbing_on_at) == pytest.approx(20, abs=1)

    bites(twenty_minutes_ago, instead=lambda act, *_: act.at)
