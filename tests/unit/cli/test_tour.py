"""The tour: a whole published course, and files that say the same again."""

import json
import shlex

import pytest
from tests.unit.cli.commands import needlepoint

from needlepoint.evidence.loader import packaged


@pytest.fixture(scope="module")
def tour(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course") / "new" / "folder"
    return folder, needlepoint("tour", "--to", folder).stdout


def test_it_goes_through_the_whole_course(tour):
    _, text = tour
    for words in (
        "Nobody has asked",
        "Plan",
        "The session is over",
        "Make up: from tomorrow",
        "per cm²",
        "EMERGENCY",
    ):
        assert words in text
    for words in ("EXPECTED", "spacing.minimum", "What may be seen after the last session", "Look closer"):
        assert words in text
    assert max(map(len, text.splitlines())) <= 80


def test_it_follows_the_published_protocol(tour):
    folder, _ = tour
    protocol = packaged().protocols["skinpen-pivotal"]
    last = json.loads((folder / "09-look-back.advice.json").read_text())
    assert {dose["session"] for dose in last["dose"]} == set(range(1, (protocol.sessions or 0) + 1))
    verdicts = {
        path.name[:2]: json.loads(path.read_text())["verdict"] for path in folder.glob("*.advice.json")
    }
    assert verdicts["01"] == "stop"
    assert verdicts["06"] == "wait"
    assert {verdicts[step] for step in ("02", "07", "08")} <= {"none", "note"}


def test_every_case_it_leaves_gives_the_advice_it_leaves(tour):
    folder, _ = tour
    cases = sorted(folder.glob("*.case.toml"))
    assert len(cases) == 9
    for case in cases:
        advice = json.loads(case.with_name(case.name.replace(".case.toml", ".advice.json")).read_text())
        again = json.loads(needlepoint("advise", case, "--at", advice["at"], "--json").stdout)
        assert again == advice


def test_it_leaves_a_picture_and_a_command_to_go_on_with(tour, monkeypatch):
    folder, text = tour
    assert (folder / "dose.svg").stat().st_size > 5000
    monkeypatch.chdir(folder)
    assert needlepoint(*shlex.split(text.splitlines()[-1])[1:]).exit_code == 0


def test_without_a_folder_it_makes_its_own(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    text = needlepoint("tour").stdout
    (made,) = tmp_path.iterdir()
    assert f"cd {made}" in text
    assert len(list(made.iterdir())) == 19
