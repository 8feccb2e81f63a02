"""What was done and how it healed carry the depth a step up, a step down, or leave it, and the plan says why."""

from dataclasses import replace
from decimal import Decimal

from msgspec import structs
from tests.unit.advice.rows import bench, cited, device, moment
from tests.unit.factories import check_in, goal, passes
from tests.unit.factories import session as any_session

from needlepoint.advice.door import case_facts
from needlepoint.advice.healed import healings
from needlepoint.advice.plan import plan
from needlepoint.advice.screening import Screening
from needlepoint.course.answers import YesNo
from needlepoint.course.case import Clinic
from needlepoint.course.goals import OperatorRole, Patient, SkinType
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Pass
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged

CLEAR = Screening("none", None, (), ())


def done(depth="1.0", days=35, seen="yes", device="pen", zones=(Zone.CHEEK_LEFT,), **changes):
    held = {"passes": passes(depth, *zones), **changes}
    return any_session(days, device=device, healed=YesNo(seen), **held)


def planned(*sessions, **changes):
    now = moment(sessions=tuple(sessions), **changes)
    return plan(now, CLEAR, healings(now, case_facts(now)))


def proposal(*sessions, **changes):
    """The depth to begin with, how it moved and why, for the first zone."""
    zone = planned(*sessions, **changes).sessions[0].zones[0]
    return str(zone.depth_mm.start), zone.proposal.move, zone.proposal.reason


def test_the_first_time_it_starts_low():
    zone = planned().sessions[0].zones[0]
    assert (str(zone.depth_mm.start), zone.proposal.move, zone.proposal.last_mm) == ("0.75", "first", None)
    assert zone.proposal.says == "Not needled in this course yet: it starts low."
    assert zone.proposal.sources == ("skinpen-pivotal", "NP")


def test_what_healed_well_rises_by_one_step():
    assert proposal(done("1.0")) == ("1.25", "up", "well")


def test_the_proposal_names_the_depth_it_came_from_and_its_ground():
    held = planned(done("1.0")).sessions[0].zones[0].proposal
    assert held.last_mm == Decimal("1.0")
    assert held.says.startswith("It healed well:")
    assert (held.sources, held.basis) == (("skinpen-pivotal", "NP"), "assumed")


def test_what_nobody_looked_at_stays():
    assert proposal(done("1.0", seen="unknown")) == ("1.00", "stays", "unknown")


def test_what_healed_slowly_stays():
    assert proposal(done("1.0"), check_ins=(check_in(27, "fine_flaking"),)) == ("1.00", "stays", "slow")


def test_what_had_not_healed_goes_a_step_down():
    assert proposal(done("1.0", seen="no")) == ("0.75", "down", "not_healed")


def test_after_a_reaction_it_goes_a_step_down():
    assert proposal(done("1.0"), check_ins=(check_in(33, "pus"),)) == ("0.75", "down", "reaction")
    assert proposal(done("1.0", adverse=("burn",))) == ("0.75", "down", "reaction")


def test_a_reaction_is_named_before_a_skin_that_had_not_healed():
    assert proposal(done("1.0", seen="no", adverse=("burn",)))[2] == "reaction"


def test_after_an_earlier_reaction_it_never_rises_again_by_itself():
    earlier, last = done("1.0", 70, adverse=("burn",)), done("0.75")
    assert proposal(earlier, last) == ("0.75", "stays", "reaction_before")


def test_what_healed_slowly_before_does_not_hold_the_next_step():
    assert proposal(done("1.0", 70, seen="unknown"), done("1.0")) == ("1.25", "up", "well")


def test_at_its_limit_it_stays():
    assert proposal(done("1.5")) == ("1.50", "stays", "at_limit")


def test_at_its_limit_the_reason_to_stay_is_told_before_the_limit():
    assert proposal(done("1.5", seen="unknown")) == ("1.50", "stays", "unknown")


def test_to_the_limit_it_still_rises():
    assert proposal(done("1.25")) == ("1.50", "up", "well")


def test_what_was_deeper_than_is_allowed_now_comes_down_to_the_limit():
    nurse = Clinic.at("America/New_York", OperatorRole.AESTHETICIAN)
    assert proposal(done("1.0"), clinic=nurse) == ("0.50", "down", "at_limit")
    assert proposal(done("1.0", seen="unknown"), clinic=nurse) == ("0.50", "down", "at_limit")


def test_a_reaction_beyond_the_limit_is_still_told_as_one():
    nurse = Clinic.at("America/New_York", OperatorRole.AESTHETICIAN)
    assert proposal(done("1.0", adverse=("burn",)), clinic=nurse) == ("0.50", "down", "reaction")


def test_the_last_session_in_the_zone_counts_and_its_deepest_pass():
    nose = done("0.5", 20, zones=(Zone.NOSE,))
    twice = done(passes=(*passes("1.0"), Pass(Zone.CHEEK_LEFT, Depth(Decimal("0.5")), 1)))
    assert proposal(done("0.5", 80), twice, nose) == ("1.25", "up", "well")


def test_another_zone_that_has_not_healed_yet_holds_this_one_not():
    nose = done("0.5", 20, seen="no", zones=(Zone.NOSE,))
    assert proposal(done("1.0", 60), nose) == ("1.25", "up", "well")


def test_a_zone_that_was_not_needled_yet_starts_low_beside_one_that_was():
    both = goal("acne_scars", "cheek_left", "nose")
    zones = planned(done("1.0"), goal=both).sessions[0].zones
    assert [each.proposal.move for each in zones] == ["up", "first"]


