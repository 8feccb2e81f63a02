"""H06: the needles go deeper than the zone, the device or the plan allows."""

import os
import random
from decimal import Decimal, InvalidOperation

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import QueryDict

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.course import course
from needlepoint.clinic.chair.actions.needling import session
from needlepoint.clinic.chair.forms.session import wishes
from needlepoint.clinic.chair.queries.course.advice import advice_on
from needlepoint.clinic.chair.queries.course.plan import plan_rows
from needlepoint.clinic.models import SessionPass
from needlepoint.course.errors import InputError
from needlepoint.course.zones import Zone

LIMIT = Decimal("1.50")
# `make soak` asks for a million.
MANY = int(os.environ.get("NEEDLEPOINT_NUMBERS", "20000"))
ODD = (
    "NaN sNaN nan Infinity -Infinity inf 1e9 1E+3 1e-9 -0 -1 0 0.00 00000000000000000002.00 2,5 2.5.1 1_0 0x2 ２.５ "
    "٢.٥ 1500 1500µm 1.5mm 1.51 1.500000001 ½ 99999999999999999999999 true None [] {}"
).split()


def numbers(how_many):
    dice = random.Random(6)
    yield from ODD
    for _ in range(how_many):
        yield dice.choice(
            (
                f"{dice.uniform(-3, 30):.{dice.randrange(6)}f}",
                str(dice.uniform(0, 5)),
                f"{dice.randrange(1, 400)}e{dice.randrange(-4, 4)}",
                "".join(dice.choice("0123456789.,eE+- ") for _ in range(dice.randrange(1, 7))),
            )
        )


def taken(text: str) -> Decimal | None:
    """Return the depth that would be stored for what was typed; None where it is refused."""
    typed = QueryDict(mutable=True)
    typed.update({"zones": "chin", "depth_chin": text, "passes_chin": "2"})
    try:
        (wish,) = wishes(typed)
        course.check_depth(wish, LIMIT, "the rulebook")
    except (InputError, Refused):
        return None
    return wish.depth_mm


def test_whatever_is_typed_nothing_above_the_limit_is_taken(bites):
    def many_numbers():
        depths = [depth for depth in map(taken, numbers(MANY)) if depth is not None]
        assert depths
        for depth in depths:
            assert Decimal("0.05") <= depth <= LIMIT, depth

    bites(many_numbers)


def test_the_database_refuses_a_depth_above_the_limit_that_stands_beside_it(bites, practice):
    row = SessionPass.objects.filter(session=practice.done()).first()

    def raw_rows():
        for place, depth in enumerate(("2.51", "3.5", "-1", "0", "99"), start=90):
            assert refused(row, place, depth), depth

    bites(raw_rows)


def refused(row, place, depth) -> bool:
    statement = (
        "INSERT INTO clinic_sessionpass (clinic_id, session_id, place, zone, depth_mm, limit_mm, passes, endpoint) "
        "VALUES (%s, %s, %s, 'chin', %s, 2.5, 2, '')"
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [row.clinic_id, row.session_id, place, depth])
    except (DatabaseError, InvalidOperation):
        return True
    return False


def test_a_depth_that_fitted_one_zone_is_judged_anew_for_another(practice):
    opened = practice.opened(practice.consented(practice.planned(depth="0.75")))
    # The cheeks bear 1.50 mm; the forehead, with thinner skin, does not.
    cheek, forehead = (
        session.PassDone(zone, Decimal("1.50"), 2) for zone in (Zone.CHEEK_LEFT, Zone.FOREHEAD)
    )
    with pytest.raises(Refused, match=r"forehead: .* is deeper"):
        finish(practice, opened, cheek, forehead)
    assert not SessionPass.objects.filter(session=opened).exists()
    finish(practice, opened, cheek)
    assert SessionPass.objects.filter(session=opened).count() == 1


def finish(practice, opened, *passes):
    session.finish(
        practice.act(),
        session_id=opened.public_id,
        done=session.Done(passes=passes, sharps_container="SC-1", as_meant=True),
    )


def test_after_an_unwanted_effect_no_session_is_proposed_as_deep_as_the_last(bites, practice):
    done = practice.done()
    practice.later(days=20)
    practice.healed(done)
    practice.adverse_event(done.patient, done)

    def proposed():
        advice = advice_on(done.course, practice.actor(Role.PRESCRIBER), practice.later(days=20).at)
        last = {each.zone: each.depth_mm for each in done.passes.all()}
        asked = {row.zone.value: row.depth_mm for row in plan_rows(done.course, advice, {})}
        assert asked
        assert all(asked[zone] < last[zone] for zone in asked)

    bites(proposed, instead=lambda _session, _moment: False)
