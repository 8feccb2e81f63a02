"""A practice enters its own pen: who may, with what checks, where it is marked, used, retired; nobody else sees it."""

import re
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.checks import NotAllowed, NotHere, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.course import course
from needlepoint.clinic.chair.queries.course.advice import advice_on
from needlepoint.clinic.chair.queries.course.case import case_of
from needlepoint.clinic.chair.queries.needling.dose import dose_of
from needlepoint.clinic.chair.queries.needling.session import next_session, passes_of
from needlepoint.clinic.models import AdviceGiven, CartridgeUse, EnteredDevice, OwnedDevice, RecordLine
from needlepoint.clinic.practice.actions import devices
from needlepoint.course.errors import InputError
from needlepoint.course.goals import Concern

LABEL = {
    "name": "Bench Pen",
    "maker": "Bench Works",
    "label": "Instructions for use, edition 3 of 2025",
    "depth_min_mm": Decimal(0),
    "depth_max_mm": Decimal("1.25"),
    "needles": 16,
    "needle_mm": Decimal("0.3"),
    "depth_step_mm": Decimal("0.25"),
    "rate_low_hz": Decimal(80),
    "rate_high_hz": Decimal(120),
}
FORM = {
    "name": "Bench Pen",
    "maker": "Bench Works",
    "label": "Instructions for use, edition 3 of 2025",
    "serial": "BP-7",
    "depth_min_mm": "0",
    "depth_max_mm": "1,25",
    "depth_step_mm": "0.25",
    "needles": "16",
    "needle_mm": "0.3",
    "rate_low_hz": "80",
    "rate_high_hz": "120",
    "cleared_as": "",
}
MARK = "Bench Pen (entered here)"


@pytest.fixture
def practice(db):
    return Practice.of_today("Harbour Skin")


def entered(practice, role=Role.MEDICAL_DIRECTOR, serial="BP-7", label=LABEL):
    return devices.enter_device(practice.act(role), label=label, serial=serial)


def posted(practice, role=Role.MEDICAL_DIRECTOR, where="enter_device", **changes):
    return signed_in(practice, role).post(reverse(where), FORM | {"key": str(uuid4())} | changes)


def with_pen(practice):
    practice.device = entered(practice)
    return practice


def of(practice, course_):
    return case_of(course_, practice.actor(Role.PRESCRIBER), practice.at)


@pytest.mark.parametrize("role", Role)
def test_the_medical_director_and_the_admin_keep_the_devices_and_nobody_else(practice, role):
    if role in (Role.MEDICAL_DIRECTOR, Role.CLINIC_ADMIN):
        assert entered(practice, role).name == "Bench Pen"
    else:
        with pytest.raises(NotAllowed):
            entered(practice, role)
        assert not EnteredDevice.objects.exists()


def test_a_pen_is_entered_in_the_browser_and_stands_on_the_list_with_its_label_and_who_entered_it(practice):
    assert posted(practice).status_code == 302
    page = signed_in(practice, Role.CLINIC_ADMIN).get(reverse("devices")).content.decode()
    for told in (
        MARK,
        "BP-7",
        LABEL["label"],
        "0 – 1.25 mm",
        "16 × 0.3 mm",
        "medical_director of Harbour Skin",
    ):
        assert told in page
    line = RecordLine.objects.filter(act="entered a pen from its label").get()
    assert line.detail["label"] == LABEL["label"]
    assert line.detail["depth_max_mm"] == "1.25"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "SkinPen Precision II"),
        ("maker", ""),
        ("serial", ""),
        ("label", ""),
        ("label", "leaflet"),
        ("depth_min_mm", ""),
        ("depth_max_mm", "1250"),
        ("depth_max_mm", "0"),
        ("depth_step_mm", "1.3"),
        ("needles", "0"),
        ("needles", "1.5"),
        ("needle_mm", "300"),
        ("needle_mm", "thin"),
        ("rate_low_hz", "0"),
        ("rate_high_hz", ""),
        ("cleared_as", "K202243"),
        ("cleared_as", "K1"),
    ],
)
def test_what_a_label_cannot_say_is_not_taken_and_what_was_typed_stays(practice, field, typed):
    answer = posted(practice, **{field: typed})
    assert answer.status_code == 400
    assert not EnteredDevice.objects.exists()
    if field != "maker":
        assert 'value="Bench Works"' in answer.content.decode()