def test_a_pass_at_zero_needled_nothing():
    assert proposal(done("0")) == ("0.75", "first", "first")


def test_a_reaction_after_a_later_session_of_other_zones_counts():
    nose = done("0.5", 20, zones=(Zone.NOSE,), adverse=("burn",))
    assert proposal(done("1.0", 60), nose) == ("0.75", "down", "reaction")


def test_another_device_starts_low_again_and_no_deeper_than_last_time():
    assert proposal(done("1.25", device="plain")) == ("0.75", "down", "another_device")
    assert proposal(done("0.5", device="plain")) == ("0.50", "stays", "another_device")


def test_what_was_done_elsewhere_since_counts_as_another_device():
    known = next(iter(bench().elsewhere))
    after, before = (any_session(days, device=known, passes=()) for days in (20, 50))
    assert proposal(done("1.25"), elsewhere=(after,)) == ("0.75", "down", "another_device")
    assert proposal(done("1.25"), elsewhere=(before,)) == ("1.50", "up", "well")


def test_on_another_device_a_reaction_takes_a_step_off_the_lesser_of_both():
    assert proposal(done("1.25", device="plain", adverse=("burn",))) == ("0.50", "down", "reaction")


def test_fixed_needles_that_are_much_longer_than_last_time_leave_the_zone_out():
    found = planned(done("0.5"), device="fixed-roller")
    assert found.sessions == ()
    assert found.left_out[0].reason == (
        "The fixed-roller needles 1.5 mm deep at the least, and from the 0.5 mm of the last session here the depth "
        "never rises by so much at once."
    )
    assert found.left_out[0].sources != ()


def test_fixed_needles_stay_as_they_are():
    same = {"device": "fixed-roller"}
    assert proposal(done("1.5", **same), **same) == ("1.5", "stays", "at_limit")
    assert proposal(done("1.5", seen="no", **same), **same) == ("1.5", "stays", "no_less")


def test_the_least_setting_of_a_dial_goes_no_lower():
    assert proposal(done("0.25", seen="no")) == ("0.25", "stays", "no_less")


def test_without_known_steps_a_quarter_of_a_millimetre_stands_in():
    same = {"device": "open-ended"}
    assert proposal(done("0.6", **same), **same)[:2] == ("0.85", "up")
    assert proposal(done("0.6", seen="no", **same), **same)[:2] == ("0.35", "down")
    assert proposal(done("0.4", seen="no", **same), **same)[:2] == ("0.3", "down")
    assert proposal(done("1.2", **same), **same) == ("1.25", "up", "well")


def test_a_step_is_that_of_the_devices_own_dial():
    alone = Clinic.at("America/New_York", OperatorRole.HOME_USER)
    same = {"device": "home-roller"}
    assert proposal(done("0.3", **same), clinic=alone, **same) == ("0.4", "up", "well")


def test_a_depth_beside_the_dial_falls_to_the_setting_below():
    assert proposal(done("0.6")) == ("0.75", "up", "well")
    assert proposal(done("0.6", seen="unknown")) == ("0.50", "down", "unknown")


def test_a_dial_without_a_least_needling_depth_never_goes_to_nothing():
    free = device("free", 0.0, 1.5, None)
    knowledge = bench()
    operators = {
        name: each if name != "nurse_practitioner" else _with(each, "free")
        for name, each in knowledge.operators.items()
    }
    knowledge = replace(knowledge, devices={**knowledge.devices, "free": free}, operators=operators)
    same = {"device": "free", "knowledge": knowledge}
    assert proposal(done("0.2", seen="no", device="free"), **same) == ("0.2", "stays", "no_less")


def _with(operator, device):
    return structs.replace(operator, devices=(*operator.devices, device))


def test_every_later_session_is_planned_like_the_next_one():
    found = planned(done("1.0"))
    assert {each.zones for each in found.sessions} == {found.sessions[0].zones}


def test_skin_that_marks_easily_is_carried_as_any_other():
    dark = Patient(moment().case.patient.born_on, SkinType.VI)
    assert proposal(patient=dark) == ("0.50", "first", "first")
    assert proposal(done("0.5"), patient=dark) == ("0.75", "up", "well")


def test_a_ceiling_of_courses_for_the_goal_is_one_more_limit():
    row = structs.replace(packaged().depths["acne_scars.cheek"], ceiling=cited(1.0), start=cited(0.5))
    knowledge = replace(bench(), depths={row.id: row})
    zone = planned(knowledge=knowledge).sessions[0].zones[0]
    assert (zone.depth_mm.start, zone.depth_mm.max) == (Decimal("0.5"), Decimal(1))
    assert zone.depth_mm.limited_by == "how deep courses for acne_scars went here"
    assert zone.limits[-1].kind == "goal"
    assert (zone.done_so.id, zone.done_so.ended_mm) == ("acne_scars.cheek", Decimal("1.5"))
    assert zone.done_so.sources == ("skinpen-pivotal", "harris-2015")


def test_where_nothing_was_found_of_courses_nothing_is_told():
    assert planned().sessions[0].zones[0].done_so is None


def test_courses_whose_end_was_not_found_have_no_number_of_it():
    row = structs.replace(packaged().depths["acne_scars.cheek"], ceiling=None, start=None, ended=None)
    zone = planned(knowledge=replace(bench(), depths={row.id: row})).sessions[0].zones[0]
    assert (zone.done_so.ended_mm, zone.depth_mm.start) == (None, Decimal("0.75"))
    assert [each.kind for each in zone.limits] == ["evaluated", "device", "zone", "operator"]
