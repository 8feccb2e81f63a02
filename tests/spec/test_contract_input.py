"""What a case file may not be: one line that names the key, exit code 2, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.spec.contract import AT, case, session

from needlepoint.course.errors import InputError
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.case_file import read

TOML = """
[patient]
born_on   = 1990-05-14
skin_type = "III"
sex       = "female"
[goal]
concern = "acne_scars"
zones   = ["cheek_left", "cheek_right"]
[device]
id = "skinpen-precision"
[clinic]
time_zone = "America/New_York"
operator  = "nurse_practitioner"
[answers]
pregnant = "no"
isotretinoin = "past"
isotretinoin_last_used_on = 2026-01-10
laser = "past"
laser_on = 2026-02-20
eczema = "elsewhere"
[[session]]
started_at = 2026-02-02T14:00:00-05:00
device     = "skinpen-precision"
cartridge  = { gtin = "00860000000001", lot = "A1234", expires_on = 2027-01-31 }
healed     = "yes"
topicals   = [{ kind = "anaesthetic", name = "lidocaine", strength_percent = 4.0, grams = 20, area_cm2 = 300 }]
passes     = [{ zone = "cheek_left", depth_mm = 1.0, passes = 2, rate_hz = 117, speed_mm_s = 20 }]
[[check_in]]
at = 2026-02-03T09:00:00-05:00
redness = 2
swelling = 1
pain = 3
signs = ["fine_flaking"]
"""

SPOILT = [
    # replace, by, the key that is named
    ("1990-05-14", "1990-02-31", ""),
    ("1990-05-14", '"1990-05-14"', "patient.born_on"),
    ("1990-05-14", "1990-05-14T00:00:00", "patient.born_on"),
    ('"III"', '"VII"', "patient.skin_type"),
    ('"III"', "3", "patient.skin_type"),
    ('sex       = "female"', 'sex = "woman"', "patient.sex"),
    ('sex       = "female"', 'gender = "female"', "gender"),
    ('"acne_scars"', '"acne scars"', "goal.concern"),
    ('"cheek_right"]', '"cheek"]', "goal.zones"),
    ('"cheek_right"]', '"cheek_left"]', "goal.zones"),
    ('"skinpen-precision"\n[clinic]', '"skinpen"\n[clinic]', "device.id"),
    ("America/New_York", "America/Boston", "clinic.time_zone"),
    ("America/New_York", "../../etc/passwd", "clinic.time_zone"),
    ('"nurse_practitioner"', '"doctor"', "clinic.operator"),
    ('pregnant = "no"', 'pregnant = "maybe"', "answers.pregnant"),
    ('pregnant = "no"', "pregnant = false", "answers.pregnant"),
    ('pregnant = "no"', 'pregnent = "no"', "answers.pregnent"),
    ("2026-01-10", "2026-02-31", ""),
    ("2026-01-10", "nan", "answers.isotretinoin_last_used_on"),
    ('eczema = "elsewhere"', 'eczema = "yes"', "answers.eczema"),
    ('eczema = "elsewhere"', "scar_age_months = nan", "answers.scar_age_months"),
    ('eczema = "elsewhere"', "scar_age_months = -1", "answers.scar_age_months"),
    ('eczema = "elsewhere"', "scar_age_months = inf", "answers.scar_age_months"),
    ("2026-02-02T14:00:00-05:00", "2026-02-02T14:00:00", "session[0].started_at"),
    ("2026-02-02T14:00:00-05:00", "2026-02-02", "session[0].started_at"),
    ("depth_mm = 1.0", "depth_mm = nan", "depth_mm"),
    ("depth_mm = 1.0", "depth_mm = inf", "depth_mm"),
    ("depth_mm = 1.0", "depth_mm = -1.0", "depth_mm"),
    ("depth_mm = 1.0", "depth_mm = 1000", "depth_mm"),
    ("depth_mm = 1.0", 'depth_mm = "1.0 mm"', "depth_mm"),
    ("depth_mm = 1.0", "depth_um = 1000", "depth_um"),
    ("passes = 2", "passes = 2.5", "passes"),
    ("passes = 2", "passes = true", "passes"),
    ("passes = 2", "passes = 0", "passes"),
    ("rate_hz = 117", "rate_rpm = 7000", "rate_rpm"),
    ("strength_percent = 4.0", "strength_percent = 400", "strength_percent"),
    ("redness = 2", "redness = 5", "check_in[0].redness"),
    ("redness = 2", "redness = 1.5", "check_in[0].redness"),
    ("pain = 3", "pain = 11", "check_in[0].pain"),
    ('"fine_flaking"', '"itching"', "check_in[0].signs"),
    ("2026-02-03T09:00:00-05:00", "2026-02-03T09:00:00", "check_in[0].at"),
    ("[goal]\n", "[goals]\n", "goal"),
    ("[patient]", "[[patient]]", "patient"),
    ("[patient]", "[patient", ""),
]


def refused(content: bytes, name: str = "case.toml") -> str:
    with pytest.raises(InputError) as caught:
        read(content, name, packaged())
    return caught.value.line


def test_the_example_of_the_contract_is_read() -> None:
    assert read(TOML.encode(), "case.toml", packaged()).device == "skinpen-precision"


@pytest.mark.parametrize(("this", "that", "key"), SPOILT)
def test_what_is_wrong_is_said_in_one_line_that_names_the_key(this: str, that: str, key: str) -> None:
    assert this in TOML
    line = refused(TOML.replace(this, that, 1).encode())
    assert key in line
    assert "\n" not in line
    assert "Traceback" not in line
    assert len(line) < 600


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"\x00\x01\x02\xff\xfe" * 100,
        b"\x89PNG\r\n\x1a\n",
        b"{",
        b"[]",
        b"null",
        b"patient",
        b"\xff",
    ],
)
@pytest.mark.parametrize("name", ["case.toml", "case.json", "case"])
def test_what_is_no_case_at_all_is_refused_in_one_line(content: bytes, name: str) -> None:
    line = refused(content, name)
    assert "\n" not in line
    assert len(line) < 400


def test_ten_megabytes_are_refused_in_one_line() -> None:
    assert "\n" not in refused(b"# " + b"x" * 10_000_000)
    assert "\n" not in refused(b'{"patient": "' + b"x" * 10_000_000 + b'"}', "case.json")


def test_the_same_structure_as_json_is_accepted_whatever_the_file_is_called() -> None:
    content = json.dumps(case(session=[session("2026-01-28T14:00:00-05:00")])).encode()
    assert read(content, "case.json", packaged()) == read(content, "case.toml", packaged())


@pytest.mark.parametrize("table", ["patient", "goal", "device", "clinic"])
def test_a_table_that_is_missing_is_named(table: str) -> None:
    plain: dict[str, Any] = case()
    del plain[table]
    assert table in refused(json.dumps(plain).encode(), "case.json")


def test_json_numbers_that_are_none_are_refused() -> None:
    content = json.dumps(case(answers={"scar_age_months": float("nan")})).encode()
    assert "\n" not in refused(content, "case.json")


def needlepoint(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from needlepoint.cli.main import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    contents = {
        "fine.toml": TOML.encode(),
        "stopped.json": json.dumps(case(answers={"pregnant": "yes"})).encode(),
        "unknown_key.toml": TOML.replace("sex ", "sexe ").encode(),
        "february.toml": TOML.replace("1990-05-14", "1990-02-31").encode(),
        "binary.toml": bytes(range(256)) * 40,
        "empty.toml": b"",
        "large.toml": b"# " + b"x" * 10_000_000,
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder.toml").mkdir()
    return {path.name: path for path in tmp_path.iterdir()} | {"missing.toml": tmp_path / "missing.toml"}


BAD = ["missing", "unknown_key", "february", "binary", "empty", "large", "folder"]


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_ends_with_2_and_one_line(files: dict[str, Path], name: str) -> None:
    ended = needlepoint("advise", str(files[f"{name}.toml"]), "--at", AT, "--json")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("at", ["2026-03-02T10:00:00", "2026-02-31T10:00:00-05:00", "tomorrow", ""])
def test_an_instant_that_cannot_be_ends_with_2_and_one_line(files: dict[str, Path], at: str) -> None:
    ended = needlepoint("advise", str(files["fine.toml"]), "--at", at, "--json")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "--at" in ended.stderr


@pytest.mark.parametrize("name", ["fine.toml", "stopped.json"])
def test_a_case_ends_with_0_whatever_the_verdict(files: dict[str, Path], name: str) -> None:
    ended = needlepoint("advise", str(files[name]), "--at", AT, "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    told = json.loads(ended.stdout)
    assert told["verdict"] in ("refer", "stop")
    assert told["at"] == AT
