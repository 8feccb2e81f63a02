"""A statement that is written once gives what Django would give, and a part in Jinja escapes what it shows."""

from datetime import date
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from tests.clinic.practice import Practice

from needlepoint.clinic.access.checks import NotHere
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.queries.patient_list import patient_page
from needlepoint.clinic.chair.queries.stock.stock import exposed
from needlepoint.clinic.models import Member, Patient, Session
from needlepoint.clinic.models.written import STANDS_FOR, Written
from needlepoint.clinic.templatetags.parts import url

WILD = '<b>O\'Neill & "Co"</b>'


def test_a_row_comes_with_those_it_was_to_be_read_with(practice):
    session = practice.opened()
    with CaptureQueriesContext(connection) as asked:
        for _ in range(2):
            found = find(
                Session, practice.actor(Role.NURSE), session.public_id, "patient", "course", "device"
            )
            assert found == session
            assert found.patient.family_name == "Byron"
            assert (found.course.device_id, str(found.device)) == (practice.device.pk, str(practice.device))
            assert found.opened_at == session.opened_at
    # The roles of the actor, and the row with its three others.
    assert len(asked) == 2 * 2


def test_a_reference_to_nothing_is_read_as_nothing(practice):
    waiting = practice.consented()
    assert waiting.operator_id is None
    assert find(Session, practice.actor(Role.NURSE), waiting.public_id, "operator").operator is None


def test_a_row_is_found_in_its_own_clinic_only(practice, other_practice):
    of = practice.patient()
    assert find(Patient, practice.actor(Role.NURSE), of.public_id) == of
    with pytest.raises(NotHere):
        find(Patient, other_practice.actor(Role.NURSE), of.public_id)
    with pytest.raises(NotHere):
        find(Patient, other_practice.actor(Role.NURSE), of.public_id, for_update=True)


def test_the_member_of_a_key_is_the_one_that_django_finds(practice):
    nurse = practice.members[Role.NURSE]
    people = get_user_model().objects
    assert people.get(pk=nurse.pk).__dict__.keys() == people.get(email=nurse.email).__dict__.keys()
    assert people.get(pk=nurse.pk) == nurse
    with pytest.raises(Member.DoesNotExist):
        people.get(pk=0)


def test_what_a_search_takes_literally_is_no_pattern(practice):
    for name in ("100%Sure", "100xSure", "Under_score", "Underscore", "Back\\slash"):
        practice.patient(family_name=name, given_name="Z")
    actor = practice.actor(Role.NURSE)
    for typed, found in (
        ("100%s", ["100%Sure"]),
        ("100%", ["100%Sure", "100xSure"]),
        ("under_s", ["Under_score"]),
        ("BACK\\", ["Back\\slash"]),
        ("%", []),
        ("zed", []),
        ("under z", ["Under_score", "Underscore"]),
    ):
        assert [row.family_name for row in patient_page(actor, typed, 1).rows] == found, typed


def test_a_chart_number_is_looked_for_beside_the_names(practice):
    people = [practice.patient(given_name=f"P{number}", family_name="1Byron") for number in range(3)]
    wanted = people[1].chart_number
    shown = patient_page(practice.actor(Role.NURSE), f"{wanted}", 1).rows
    assert wanted in {row.chart_number for row in shown}
    both = patient_page(practice.actor(Role.NURSE), f"1byron {wanted}", 1).rows
    assert [row.chart_number for row in both] == [wanted]


def test_a_page_further_on_begins_where_the_one_before_it_ended(practice):
    for number in range(30):
        practice.patient(family_name=f"N{number:02}")
    actor = practice.actor(Role.NURSE)
    one, two = (patient_page(actor, "", number) for number in (1, 2))
    assert [row.family_name for row in one.rows + two.rows] == [f"N{number:02}" for number in range(30)]
    assert (one.has_next, two.has_next) == (True, False)


@pytest.mark.django_db
def test_a_value_that_would_be_lost_is_told_of():
    with pytest.raises(ValueError, match="does not stand in the SQL"):
        Written(lambda key, _day: Patient.objects.filter(pk=key), STANDS_FOR, date(1, 2, 3)).rows(
            1, date(1, 2, 3)
        )


def test_a_name_that_looks_like_a_tag_is_shown_as_it_was_typed(db):
    practice = Practice.of_today("Harbour Skin")
    done = practice.done(
        practice.opened(practice.consented(practice.planned(practice.course(_wild(practice)))))
    )
    practice.booked(done.patient)
    _wild(practice)
    client = Client()
    director = practice.members[Role.MEDICAL_DIRECTOR]
    client.force_login(director, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert exposed(practice.actor(Role.MEDICAL_DIRECTOR), "LOT7")
    for address in (
        reverse("patients"),
        reverse("day"),
        reverse("chart", args=[done.patient.public_id]),
        reverse("recall") + "?lot=LOT7",
    ):
        shown = client.get(address).content.decode()
        assert "<b>" not in shown, address
        assert "&lt;b&gt;O&#39;Neill &amp; &#34;Co&#34;&lt;/b&gt;" in shown, address


def _wild(practice):
    return practice.patient(family_name=WILD, given_name="Ada", allergies=WILD)


def test_an_address_that_is_written_once_is_the_one_that_django_writes():
    one, other = uuid4(), uuid4()
    for name, given in (
        ("day", ()),
        ("chart", (one,)),
        ("chart", (other,)),
        ("course_chart", (one, other)),
        ("mfa_edit_webauthn", (7,)),
        ("chart", (str(one),)),
    ):
        assert url(name, *given) == reverse(name, args=given)
    with pytest.raises(NoReverseMatch):
        url("chart")
