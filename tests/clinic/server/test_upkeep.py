"""Keys, checks, backups and the record: what keeps a clinic honest over the years."""

import contextlib
import json
import random
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from tests.clinic.practice import GTIN, Practice

from needlepoint.clinic.chair.forms.scan import scanned
from needlepoint.clinic.models.record_chain import faults
from needlepoint.clinic.practice.queries.record import sealed_lines
from needlepoint.clinic.server import checks
from needlepoint.clinic.server.keeping import backups, keys, records
from needlepoint.course.errors import InputError

ROOT = Path(__file__).parents[3]
on_sqlite = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL has tools of its own for this"
)


@pytest.mark.parametrize(
    ("code", "serial", "expires_on"),
    [
        (f"01{GTIN}17270131" + "10LOT7\x1d21S9", "S9", date(2027, 1, 31)),
        (f"]d201{GTIN}17270200" + "10LOT7|21S9", "S9", date(2027, 2, 28)),
        (f"]C101{GTIN}10LOT7^1727013121S9", "S9", date(2027, 1, 31)),
        (f"(01){GTIN}(17)270131(10)LOT7(21)S9", "S9", date(2027, 1, 31)),
        (f"01{GTIN}10LOT7", "", None),
    ],
)
def test_a_gs1_code_is_read_as_scanners_send_it(code, serial, expires_on):
    read = scanned(code)
    assert (read.gtin, read.lot, read.serial, read.expires_on) == (GTIN, "LOT7", serial, expires_on)


def test_an_own_label_is_read_in_any_case():
    assert scanned(" np000123 ").serial == "NP000123"


@pytest.mark.parametrize(
    "code",
    [
        "",
        "x",
        "\x00",
        "0" * 400,
        f"01{GTIN[:-1]}910A",
        f"01{GTIN}",
        "10LOT7",
        "🧷",
        f"01{GTIN}17991399" + "10A",
    ],
)
def test_what_is_no_code_is_said_to_be_none(code):
    with pytest.raises(InputError, match="code"):
        scanned(code)


def test_five_thousand_broken_codes_never_break_the_reader():
    dice = random.Random(2026)
    good = f"01{GTIN}17270131" + "10LOT7\x1d21S9"
    for _ in range(5000):
        letters = list(good)
        for _ in range(dice.randrange(1, 5)):
            letters[dice.randrange(len(letters))] = chr(dice.randrange(1, 128))
        with contextlib.suppress(InputError):
            scanned("".join(letters))


@pytest.mark.parametrize(
    ("version", "fine"), [((3, 51, 2), False), ((3, 40, 1), False), ((3, 51, 3), True), ((3, 53, 4), True)]
)
def test_an_old_sqlite_is_refused(version, fine):
    assert checks.sqlite_is_new_enough(version) is fine


@pytest.mark.django_db
def test_every_check_is_content_with_this_place():
    found = [*checks.key_is_outside(), *checks.every_view_declares(), *checks.database_is_sound(["default"])]
    assert found == []


def test_a_key_in_the_data_folder_is_found(monkeypatch, tmp_path):
    from dataclasses import replace

    place = replace(checks.PLACE, folder=tmp_path, key_file=tmp_path / "key")
    monkeypatch.setattr(checks, "PLACE", place)
    assert [error.id for error in checks.key_is_outside()] == ["clinic.E001"]


def test_a_key_is_made_once_and_read_back(tmp_path):
    keys.create(tmp_path / "k", bytes(range(32)))
    assert keys.read(tmp_path / "k") == keys.Keys.of(bytes(range(32)))
    assert (tmp_path / "k").stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        keys.create(tmp_path / "k", bytes(32))
    for text in ("", "abc", "g" * 64):
        (tmp_path / "bad").write_text(text)
        with pytest.raises(keys.KeyTrouble):
            keys.read(tmp_path / "bad")


def test_the_record_shows_every_change_that_was_made_to_it(practice):
    practice.done()
    lines = list(sealed_lines(practice.clinic))
    head = (lines[-1]["number"], lines[-1]["digest"])
    assert faults(lines, head) == []
    dice = random.Random(7)
    for _ in range(60):
        broken = [dict(line) for line in lines]
        place = dice.randrange(len(broken))
        how = dice.choice(("alter", "delete", "swap", "copy"))
        if how == "alter":
            name = dice.choice(("at", "member", "act", "about", "patient"))
            broken[place][name] = "2020-01-01T00:00:00+00:00"
        elif how == "delete":
            del broken[place]
        elif how == "swap":
            other = place - 1 if place else 1
            broken[place], broken[other] = broken[other], broken[place]
        else:
            broken.insert(place, dict(broken[place]))
        assert faults(broken, head) != [], (how, place)


def test_a_record_can_be_verified_without_needlepoint(practice, tmp_path):
    practice.patient()
    assert records.verify(tmp_path).whole
    (written,) = tmp_path.glob("*.jsonl")
    asked = [sys.executable, "-I", ROOT / "tools" / "verify_record.py", written]
    assert subprocess.run(asked, capture_output=True, text=True).returncode == 0
    lines = written.read_text().splitlines()
    lines[1] = json.dumps(json.loads(lines[1]) | {"act": "nothing"})
    written.write_text("\n".join(lines) + "\n")
    told = subprocess.run(asked, capture_output=True, text=True)
    assert told.returncode == 1
    assert "line 2: altered" in told.stdout


@on_sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_names_are_on_no_disk_and_a_backup_is_whole_or_refused(tmp_path, monkeypatch):
    from dataclasses import replace

    practice = Practice.found("Harbour Skin")
    practice.patient(family_name="Sentinelname")
    backups.back_up(tmp_path / "copy", practice.at)
    stored = [
        path
        for path in [
            *Path(settings.DATABASES["default"]["TEST"]["NAME"]).parent.rglob("*"),
            *(tmp_path / "copy").rglob("*"),
        ]
        if path.is_file()
    ]
    assert len(stored) >= 3
    assert [path for path in stored if b"Sentinelname" in path.read_bytes()] == []
    assert backups.faults(tmp_path / "copy") == []
    monkeypatch.setattr(backups, "PLACE", replace(backups.PLACE, folder=tmp_path / "new"))
    backups.put_back(tmp_path / "copy")
    assert (tmp_path / "new" / "clinic.db").read_bytes() == (tmp_path / "copy" / "clinic.db").read_bytes()
    with pytest.raises(InputError, match="not empty"):
        backups.put_back(tmp_path / "copy")
    database = tmp_path / "copy" / "clinic.db"
    content = bytearray(database.read_bytes())
    content[len(content) // 2] ^= 1
    database.write_bytes(content)
    with pytest.raises(InputError, match=r"clinic\.db was altered"):
        backups.put_back(tmp_path / "copy")
