"""A setting that is misspelt closes and never opens: it is refused in one sentence, whichever it is."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from needlepoint.clinic.server.environment import Environment
from needlepoint.clinic.server.place import Place
from needlepoint.clinic.server.post import Post
from needlepoint.course.errors import InputError

HOME = {"HOME": "/home/ada"}
# What is refused, by name; "Yes" is no "yes", since nobody knows what else somebody thought they had said.
REFUSED = {
    "NEEDLEPOINT_HTTPS": ["Yes", "true", "YES", "1", "on", "no ", "No", "off", "0", "nein"],
    "NEEDLEPOINT_SECOND_FACTOR": ["Required", "yes", "Optional", "no", "true", "required "],
    "NEEDLEPOINT_IDLE_MINUTES": ["-5", "0", "ten", "999999999999", "721", "1.5", "1e1", "٣", "10 minutes"],
    "NEEDLEPOINT_PROXIES": ["-1", "one", "11", "1,2", "0x1"],
    "NEEDLEPOINT_EXAMPLE": ["Yes", "true", "1"],
    "NEEDLEPOINT_HOSTS": [
        *("*", "a.example,*", "a.example,,b.example", "https://a.example", "a b", ".", ","),
        *("a.example:8000", "a.example,b.example:443", "::1", "[::1]:8000"),
    ],
    "NEEDLEPOINT_DATABASE": ["sqlite:///x", "localhost", "mysql://a/b", "Postgresql://a/b"],
    "NEEDLEPOINT_SMTP_PORT": ["0", "65536", "smtp", "-25", "25.0"],
    "NEEDLEPOINT_SMTP_SECURITY": ["STARTTLS", "ssl", "yes", "plain", "None"],
}


def read(environment):
    return Place.of(environment), Post.of(environment)


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values]
)
def test_what_is_misspelt_is_refused_by_its_name(name, value):
    given = HOME | {name: value}
    with pytest.raises(InputError) as refused:
        read(Environment(given))
    assert refused.value.key == name
    assert "\n" not in refused.value.line


@pytest.mark.parametrize("name", sorted(REFUSED))
@pytest.mark.parametrize("value", ["", "  "])
def test_what_is_set_to_nothing_counts_as_not_set(name, value):
    given = Environment(HOME | {name: value})
    assert read(given) == read(HOME)


def test_where_nothing_is_set_everything_is_closed():
    place, post = Place.of(HOME), Post.of(HOME)
    assert (place.https, place.second_factor, place.example, place.proxies) == (True, True, False, 0)
    assert place.idle_minutes == 10
    assert place.hosts == ("localhost", "127.0.0.1")
    assert (post.smtp_security, post.triage_scale) == ("starttls", 1.0)


def test_a_faster_clock_for_alarms_is_for_examples_and_must_be_one():
    assert Post.of({"NEEDLEPOINT_TRIAGE_SCALE": "60"}).triage_scale == 1.0
    example = {"NEEDLEPOINT_EXAMPLE": "yes"}
    assert Post.of(example | {"NEEDLEPOINT_TRIAGE_SCALE": "0.5"}).triage_scale == 0.5
    for value in ("0", "-1", "nan", "inf", "fast"):
        with pytest.raises(InputError, match="TRIAGE_SCALE"):
            Post.of(example | {"NEEDLEPOINT_TRIAGE_SCALE": value})


def test_the_address_of_a_database_is_not_said_again_since_a_password_may_stand_in_it():
    with pytest.raises(InputError) as refused:
        Place.of(HOME | {"NEEDLEPOINT_DATABASE": "mysql://ada:secret@host/x"})
    assert "secret" not in refused.value.line


@pytest.mark.parametrize("home", [{}, {"HOME": ""}, {"HOME": "."}, {"NEEDLEPOINT_FOLDER": "/srv/clinic"}])
def test_without_a_home_nothing_is_put_into_the_current_folder(home):
    with pytest.raises(InputError, match="HOME"):
        Place.of(home)


def test_without_a_home_both_places_can_be_named():
    named = {"NEEDLEPOINT_FOLDER": "/srv/clinic", "NEEDLEPOINT_KEY_FILE": "/srv/key"}
    assert Place.of(named).folder == Path("/srv/clinic")


def test_every_setting_of_the_manual_is_asked_for_and_an_unknown_one_is_told_with_the_nearest():
    given = Environment(
        HOME | {"NEEDLEPOINT_SECOND_FAKTOR": "required", "NEEDLEPOINT_XYZ": "1", "OTHER": "1"}
    )
    read(given)
    assert given.unknown() == [
        "NEEDLEPOINT_SECOND_FAKTOR is no setting and changes nothing; NEEDLEPOINT_SECOND_FACTOR is one",
        "NEEDLEPOINT_XYZ is no setting and changes nothing",
    ]
    told = "".join(path.read_text() for path in (Path(__file__).parents[3] / "docs" / "how-to").glob("*.md"))
    manual = {name for name in re.findall(r"`(NEEDLEPOINT_[A-Z_]+)`", told) if not name.endswith("_")}
    Post.of(Environment(HOME | {"NEEDLEPOINT_EXAMPLE": "yes"}))
    assert {
        name for name in manual if name in REFUSED or name.endswith(("FOLDER", "KEY_FILE"))
    } <= given.asked


@pytest.mark.parametrize(
    ("name", "value"), [("NEEDLEPOINT_HTTPS", "Yes"), ("NEEDLEPOINT_IDLE_MINUTES", "ten")]
)
def test_no_command_starts_with_a_setting_that_is_misspelt(tmp_path, name, value):
    places = {"NEEDLEPOINT_FOLDER": str(tmp_path / "folder"), "NEEDLEPOINT_KEY_FILE": str(tmp_path / "key")}
    command = [Path(sys.executable).with_name("needlepoint"), "serve"]
    ran = subprocess.run(command, env=os.environ | places | {name: value}, capture_output=True, text=True)
    assert ran.returncode == 2
    assert ran.stderr.startswith(f"needlepoint: {name}: is '{value}'; expected")
    assert not (tmp_path / "folder").exists()
