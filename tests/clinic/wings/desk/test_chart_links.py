"""Possible duplicates are shown with plain reasons, and a person says what two charts are."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.test_pages import at_most, send, signed_in

from needlepoint.clinic.access.checks import NotAllowed, Refused
from needlepoint.clinic.access.roles import ROLES, Permission, Role
from needlepoint.clinic.chair.actions import chart_link, patient
from needlepoint.clinic.chair.queries import duplicates
from needlepoint.clinic.chair.queries.course.linked import links_of
from needlepoint.clinic.models import ChartLink, Patient, RecordLine

TYPED = {
    "given_name": "Ada",
    "family_name": "Byron",
    "born_on": "1990-05-14",
    "sex": "female",
    "skin_type": "III",
    "phone": "202-555-0100",
    "email": "ada@patients.example",
    "allergies": "none known",
}


@pytest.fixture
def live(db):
    """A practice whose clock stands at the present, because views ask the real one."""
    return Practice.of_today("Harbour Skin")


APART = {"phone": "", "email": "", "born_on": date(1971, 1, 1)}


def linked(practice, one, other, role=Role.MEDICAL_DIRECTOR):
    return chart_link.link(
        practice.act(role), patient_id=one.public_id, chart_number=other.chart_number, reason="same passport"
    )


def person(**known):
    return patient.Person(given_name="Ada", family_name="Byron", born_on=date(1990, 5, 14), **known)


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (
            {"given_name": "Adeline", "family_name": "BYRÓN"} | APART | {"born_on": date(1990, 5, 14)},
            "family name",
        ),
        (
            {"family_name": "King", "given_name": "adah"} | APART | {"born_on": date(1990, 5, 14)},
            "given name",
        ),
        ({"given_name": "X", "family_name": "Y"} | APART | {"phone": "+1 (415) 555-01 00"}, "phone"),
        ({"given_name": "X", "family_name": "Y"} | APART | {"email": "ADA@patients.example"}, "e-mail"),
    ],
)
def test_a_chart_that_may_be_the_same_person_is_named_with_its_reason(practice, known, reason):
    practice.patient(**known)
    practice.patient(given_name="Somebody", family_name="Else", **APART)
    who = person(phone="415 555 0100", email="ada@patients.example")
    ((found, reasons),) = duplicates.like(practice.actor(Role.FRONT_DESK), who)
    assert found.chart_number == 1
    assert reason in " ".join(reasons)


def test_one_clinics_charts_are_never_named_to_another(db):
    ours, theirs = Practice.found("Harbour Skin"), Practice.found("Hill Skin")
    theirs.patient()
    assert duplicates.like(ours.actor(Role.FRONT_DESK), person(phone="202-555-0100")) == []
    ours.patient()
    theirs.patient()
    assert duplicates.pairs(ours.actor(Role.CLINIC_ADMIN)) == ([], 0)


def test_nobody_is_taken_in_twice_without_having_seen_the_chart_that_is_there(live):
    there = live.patient()
    client = signed_in(live, Role.FRONT_DESK)
    first = send(client, reverse("register"), **TYPED)
    assert first.status_code == 409
    shown = first.content.decode()
    assert f'name="seen" value="{there.public_id}"' in shown
    assert "born on the same day" in shown
    assert 'value="Byron"' in shown
    assert Patient.objects.count() == 1
    assert send(client, reverse("register"), **TYPED, seen=str(uuid4())).status_code == 409
    assert send(client, reverse("register"), **TYPED, seen=str(there.public_id)).status_code == 302
    assert Patient.objects.count() == 2


def test_an_enquiry_makes_no_second_chart_unseen(live):
    from needlepoint.clinic.desk.actions import enquiry

    there = live.patient()
    asked = enquiry.ask(
        live.clinic,
        asked=enquiry.Asked(given_name="Ada", family_name="Byron", phone="202-555-0100"),
        key=uuid4(),
        at=live.at,
    )
    client, address = signed_in(live, Role.FRONT_DESK), reverse("enquiry", args=[asked.public_id])
    assert send(client, address, **TYPED).status_code == 409
    assert send(client, address, **TYPED, seen=str(there.public_id)).status_code == 302


def test_two_charts_are_linked_and_unlinked_on_their_page_and_the_record_of_both_says_so(live):
    one, two = live.patient(), live.patient(given_name="Adah")
    client = signed_in(live, Role.CLINIC_ADMIN)
    address = reverse("chart_links", args=[one.public_id])
    assert "May be the same person" in client.get(address).content.decode()
    assert send(client, address, one, do="link", chart="2", reason="").status_code == 409
    assert send(client, address, one, do="link", chart="2", reason="Same passport.").status_code == 302
    assert "Same passport." in client.get(address).content.decode()
    assert send(client, address, one, do="link", chart="2", reason="Again.").status_code == 409
    assert send(client, address, one, do="unlink", chart="2", reason="Sisters.").status_code == 302
    assert send(client, address, one, do="unlink", chart="2", reason="Again.").status_code == 409
    assert [each.holds for each in ChartLink.objects.order_by("pk")] == [True, False]
    for of in (one, two):
        acts = RecordLine.objects.filter(patient=of).order_by("pk").values_list("act", flat=True)
        assert [each for each in acts if "charts" in each] == ["linked charts", "kept charts apart"]


def test_what_was_judged_is_proposed_no_more(live):
    live.patient()
    live.patient()
    client = signed_in(live, Role.CLINIC_ADMIN)
    one = Patient.objects.get(chart_number=1)
    assert "chart 2" in client.get(reverse("duplicates")).content.decode()
    address = reverse("chart_links", args=[one.public_id])
    send(client, address, one, do="apart", chart="2", reason="Twins.")
    assert "No two charts look like" in client.get(reverse("duplicates")).content.decode()


@pytest.mark.parametrize("chart", ["1", "77", "x", "0", "-3", "99999999999", ""])
def test_a_number_that_names_no_other_chart_is_refused(live, chart):
    one = live.patient()
    client = signed_in(live, Role.MEDICAL_DIRECTOR)
    answer = send(
        client, reverse("chart_links", args=[one.public_id]), one, do="link", chart=chart, reason="So it is."
    )
    assert answer.status_code in (400, 409)
    assert "So it is." in answer.content.decode()
    assert not ChartLink.objects.exists()


def test_another_clinics_chart_number_links_nothing(db):
    ours, theirs = Practice.found("Harbour Skin"), Practice.found("Hill Skin")
    one = ours.patient()
    theirs.patient()
    strange = theirs.patient()
    with pytest.raises(Refused, match="no chart 2"):
        linked(ours, one, strange)


@pytest.mark.parametrize("role", [each for each in Role if Permission.LINK_CHARTS not in ROLES[each]])
def test_only_those_who_may_link_charts(practice, role):
    one, two = practice.patient(), practice.patient()
    with pytest.raises(NotAllowed):
        linked(practice, one, two, role)


def test_a_third_chart_is_linked_with_both_and_parted_from_both(practice):
    one, two, three = (practice.patient(given_name=f"Ada{each}") for each in range(3))
    assert linked(practice, one, two) == 1
    assert linked(practice, three, two) == 2
    assert set(links_of(one.pk)) == {two.pk, three.pk}
    act = practice.act(Role.MEDICAL_DIRECTOR)
    chart_link.unlink(act, patient_id=one.public_id, chart_number=3, reason="a cousin")
    assert (set(links_of(one.pk)), set(links_of(three.pk))) == ({two.pk}, set())


def test_no_session_is_opened_while_one_is_under_way_on_the_other_chart(practice):
    first = practice.opened()
    other = practice.patient(given_name="Adah")
    waiting = practice.consented(practice.planned(practice.course(other)))
    linked(practice, first.patient, other)
    practice.settled(waiting.course)
    with pytest.raises(Refused, match=r"under way|cannot take place"):
        practice.opened(waiting)


def test_a_linked_chart_costs_one_statement_however_long_it_is(live):
    one, two = live.patient(), live.patient(given_name="Adah")
    running = live.planned(live.course(one))
    live.done(live.opened(live.consented(live.planned(live.course(two)))), minutes=0)
    linked(live, one, two)
    client = signed_in(live)
    for address in (
        reverse("chart", args=[one.public_id]),
        reverse("course_chart", args=[one.public_id, running.public_id]),
    ):
        client.get(address)
        with at_most(12):
            assert b"This person has two charts" in client.get(address).content


def test_the_screening_shows_what_the_other_chart_answered(live):
    one, two = live.patient(), live.patient(given_name="Adah")
    ours, theirs = live.course(one), live.course(two)
    live.screened(theirs, keloid_history="yes")
    linked(live, one, two)
    shown = signed_in(live).get(reverse("screening", args=[ours.public_id])).content.decode()
    assert "Chart 2: Yes." in shown


def test_the_day_shows_the_red_flags_of_the_other_chart_and_its_allergies_on_paper(live):
    one = live.patient()
    two = live.patient(given_name="Adah", allergies="penicillin")
    live.adverse_event(two)
    live.booked(one)
    client = signed_in(live)
    assert "adverse event open" not in client.get(reverse("day")).content.decode()
    linked(live, one, two)
    with at_most(10):
        shown = client.get(reverse("day")).content.decode()
    assert "adverse event open" in shown
    assert "penicillin" in client.get(reverse("day_sheet")).content.decode()


def test_a_patient_in_the_portal_reads_their_own_chart_only(practice):
    from needlepoint.clinic.chair.queries.course.advice import advice_on
    from needlepoint.clinic.chair.queries.course.case import course_rows
    from needlepoint.clinic.chair.queries.course.linked import said_beside

    ours, theirs = practice.course(), practice.course(practice.patient(given_name="Adah"))
    practice.screened(ours)
    practice.screened(theirs, keloid_history="yes")
    linked(practice, ours.patient, theirs.patient)
    rows, visitor = course_rows(ours), practice.visitor(ours.patient)
    advice = advice_on(ours, visitor, practice.at, rows)
    assert said_beside(ours, visitor, practice.at, advice, rows) == ()
