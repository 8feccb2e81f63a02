"""The dose that is kept with a session is the one that the whole course's advice says."""

from decimal import Decimal

import pytest

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.needling import session as actions
from needlepoint.clinic.chair.queries.course.advice import advice_on
from needlepoint.clinic.models import SessionDose
from needlepoint.course.zones import Zone
from needlepoint.exchange.json_form import json_ready


def the_advice_says(practice, session):
    """The slow way: ask everything of the course anew, and take the doses of its last session."""
    actor = practice.actor(Role.PRESCRIBER)
    doses = advice_on(session.course, actor, session.finished_at).dose
    latest = max((dose.session for dose in doses), default=0)
    return [json_ready(dose, actor.zone) for dose in doses if dose.session == latest]


def kept(session):
    return [each.document for each in SessionDose.objects.filter(session=session).order_by("id")]


@pytest.mark.parametrize("depth", ["1.00", "0.25", "0.5"])
def test_the_kept_dose_is_that_of_the_advice(practice, depth):
    done = practice.done(depth=depth)
    assert kept(done) == the_advice_says(practice, done)
    assert kept(done)


def test_a_later_session_counts_on(practice):
    running = practice.planned(sessions=2)
    first = practice.done(practice.opened(practice.consented(running)))
    practice.later(days=45)
    practice.healed(first)
    practice.screened(running)
    practice.settled(running)
    second = practice.done(practice.opened(practice.consented(running), practice.stocked(lot="LOT8")[0]))
    assert kept(second) == the_advice_says(practice, second)
    assert {each["session"] for each in kept(second)} == {2}


def test_several_passes_in_a_zone_add_up(practice):
    opened = practice.opened()
    zone = Zone(opened.course.zones[0])
    rates = (None, Decimal(60))
    done = actions.finish(
        practice.later(minutes=30).act(),
        session_id=opened.public_id,
        done=actions.Done(
            passes=[actions.PassDone(zone, Decimal("0.50"), 2, rate_hz=each) for each in rates],
            sharps_container="SC-1",
            as_meant=True,
        ),
    )
    assert kept(done) == the_advice_says(practice, done)
    assert len(kept(done)) == 1
