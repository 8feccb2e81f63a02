"""A clinic that really serves, under a clock that is moved: nothing stops, and nothing stays locked afterwards."""

import http.client
import shutil
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.clinic.conftest import POSTGRESQL, SERVER
from tests.clinic.killing import Served

CC = shutil.which("cc") or shutil.which("gcc")
pytestmark = pytest.mark.skipif(
    CC is None, reason="a movable clock is a small library that has to be compiled"
)
BAND = "not sure what time it is"
STANDS_STILL = "stands still"


class Moved(Served):
    """`needlepoint serve` under a clock that can be set; what stages and looks at it has the machine's own."""

    @property
    def shift(self) -> Path:
        return self.place / "shift"

    def start(self) -> None:
        library = self.place / "shift.so"
        source = Path(__file__).with_name("shift.c")
        subprocess.run([CC, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
        self.moving = {"LD_PRELOAD": str(library), "SHIFT_FILE": str(self.shift)}
        super().start()

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | getattr(self, "moving", {})

    def stage(self, *words: str) -> dict:
        moving, self.moving = getattr(self, "moving", {}), {}
        try:
            return super().stage(*words)
        finally:
            self.moving = moving

    def run(self, *words: str) -> subprocess.CompletedProcess:
        command = [Path(sys.executable).with_name("needlepoint"), *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def fine(self, *words: str) -> None:
        ran = self.run(*words)
        assert ran.returncode == 0, ran

    def move(self, lapse: timedelta) -> None:
        self.shift.write_text(str(int(lapse.total_seconds())))

    def page(self, where: str, cookie: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", where, headers={"Cookie": f"sessionid={cookie}"})
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        assert answer.status == 200, (where, answer.status, answer.getheader("Location"))
        return body

    def register(self, cookie: str, number: int) -> None:
        born_on = date(1960, 1, 1) + timedelta(days=number)
        typed = {
            "key": uuid4(),
            "given_name": "Ada",
            "family_name": f"By-{number}",
            "born_on": born_on,
        }
        typed |= {"sex": "female", "skin_type": "III"}
        status, where = self.ask("POST", "/patients/new/", cookie, **typed)
        assert (status, "sign-in" in where) == (302, False)

    def waits_for_ticks(self, after: dict[str, str]) -> dict:
        """Wait until every watched tick has ended once more, by whatever clock it is told."""
        for _ in range(60):
            told = self.stage("ticks")
            if set(told["ends"]) >= {"climb", "send alarm mails"} and all(
                told["ends"][name] != after.get(name) for name in ("climb", "send alarm mails")
            ):
                return told
            time.sleep(1)
        raise AssertionError("the worker stands still")


@pytest.fixture
def served(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "key").write_text("0123456789abcdef" * 4)
    (tmp_path / "key").chmod(0o600)
    database = ""
    if POSTGRESQL:
        name = f"moved_{uuid4().hex[:8]}"
        SERVER.psql(f"CREATE DATABASE {name};")
        database = SERVER.get_uri(database=name)
    made = Moved(tmp_path, database)
    yield made
    made.stop()


def test_days_ahead_and_hours_back_stop_nothing_and_lock_nothing(served):
    staged = served.stage("found", "1")
    cookie, chart = staged["cookie"], f"/patients/{staged['waiting'][0]['patient']}/"
    served.start()
    told = served.waits_for_ticks({})
    lapses = [timedelta(days=2), timedelta(hours=-1), timedelta(days=-2)]
    for number, lapse in enumerate(lapses):
        served.move(lapse)
        page = served.page(chart, cookie)
        assert BAND in page, lapse
        assert STANDS_STILL not in page, lapse
        served.register(cookie, 10 * number)
        told = served.waits_for_ticks(told["ends"])
        for ended in told["ends"].values():
            assert abs(datetime.now(UTC) - datetime.fromisoformat(ended)) < timedelta(minutes=2), lapse
        served.move(timedelta(0))
        page = served.page(chart, cookie)
        assert BAND not in page, lapse
        assert STANDS_STILL not in page, lapse
        served.register(cookie, 10 * number + 1)
        told = served.waits_for_ticks(told["ends"])
        assert datetime.fromisoformat(told["stands_at"]) < datetime.now(UTC) + timedelta(seconds=60)
    assert told["faults"] == []


def test_a_lock_that_an_older_clock_left_behind_is_opened_by_a_named_person(served):
    """As a machine leaves it that came up two days ahead: the record stands there, and the clock is right again."""
    cookie = served.stage("found", "1")["cookie"]
    served.move(timedelta(days=2))
    served.start()
    served.register(cookie, 1)
    served.stop()
    (served.place / "folder" / "clock.json").unlink()
    served.move(timedelta(0))
    cookie = served.stage("again")["cookie"]
    served.start()
    assert BAND in served.page("/patients/", cookie)
    typed = {"key": uuid4(), "given_name": "Bea", "family_name": "By", "born_on": "1970-01-01"}
    assert served.ask("POST", "/patients/new/", cookie, **typed, sex="female", skin_type="III")[0] == 409
    assert served.ask("POST", "/clock/", cookie, key=uuid4(), why="the clock on the wall")[0] == 302
    served.register(cookie, 2)
    time.sleep(5)
    assert BAND not in served.page("/patients/", cookie)
    assert served.stage("ticks")["faults"] == []


def test_a_machine_that_comes_up_a_month_later_asks_before_anything_is_written(served):
    """What the commands before `serve` look at must not count as somebody's word that the clock is right."""
    cookie = served.stage("found", "1")["cookie"]
    served.start()
    served.register(cookie, 1)
    served.stop()
    # As after a start of the machine, which gives it another name.
    (served.place / "folder" / "clock.json").unlink()
    served.move(timedelta(days=30))
    served.fine("verify-record")
    cookie = super(Moved, served).stage("again")["cookie"]
    served.start()
    assert BAND in served.page("/patients/", cookie)
    typed = {"key": uuid4(), "given_name": "Bea", "family_name": "By", "born_on": "1970-01-01"}
    assert served.ask("POST", "/patients/new/", cookie, **typed, sex="female", skin_type="III")[0] == 409
    way_in = served.run("new-way-in", "prescriber@harbour.example", "--by", "clinic_admin@harbour.example")
    assert (way_in.returncode, "started anew" in way_in.stderr) == (2, True), way_in
    assert served.ask("POST", "/clock/", cookie, key=uuid4(), why="the clock on the wall")[0] == 302
    served.register(cookie, 2)
