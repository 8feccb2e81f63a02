"""People with one name, with a birth date that is not known or known in part: taken in, found, named, never adult."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import patient
from needlepoint.clinic.chair.queries.adverse import draft
from needlepoint.clinic.chair.queries.duplicates import like, pairs
from needlepoint.clinic.chair.queries.needling.session import of_age
from needlepoint.clinic.chair.queries.patient import chart
from needlepoint.clinic.chair.queries.patient_list import patient_page
from needlepoint.clinic.models import Enquiry, Patient
from needlepoint.clinic.portal.actions import sign_in

# The 22 people of the official FHIR R4 examples, as far as a front desk would write them: family and given name and
# birth date as they stand in those files. Four of them have died, two have no birth date, several one name or none.
PEOPLE = [
    ("Chalmers", "Peter James", "1974-12-25"),
    ("Kirk", "James T.", ""),
    ("Donald", "Duck", ""),
    ("Solo", "Leia", ""),
    ("van de Heuvel", "Pieter", "1944-11-17"),
    ("Notsowell", "Simon", "1982-01-23"),
    ("Shaw", "Amy V.", "1987-02-20"),
    ("Everywoman", "Eve", "1973-05-31"),
    ("Everyman", "Adam A", "1958"),
    ("Sukarno", "", "1970-06-01"),
    ("", "Bor", "1995-10"),
    ("Mohammed", "", ""),
    ("王", "小明", "1956-05-27"),
    ("O’Brien-Quill", "", "1961"),
]


@pytest.fixture
def live(db):
    return Practice.of_today("Harbour Skin")


def typed(family, given, born, **other):
    full = born.count("-") == 2
    told = {"born_on": born if full else "", "born_in": "" if full else born}
    if not born:
        told["born_unknown"] = "yes"
    sexes = {"sex": "unknown", "skin_type": "unknown", "phone": "", "email": "", "allergies": ""}
    return {"key": str(uuid4()), "family_name": family, "given_name": given} | told | sexes | other


def taken_in(client, *who, **other):
    answer = client.post(reverse("register"), typed(*who, **other))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return Patient.objects.order_by("-pk")[0]


@pytest.mark.parametrize(("family", "given", "born"), PEOPLE)
def test_everybody_can_be_written_down_as_they_are(live, family, given, born):
    client = signed_in(live, Role.FRONT_DESK)
    row = taken_in(client, family, given, born)
    assert (row.family_name, row.given_name) == (family, given)
    assert (row.born_on.isoformat() if row.born_on else row.born_in) == born
    name = ", ".join(filter(None, (family, given)))
    assert str(row) == name
    for where in ("edit_patient", "changes"):
        shown = client.get(reverse(where, args=[row.public_id])).content.decode()
        assert name in shown
        assert (", <" in shown or ">," in shown) is False
    assert client.get(reverse("patients")).status_code == 200


@pytest.mark.parametrize(("family", "given", "born"), PEOPLE)
def test_what_was_written_comes_back_unchanged_when_the_form_is_saved_again(live, family, given, born):
    from tests.clinic.wings.chair.test_versions import opened

    client = signed_in(live, Role.FRONT_DESK)
    row = taken_in(client, family, given, born)
    where = reverse("edit_patient", args=[row.public_id])
    assert client.post(where, opened(client, where)).status_code == 302
    again = Patient.objects.get(pk=row.pk)
    names = ("family_name", "given_name", "born_on", "born_in")
    assert [getattr(again, each) for each in names] == [getattr(row, each) for each in names]


@pytest.mark.parametrize(
    "wrong",
    [
        ("", "", "1970-06-01"),
        (" ", "\t", "1970-06-01"),
        ("Sukarno", "", "1970-13"),
        ("Sukarno", "", "2999"),
        ("Sukarno", "", "2999-01-01"),
        ("Sukarno", "", "70"),
        ("Sukarno", "", "0000"),
    ],
)
def test_nobody_without_a_name_and_no_birth_that_cannot_be(live, wrong):
    client = signed_in(live, Role.FRONT_DESK)
    assert client.post(reverse("register"), typed(*wrong)).status_code in (400, 409)
    assert not Patient.objects.exists()


def test_an_empty_birth_date_is_not_taken_for_one_that_is_not_known(live):
    client = signed_in(live, Role.FRONT_DESK)
    told = typed("Sukarno", "", "")
    del told["born_unknown"]
    answer = client.post(reverse("register"), told)
    assert answer.status_code == 400
    assert "not known" in answer.content.decode()


def test_a_day_and_a_year_at_once_are_asked_about(live):
    client = signed_in(live, Role.FRONT_DESK)
    answer = client.post(reverse("register"), typed("Sukarno", "", "1970-06-01", born_in="1971"))
    assert answer.status_code == 400


def test_a_stranger_with_one_name_can_ask_for_an_appointment(live):
    from django.test import Client

    where = reverse("portal_ask", args=[live.clinic.slug])
    told = {"key": str(uuid4()), "given_name": "Jo", "family_name": "", "email": "jo@example.org"}
    assert Client().post(where, told).status_code in (200, 302)
    assert Enquiry.objects.get().given_name == "Jo"
    answer = Client().post(where, told | {"key": str(uuid4()), "given_name": ""})
    assert answer.status_code == 400
    assert Enquiry.objects.count() == 1


def test_the_database_itself_keeps_nobody_without_a_name(live):
    of = live.patient()
    with pytest.raises(DatabaseError), transaction.atomic():
        Patient.objects.filter(pk=of.pk).update(given_name="", family_name="")


def test_two_of_whom_no_birth_date_is_known_are_not_born_on_the_same_day(live):
    desk = live.actor(Role.FRONT_DESK)
    one = live.patient(given_name="", family_name="Sukarno", born_on=None, email="", phone="")
    live.patient(given_name="", family_name="Suharto", born_on=None, email="", phone="")
    assert pairs(desk)[1] == 0
    person = patient.Person(given_name="", family_name="Suleiman", born_on=None)
    assert like(desk, person) == []
    assert chart(one, live.actor(Role.NURSE), live.at).lookalikes == []


def test_who_has_the_same_one_name_is_named_as_mistakable(live):
    one = live.patient(given_name="", family_name="Sukarno", born_on=None, email="", phone="")
    other = live.patient(
        given_name="", family_name="Sukarno", born_on=date(1970, 6, 1), email="a@b.example", phone=""
    )
    assert [each.pk for each in chart(one, live.actor(Role.NURSE), live.at).lookalikes] == [other.pk]


def test_a_one_name_person_is_called_by_it_on_the_day_and_in_the_list(live):
    of = live.patient(given_name="", family_name="Sukarno")
    live.booked(of)
    client = signed_in(live, Role.MEDICAL_DIRECTOR)
    day = client.get(reverse("day")).content.decode()
    assert "Sukarno" in day
    assert "Sukarno," not in day
    assert [each.family_name for each in patient_page(live.actor(Role.NURSE), "suk", None).rows] == [
        "Sukarno"
    ]


@pytest.mark.parametrize(
    ("born", "grown"),
    [
        ({"born_on": date(2008, 6, 15)}, True),
        ({"born_on": date(2008, 6, 16)}, False),
        ({"born_on": None}, False),
        ({"born_on": None, "born_in": "2008"}, False),
        ({"born_on": None, "born_in": "2008-05"}, True),
        ({"born_on": None, "born_in": "2008-06"}, False),
        ({"born_on": None, "born_in": "2007"}, True),
    ],
)
def test_whose_birth_is_not_known_is_not_taken_to_be_of_age(live, born, grown):
    assert of_age(live.patient(**born), date(2026, 6, 15)) is grown


def test_a_session_is_stopped_where_nobody_knows_the_age_and_the_chart_says_so(live):
    of = live.patient(born_on=None)
    running = live.course(of)
    live.screened(running)
    with pytest.raises(Refused, match="Nobody may set this verdict aside"):
        live.settled(running)
    shown = signed_in(live, Role.MEDICAL_DIRECTOR).get(reverse("chart", args=[of.public_id])).content.decode()
    assert "date not known" in shown
    assert "Not known yet" in shown


def test_a_year_is_enough_for_an_adult(live):
    running = live.planned(live.course(live.patient(born_on=None, born_in="1970")))
    assert running.state == "active"


def test_nobody_is_invited_whom_the_portal_could_not_ask_for_a_birth_date(live):
    of = live.patient(born_on=None, born_in="1970")
    with pytest.raises(Refused, match="date of birth"):
        sign_in.invite(live.act(), patient_id=of.public_id, language="en")


@pytest.mark.parametrize(
    ("born", "says"),
    [
        ({"born_on": date(1970, 3, 2)}, "56 years"),
        ({"born_on": None, "born_in": "1970"}, "55 to 56 years"),
        ({"born_on": None, "born_in": "1970-01"}, "56 years"),
        ({"born_on": None}, ""),
    ],
)
def test_the_draft_for_the_authority_guesses_no_age(db, born, says):
    practice = Practice.found("Harbour Skin")
    event = practice.adverse_event(practice.patient(**born), began_on=date(2026, 3, 2))
    fields = {each.label: each.value for each in draft(event, practice.actor(Role.NURSE)).sections[0].fields}
    assert fields["Age at the event"] == says
