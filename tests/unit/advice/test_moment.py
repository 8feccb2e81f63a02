"""What had happened by an instant, and cases that cannot be."""

from datetime import date, datetime, timedelta

import pytest
from tests.unit.advice.rows import bench, knowledge_with, moment, table
from tests.unit.factories import AT, CHOICES, TODAY, answers, case, check_in, days_before, session

from needlepoint.advice.moment import Moment
from needlepoint.course.answers import Answers
from needlepoint.course.case import Clinic
from needlepoint.course.errors import InputError
from needlepoint.course.goals import OperatorRole, Patient
from needlepoint.evidence.errors import EvidenceError

IN_UTC = Clinic.at("Etc/UTC", OperatorRole.NURSE_PRACTITIONER)


def done(days, **changes):
    return session(days, device="pen", **changes)


def test_the_day_is_the_clinics_own():
    assert moment(datetime.fromisoformat("2026-03-03T04:30:00+00:00")).today == date(2026, 3, 2)


def test_the_instant_is_kept_in_utc():
    at = moment(datetime.fromisoformat("2026-03-02T10:00:00-05:00")).at
    assert (at, at.utcoffset()) == (AT, timedelta(0))


def test_what_happens_later_is_not_known_yet():
    sessions = (done(40), done(2), done(-1))
    check_ins = (check_in(1), check_in(-2))
    seen = moment(sessions=sessions, check_ins=check_ins)
    assert (seen.sessions, seen.check_ins) == (sessions[:2], check_ins[:1])
    assert seen.last_session is sessions[1]
    assert seen.last_session_on == TODAY - timedelta(days=2)


def test_a_session_at_the_very_instant_has_happened():
    assert moment(days_before(40), sessions=(done(40),)).last_session_on == TODAY - timedelta(days=40)


def test_check_ins_before_the_last_session_belong_to_an_earlier_one():
    check_ins = (check_in(39), check_in(2), check_in(1))
    assert moment(sessions=(done(40), done(2)), check_ins=check_ins).check_ins == check_ins[1:]


def test_a_check_in_without_a_session_is_still_read():
    seen = moment(check_ins=(check_in(1),))
    assert len(seen.check_ins) == 1
    assert (seen.last_session, seen.last_session_on) == (None, None)


@pytest.mark.parametrize("wrong", ["1899-12-31T23:59:59+00:00", "2200-01-02T00:00:00+00:00"])
def test_an_instant_out_of_bounds_is_refused(wrong):
    with pytest.raises(InputError, match=r"^at: .* is out of bounds"):
        moment(datetime.fromisoformat(wrong))


@pytest.mark.parametrize("edge", ["1900-01-01T00:00:00+00:00", "2200-01-01T00:00:00+00:00"])
def test_the_bounds_themselves_are_allowed(edge):
    born = Patient(date(1900, 1, 1))
    at = datetime.fromisoformat(edge)
    seen = Moment.of(case(patient=born, device="pen", clinic=IN_UTC), at, bench())
    assert seen.at == at


def test_an_instant_without_an_offset_is_refused():
    with pytest.raises(InputError, match=r"^at: .* has no offset"):
        moment(AT.replace(tzinfo=None))


def test_nobody_is_advised_before_the_birth():
    with pytest.raises(
        InputError,
        match=r"^patient\.born_on: 2026-03-03 lies after the advice; expected a date up to 2026-03-02$",
    ):
        moment(patient=Patient(TODAY + timedelta(days=1)))
    assert moment(patient=Patient(TODAY)).today == TODAY


def test_an_answer_to_a_question_that_nobody_asks_is_refused():
    with pytest.raises(
        InputError,
        match=r"^answers\.mood: is not a question of the screening; expected a name from questions\.toml$",
    ):
        moment(answers=Answers({**answers(), "mood": CHOICES["yes_no"][0]}))


def test_an_unknown_device_is_refused():
    with pytest.raises(
        InputError, match=r"^device\.id: 'spoon' is not a known device; expected one of pen, home"
    ):
        moment(device="spoon")
    with pytest.raises(InputError, match=r"^session\[1\]\.device: 'spoon'"):
        moment(sessions=(done(40), session(2, device="spoon")))


@pytest.mark.parametrize("name", ["goals", "operators"])
def test_a_hole_in_the_knowledge_base_is_named(name):
    holed = knowledge_with(
        **{each: getattr(bench(), each) for each in ("devices", "zones")}, **{name: table()}
    )
    with pytest.raises(EvidenceError, match=rf"^{name}\.toml: \w+ is missing"):
        moment(knowledge=holed)
