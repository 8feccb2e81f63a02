"""A course from its draft to its end, as the actions tell it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.clinic.practice import ZONES, healthy

from needlepoint.clinic.access.checks import NotAllowed, NotHere, Refused, Stop
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import consent
from needlepoint.clinic.chair.actions.course import course
from needlepoint.clinic.chair.actions.needling import session
from needlepoint.clinic.chair.actions.stock.cartridge import Scanned
from needlepoint.clinic.chair.queries.course.advice import advice_on, open_verdicts
from needlepoint.clinic.chair.queries.needling.session import (
    content_digest,
    next_session,
    session_page,
    standing_consent,
)
from needlepoint.clinic.models import RecordLine, Session, SessionDose
from needlepoint.clinic.practice.queries.record import record_faults
from needlepoint.course.errors import InputError
from needlepoint.course.zones import Zone


def test_a_whole_course_runs_from_draft_to_completion(practice):
    running = practice.planned(sessions=2)
    first = practice.done(practice.opened(practice.consented(running)))
    assert SessionDose.objects.filter(session=first).count() == len(ZONES)
    practice.later(days=45)
    practice.healed(first)
    practice.screened(running)
    practice.settled(running)
    second = practice.done(practice.opened(practice.consented(running), practice.stocked(lot="LOT8")[0]))
    assert second.number == 2
    ended = course.end(practice.act(), course_id=running.public_id, how="complete", reason="Goal reached.")
    assert ended.state == "completed"
    assert record_faults(practice.clinic) == []


def test_a_pregnancy_stops_the_plan_and_nobody_sets_it_aside(practice):
    drafted = practice.course()
    practice.screened(drafted, pregnant="yes")
    with pytest.raises(Refused, match="Nobody may"):
        practice.settled(drafted)
    wish = course.ZoneWish(Zone.CHEEK_LEFT, Decimal("1.0"), 2)
    with pytest.raises(Refused, match="pregnancy"):
        course.agree_plan(
            practice.act(), course_id=drafted.public_id, wishes=[wish], sessions=3, interval_days=30
        )


@pytest.mark.parametrize("said", ["yes", "unknown", None])
def test_an_answer_that_is_not_no_never_lets_a_plan_pass(practice, said):
    drafted = practice.course()
    answers = healthy() | {"keloid_history": said}
    given = {name: answer for name, answer in answers.items() if answer is not None}
    names = list(given)
    course.screen(practice.act(), course_id=drafted.public_id, given=given, names=names)
    act = practice.act()
    advice = advice_on(drafted, act.actor, act.at)
    assert "keloid.history" in {each.rule for each in open_verdicts(drafted, advice)}


def test_who_may_set_a_verdict_aside_is_what_the_rulebook_says(practice):
    drafted = practice.course()
    practice.screened(drafted, herpes_history="yes")
    with pytest.raises(NotAllowed, match="prescriber"):
        course.decide_otherwise(
            practice.act(Role.NURSE), course_id=drafted.public_id, rule="herpes.history", reason="Fine."
        )
    with pytest.raises(Refused, match="reason"):
        course.decide_otherwise(
            practice.act(), course_id=drafted.public_id, rule="herpes.history", reason="  "
        )
    practice.settled(drafted)


def test_a_plan_deeper_than_the_limit_is_refused(practice):
    drafted = practice.course()
    practice.screened(drafted)
    practice.settled(drafted)
    for depth in ("2.75", "9", "0"):
        wish = course.ZoneWish(Zone.CHEEK_LEFT, Decimal(depth), 2)
        with pytest.raises((Refused, InputError)):
            course.agree_plan(
                practice.act(), course_id=drafted.public_id, wishes=[wish], sessions=3, interval_days=30
            )
    assert not drafted.plans.exists()


def test_answers_grow_old_at_midnight_of_the_clinic(practice):
    waiting = practice.consented()
    piece = practice.stocked()[0]
    # The clinic's day ends at 05:00 UTC: a second before, all stands; a second after, it is asked again.
    midnight = practice.at.replace(hour=5, minute=0, second=0) + timedelta(days=1)
    practice.at = midnight
    with pytest.raises(Refused, match="asked"):
        practice.opened(waiting, piece)
    practice.at = midnight - timedelta(seconds=3)
    assert practice.opened(waiting, piece).state == "under_way"


def test_a_cartridge_serves_one_session_only(practice):
    piece = practice.stocked()[0]
    practice.done(practice.opened(practice.consented(), piece))
    with pytest.raises(Stop, match="Used before"):
        practice.opened(practice.consented(practice.planned(practice.course())), piece)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"serial": ""}, "no serial"),
        ({"serial": "NP999999"}, "not in stock"),
        ({"lot": "OTHER"}, "not in stock"),
    ],
)
def test_a_cartridge_that_is_not_known_fills_the_screen(practice, change, says):
    piece = practice.stocked()[0]
    asked = {"gtin": piece.gtin, "lot": piece.lot, "serial": piece.serial} | change
    waiting = practice.consented()
    with pytest.raises(Stop, match=says):
        session.open_session(
            practice.act(), session_id=waiting.public_id, checklist=range(6), scanned=Scanned(**asked)
        )
    waiting.refresh_from_db()
    assert waiting.state == "consented"


def test_consent_that_was_taken_back_or_replaced_by_a_new_text_covers_nothing(practice):
    waiting = practice.consented()
    consent.publish_text(practice.act(Role.CLINIC_ADMIN), kind="session", body="A new text.")
    with pytest.raises(Refused, match="No consent covers"):
        practice.opened(waiting)
    given = waiting.consents.get()
    consent.withdraw(practice.act(), consent_id=given.public_id, reason="")
    waiting.refresh_from_db()
    assert waiting.state == "screened"


def test_an_unsigned_or_stale_consent_is_refused(practice):
    waiting = next_session(practice.planned())
    session.pass_screening(practice.act(), session_id=waiting.public_id)
    for signed, says in (
        (consent.Signed("0" * 64, "Ada", [[[1, 1], [2, 2]]]), "changed meanwhile"),
        (consent.Signed(practice.signed().text_sha256, "Ada", []), "signature is missing"),
        (consent.Signed(practice.signed().text_sha256, " ", [[[1, 1], [2, 2]]]), "name"),
    ):
        with pytest.raises(Refused, match=says):
            consent.consent_to_session(practice.act(), session_id=waiting.public_id, signed=signed)


def test_an_incomplete_checklist_keeps_the_session_closed(practice):
    waiting, piece = practice.consented(), practice.stocked()[0]
    with pytest.raises(Refused, match="checklist"):
        session.open_session(
            practice.act(), session_id=waiting.public_id, checklist=range(5), scanned=practice.scan(piece)
        )
    assert not Session.objects.filter(state="under_way").exists()


def test_a_signature_covers_what_was_done_and_an_amendment_stands_beside_it(practice):
    done = practice.done()
    session.amend(practice.act(), session_id=done.public_id, says="Cheek was 0.75.", reason="Misread.")
    shown = session_page(done)
    assert shown.unaltered
    assert shown.signatures[0].sha256 == content_digest(done)
    assert [each.says for each in shown.amendments] == ["Cheek was 0.75."]


def test_nothing_is_written_where_an_action_fails(practice):
    before = RecordLine.objects.count()
    with pytest.raises(InputError):
        course.draft(
            practice.act(),
            patient_id=practice.patient().public_id,
            concern=None,
            zones=(),
            device_key=practice.device.pk,
        )
    assert RecordLine.objects.count() == before + 1  # the patient alone


def test_another_clinics_row_is_not_there(practice, other_practice):
    strange = other_practice.patient()
    with pytest.raises(NotHere):
        practice.course(strange)


def test_a_minor_cannot_consent(practice):
    young = practice.patient(born_on=date(2008, 3, 3))
    drafted = practice.course(young)
    practice.screened(drafted)
    with pytest.raises(Refused, match="Nobody may"):
        practice.settled(drafted)


def test_a_guardian_signs_for_a_minor_and_says_what_they_are_to_the_patient(practice):
    young, grown = practice.patient(born_on=date(2010, 3, 3)), practice.patient(given_name="Bea")
    text = practice.signed("photos")
    mother = replace(text, signed_as="guardian", relationship="mother")
    for of, signed, says in (
        (young, text, "not of age"),
        (young, replace(mother, relationship=" "), "what the guardian is"),
        (grown, mother, "of age and signs in person"),
    ):
        with pytest.raises(Refused, match=says):
            consent.consent_to_photos(practice.act(), patient_id=of.public_id, uses=["chart"], signed=signed)
    given = consent.consent_to_photos(
        practice.act(), patient_id=young.public_id, uses=["chart"], signed=mother
    )
    assert (given.signed_as, given.relationship) == ("guardian", "mother")


def test_a_guardians_consent_lets_no_session_take_place_that_the_rulebook_forbids(practice):
    young = practice.patient(born_on=date(2010, 3, 3))
    drafted = practice.course(young)
    practice.screened(drafted)
    act = practice.act()
    held = open_verdicts(drafted, advice_on(drafted, act.actor, act.at))
    assert "age.under_18" in {each.rule for each in held}
    with pytest.raises(Refused, match="First settle"):
        course.agree_plan(
            practice.act(),
            course_id=drafted.public_id,
            wishes=[course.ZoneWish(Zone.CHEEK_LEFT, Decimal("0.5"), 2)],
            sessions=3,
            interval_days=30,
        )


def test_what_a_guardian_signed_covers_nothing_once_the_patient_is_of_age(practice):
    waiting = practice.planned()
    of, first = waiting.patient, next_session(waiting)
    session.pass_screening(practice.act(), session_id=first.public_id)
    of.born_on = date(2010, 3, 3)
    of.save()
    signed = replace(practice.signed(), signed_as="guardian", relationship="father")
    consent.consent_to_session(practice.act(), session_id=first.public_id, signed=signed)
    first = Session.objects.select_related("patient", "course", "device").get(pk=first.pk)
    assert standing_consent(first, practice.at) is not None
    first.patient.born_on = date(2008, 3, 1)
    assert standing_consent(first, practice.at) is None


def test_a_clock_that_runs_behind_stops_the_writing(practice):
    practice.patient()
    practice.later(minutes=-5)
    with pytest.raises(Refused, match="clock"):
        practice.patient()
