"""A backup is whole or refused: the same hashes after restoring, and no bit of it can change unnoticed."""

import os
import random
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import connection
from tests.clinic.conftest import POSTGRESQL, SERVER
from tests.clinic.practice import Practice
from tests.clinic.wings.chair.test_photos import picture

from needlepoint.clinic.models import RecordHead
from needlepoint.clinic.server.keeping import backups, keys, postgres_dump
from needlepoint.course.errors import InputError

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]
# `make soak` asks for 1,000.
FLIPS = int(os.environ.get("NEEDLEPOINT_FLIPS", "200"))
PLANTED = "Sentinelname"


def in_database(name: str) -> str:
    return SERVER.get_uri(database=name)


@pytest.fixture
def house(monkeypatch):
    """A practice with a patient who must not be readable anywhere, and a photo."""
    if POSTGRESQL:
        monkeypatch.setenv("PATH", f"{SERVER.bin_path}{os.pathsep}{os.environ['PATH']}")
        name = connection.settings_dict["NAME"]
        monkeypatch.setattr(backups, "PLACE", replace(backups.PLACE, database=in_database(name)))
    practice = Practice.found("Harbour Skin")
    of = practice.patient(family_name=PLANTED, phone="555-0177-PLANTED", allergies=f"{PLANTED} allergy")
    practice.planned(practice.course(of))
    practice.photographed(of, picture())
    return practice


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_no_name_is_readable_in_the_data_folder_or_in_a_backup(house, tmp_path):
    backups.back_up(tmp_path / "copy", house.at)
    looked_at = files(tmp_path / "copy") + files(Path(settings.PHOTO_FOLDER))
    if not POSTGRESQL:
        looked_at += files(Path(settings.DATABASES["default"]["TEST"]["NAME"]).parent)
    assert len(looked_at) >= 3
    for path in looked_at:
        content = path.read_bytes()
        for planted in (PLANTED, "555-0177-PLANTED", "JFIF"):
            assert planted.encode() not in content, path
            assert planted.encode("utf-16-le") not in content, path


def test_any_bit_that_flips_in_a_backup_is_found(house, tmp_path):
    folder = tmp_path / "copy"
    backups.back_up(folder, house.at)
    assert backups._all_faults(folder) == []
    dice = random.Random(2026)
    for _ in range(FLIPS):
        path = dice.choice(files(folder))
        content = path.read_bytes()
        place = dice.randrange(len(content))
        path.write_bytes(
            content[:place] + bytes([content[place] ^ 1 << dice.randrange(8)]) + content[place + 1 :]
        )
        assert backups.faults(folder) != [], (path.name, place)
        path.write_bytes(content)
    assert backups.faults(folder) == []


def test_a_file_taken_out_or_put_in_is_found(house, tmp_path):
    folder = tmp_path / "copy"
    backups.back_up(folder, house.at)
    (folder / "photos" / "more.sealed").write_bytes(b"x")
    assert backups.faults(folder) == ["photos/more.sealed does not belong to it"]
    (folder / "photos" / "more.sealed").unlink()
    next((folder / "photos").iterdir()).unlink()
    assert "is missing" in backups.faults(folder)[0]


def test_a_list_written_anew_without_the_key_is_refused(house, tmp_path, monkeypatch):
    folder = tmp_path / "copy"
    backups.back_up(folder, house.at)
    (tmp_path / "other").write_text("ab" * 32)
    (tmp_path / "other").chmod(0o600)
    monkeypatch.setattr(backups, "PLACE", replace(backups.PLACE, key_file=tmp_path / "other"))
    assert "another key" in backups.faults(folder)[0]


def test_a_restored_backup_has_the_same_hashes(house, tmp_path, monkeypatch):
    folder = tmp_path / "copy"
    backups.back_up(folder, house.at)
    head = RecordHead.objects.get(clinic=house.clinic)
    place = replace(backups.PLACE, folder=tmp_path / "new")
    name = f"restored_{uuid4().hex[:8]}"
    if POSTGRESQL:
        SERVER.psql(f"CREATE DATABASE {name};")
        place = replace(place, database=in_database(name))
    monkeypatch.setattr(backups, "PLACE", place)
    backups.put_back(folder)
    photos = [path.relative_to(folder) for path in files(folder / "photos")]
    assert photos
    for path in photos:
        assert (tmp_path / "new" / path).read_bytes() == (folder / path).read_bytes()
    assert heads(tmp_path / "new" / "clinic.db", name) == [(head.number, head.digest)]
    with pytest.raises(InputError, match="not empty"):
        backups.put_back(folder)


def heads(path: Path, name: str) -> list[tuple[int, str]]:
    """Read the restored record's head, past Django."""
    asked = "SELECT number, digest FROM clinic_recordhead"
    if POSTGRESQL:
        import psycopg

        with psycopg.connect(in_database(name)) as restored:
            return restored.execute(asked).fetchall()
    from sqlcipher3 import dbapi2

    restored = dbapi2.connect(str(path))
    try:
        restored.execute(f"PRAGMA key = \"x'{keys.read(backups.PLACE.key_file).database}'\"")
        return restored.execute(asked).fetchall()
    finally:
        restored.close()


def test_the_pieces_of_a_sealed_dump_cannot_change_places_or_be_cut_off(tmp_path, monkeypatch):
    import io

    monkeypatch.setattr(postgres_dump, "PIECE", 100)
    key, text = bytes(32), bytes(range(256)) * 2
    sealed = list(postgres_dump._sealed(io.BytesIO(text), key))
    path = tmp_path / "dump"

    def read(pieces: list[bytes]) -> bytes:
        path.write_bytes(b"".join(pieces))
        return b"".join(postgres_dump.opened(path, key))

    assert read(sealed) == text
    head, *pieces = sealed
    assert len(pieces) == 6
    for wrong in (pieces[:-1], pieces[1:], [pieces[1], pieces[0], *pieces[2:]], [*pieces, pieces[-1]], []):
        with pytest.raises(InvalidTag):
            read([head, *wrong])


def test_without_the_tools_a_backup_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    place = replace(backups.PLACE, database="postgresql://nobody@localhost/x")
    with pytest.raises(InputError, match="pg_dump"):
        postgres_dump.dump(place, bytes(32), tmp_path / "dump")
