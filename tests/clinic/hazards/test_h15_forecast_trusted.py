"""H15: a forecast is trusted too far."""

import os
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner
from django.urls import reverse
from tests.clinic.test_pages import signed_in

from needlepoint.advice.door import advise
from needlepoint.cli.main import main
from needlepoint.clinic.models import Plan, PlanZone
from needlepoint.course.case import Case, Clinic
from needlepoint.course.goals import Concern, Goal, OperatorRole, Patient, Sex, SkinType
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Pass, Session
from needlepoint.course.zones import Zone
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.healing import packaged_healing
from needlepoint.evidence.loader import packaged
from needlepoint.healing import plan
from needlepoint.healing.forecast import forecast
from needlepoint.healing.intended import Intended

# `make soak` asks for 10,000.
CASES = int(os.environ.get("NEEDLEPOINT_FORECASTS", "300"))
AT = datetime(2026, 3, 2, 17, tzinfo=UTC)
UNSTUDIED = tuple(zone for zone in Zone if zone.part.value in ("eyelid", "trunk", "limb"))
# One studied course; each draw below leaves what was studied in one way.
INSIDE = {"depth_mm": 1.0, "sessions": 4, "interval_days": 30, "age_years": 36.0}


def case_of(age_years=36.0, skin_type=SkinType.III, zones=(Zone.CHEEK_LEFT,), device="skinpen-precision"):
    born_on = (AT - timedelta(days=age_years * 365.25)).date()
    return Case(
        patient=Patient(max(born_on, date(1906, 1, 1)), skin_type, Sex.FEMALE),
        goal=Goal(Concern.ACNE_SCARS, zones),
        device=device,
        clinic=Clinic.at("America/New_York", OperatorRole.PHYSICIAN),
    )


def to_come(case, depth_mm=1.0, sessions=4, interval_days=30):
    depth = Depth(Decimal(str(depth_mm)))
    passes = tuple(Pass(zone, depth, 2) for zone in case.goal.zones)
    begins = [AT + timedelta(days=number * interval_days) for number in range(sessions)]
    sessions = (Session(started_at=each, device=case.device, passes=passes) for each in begins)
    return Intended(tuple(sessions), passes_agreed=True)


def planned(**of):
    """The plan that a forecast is made for."""
    course = {name: of.pop(name) for name in ("depth_mm", "sessions", "interval_days") if name in of}
    case = case_of(**of)
    return plan.course_plan(case, AT, packaged(), packaged_healing(), to_come(case, **course))


def drawn(dice):
    """A course outside of what was studied in one way, and the words that must say so."""
    way = dice.choice(("depth_mm", "sessions", "interval_days", "age_years", "skin_type"))
    limits = packaged_healing().limits
    values = {
        "depth_mm": lambda: round(dice.choice((dice.uniform(0.1, 0.49), dice.uniform(1.51, 2.5))), 2),
        "sessions": lambda: dice.choice((1, 2, 7, 8, 9, 10)),
        "interval_days": lambda: dice.choice((dice.randint(1, 13), dice.randint(57, 300))),
        "age_years": lambda: dice.choice((dice.uniform(1, 17.9), dice.uniform(65.1, 99))),
        "skin_type": lambda: dice.choice((SkinType.V, SkinType.VI, SkinType.UNKNOWN)),
    }
    return {way: values[way]()}, limits[way].says if way in limits else "skin type"


def test_whatever_lies_outside_what_was_studied_is_named(bites):
    dice = random.Random(15)
    cases = [drawn(dice) for _ in range(CASES)]

    def each_is_named():
        for of, says in cases:
            zones = planned(**of).zones
            assert zones, of
            assert all(any(says in line for line in zone.outside) for zone in zones), (of, says)

    bites(each_is_named, instead=lambda *_: iter(()))


def test_nothing_is_named_of_a_course_as_it_was_studied():
    dice = random.Random(51)
    limits = packaged_healing().limits
    for _ in range(CASES // 10):
        inside = {
            "depth_mm": round(dice.uniform(limits["depth_mm"].low, limits["depth_mm"].high), 2),
            "sessions": dice.randint(3, 6),
            "interval_days": dice.randint(14, 56),
            "age_years": dice.uniform(18.1, 64.9),
            "skin_type": dice.choice((SkinType.I, SkinType.II, SkinType.III, SkinType.IV)),
        }
        assert [zone.outside for zone in planned(**inside).zones] == [()], inside


def test_where_no_study_followed_the_skin_there_is_no_forecast(bites):
    def none_is_made():
        for zone in UNSTUDIED:
            try:
                made = planned(zones=(zone,))
            except EvidenceError as error:
                raise AssertionError(f"{zone}: a forecast was begun") from error
            assert made.zones == (), zone
            assert "nothing can be forecast" in made.refused[0]

    bites(none_is_made)


def test_the_refusal_reaches_whoever_asks_for_a_forecast():
    for zone in UNSTUDIED[:3]:
        made = forecast(case_of(zones=(zone,)), AT, members=8)
        assert made.zones == ()
        assert "nothing can be forecast" in made.why


def test_a_forecast_never_changes_the_plan_that_it_stands_beside():
    for of in ({}, {"age_years": 80.0}, {"skin_type": SkinType.VI}, {"zones": (Zone.ABDOMEN,)}):
        case = case_of(**of)
        alone, beside = advise(case, AT), advise(case, AT, with_forecast=True)
        assert alone.plan == beside.plan
        assert alone.verdicts == beside.verdicts


CASE = """
[patient]
born_on = 1990-05-14
skin_type = "VI"
[goal]
concern = "acne_scars"
zones = ["cheek_left", "forearm_left"]
[device]
id = "skinpen-precision"
[clinic]
time_zone = "America/New_York"
operator = "nurse_practitioner"
"""


@pytest.mark.parametrize("asked", [["forecast", "--members", "200"], ["advise", "--forecast"]])
def test_both_commands_say_what_was_not_studied_and_what_cannot_be_forecast(asked, tmp_path):
    case = tmp_path / "case.toml"
    case.write_text(CASE)
    name, *more = asked
    told = CliRunner().invoke(main, [name, str(case), "--at", AT.isoformat(), *more])
    assert told.exit_code in (0, 1), told.output
    plain = " ".join(told.output.split())
    assert "Outside what was studied: few people of skin types V and VI" in plain
    assert "nothing can be forecast" in plain


@pytest.fixture
def warm():
    from needlepoint.clinic.chair.queries.course import warming

    warming.begin().join()


def test_the_page_says_what_was_not_studied_above_the_curve(bites, live, warm):
    drafted = live.course(live.patient(skin_type=SkinType.VI))
    live.planned(drafted)
    client = signed_in(live)
    before = (Plan.objects.count(), PlanZone.objects.count())

    def it_is_said():
        shown = client.get(reverse("forecast", args=[drafted.public_id])).content.decode()
        assert "skin types V and VI" in shown

    bites(it_is_said)
    assert (Plan.objects.count(), PlanZone.objects.count()) == before
