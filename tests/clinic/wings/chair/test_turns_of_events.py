"""What does not go as planned at the chair: broken off, a cartridge that fails, the wrong patient."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from tests.clinic.portal import Home, reachable
from tests.clinic.practice import GEL, Practice
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.checks import NotAllowed, Refused, Stop
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import consent
from needlepoint.clinic.chair.actions.needling import broken_off, healing, session
from needlepoint.clinic.chair.actions.stock.cartridge import REASONS
from needlepoint.clinic.chair.queries.adverse import draft
from needlepoint.clinic.chair.queries.course.case import case_of
from needlepoint.clinic.chair.queries.needling.capture import capture_rows
from needlepoint.clinic.chair.queries.needling.session import healed_from, next_session, session_page
from needlepoint.clinic.chair.queries.patient import chart
from needlepoint.clinic.chair.queries.stock.stock import exposed, labels
from needlepoint.clinic.models import CartridgeUse, RecordLine, Session
from needlepoint.course.answers import YesNo
from needlepoint.course.zones import Zone


@pytest.fixture
def practice(db):
    return Practice.found("Harbour Skin")


@pytest.fixture
def live(db):
    return Practice.of_today("Harbour Skin")


def finished(practice, opened, zones, endpoint="", **end):
    passes = [session.PassDone(Zone(zone), Decimal("1.00"), 2, endpoint=endpoint) for zone in zones]
    return session.finish(
        practice.later(minutes=20).act(),
        session_id=opened.public_id,
        done=session.Done(passes=passes, topicals=[GEL], sharps_container="SC-1", **end),
    )


# ------------------------------------------------------------------------------------------------------- broken off


def test_a_planned_zone_that_was_left_out_asks_why(practice):
    opened = practice.opened()
    with pytest.raises(Refused, match="Not needled to the end: forehead"):
        finished(practice, opened, opened.course.zones[:2])
    with pytest.raises(Refused, match="cheek left"):
        finished(practice, opened, opened.course.zones, endpoint="stopped early")
    assert Session.objects.get(pk=opened.pk).state == "under_way"


def test_a_session_that_was_broken_off_does_not_count_and_the_next_makes_up_for_it(practice):
    opened = practice.opened()
    done = finished(practice, opened, opened.course.zones[:2], broken_off="She felt faint.")
    assert (done.state, done.complete) == ("done", False)
    assert done.zones_left == ["forehead"]
    shown = chart(done.patient, practice.actor(Role.NURSE), practice.at).course
    assert shown.done == 0
    waits = next_session(done.course)
    assert waits.repeats_id == done.pk
    assert done.course.sessions.filter(state="planned").count() == 3


def test_the_patients_own_page_counts_what_was_broken_off_as_none(live):
    reachable(live)
    opened = live.opened()
    finished(live, opened, opened.course.zones[:2], broken_off="She felt faint.")
    html = Home(live).enter(opened.patient).get("today/").content.decode()
    assert "0 of 3 sessions done" in html
    assert "ended early on" in html
    assert "She felt faint." not in html


def test_the_timeline_says_of_a_session_that_it_was_broken_off_and_why(practice):
    opened = practice.opened()
    done = finished(practice, opened, opened.course.zones[:2], broken_off="She felt faint.")
    told = chart(done.patient, practice.actor(Role.NURSE), practice.at).timeline
    lines = [(each.says, each.words) for each in told if each.session is not None]
    assert lines == [(f"Session 1 broken off by {done.operator.name}", "She felt faint.")]


def test_what_makes_up_for_it_begins_with_the_zones_that_were_left(practice):
    opened = practice.opened()
    done = finished(practice, opened, opened.course.zones[:2], broken_off="Faint.")
    practice.healed(done)
    practice.later(days=20)
    practice.screened(done.course)
    practice.settled(done.course)
    again = practice.opened(consented_again(practice, done.course))
    rows = capture_rows(Session.objects.get(pk=again.pk), {})
    assert [row.zone for row in rows if row.chosen] == ["forehead"]
    made_up = finished(practice, again, [Zone.FOREHEAD])
    assert made_up.complete
    assert chart(done.patient, practice.actor(Role.NURSE), practice.at).course.done == 1


def consented_again(practice, running):
    waits = next_session(running)
    session.pass_screening(practice.act(), session_id=waits.public_id)
    consent.consent_to_session(practice.act(), session_id=waits.public_id, signed=practice.signed())
    waits.refresh_from_db()
    return waits


def test_what_was_left_out_on_purpose_counts(practice):
    opened = practice.opened()
    done = finished(practice, opened, opened.course.zones[:2], as_meant=True)
    assert (done.complete, done.zones_left) == (True, [])
    assert not done.course.sessions.exclude(repeats=None).exists()


def test_nothing_was_broken_off_where_all_was_needled(practice):
    opened = practice.opened()
    with pytest.raises(Refused, match="Every planned zone"):
        finished(practice, opened, opened.course.zones, broken_off="Faint.")


def test_the_signature_covers_that_it_was_broken_off(practice):
    opened = practice.opened()
    done = finished(practice, opened, opened.course.zones[:2], broken_off="Faint.")
    assert session_page(done).unaltered
    done.broken_off = "Otherwise."
    assert not session_page(done).unaltered


def test_only_a_session_that_is_done_is_broken_off(practice):
    waits = practice.consented()
    with pytest.raises(DatabaseError), transaction.atomic():
        Session.objects.filter(pk=waits.pk).update(broken_off="x")


def test_by_the_page_a_session_is_broken_off_and_the_chart_says_so(live):
    opened = live.opened()
    client = signed_in(live, Role.PRESCRIBER)
    typed = {
        "key": uuid4(),
        "patient": opened.patient.public_id,
        "version": "",
        "zones": "cheek_left",
        "depth_cheek_left": "1.00",
        "passes_cheek_left": "2",
        "sharps_container": "SC-1",
    }
    where = reverse("finish_session", args=[opened.public_id])
    refused = client.post(where, typed)
    assert refused.status_code == 409
    assert "cheek right" in refused.content.decode()
    again = typed | {"key": uuid4(), "broken_off": "She felt faint."}
    assert client.post(where, again).status_code == 302
    page = client.get(reverse("session", args=[opened.public_id])).content.decode()
    assert "She felt faint." in page
    shown = client.get(reverse("chart", args=[opened.patient.public_id])).content.decode()
    assert "broken off" in shown


# --------------------------------------------------------------------------------------------- a further cartridge


def with_second(practice, reason):
    first, second = practice.stocked(2)
    opened = practice.opened(piece=first)
    session.add_cartridge(
        practice.act(), session_id=opened.public_id, scanned=practice.scan(second), reason=reason
    )
    return practice.done(opened), first, second


@pytest.mark.parametrize("reason", ["", "because", "FAILED"])
def test_a_further_cartridge_asks_why(practice, reason):
    first, second = practice.stocked(2)
    opened = practice.opened(piece=first)
    with pytest.raises(Refused, match="Say why"):
        session.add_cartridge(
            practice.act(), session_id=opened.public_id, scanned=practice.scan(second), reason=reason
        )
    assert CartridgeUse.objects.count() == 1


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_the_cartridge_that_failed_is_the_suspect_else_the_last(practice, reason):
    done, first, second = with_second(practice, reason)
    event = practice.adverse_event(done.patient, done, kind="device_fault")
    suspected = first if reason == "failed" else second
    assert event.cartridge_id == suspected.pk
    fields = {
        each.label: each.value
        for section in draft(event, practice.actor(Role.NURSE)).sections
        for each in section.fields
    }
    assert fields["Cartridge, serial number"] == suspected.serial
    assert ("failed" in fields["What was wrong with the cartridge"]) is (reason == "failed")


def test_another_cartridge_of_the_session_can_be_named_and_no_other(practice):
    done, first, second = with_second(practice, "failed")
    event = practice.adverse_event(done.patient, done, cartridge_id=second.public_id)
    assert event.cartridge_id == second.pk
    stranger = practice.stocked(1, lot="OTHER")[0]
    with pytest.raises(Refused, match="cartridge of that session"):
        practice.adverse_event(done.patient, done, cartridge_id=stranger.public_id)
    assert first.pk != second.pk


def test_the_form_offers_the_cartridges_with_the_failed_one_first(live):
    done, first, second = with_second(live, "failed")
    client = signed_in(live, Role.NURSE)
    shown = client.get(reverse("report_adverse", args=[done.patient.public_id])).content.decode()
    assert shown.index(f"{first.serial}, lot") < shown.index(f"{second.serial}, lot")
    assert ": failed" in shown


# ------------------------------------------------------------------------------------------------------- healed


def test_healed_is_refused_before_its_day_with_the_day_and_not_yet_is_always_taken(practice):
    done = practice.done()
    first_day = healed_from(done, practice.actor(Role.NURSE).zone)
    assert (first_day - done.opened_at.date()).days == 14
    healing.check_healing(practice.act(), session_id=done.public_id, healed=YesNo.NO)
    for days in (0, 6, 7):
        practice.later(days=days)
        with pytest.raises(Refused, match=f"{first_day:%d %b %Y}"):
            healing.check_healing(practice.act(), session_id=done.public_id, healed=YesNo.YES)
    practice.later(days=1)
    assert healing.check_healing(practice.act(), session_id=done.public_id, healed=YesNo.YES).healed == "yes"


def test_the_chart_offers_healed_from_its_day_on(live):
    done = live.done()
    client = signed_in(live, Role.NURSE)
    shown = client.get(reverse("chart", args=[done.patient.public_id])).content.decode()
    assert "Yes, healed" not in shown
    assert "can be written down from" in shown
    assert "Not yet" in shown


# ---------------------------------------------------------------------------------------------- the wrong patient


def voided(
    practice, opened, piece="unused", reason="Opened for the wrong person.", untouched=True, role=None
):
    return broken_off.void(
        practice.act(role or Role.PRESCRIBER),
        session_id=opened.public_id,
        reason=reason,
        piece=piece,
        untouched=untouched,
    )


def test_a_session_opened_by_mistake_is_planned_again_and_nothing_was_done(practice):
    opened = practice.opened()
    row = voided(practice, opened)
    row.refresh_from_db()
    assert (row.state, row.opened_at, row.operator, row.checklist) == ("planned", None, None, [])
    shown = chart(row.patient, practice.actor(Role.NURSE), practice.at).course
    assert shown.done == 0
    assert case_of(row.course, practice.actor(Role.NURSE), practice.at).sessions == ()
    line = RecordLine.objects.get(act="voided session")
    assert line.detail["reason"] == "Opened for the wrong person."
    assert line.detail["piece"] == "unused"
    assert len(line.detail["cartridges"]) == 1


def test_a_piece_still_closed_serves_the_right_patient_and_only_one(practice):
    piece = practice.stocked()[0]
    wrong = practice.opened(piece=piece)
    voided(practice, wrong, "unused")
    assert [each.pk for each in labels(practice.actor(Role.NURSE), piece.lot)] == [piece.pk]
    right = practice.consented(
        practice.planned(practice.course(practice.patient(given_name="Bea", email="")))
    )
    practice.done(practice.opened(right, piece=piece))
    assert [each.session_id for each in exposed(practice.actor(Role.MEDICAL_DIRECTOR), piece.lot)] == [
        right.public_id
    ]
    third = practice.consented(practice.planned(practice.course(practice.patient(given_name="Cy", email=""))))
    with pytest.raises(Stop, match="Used before"):
        practice.opened(third, piece=piece)


def test_a_piece_that_was_taken_out_serves_nobody(practice):
    piece = practice.stocked()[0]
    voided(practice, practice.opened(piece=piece), "spoilt")
    assert labels(practice.actor(Role.NURSE), piece.lot) == []
    assert exposed(practice.actor(Role.MEDICAL_DIRECTOR), piece.lot) == []
    other = practice.consented(
        practice.planned(practice.course(practice.patient(given_name="Bea", email="")))
    )
    with pytest.raises(Stop, match="Used before"):
        practice.opened(other, piece=piece)


def test_the_database_itself_lets_a_piece_serve_once(practice):
    opened = practice.opened()
    use = opened.cartridge_uses.get()
    again = CartridgeUse(
        clinic_id=use.clinic_id, cartridge=use.cartridge, session=opened, used_at=use.used_at
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        again.save()


@pytest.mark.parametrize(
    "told",
    [{"reason": " "}, {"untouched": False}, {"piece": ""}, {"piece": "good"}],
)
def test_what_was_not_said_is_asked_before_anything_is_voided(practice, told):
    opened = practice.opened()
    with pytest.raises(Refused):
        voided(practice, opened, **told)
    assert Session.objects.get(pk=opened.pk).state == "under_way"


def test_what_is_not_under_way_is_not_voided(practice):
    with pytest.raises(Refused, match="under way"):
        voided(practice, practice.consented())
    done = practice.done()
    with pytest.raises(Refused, match="under way"):
        voided(practice, done)
    with pytest.raises(NotAllowed):
        voided(practice, done, role=Role.FRONT_DESK)


def test_by_the_page_an_opening_is_voided(live):
    opened = live.opened()
    client = signed_in(live, Role.PRESCRIBER)
    assert (
        "Opened for the wrong patient"
        in client.get(reverse("session", args=[opened.public_id])).content.decode()
    )
    typed = {"key": uuid4(), "patient": opened.patient.public_id, "reason": "Twins.", "piece": "spoilt"}
    where = reverse("void_session", args=[opened.public_id])
    assert client.post(where, typed).status_code == 409
    assert client.post(where, typed | {"key": uuid4(), "untouched": "yes"}).status_code == 302
    assert Session.objects.get(pk=opened.pk).state == "planned"
