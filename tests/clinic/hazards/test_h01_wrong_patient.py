"""H01: something is written into the chart of somebody else."""

from itertools import product
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from tests.clinic.hazards.log import rolled_back
from tests.clinic.wings.chair.test_versions import opened

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.queries.needling.session import next_session
from needlepoint.clinic.models import Patient, Screening

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(practice):
    client = Client()
    client.force_login(practice.members[Role.MEDICAL_DIRECTOR], backend=BACKEND)
    return client


def edit_page(of):
    return reverse("edit_patient", args=[of.public_id])


def test_a_form_of_one_tab_never_lands_in_the_chart_of_another(bites, live):
    # Alike in everything that the form shows: only whose it is can tell the tabs apart.
    patients = [live.patient(phone="+1 202 555 0100") for _ in range(4)]
    client = signed_in(live)

    def any_two_tabs():
        for shown, address in product(patients, patients):
            with rolled_back():
                typed = opened(client, edit_page(shown)) | {"allergies": "LATEX"}
                answer = client.post(edit_page(address), typed)
                assert answer.status_code == (302 if shown == address else 409)
                written = [of.pk for of in Patient.objects.filter(allergies="LATEX")]
                assert written == ([shown.pk] if shown == address else [])

    bites(any_two_tabs)


def test_no_row_ties_two_patients_together(bites, practice):
    running = practice.course()
    stranger = practice.patient(given_name="Bea")

    def a_screening_of_one_patients_course_for_another():
        try:
            with transaction.atomic():
                Screening.objects.create(
                    clinic=practice.clinic,
                    public_id=uuid4(),
                    patient=stranger,
                    course=running,
                    asked_at=practice.at,
                    asked_by=practice.members[Role.NURSE],
                    answers={"given": {}, "asked": []},
                )
        except DatabaseError:
            return
        raise AssertionError("a screening hangs between two patients")

    bites(a_screening_of_one_patients_course_for_another)


def test_every_page_about_a_patient_says_who_it_is(bites, live):
    of = live.patient(allergies="latex, hives in 2019", given_name="Gwendolen", family_name="Fairfax")
    waiting = next_session(live.planned(live.course(of)))
    client = signed_in(live)
    addresses = [
        *(
            reverse(name, args=[of.public_id])
            for name in ("chart", "book", "photos", "photo_consent", "draft_course", "edit_patient")
        ),
        *(reverse(name, args=[waiting.course.public_id]) for name in ("screening", "plan")),
        *(reverse(name, args=[waiting.public_id]) for name in ("session", "consent")),
    ]

    def the_band():
        for address in addresses:
            shown = client.get(address).content.decode()
            band = shown.partition('class="band"')[2].partition("</section>")[0]
            assert "Gwendolen" in band, address
            assert "1990" in band, address
            assert "latex" in band, address

    bites(the_band)


def test_two_patients_who_could_be_mistaken_are_both_found(live):
    live.patient(given_name="Ada")
    live.patient(given_name="Adah")
    shown = signed_in(live).get(reverse("patients") + "?q=Byron").content.decode()
    assert shown.count("Byron") >= 2
    assert Patient.objects.count() == 2


@pytest.mark.parametrize("sent", ["", "nobody", "00000000-0000-0000-0000-000000000000"])
def test_a_form_that_does_not_say_whose_it_is_is_refused(live, sent):
    of = live.patient()
    typed = {"key": uuid4(), "patient": sent, "reason": "x"}
    doctor = signed_in(live)
    assert doctor.post(reverse("leave_patient", args=[of.public_id]), typed).status_code == 409
