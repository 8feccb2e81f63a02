"""What a person reads: the verdict first, all reasons, who decides; in colour on a terminal and plain elsewhere."""

import json
import re
import time
from datetime import datetime
from functools import cache

import pytest
from tests.unit.cli.commands import AT, SCENARIOS, at_of, case_file, needlepoint, process

from needlepoint.advice import advise
from needlepoint.cli.views.advice import DECIDES
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.advice_document import document
from needlepoint.exchange.case_file import read

FEW = [SCENARIOS / f"{name}.case.toml" for name in (
    "many_reasons_at_once", "nothing_answered", "home_user_with_a_clinic_pen", "spreading_redness_and_fever",
    "twenty_five_hours_later", "eyelid_requested", "pivotal_after_the_third_session",
)]  # fmt: skip
WAITING = SCENARIOS / "isotretinoin_day_before_six_months.case.toml"


@pytest.fixture
def case(tmp_path):
    return case_file(tmp_path)


def plain(*words, columns=100):
    return needlepoint(*words, env={"COLUMNS": str(columns)}).stdout


@cache
def shown(scenario, *words, columns=80):
    """Return what is shown of a scenario; it is the same every time."""
    return plain("advise", scenario, "--at", at_of(scenario), *words, columns=columns)


def joined(text):
    return " ".join(text.split())


@pytest.mark.parametrize("scenario", FEW, ids=lambda path: path.name)
def test_the_verdict_stands_first_and_a_clinician_decides(scenario):
    text = shown(scenario)
    verdict = json.loads(shown(scenario, "--json"))["verdict"]
    assert text.split()[0] == verdict.upper()
    assert DECIDES in joined("\n".join(text.splitlines()[:5]))


@pytest.mark.parametrize("scenario", FEW, ids=lambda path: path.name)
@pytest.mark.parametrize("columns", [80, 120])
def test_all_that_is_advised_can_be_read(scenario, columns):
    advice = json.loads(shown(scenario, "--json"))
    text = shown(scenario, "--all", columns=columns)
    assert max(map(len, text.splitlines())) <= columns
    flat = joined(text)
    for verdict in advice["verdicts"]:
        assert verdict["rule"] in flat
        assert joined(verdict["reason"]) in flat
    for part in ("preparation", "aftercare", "milestones", "pairing", "home_use"):
        for line in advice[part]:
            assert joined(line["says"]) in flat, line["id"]
    for row in advice["disagreements"]:
        assert joined(row["does"]) in flat
        assert all(joined(position["says"]) in flat for position in row["positions"])
    assert all(each["id"] in flat for each in advice["citations"])


@pytest.mark.parametrize("scenario", FEW, ids=lambda path: path.name)
def test_nothing_is_ever_called_safe(scenario):
    for words in ((), ("--all",), ("--json",)):
        assert not re.search(r"\bsafe\b", shown(scenario, *words), re.IGNORECASE)


def test_a_reason_says_until_when_on_what_and_who_may_decide_otherwise(case):
    text = joined(plain("advise", case, "--at", AT))
    assert "isotretinoin.recent until Fri 10 Jul 2026" in text
    assert "you may decide otherwise, as a prescriber, with the reason on record; retrieved: S1," in text
    assert "nobody may set it aside" in text


def test_open_questions_are_asked_in_words(case):
    assert packaged().questions["nursing"].asks in joined(plain("advise", case, "--at", AT))


def test_what_is_open_in_the_case_itself_is_asked_by_its_meaning(tmp_path):
    path = case_file(tmp_path, ('healed     = "yes"\n', ""), ("laser_on = 2026-02-20\n", ""))
    text = joined(plain("advise", path, "--at", AT))
    assert "healed had this session healed when somebody looked?" in text
    assert "laser_on On which day, the last time?" in text


def test_a_sign_that_was_left_open_is_asked_for(tmp_path):
    path = case_file(tmp_path, ('signs = ["fine_flaking"]\n', ""))
    assert "new_dark_patch Was this sign there?" in joined(plain("advise", path, "--at", AT))