def test_an_entered_make_has_more_than_one_piece_and_each_serial_number_once(practice):
    first = entered(practice)
    second = devices.add_device(practice.act(Role.CLINIC_ADMIN), model=first.model, serial="BP-8")
    assert (second.model, second.name) == (first.model, "Bench Pen")
    with pytest.raises(Refused, match="listed already"):
        devices.add_device(practice.act(Role.CLINIC_ADMIN), model=first.model, serial="BP-8")


def test_a_label_never_changes_in_the_database(practice):
    entered(practice)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE clinic_entereddevice SET depth_max_mm = 2.5")


def test_another_practice_neither_sees_nor_adds_nor_retires_nor_plans_with_it(practice):
    pen = entered(practice)
    theirs = Practice.of_today("Hill Skin")
    patient = theirs.patient()
    assert (
        "Bench Pen" not in signed_in(theirs, Role.MEDICAL_DIRECTOR).get(reverse("devices")).content.decode()
    )
    with pytest.raises(Refused, match="no such pen"):
        devices.add_device(theirs.act(Role.CLINIC_ADMIN), model=pen.model, serial="X")
    with pytest.raises(NotHere):
        devices.retire_device(theirs.act(Role.CLINIC_ADMIN), device_key=pen.pk, reason="theirs")
    with pytest.raises(NotHere):
        course.draft(
            theirs.act(),
            patient_id=patient.public_id,
            concern=Concern.ACNE_SCARS,
            zones=["cheek_left"],
            device_key=pen.pk,
        )


def test_a_course_is_planned_within_its_own_dial_and_within_every_limit_of_the_rules(practice):
    own, known = with_pen(practice).course(), Practice.of_today("Hill Skin")
    advice = advice_on(own, practice.actor(Role.PRESCRIBER), practice.at)
    theirs = advice_on(known.course(), known.actor(Role.PRESCRIBER), known.at)
    limits = [
        {zone.zone: zone.depth_mm.max for zone in each.plan.sessions[0].zones} for each in (advice, theirs)
    ]
    assert max(limits[0].values()) == Decimal("1.25")
    deeper = LABEL | {"name": "Deep Pen", "depth_max_mm": Decimal(3)}
    practice.device = entered(practice, serial="DP", label=deeper)
    deep = advice_on(
        practice.course(practice.patient(family_name="Deep")), practice.actor(Role.PRESCRIBER), practice.at
    )
    assert all(each.depth_mm.max <= limits[1][each.zone] for each in deep.plan.sessions[0].zones)


def test_its_label_goes_with_the_case_that_is_kept_beside_an_advice(practice):
    planned = with_pen(practice).planned(practice.course())
    kept = AdviceGiven.objects.filter(patient=planned.patient).order_by("-pk").first()
    assert kept.case_snapshot["own_device"][0]["label"] == LABEL["label"]
    assert of(practice, planned).own_devices[0].depth_max_mm == Decimal("1.25")


def test_a_practice_without_an_own_pen_asks_nothing_more(practice, django_assert_num_queries):
    from needlepoint.clinic.practice.queries.devices import own_devices

    with django_assert_num_queries(0):
        assert own_devices(practice.clinic.pk, ["skinpen-precision"]) == ()


def test_a_session_with_it_uses_up_a_cartridge_and_its_dose_counts_its_own_needles(practice):
    done = with_pen(practice).done()
    assert CartridgeUse.objects.filter(session=done).count() == 1
    own = dose_of(done, 1, passes_of(done))[0]
    known = Practice.of_today("Hill Skin").done()
    assert own.channels_per_cm2 != dose_of(known, 1, passes_of(known))[0].channels_per_cm2
    assert not [each for each in own.assumed if "needles" in each]


