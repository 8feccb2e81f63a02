"""One more zone in a session under way: within rulebook, plan and consent, with a reason, and then as every other."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from tests.clinic.practice import STROKES, Practice
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.checks import NotAllowed, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import consent as consents
from needlepoint.clinic.chair.actions.needling import more_zones, session
from needlepoint.clinic.chair.queries.needling.session import current_text
from needlepoint.clinic.models import RecordLine
from needlepoint.course.session import Topical, TopicalKind
from needlepoint.course.zones import Zone

REASON = "Scars there too, seen in the light."


@pytest.fixture
def practice(db):
    return Practice.found("Harbour Skin")


@pytest.fixture
def live(db):
    return Practice.of_today("Harbour Skin")


def sign(practice, opened, zone=Zone.CHIN):
    signed = practice.signed()
    return more_zones.consent_to_zone(practice.act(), session_id=opened.public_id, zone=zone, signed=signed)


def add(practice, opened, zone=Zone.CHIN, reason=REASON, role=Role.PRESCRIBER):
    return more_zones.add_zone(practice.act(role), session_id=opened.public_id, zone=zone, reason=reason)


def finish(practice, opened, depth="0.50", zone=Zone.CHIN, **told):
    passes = [session.PassDone(Zone(each), Decimal("1.00"), 2) for each in opened.course.zones]
    passes.append(session.PassDone(zone, Decimal(depth), 2, endpoint="even flush"))
    done = session.Done(passes=passes, sharps_container="SC-1", **told)
    return session.finish(practice.later(minutes=20).act(), session_id=opened.public_id, done=done)


def test_a_zone_that_is_signed_for_is_added_with_a_reason_and_recorded(practice):
    opened = practice.opened()
    sign(practice, opened)
    added = add(practice, opened)
    assert (added.zone, added.reason) == ("chin", REASON)
    assert added.consent.zones == [*opened.course.zones, "chin"]
    line = RecordLine.objects.filter(act="added zone").get()
    assert line.detail["zone"] == "chin"
    assert line.detail["reason"] == REASON
    assert line.patient_id == opened.patient_id


def test_it_is_needled_dosed_and_signed_as_the_others_are(practice):
    opened = practice.opened()
    sign(practice, opened)
    add(practice, opened)
    done = finish(practice, opened)
    assert done.passes.get(zone="chin").endpoint == "even flush"
    assert done.doses.get(zone="chin").channels_per_cm2 > 0
    assert done.course.zones == ["cheek_left", "cheek_right", "forehead"]


def test_without_the_patients_signature_for_it_no_zone_is_added(practice):
    opened = practice.opened()
    with pytest.raises(
        Refused, match=r"^The patient has not signed for this zone: chin. Let them read and sign first.$"
    ):
        add(practice, opened)
    consents.withdraw(practice.act(), consent_id=sign(practice, opened).public_id, reason="No.")
    with pytest.raises(Refused, match="has not signed for this zone: chin"):
        add(practice, opened)
    assert not opened.zones_added.exists()


def test_a_signature_for_one_zone_is_none_for_another(practice):
    opened = practice.opened()
    sign(practice, opened, Zone.CHIN)
    with pytest.raises(Refused, match="has not signed for this zone: nose"):
        add(practice, opened, Zone.NOSE)


def test_who_may_not_plan_adds_nothing_and_is_told_so_in_one_line(practice):
    opened = practice.opened()
    sign(practice, opened)
    with pytest.raises(Refused, match=r"^The plan does not hold this zone: chin. Whoever may plan adds it"):
        add(practice, opened, role=Role.NURSE)
    with pytest.raises(NotAllowed):
        add(practice, opened, role=Role.FRONT_DESK)


def test_what_the_rulebook_lets_nobody_needle_is_refused_in_one_line(practice):
    opened = practice.opened()
    with pytest.raises(Refused, match=r"eyelid.* cannot be added: ") as told:
        add(practice, opened, Zone.EYELID_LEFT)
    assert "\n" not in str(told.value)


def test_the_scope_of_whoever_holds_the_device_counts_not_that_of_whoever_adds(practice):
    """The limits of a zone are asked for the operator; a physician who adds it lends nobody their own."""
    waiting, piece = practice.consented(), practice.stocked()[0]
    opened = session.open_session(
        practice.act(Role.AESTHETICIAN),
        session_id=waiting.public_id,
        checklist=range(len(session.CHECKLIST)),
        scanned=practice.scan(piece),
    )
    sign(practice, opened)
    added = add(practice, opened, role=Role.MEDICAL_DIRECTOR)
    snapshot = added.advice.case_snapshot
    assert "aesthetician" in str(snapshot["clinic"])


def test_no_deeper_than_the_plan_agreed_on_anywhere(practice):
    opened = practice.opened(practice.consented(practice.planned(depth="0.50")))
    sign(practice, opened)
    added = add(practice, opened)
    assert added.limit_mm == Decimal("0.50")
    with pytest.raises(
        Refused, match=r"chin: 0.75 mm is deeper than 0.50 mm \(the deepest that the plan agreed on\)"
    ):
        finish(practice, opened, depth="0.75")


def test_no_deeper_than_the_rulebook_lets_that_zone(practice):
    opened = practice.opened()
    sign(practice, opened, Zone.NOSE)
    added = add(practice, opened, Zone.NOSE)
    assert added.limit_mm <= 1
    with pytest.raises(Refused, match=r"nose: 1.75 mm is deeper than"):
        finish(practice, opened, depth="1.75", zone=Zone.NOSE)


def test_a_zone_that_nobody_added_is_not_needled(practice):
    opened = practice.opened()
    sign(practice, opened)
    with pytest.raises(Refused, match="chin: not a zone of this course"):
        finish(practice, opened)


def test_a_strong_cream_asks_for_its_reason_with_an_added_zone_too(practice):
    opened = practice.opened()
    sign(practice, opened)
    add(practice, opened)
    cream = session.TopicalUsed(Topical(TopicalKind.ANAESTHETIC, "mixed", strength_percent=Decimal(23)))
    with pytest.raises(Refused, match="The field stands beside the cream"):
        finish(practice, opened, topicals=[cream])


@pytest.mark.parametrize("reason", ["", "   "])
def test_no_zone_is_added_without_a_reason_or_twice_or_after_the_end(practice, reason):
    opened = practice.opened()
    sign(practice, opened)
    with pytest.raises(Refused, match="Write why"):
        add(practice, opened, reason=reason)
    add(practice, opened)
    with pytest.raises(Refused, match="in the session already"):
        add(practice, opened)
    finish(practice, opened)
    with pytest.raises(Refused, match="while a session is under way"):
        add(practice, opened, Zone.NOSE)


def test_the_pages_lead_from_the_choice_over_the_signature_to_the_row_of_the_zone(live):
    opened = live.opened()
    client = signed_in(live, Role.PRESCRIBER)
    where = reverse("add_zone", args=[opened.public_id])
    page = client.get(where).content.decode()
    assert "?zone=chin" in page
    assert "?zone=eyelid_left" not in page
    assert "has not signed for it" in client.get(f"{where}?zone=chin").content.decode()
    hidden = {"key": str(uuid4()), "patient": str(opened.patient.public_id)}
    signed = {
        "text_sha256": current_text(live.clinic.pk, "session").sha256,
        "signed_name": "Ada Byron",
        "strokes": str(STROKES),
    }
    answer = client.post(reverse("consent_to_zone", args=[opened.public_id, "chin"]), hidden | signed)
    assert answer.url == f"{where}?zone=chin"
    assert "the patient has signed for it" in client.get(answer.url).content.decode()
    added = {"key": str(uuid4()), "zone": "chin", "reason": REASON}
    assert client.post(where, hidden | added).url == reverse("session", args=[opened.public_id])
    shown = client.get(reverse("session", args=[opened.public_id])).content.decode()
    assert 'name="depth_chin"' in shown
    assert REASON in shown


def test_a_nurse_reads_on_the_page_why_she_cannot(live):
    opened = live.opened()
    where = reverse("add_zone", args=[opened.public_id])
    page = signed_in(live, Role.NURSE).get(f"{where}?zone=chin").content.decode()
    assert "The plan does not hold this zone: chin." in page
    assert "Add the chin" not in page


def test_pages_that_speak_of_a_session_with_an_added_zone_open(live):
    opened = live.opened()
    sign(live, opened)
    add(live, opened)
    done = finish(live, opened)
    client = signed_in(live, Role.MEDICAL_DIRECTOR)
    for name, row in (
        ("session", done),
        ("forecast", done.course),
        ("plan", done.course),
        ("chart", done.patient),
    ):
        assert client.get(reverse(name, args=[row.public_id])).status_code == 200, name
    assert REASON in client.get(reverse("session", args=[done.public_id])).content.decode()