def test_the_plan_says_when_how_deep_and_what_limits_it():
    lines = plain("advise", WAITING, "--at", at_of(WAITING), columns=120).splitlines()
    row = next(line for line in lines if "cheek left, cheek right" in line and " mm " in line)
    assert re.search(
        r"\d +\w{3} \d+ \w{3} \d{4} +cheek left, cheek right +1 mm +1.5 mm +evaluated depth of", row
    )


def test_the_plan_tells_how_the_depth_came_about_and_how_courses_were_done(tmp_path):
    text = joined(plain("advise", WAITING, "--at", at_of(WAITING)))
    assert "Depth, cheek left, cheek right: Not needled in this course yet: it starts low." in text
    assert "Start low, raise to the endpoint; most scar trials ended at 1.5 mm." in text
    later = joined(plain("advise", case_file(tmp_path), "--at", AT))
    assert re.search(r"Depth, .*: [\d.]+ mm after [\d.]+ mm, (a step up|as it was|down)\. ", later)


def test_the_aftercare_clock_speaks_of_tomorrow(tmp_path):
    text = plain("advise", case_file(tmp_path), "--at", "2026-02-02T14:10:00-05:00")
    assert "Make up: from tomorrow 14:00" in text
    assert "Shade: until tomorrow 14:00" in text
    assert re.search(r"Swimming: better from \w+ \d+ \w+ 14:00, leave out until tomorrow 14:00", text)


def test_what_is_past_is_left_out_unless_asked_for(case):
    assert "Make up" not in plain("advise", case, "--at", AT)
    assert "Make up: from Tue 3 Feb 14:00" in plain("advise", case, "--at", AT, "--all")


def test_json_is_the_advice_document(case):
    text = plain("advise", case, "--at", AT, "--json")
    known = read(case.read_bytes(), "case.toml", packaged())
    at = json.loads(text)["at"]
    assert at == AT
    assert json.loads(text) == json.loads(
        json.dumps(document(advise(known, datetime.fromisoformat(AT), packaged())))
    )


def test_standard_input_is_read_where_a_dash_stands(case):
    from_file = plain("advise", case, "--at", AT, "--json")
    assert needlepoint("advise", "-", "--at", AT, "--json", given=case.read_bytes()).stdout == from_file


def test_without_an_instant_it_is_now(case):
    at = json.loads(plain("advise", case, "--json"))["at"]
    assert abs(datetime.fromisoformat(at).timestamp() - time.time()) < 300


def test_a_pipe_gets_no_colour_and_a_terminal_does(case):
    assert "\x1b" not in plain("advise", case, "--at", AT)
    coloured = process(
        "advise", case, "--at", AT, env={"FORCE_COLOR": "1", "PATH": "", "TERM": "xterm-256color"}
    )
    assert b"\x1b[" in coloured.stdout
    bare = process(
        "advise", case, "--at", AT, env={"FORCE_COLOR": "1", "NO_COLOR": "1", "PATH": "", "TERM": "xterm"}
    )
    assert not re.search(rb"\x1b\[[0-9;]*(3|4)[0-7]", bare.stdout)


def test_a_terminal_without_the_signs_gets_other_ones(case):
    done = process("advise", case, "--at", AT, env={"PYTHONIOENCODING": "latin-1", "PATH": ""})
    assert done.returncode == 0
    assert "STOP" in done.stdout.decode("latin-1")


def test_the_picture_needs_nothing_from_elsewhere(case, tmp_path):
    picture = tmp_path / "advice.svg"
    plain("advise", case, "--at", AT, "--picture", picture)
    drawn = picture.read_text()
    assert "STOP" in drawn
    assert "@font-face" not in drawn
    assert "url(http" not in drawn
    plain("advise", case, "--at", AT, "--picture", tmp_path / "again.svg", "--json")
    assert (tmp_path / "again.svg").read_text() == drawn


def test_a_forecast_is_told_with_its_bands_where_it_is_asked_for(case):
    told = plain("advise", case, "--at", AT, "--forecast")
    assert "What the skin will probably do" in told
    assert re.search(r"redness day 1 .* of 4 +\(\d\.\d to \d\.\d\)", told)
    assert "probably" not in plain("advise", case, "--at", AT)
