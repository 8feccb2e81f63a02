"""What needled a patient elsewhere is written into the chart, counts for the days between, and can be taken back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.checks import NotAllowed, NotHere, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import chart_link, elsewhere
from needlepoint.clinic.chair.queries.course.advice import advice_on
from needlepoint.clinic.chair.queries.course.case import case_of, course_rows
from needlepoint.clinic.chair.queries.course.course_days import course_read
from needlepoint.clinic.chair.queries.course.linked import said_beside
from needlepoint.clinic.chair.queries.needling.session import next_session
from needlepoint.clinic.models import NeedledElsewhere
from needlepoint.course.errors import InputError
from needlepoint.course.quantities import Depth
from needlepoint.course.zones import Zone


@pytest.fixture
def practice(db):
    return Practice.of_today("Harbour Skin")


def day(practice, days):
    return practice.act().today - timedelta(days=days)


def told(practice, of, days=10, device="unknown-roller", role=Role.NURSE, **more):
    what = elsewhere.Told(device, day(practice, days), [Zone.CHEEK_LEFT], **more)
    return elsewhere.tell(practice.act(role), patient_id=of.public_id, told=what)


def rules(practice, course):
    found = advice_on(course, practice.actor(Role.PRESCRIBER), practice.at)
    return {each.rule: each for each in found.verdicts}


@pytest.mark.parametrize(("days", "waits"), [(13, True), (27, True), (28, False)])
def test_the_days_that_must_lie_between_count_from_it(practice, days, waits):
    course = practice.course()
    told(practice, course.patient, days)
    assert ("spacing.minimum" in rules(practice, course)) is waits


@pytest.mark.parametrize("device", ["unknown-pen", "unknown-roller", "rf-device"])
def test_each_kind_is_said_in_every_course_of_the_patient_and_of_nobody_else(practice, device):
    of, other = practice.patient(), practice.patient(family_name="Other")
    told(practice, of, device=device, depth=Depth("1.5"))
    for course in (practice.course(of), practice.course(of)):
        assert "elsewhere.unknown_device" in rules(practice, course)
        assert ("elsewhere.radio_frequency" in rules(practice, course)) is (device == "rf-device")
    assert "elsewhere.unknown_device" not in rules(practice, practice.course(other))


def test_it_is_no_session_of_the_course_and_its_first_session_stays_the_first(practice):
    planned = practice.planned()
    told(practice, planned.patient, 90)
    case = case_of(planned, practice.actor(Role.PRESCRIBER), practice.at)
    assert (case.sessions, len(case.elsewhere)) == ((), 1)
    assert next_session(planned).number == 1


def test_a_visit_is_not_named_for_a_day_on_which_the_skin_still_rests(practice):
    planned = practice.planned()
    told(practice, planned.patient, 10)
    read = course_read(planned, practice.actor(Role.PRESCRIBER), practice.at)
    first = read.days.next
    assert (first.floor_on, first.allowed_on) == (day(practice, -4), day(practice, -18))


def test_a_linked_chart_says_it_beside(practice):
    ours, theirs = practice.patient(), practice.patient(family_name="Byrom")
    course = practice.course(ours)
    told(practice, theirs, 10)
    act = practice.act(Role.MEDICAL_DIRECTOR)
    chart_link.link(act, patient_id=ours.public_id, chart_number=theirs.chart_number, reason="the same")
    actor = practice.actor(Role.PRESCRIBER)
    rows = course_rows(course)
    beside = said_beside(course, actor, practice.at, advice_on(course, actor, practice.at, rows), rows)
    assert "spacing.minimum" in {verdict.rule for each in beside for verdict in each.verdicts}


def test_taken_back_it_counts_no_more_and_stays_in_the_chart_with_the_reason(practice):
    course = practice.course()
    row = told(practice, course.patient)
    with pytest.raises(Refused, match="Write why"):
        elsewhere.take_back(practice.act(Role.NURSE), told_id=row.public_id, reason=" ")
    elsewhere.take_back(practice.act(Role.NURSE), told_id=row.public_id, reason="It was her sister.")
    assert not {"spacing.minimum", "elsewhere.unknown_device"} & set(rules(practice, course))
    where = reverse("elsewhere", args=[course.patient.public_id])
    assert "It was her sister." in signed_in(practice, Role.NURSE).get(where).content.decode()
    with pytest.raises(Refused, match="already"):
        elsewhere.take_back(practice.act(Role.NURSE), told_id=row.public_id, reason="again")


def test_what_was_told_never_changes_in_the_database(practice):
    told(practice, practice.patient())
    for change in ("device = 'rf-device'", "needled_on = '2020-01-01'", "zones = '[]'"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE clinic_needledelsewhere SET {change}")


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.CLINIC_ADMIN, Role.AUDITOR])
def test_only_who_screens_writes_it_down(practice, role):
    with pytest.raises(NotAllowed):
        told(practice, practice.patient(), role=role)


def test_another_practice_cannot_take_it_back(practice):
    row = told(practice, practice.patient())
    theirs = Practice.of_today("Hill Skin")
    with pytest.raises(NotHere):
        elsewhere.take_back(theirs.act(Role.NURSE), told_id=row.public_id, reason="theirs")


def test_it_is_typed_on_a_page_and_read_in_the_story_of_the_chart(practice):
    of = practice.patient()
    client, where = signed_in(practice, Role.NURSE), reverse("elsewhere", args=[of.public_id])
    form = {
        "device": "unknown-pen",
        "needled_on": day(practice, 40).isoformat(),
        "zones": ["nose"],
        "depth_mm": "",
    }
    form |= {"words": "a friend, with a pen from a market", "patient": str(of.public_id), "key": str(uuid4())}
    assert client.post(where, form).status_code == 302
    assert "depth not known" in client.get(where).content.decode()
    chart = client.get(reverse("chart", args=[of.public_id])).content.decode()
    assert "a pen that nobody here knows" in chart
    assert "a friend, with a pen from a market" in chart


@pytest.mark.parametrize(
    "spoilt",
    [
        {"device": "skinpen-precision"},
        {"device": ""},
        {"zones": []},
        {"zones": ["scalp"]},
        {"needled_on": "2999-01-01"},
        {"needled_on": "1890-01-01"},
        {"depth_mm": "15"},
        {"depth_mm": "deep"},
    ],
)
def test_what_cannot_be_is_not_taken(practice, spoilt):
    of = practice.patient()
    form = {
        "device": "unknown-pen",
        "needled_on": day(practice, 40).isoformat(),
        "zones": ["nose"],
        "depth_mm": "1",
    }
    form |= {"patient": str(of.public_id), "key": str(uuid4())} | spoilt
    where = reverse("elsewhere", args=[of.public_id])
    assert signed_in(practice, Role.NURSE).post(where, form).status_code == 400
    assert not NeedledElsewhere.objects.exists()


def test_of_somebody_who_went_nothing_new_is_written(practice):
    of = practice.patient()
    practice.gone(of)
    with pytest.raises(Refused):
        told(practice, of)


def test_who_was_born_in_an_unknown_year_can_be_told_of(practice):
    of = practice.patient(born_on=None, born_in="")
    assert told(practice, of, 40_000).needled_on < day(practice, 30_000)


def test_a_day_before_the_birth_is_refused_by_name(practice):
    with pytest.raises(InputError, match="before the birth"):
        told(practice, practice.patient(), 20_000)
