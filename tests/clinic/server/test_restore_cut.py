"""A restore that is killed at any moment leaves nothing that is served, or the whole with its messages held."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.clinic.conftest import POSTGRESQL
from tests.clinic.server.test_identity import FOUNDED, House, connected

from needlepoint.clinic.server.keeping import photo_proof

pytestmark = pytest.mark.skipif(POSTGRESQL, reason="a PostgreSQL is restored in one transaction of its own")
PHOTOS = 60


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory):
    """A clinic with many sealed files, and its backup."""
    house = House(tmp_path_factory.mktemp("whole"))
    house.fine("create-clinic", "--name", "Harbour", "--email", "a@x.example", *FOUNDED)
    photos = house.folder / "photos"
    photos.mkdir()
    for number in range(PHOTOS):
        (photos / f"{number:032x}.sealed").write_bytes(os.urandom(200_000))
    house.run("backup", str(house.root / "copy"))
    shutil.rmtree(house.folder)
    return house


def begun(house) -> subprocess.Popen:
    command = [Path(sys.executable).with_name("needlepoint"), "restore", str(house.root / "copy")]
    return subprocess.Popen(
        command,
        env=house.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*")) if folder.exists() else 0


def held(house) -> int:
    with closing(connected(house)) as asked:
        return asked.execute("SELECT count(*) FROM clinic_sendinghold WHERE lifted_at IS NULL").fetchone()[0]


def check_nothing_or_whole(house) -> bool:
    """Return whether it is there as a whole; where it is not, nothing is served and the sentence says what to do."""
    code, said = house.run("verify-record")
    if "did not come to its end" in said or "is missing" in said:
        assert code == 1
        assert "restore" in said
        refused = house.run("serve", "--port", "65124")
        assert refused[0] == 1, refused
        return False
    assert files(house.folder / "photos") == PHOTOS
    assert held(house) == 1
    return True


def test_killed_at_any_moment_it_is_whole_or_not_there_and_done_again_it_is_whole(backed_up):
    house, coming = backed_up, backed_up.root / "folder.coming"
    # Among the photos, once all is laid out, while it is made ready, and near its end.
    moments = [
        lambda: files(coming) >= 3,
        lambda: files(coming) >= PHOTOS // 2,
        lambda: files(coming) > PHOTOS,
        (coming / "clinic.db-turn").exists,
        house.folder.exists,
    ]
    for number, reached in enumerate(moments):
        running = begun(house)
        while running.poll() is None and not reached():
            time.sleep(0.001)
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        if check_nothing_or_whole(house):
            shutil.rmtree(house.folder)
            assert number >= 3, "it cannot be whole yet"
    said = house.run("restore", str(house.root / "copy"))[1]
    assert "Restored, as of" in said
    assert "lift-hold" in said
    assert not coming.exists()
    assert check_nothing_or_whole(house)


def test_photos_that_are_missing_altered_strange_or_half_are_named(tmp_path):
    import hashlib

    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(name.encode())
    expected = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("a", "b", "c", "gone")}
    (tmp_path / "b").write_bytes(b"B")
    for name in ("stray", "half.coming"):
        (tmp_path / name).write_bytes(b"x")
    young = photo_proof.proof(tmp_path, expected)
    assert (young.missing, young.altered, young.strangers, young.halves) == (("gone",), ("b",), (), ())
    for name in ("stray", "half.coming"):
        os.utime(tmp_path / name, (0, 0))
    old = photo_proof.proof(tmp_path, expected)
    assert (old.strangers, old.halves) == (("stray",), ("half.coming",))
    assert not old.whole
    assert {
        word for line in old.lines for word in ("missing", "altered", "half", "no photo") if word in line
    } == {"missing", "altered", "half", "no photo"}
    assert photo_proof.clear_halves(tmp_path) == 1
    assert not (tmp_path / "half.coming").exists()
