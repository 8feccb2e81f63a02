import json
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from click.testing import CliRunner

from needlepoint.advice.door import advise
from needlepoint.advice.intended import intended
from needlepoint.cli.forecast import forecast as command
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Pass, Session
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.case_file import read
from needlepoint.exchange.forecast_document import document
from needlepoint.healing.forecast import forecast
from needlepoint.healing.intended import Intended

CASE = """
[patient]
born_on = 1990-05-14
skin_type = "III"
sex = "female"
[goal]
concern = "acne_scars"
zones = ["cheek_left", "cheek_right"]
[device]
id = "skinpen-precision"
[clinic]
time_zone = "America/New_York"
operator = "nurse_practitioner"
"""
SESSION = """
[[session]]
started_at = 2026-02-02T14:00:00-05:00
device = "skinpen-precision"
passes = [{ zone = "cheek_left", depth_mm = 1.0, passes = 2 }, { zone = "cheek_right", depth_mm = 1.0, passes = 2 }]
"""
CHECK_IN = """
[[check_in]]
at = 2026-02-03T09:00:00-05:00
redness = 3
[[check_in]]
at = 2026-02-04T09:00:00-05:00
redness = 2
"""
AT = datetime.fromisoformat("2026-02-06T10:00:00-05:00")
CONTRACT = {
    "zones", "days_from", "learned_from_check_ins", "unlike_population", "outside_studied", "basis_share", "members",
    "seed", "citations",
}  # fmt: skip
ZONE = {
    "zone", "redness", "tewl_ratio", "collagen_histology_percent", "collagen_ultrasound_percent", "collagen_oct_ratio",
    "downtime_days", "pigment_risk",
}  # fmt: skip


def case(text=CASE, **changes):
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    return read(text.encode(), "case.toml", packaged())


def made(text=CASE + SESSION, at=AT, **changes):
    return forecast(case(text, **changes), at, packaged(), members=400)


def test_the_document_is_the_contract():
    plain = document(made(), case().clinic.time_zone)
    assert set(plain) >= CONTRACT
    assert [zone["zone"] for zone in plain["zones"]] == ["cheek_left", "cheek_right"]
    for zone in plain["zones"]:
        assert set(zone) >= ZONE
        for name in ZONE - {"zone", "downtime_days", "pigment_risk"}:
            assert set(zone[name]) == {"day", "p05", "p25", "p50", "p75", "p95"}
            assert len({len(values) for values in zone[name].values()}) == 1
    assert sum(plain["basis_share"].values()) == pytest.approx(1.0, abs=0.01)
    assert plain["days_from"] == "2026-02-02T14:00:00-05:00"
    assert {source["id"] for source in plain["citations"]} >= {
        "lotfi-2013",
        "pore-half-life",
        "face-ultrasound",
    }
    json.dumps(plain)


def test_bands_are_in_order():
    for zone in made().zones:
        for band in (zone.redness, zone.tewl_ratio, zone.collagen_histology_percent):
            for shares in zip(band.p05, band.p25, band.p50, band.p75, band.p95, strict=True):
                assert list(shares) == sorted(shares)


def test_the_same_question_has_the_same_answer_to_the_last_bit():
    assert made() == made()


def test_shifting_all_dates_changes_nothing():
    later = made(at=AT + timedelta(days=7), a=("2026-02-02T", "2026-02-09T"))
    assert later.zones[0].redness == made().zones[0].redness


def test_check_ins_change_redness_and_never_collagen():
    before, after = made(), made(CASE + SESSION + CHECK_IN)
    assert after.learned_from_check_ins == ("redness", "downtime_days")
    assert before.learned_from_check_ins == ()
    assert after.zones[0].redness.p50 != before.zones[0].redness.p50
    assert after.zones[0].downtime_days.p50 > before.zones[0].downtime_days.p50
    assert after.zones[0].collagen_histology_percent == before.zones[0].collagen_histology_percent
    assert "Collagen is an estimate" in after.notes[0]


def test_a_check_in_after_the_instant_is_not_known_yet():
    early = datetime.fromisoformat("2026-02-02T20:00:00-05:00")
    assert made(CASE + SESSION + CHECK_IN, at=early).learned_from_check_ins == ()


def test_nobody_like_this_is_said():
    stays = CHECK_IN.replace("redness = 3", "redness = 0").replace("redness = 2", "redness = 4")
    assert made(CASE + SESSION + stays).unlike_population


def test_before_any_session_the_usual_plan_stands_in_and_says_so():
    plan = made(CASE)
    assert len(plan.zones[0].session_days) == round(packaged().goals["acne_scars"].sessions.usual)
    assert any("stand in" in line for line in plan.outside_studied)


