"""The clinic's own clock: a clock that leaps moves nothing, reading is never held up, and a named person decides."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from tests.clinic.doors import sign_in, with_password
from tests.clinic.portal import Home, reachable
from tests.clinic.practice import NOON
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions import check_in
from needlepoint.clinic.models import Patient, RecordHead, RecordLine, TriageTask, WayIn
from needlepoint.clinic.practice.actions import clock as actions
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.queries.record import record_faults
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.clock import Reading, Steady

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Machine:
    """A machine whose clock can be set, and whose seconds go on."""

    at: datetime = NOON
    elapsed: float = 1000.0
    boot: str = "first"

    def __call__(self) -> Reading:
        return Reading(self.at, self.elapsed, self.boot)

    def passes(self, **lapse):
        self.at += timedelta(**lapse)
        self.elapsed += timedelta(**lapse).total_seconds()


@pytest.fixture
def machine():
    return Machine()


@pytest.fixture
def steady(machine, tmp_path):
    return Steady(tmp_path / "clock.json", machine)


@pytest.mark.parametrize(
    "leap", [2 * DAY, -HOUR, -2 * DAY, HOUR, 365 * DAY, -20 * 365 * DAY, timedelta(minutes=2)]
)
def test_a_clock_that_leaps_moves_nothing_and_comes_back_to_nothing(machine, steady, leap):
    steady.now()
    machine.passes(seconds=30)
    machine.at += leap
    machine.passes(seconds=30)
    assert steady.now() == NOON + timedelta(seconds=60)
    assert steady.leap() == leap
    machine.at -= leap
    assert steady.now() == NOON + timedelta(seconds=60)
    assert not steady.leap()


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("night", [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)])
def test_a_change_of_clocks_is_no_leap(machine, steady, zone, night):
    machine.at = night.astimezone(ZoneInfo(zone))
    steady.now()
    for _ in range(48 * 2):
        machine.passes(minutes=30)
        assert not steady.leap()
        assert steady.now() == machine.at


def test_what_a_time_server_corrects_is_followed_and_never_adds_up_to_a_leap(machine, steady):
    steady.now()
    for _ in range(100):
        machine.passes(hours=1)
        machine.at += timedelta(seconds=20)
        assert steady.now() == machine.at
        steady.follow()
    assert not steady.leap()


def test_another_process_sees_the_same_leap_also_when_it_began_after_it(machine, steady, tmp_path):
    steady.now()
    machine.at += 2 * DAY
    later = Steady(tmp_path / "clock.json", machine)
    assert later.leap() == 2 * DAY
    later.trust()
    assert not steady.leap()
    assert steady.now() == NOON + 2 * DAY


def test_a_machine_that_sleeps_has_not_leapt_and_one_that_is_started_anew_begins_anew(machine, steady):
    steady.now()
    machine.passes(hours=9)
    assert not steady.leap()
    machine.at, machine.elapsed, machine.boot = NOON + 3 * DAY, 5.0, "second"
    assert not steady.leap()
    assert steady.now() == NOON + 3 * DAY
    assert not steady.asks()


@pytest.mark.parametrize(
    ("gap", "asks"), [(2 * DAY, False), (13 * DAY, False), (15 * DAY, True), (365 * DAY, True)]
)
def test_a_machine_that_comes_up_long_after_the_last_line_asks_whether_it_is_right(
    machine, tmp_path, gap, asks
):
    machine.at = NOON + gap
    steady = Steady(tmp_path / "clock.json", machine, latest=NOON)
    assert steady.asks() == asks
    assert Steady(tmp_path / "clock.json", machine).asks() == asks, "another process knows it, too"
    steady.trust()
    assert not Steady(tmp_path / "clock.json", machine).asks()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"at": 3}', "not json", "\x00"])
def test_a_kept_reading_that_cannot_be_read_is_made_anew(machine, tmp_path, content):
    (tmp_path / "clock.json").write_text(content)
    assert Steady(tmp_path / "clock.json", machine).now() == NOON


def test_where_nothing_can_be_kept_a_process_goes_by_what_it_knows_itself(machine, tmp_path):
    steady = Steady(tmp_path / "no" / "such" / "folder" / "clock.json", machine)
    steady.now()
    machine.at += 2 * DAY
    assert steady.leap() == 2 * DAY


def head(practice) -> RecordHead:
    return RecordHead.objects.get(clinic=practice.clinic)


def test_after_a_clock_that_ran_ahead_everything_is_read_and_nothing_is_written_until_a_person_decides(
    practice,
):
    of = practice.patient()
    stood = head(practice).at + 2 * DAY
    practice.later(days=2).patient(given_name="Bea")
    practice.later(days=-2)
    saw(practice.act(Role.NURSE), "chart", of, of)
    line = RecordLine.objects.order_by("-number").first()
    assert line.detail == {"clock": "doubtful"}
    assert line.at < stood <= head(practice).at, "looking does not end the doubt"
    with pytest.raises(Refused, match="Everything can be read"):
        practice.patient(given_name="Cem")
    act = practice.act(Role.NURSE)
    actions.decide(act, why="the clock on the wall", doubtful=False)
    line = RecordLine.objects.order_by("-number").first()
    assert (line.act, line.member_id) == ("clock was wrong", act.actor.member)
    assert line.detail["why"] == "the clock on the wall"
    assert datetime.fromisoformat(line.detail["from"]) >= stood
    assert datetime.fromisoformat(line.detail["to"]) == act.at
    practice.patient(given_name="Cem")
    assert head(practice).at == practice.at
    assert record_faults(practice.clinic) == []


def test_what_a_patient_reports_is_taken_under_a_clock_that_is_behind(practice):
    done = practice.done()
    practice.later(days=2).patient(given_name="Bea")
    practice.later(days=-2)
    told = check_in.Told(redness=2, swelling=0, pain=1, signs=("fever",))
    kept = check_in.report(practice.as_patient(done.patient), session_id=done.public_id, told=told)
    assert TriageTask.objects.get().check_in == kept


def test_a_decision_needs_a_reason_and_a_doubt(practice):
    practice.patient()
    with pytest.raises(Refused, match="nothing to decide"):
        actions.decide(practice.act(Role.NURSE), why="wall", doubtful=False)
    with pytest.raises(Refused, match="how you know"):
        actions.decide(practice.act(Role.NURSE), why=" ", doubtful=True)
    with pytest.raises(Refused):
        actions.decide(practice.act(Role.AUDITOR), why="wall", doubtful=True)


@pytest.fixture
def kept(live, machine, tmp_path, monkeypatch):
    """A practice of today that goes by a steady clock."""
    machine.at = datetime.now(UTC)
    steady = Steady(tmp_path / "clock.json", machine)
    steady.now()
    monkeypatch.setattr(clock, "_steady", [steady])
    monkeypatch.setattr(clock.timezone, "now", lambda: machine.at)
    return live


@pytest.fixture
def live(db):
    from tests.clinic.practice import Practice

    return Practice.of_today("Harbour Skin")


def registered(client, name):
    """Send the form of the front desk; everybody has a birthday of their own, or it would ask who they are."""
    typed = {
        "given_name": name,
        "family_name": name * 2,
        "born_on": f"19{ord(name[0])}-05-14",
        "sex": "female",
    }
    return client.post(reverse("register"), typed | {"skin_type": "III", "key": str(uuid4())})


@pytest.mark.parametrize("leap", [2 * DAY, -HOUR, -2 * DAY])
def test_pages_go_on_through_a_leap_say_so_and_end_with_it(kept, machine, leap):
    of = kept.patient()
    client = signed_in(kept, Role.NURSE)
    chart = reverse("chart", args=[of.public_id])
    before = machine.at
    machine.at += leap
    page = client.get(chart)
    assert page.status_code == 200
    assert "not sure what time it is" in page.content.decode()
    assert registered(client, "Bea").status_code == 302
    assert Patient.objects.filter(given_name="Bea").exists()
    assert abs(head(kept).at - before) < timedelta(seconds=61)
    machine.at -= leap
    assert "not sure what time it is" not in client.get(chart).content.decode()
    registered(client, "Cem")
    assert Patient.objects.filter(given_name="Cem").exists()
    assert record_faults(kept.clinic) == []


def test_on_its_page_a_named_person_says_that_the_servers_clock_is_right(kept, machine):
    client = signed_in(kept, Role.NURSE)
    shown = client.get(reverse("clock")).content.decode()
    assert "nothing to decide" in shown
    machine.at += HOUR
    page = client.get(reverse("clock"))
    assert "By the time that has passed" in page.content.decode()
    key = page.content.decode().split('name="key" value="')[1].split('"')[0]
    assert client.post(reverse("clock"), {"key": key, "why": ""}).status_code == 409
    assert client.post(reverse("clock"), {"key": key, "why": "my phone"}).status_code == 302
    line = RecordLine.objects.filter(act="clock was wrong").get()
    assert line.detail["why"] == "my phone"
    assert not clock.doubtful()
    assert clock.now() == machine.at


def comes_up_late(machine):
    """The machine is started anew, a month after anything was last written."""
    machine.boot = "second"
    clock._steady[:] = [Steady(clock.steady().file, machine, latest=machine.at - 30 * DAY)]


def test_until_somebody_says_that_a_late_clock_is_right_forms_are_refused_and_pages_are_shown(kept, machine):
    comes_up_late(machine)
    client = signed_in(kept, Role.NURSE)
    assert client.get(reverse("patients")).status_code == 200
    refused = registered(client, "Dot")
    assert refused.status_code == 409
    assert "started anew" in refused.content.decode()
    key = str(uuid4())
    assert client.post(reverse("clock"), {"key": key, "why": "my phone"}).status_code == 302
    registered(client, "Dot")
    assert Patient.objects.filter(given_name="Dot").exists()


def test_what_a_patient_reports_is_taken_before_anybody_says_that_a_late_clock_is_right(kept, machine):
    of = kept.done(kept.opened()).patient
    reachable(kept)
    home = Home(kept).enter(of)
    comes_up_late(machine)
    answer = home.fill("check-in/", redness="2", swelling="0", pain="1", sign="fever", step="send")
    assert "/reports/" in answer.headers["Location"]
    assert TriageTask.objects.get().patient == of


def test_nobody_is_taken_on_or_given_a_way_in_before_somebody_says_that_a_late_clock_is_right(kept, machine):
    client, _ = sign_in(with_password(kept.members[Role.CLINIC_ADMIN]))
    comes_up_late(machine)
    olga = {"name": "Olga New", "email": "olga@x.example", "profession": "nurse", "roles": ["nurse"]}
    nurse = {"member": kept.members[Role.NURSE].pk}
    for where, typed in (("take_on", olga), ("new_way_in", nurse)):
        refused = client.post(reverse(where), typed)
        assert (refused.status_code, "started anew" in refused.content.decode()) == (409, True), where
    assert not WayIn.objects.exists()


def test_the_idle_are_signed_out_on_both_sides_of_a_leap(kept, machine):
    client = signed_in(kept, Role.NURSE)
    assert client.get(reverse("day")).status_code == 200
    machine.at += 2 * DAY
    assert client.get(reverse("day")).status_code == 200, "a leap is no idle time"
    machine.passes(minutes=11)
    assert client.get(reverse("day")).status_code == 302


def test_no_page_asks_the_servers_clock_by_itself():
    pages = Path(clock.__file__).parents[3].rglob("views/**/*.py")
    theirs = {path.name for path in pages if "timezone.now" in path.read_text()}
    assert theirs == {"clock.py", "the_clock.py"}
