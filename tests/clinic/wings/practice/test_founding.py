"""Founding from the command line is all or nothing, takes no password, and leads in by a link that works once."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.clinic.conftest import POSTGRESQL

pytestmark = pytest.mark.skipif(POSTGRESQL, reason="founding makes its own SQLite; the actions run on both")
GIVEN = {
    "--name": "Harbour",
    "--zone": "Europe/Madrid",
    "--country": "ES",
    "--email": "ada@x.example",
    "--person": "Ada Admin",
}


@pytest.fixture
def place(tmp_path):
    class Place:
        folder, key = tmp_path / "folder", tmp_path / "key"
        environment = os.environ | {
            "NEEDLEPOINT_FOLDER": str(folder),
            "NEEDLEPOINT_KEY_FILE": str(key),
            "NEEDLEPOINT_DATABASE": "",
        }

        def run(self, *words):
            command = [Path(sys.executable).with_name("needlepoint"), *words]
            ran = subprocess.run(command, env=self.environment, capture_output=True, text=True, input="")
            return ran.returncode, ran.stdout + ran.stderr

        def found(self, *more, **otherwise):
            given = GIVEN | {f"--{name}": value for name, value in otherwise.items()}
            return self.run("create-clinic", *(word for pair in given.items() for word in pair), *more)

        def is_empty(self):
            return not self.key.exists() and not list(self.folder.glob("*.db*"))

    return Place()


WRONG = (
    ({"email": "not an address"}, "is not an address"),
    ({"email": "a@x.example,b@y.example"}, "more than one address"),
    ({"name": "  "}, "is empty"),
    ({"person": ""}, "the name is empty"),
    ({"zone": "Europe/Nowhere"}, "is not a time zone"),
    ({"country": "XX"}, "is no country"),
    ({"device": "no-such-pen:1"}, "is not MODEL:SERIAL"),
)


@pytest.mark.parametrize(("otherwise", "says"), WRONG, ids=[f"{row[0]}" for row in WRONG])
def test_a_founding_that_fails_leaves_nothing_behind_and_says_why_in_one_line(place, otherwise, says):
    code, said = place.found(**otherwise)
    assert code == 2
    assert says in said
    assert "defect" not in said
    assert len(said.strip().splitlines()) == 1
    assert place.is_empty()


def test_a_second_founding_that_fails_leaves_the_first_clinic_as_it_was(place):
    code, said = place.found()
    assert code == 0, said
    for otherwise in (
        {"name": "South"},
        {"name": "South", "email": "b@x.example", "device": "no-such-pen:1"},
    ):
        code, said = place.found(**otherwise)
        assert code == 2
        assert "defect" not in said
    code, said = place.run("verify-record")
    assert (code, "South" in said) == (0, False)
    # The name was not taken by what failed.
    code, said = place.found(name="South", email="b@x.example")
    assert code == 0, said
    assert "South is founded" in said


def test_no_password_stands_on_a_command_line_and_the_members_are_looked_after_from_there(place):
    code, said = place.found("--room", "Room 1", "--device", "skinpen-precision:SP1")
    assert code == 0
    (link,) = re.findall(r"/way-in/([\w-]{40,})/", said)
    assert "works once" in said
    assert stat.S_IMODE(place.key.stat().st_mode) == 0o600
    assert place.found("--password", "aaaaaaaaaaaa")[0] == 2
    nora = ("--by", "ada@x.example", "--email", "nora@x.example", "--person", "Nora")
    by = ("--by", "ada@x.example")
    told = {
        ("add-member", *nora, "--profession", "receptionist", "--role", "nurse"): (2, "one of physician"),
        ("add-member", *nora, "--profession", "nurse", "--role", "queen"): (2, "one of front_desk"),
        ("add-member", *nora, "--profession", "nurse", "--role", "nurse"): (0, "/way-in/"),
        ("give-role", "nora@x.example", "clinic_admin", *by): (0, "has the role"),
        ("end-role", "ada@x.example", "clinic_admin", "--by", "nora@x.example"): (0, "no longer"),
        ("shut-out", "nora@x.example", "--by", "nora@x.example", "--reason", "left"): (
            2,
            "last administrator",
        ),
        ("shut-out", "ada@x.example", "--by", "nora@x.example", "--reason", "left"): (0, "is shut out"),
        ("new-way-in", "ada@x.example", "--by", "nora@x.example"): (2, "Let them in again first"),
        ("let-in", "ada@x.example", "--by", "nora@x.example"): (0, "may sign in again"),
        ("sign-out-everywhere", "ada@x.example", "--by", "nora@x.example"): (0, "has ended"),
        ("new-way-in", "ada@x.example"): (2, "roles do not include"),
        ("new-way-in", "nora@x.example"): (0, "/way-in/"),
        ("shut-out", "nobody@x.example", "--by", "nora@x.example", "--reason", "x"): (
            2,
            "Nobody signs in here",
        ),
    }
    for words, (code, says) in told.items():
        got, said = place.run(*words)
        assert got == code, (words, said)
        assert says in said, words
        assert link not in said
    assert place.run("verify-record")[0] == 0


def test_a_key_that_others_can_read_is_refused(place):
    assert place.found()[0] == 0
    place.key.chmod(0o644)
    code, said = place.run("verify-record")
    assert code == 2
    assert f"chmod 600 {place.key}" in said
    place.key.chmod(0o600)
    assert place.run("verify-record")[0] == 0