def test_within_the_ages_studied_skin_that_is_older_is_forecast_to_close_later():
    young, old = (made(a=("1990-05-14", born)).zones[0].tewl_ratio for born in ("1999-05-14", "1963-05-14"))
    day = next(place for place, on in enumerate(young.day) if on > 1.0)
    assert old.p50[day] > young.p50[day]


DEEP = ("depth_mm = 1.0, passes = 2 }, {", "depth_mm = 2.0, passes = 2 }, {")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [('"III"', '"unknown"', "skin type is unknown"), ('"III"', '"VI"', "skin types V and VI")],
)
def test_what_was_studied_in_few_is_named_beside_its_band(old, new, says):
    assert any(says in line for line in made(a=(old, new)).outside_studied)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [(*DEEP, "needle depth: 2, studied 0.5 to 1.5"), ("1990-05-14", "1940-05-14", "age: 85")],
)
def test_outside_what_was_studied_there_is_no_band_and_the_reason_stands_in_its_place(old, new, says):
    told = made(a=(old, new))
    seen = " ".join((told.why, *told.outside_studied))
    assert says in seen
    assert "Nothing is forecast outside what was studied" in seen
    assert Zone.CHEEK_LEFT not in [zone.zone for zone in told.zones]


def test_a_zone_beyond_leaves_the_others_their_bands():
    told = made(a=DEEP)
    assert [zone.zone for zone in told.zones] == [Zone.CHEEK_RIGHT]
    assert any(line.startswith("cheek left: needle depth") for line in told.outside_studied)


def test_a_number_of_sessions_that_nobody_studied_takes_only_the_band_of_collagen():
    day = datetime.fromisoformat("2026-03-20T12:00:00-04:00")
    once = Session(
        started_at=day, device="skinpen-precision", passes=(Pass(Zone.CHEEK_LEFT, Depth("0.5"), 2),)
    )
    zone = forecast(case(), AT, packaged(), 100, intended=Intended((once,), passes_agreed=True)).zones[0]
    assert zone.redness.day
    assert zone.collagen_histology_percent.day == zone.collagen_oct_ratio.p95 == ()
    assert document(forecast(case(), AT, packaged(), 100, intended=Intended((once,), passes_agreed=True)))


@pytest.mark.parametrize("zone", ["abdomen", "eyelid_left", "forearm_left"])
def test_a_zone_without_data_is_refused_in_plain_words(zone):
    refused = made(CASE, a=('"cheek_left", "cheek_right"', f'"{zone}"'))
    assert refused.zones == ()
    assert "nothing can be forecast" in refused.why
    assert document(refused)["zones"] == []


def test_a_zone_with_data_beside_one_without_is_still_forecast():
    both = made(CASE, a=('"cheek_right"', '"abdomen"'))
    assert [zone.zone.value for zone in both.zones] == ["cheek_left"]
    assert any("abdomen" in line for line in both.outside_studied)


@pytest.mark.parametrize(
    ("skin_type", "risk"), [("I", "low"), ("IV", "moderate"), ("V", "high"), ("unknown", "unknown")]
)
def test_the_risk_of_a_change_of_colour_is_a_class(skin_type, risk):
    assert made(a=('"III"', f'"{skin_type}"')).zones[0].harm.pigment_risk == risk


def run(tmp_path, *arguments):
    path = tmp_path / "case.toml"
    path.write_text(CASE + SESSION + CHECK_IN)
    return CliRunner().invoke(command, [str(path), "--at", AT.isoformat(), "--members", "200", *arguments])


def test_the_command_speaks_to_people_and_to_programs(tmp_path):
    told = run(tmp_path, "--check-ins")
    assert told.exit_code == 0, told.output
    assert "redness day 1" in told.output
    assert "collagen" not in told.output.lower()
    plain = json.loads(run(tmp_path, "--json").output)
    assert set(plain) >= CONTRACT


def test_new_collagen_is_told_for_research_alone(tmp_path):
    told = run(tmp_path, "--research")
    assert told.exit_code == 0, told.output
    assert "collagen by histology peaks" in told.output
    assert "check-ins of redness teach nothing" in told.output


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ('diabetes_controlled = "yes"', "diabetes"),
        ('diabetes_uncontrolled = "yes"', "wounds that heal badly"),
        ('immunosuppression = "current"', "weakens the defences"),
        ('chemotherapy = "current"', "chemotherapy"),
        ('smoking = "daily"', "smoking"),
        ('smoking = "sometimes"', "smoking"),
    ],
)
def test_what_no_study_followed_the_forecast_says_it_does_not_know(answer, says):
    told = made(f"{CASE}[answers]\n{answer}\n{SESSION}").outside_studied
    assert any(says in line and "no study of needling says what it changes" in line for line in told)