def test_it_is_marked_wherever_it_is_shown(practice):
    done = with_pen(practice).done()
    client = signed_in(practice, Role.PRESCRIBER)
    pages = (
        reverse("session", args=[done.public_id]),
        reverse("chart", args=[done.patient.public_id]),
        reverse("plan", args=[done.course.public_id]),
        reverse("draft_course", args=[done.patient.public_id]),
    )
    for each in pages:
        assert MARK in client.get(each).content.decode(), each


def test_who_signs_consent_reads_that_it_was_entered_here(practice):
    waiting = with_pen(practice).planned(practice.course())
    where = reverse("consent", args=[next_session(waiting).public_id])
    assert MARK in signed_in(practice, Role.PRESCRIBER).get(where).content.decode()


def test_retired_it_is_offered_no_more_and_old_sessions_still_name_it(practice):
    done = with_pen(practice).done()
    with pytest.raises(Refused, match="courses still go on"):
        devices.retire_device(practice.act(Role.CLINIC_ADMIN), device_key=practice.device.pk, reason="worn")
    course.end(practice.act(), course_id=done.course.public_id, how="stop", reason="The pen is worn.")
    devices.retire_device(practice.act(Role.CLINIC_ADMIN), device_key=practice.device.pk, reason="worn")
    client = signed_in(practice, Role.PRESCRIBER)
    assert MARK in client.get(reverse("session", args=[done.public_id])).content.decode()
    offered = client.get(reverse("draft_course", args=[done.patient.public_id])).content.decode()
    assert MARK not in re.search(r'<select id="device".*?</select>', offered, re.DOTALL)[0]
    with pytest.raises(Refused, match="was retired"):
        practice.course(done.patient)
    assert "Retired on" in signed_in(practice, Role.CLINIC_ADMIN).get(reverse("devices")).content.decode()


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_device_is_retired_with_a_reason_and_once(practice, reason):
    pen = entered(practice)
    with pytest.raises(Refused, match="Write why"):
        devices.retire_device(practice.act(Role.CLINIC_ADMIN), device_key=pen.pk, reason=reason)
    answer = posted(practice, Role.CLINIC_ADMIN, "retire_device", device=str(pen.pk), reason="worn")
    assert answer.status_code == 302
    assert OwnedDevice.objects.get(pk=pen.pk).retired_on is not None
    assert (
        posted(practice, Role.CLINIC_ADMIN, "retire_device", device=str(pen.pk), reason="again").status_code
        == 409
    )


def test_a_make_is_added_from_the_list_in_the_browser_and_no_other(practice):
    assert posted(practice, where="add_device", model="exceed-unlimited", serial="E1").status_code == 302
    assert posted(practice, where="add_device", model="some-pen", serial="E2").status_code == 400
    assert posted(practice, where="add_device", model="own-elsewhere", serial="E3").status_code == 409
    assert [each.serial for each in OwnedDevice.objects.filter(model="exceed-unlimited")] == ["E1"]


def test_a_number_of_the_list_brings_its_claims_to_the_plan(practice):
    practice.device = entered(practice, label=(LABEL | {"cleared_as": "K243800"}))
    told = advice_on(practice.course(), practice.actor(Role.PRESCRIBER), practice.at).plan.off_label
    assert not [each for each in told if "has no clearance" in each]


def test_a_misread_label_is_entered_anew_and_what_was_done_keeps_its_numbers(practice):
    done = with_pen(practice).done()
    before = dose_of(done, 1, passes_of(done))[0].channels_per_cm2
    entered(practice, serial="BP-7b", label=(LABEL | {"needles": 32}))
    practice.later(days=1)
    assert dose_of(done, 1, passes_of(done))[0].channels_per_cm2 == before


def test_the_draft_report_of_an_event_names_its_maker_and_that_it_was_entered_here(practice):
    done = with_pen(practice).done()
    event = practice.adverse_event(done.patient, done)
    page = (
        signed_in(practice, Role.PRESCRIBER).get(reverse("medwatch", args=[event.public_id])).content.decode()
    )
    assert MARK in page
    assert "Bench Works" in page


def test_the_core_refuses_what_no_form_would_send(practice):
    with pytest.raises(InputError):
        entered(practice, label=(LABEL | {"depth_max_mm": Decimal(9)}))
    assert not OwnedDevice.objects.filter(name="Bench Pen").exists()
