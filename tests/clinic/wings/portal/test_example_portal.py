"""In the example staff hand over the link to the portal, since nothing is sent; in a practice they never see it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.portal.actions import sign_in


@pytest.fixture
def live(db):
    return Practice.of_today("Harbour Skin")


@pytest.mark.parametrize("example", [True, False])
def test_the_link_to_the_portal_is_shown_in_the_example_and_never_in_a_practice(live, settings, example):
    settings.EXAMPLE_PRACTICE = example
    of = live.patient()
    link = sign_in.invite(live.act(), patient_id=of.public_id, language="en")
    shown = (
        signed_in(live, Role.FRONT_DESK)
        .get(reverse("portal_of_patient", args=[of.public_id]))
        .content.decode()
    )
    address, _ = sign_in.open_words(f"sign-in:{link.seed}")
    assert (address in shown) is example
    assert ("sends nothing" in shown) is example


def test_a_link_that_ran_out_is_not_shown(live, settings):
    settings.EXAMPLE_PRACTICE = True
    link = sign_in.invite(live.act(), patient_id=live.patient().public_id, language="en")
    assert sign_in.link_in_example(link, live.at)[0]
    assert sign_in.link_in_example(link, live.at + timedelta(days=4)) == ("", "")