@pytest.mark.parametrize(
    "answer", ['diabetes_controlled = "no"', 'immunosuppression = "past"', 'smoking = "never"', ""]
)
def test_of_what_is_not_so_nothing_is_said(answer):
    told = made(f"{CASE}[answers]\n{answer}\n{SESSION}").outside_studied
    assert not any("no study of needling says" in line for line in told)


@pytest.mark.parametrize("arguments", [[], ["--phone"], ["--research"]])
def test_a_picture_is_drawn_and_is_the_same_twice(tmp_path, arguments):
    for name in ("one.svg", "two.svg"):
        assert run(tmp_path, "--plot", str(tmp_path / name), *arguments).exit_code == 0
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_under_a_stop_the_command_says_so_before_anything_else(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(CASE + '[answers]\nkeloid_history = "yes"\n' + SESSION)
    arguments = [str(path), "--at", AT.isoformat(), "--members", "200"]
    told = CliRunner().invoke(command, arguments).output
    assert told.startswith("STOP: nobody may be needled now.")
    assert told.index("keloid") < told.index("redness day 1")
    assert told.count("Not answered yet, and each counts like yes until it is: ") == 1
    assert "Not known yet" not in told
    plain = json.loads(CliRunner().invoke(command, [*arguments, "--json"]).output)
    assert plain["verdict"] == "stop"
    assert any("keloid" in rule for rule in plain["stopped_by"])


def test_no_command_ranks_plans_by_collagen():
    assert "--search" not in CliRunner().invoke(command, ["--help"]).output


def test_the_model_can_be_taken_elsewhere(tmp_path):
    assert run(tmp_path, "--sbml", str(tmp_path / "model.xml")).exit_code == 0
    assert "<sbml" in (tmp_path / "model.xml").read_text()


@pytest.mark.parametrize("picture", ["picture.bmp", "nowhere/picture.svg"])
def test_a_picture_that_cannot_be_written_is_said(tmp_path, picture):
    told = run(tmp_path, "--plot", str(tmp_path / picture))
    assert told.exit_code != 0
    assert "--plot" in str(told.exception)


def under_the_plan(text, at=AT, **changes):
    one = case(text, **changes)
    return advise(one, at, packaged()).plan, forecast_of(one, at)


def forecast_of(one, at=AT):
    return advise(one, at, packaged(), with_forecast=True).forecast


def test_the_advice_forecasts_the_plan_that_it_gives():
    plan, foreseen = under_the_plan(CASE)
    zone = foreseen.zones[0]
    gaps = {round(late - early) for early, late in pairwise(zone.session_days)}
    assert gaps == {max(plan.interval_days.usual, plan.interval_days.minimum)}
    assert zone.session_days[0] == 0.0


def test_a_forecast_under_the_plan_never_goes_deeper_than_the_plan():
    deep = case(CASE + SESSION, a=("depth_mm = 1.0, passes = 2 }, {", "depth_mm = 2.5, passes = 2 }, {"))
    plan = advise(deep, AT, packaged()).plan
    limit = plan.sessions[0].zones[0].depth_mm.max
    to_come = intended(deep, AT, plan, packaged())
    assert {each.depth.mm for session in to_come.sessions for each in session.passes} == {
        limit,
        Decimal("1.0"),
    }
    assert limit < Decimal("2.5")


def test_a_forecast_under_the_plan_stays_the_same_for_the_whole_day():
    assert forecast_of(case(CASE)).zones == forecast_of(case(CASE), AT + timedelta(hours=5)).zones


def test_sessions_that_are_still_to_come_can_be_handed_in():
    day = datetime.fromisoformat("2026-03-20T12:00:00-04:00")
    once = Session(
        started_at=day, device="skinpen-precision", passes=(Pass(Zone.CHEEK_LEFT, Depth("0.5"), 2),)
    )
    plan = forecast(case(), AT, packaged(), 100, intended=Intended((once,), passes_agreed=True))
    assert [zone.zone for zone in plan.zones] == [Zone.CHEEK_LEFT]
    assert plan.zones[0].session_days == (0.0,)
    assert not any("stand in" in line for line in plan.outside_studied)


def test_a_plan_without_sessions_leaves_nothing_to_forecast():
    assert "nothing to forecast" in forecast(case(), AT, packaged(), 100, intended=Intended(())).why
