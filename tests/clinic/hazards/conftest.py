"""A test of a control holds with it, and fails without it."""

import pytest
from tests.clinic.hazards import log
from tests.clinic.practice import Practice


@pytest.fixture
def bites(request, db):
    """Show that a claim holds, and that it does not once the control of this test is switched off."""
    control = log.control_of(request.node)

    def check(claim, instead=None):
        with log.rolled_back():
            claim()
        with log.rolled_back(), control.off(instead), pytest.raises(AssertionError):
            claim()

    return check


@pytest.fixture
def live(db):
    """A practice whose clock stands at the present, because views ask the real one."""
    return Practice.of_today("Harbour Skin")
