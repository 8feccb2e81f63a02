"""An installation knows its clinic: no other database is served, worked on, backed up or verified in its place."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from tests.clinic.conftest import POSTGRESQL, SERVER

from needlepoint.clinic.server.keeping import keys

MASTER = "0123456789abcdef" * 4
FOUNDED = ("--zone", "Europe/Madrid", "--country", "ES", "--person", "Ada")
MEMBER = ("--profession", "nurse", "--role", "nurse")


@dataclass
class House:
    """An installation of its own, by its command line."""

    root: Path
    database: str = ""

    @property
    def folder(self) -> Path:
        return self.root / "folder"

    @property
    def key(self) -> Path:
        return self.root / "keys" / "key"

    @property
    def known(self) -> Path:
        return self.root / "keys" / "key.clinic"

    @property
    def environment(self) -> dict[str, str]:
        started = {name: value for name, value in os.environ.items() if name != "NEEDLEPOINT_TEST_DATABASE"}
        return started | {
            "NEEDLEPOINT_FOLDER": str(self.folder),
            "NEEDLEPOINT_KEY_FILE": str(self.key),
            "NEEDLEPOINT_DATABASE": self.database,
            "NEEDLEPOINT_HTTPS": "no",
            **({"PATH": f"{SERVER.bin_path}{os.pathsep}{os.environ['PATH']}"} if SERVER else {}),
        }

    def run(self, *words, **more) -> tuple[int, str]:
        command = [Path(sys.executable).with_name("needlepoint"), *words]
        ran = subprocess.run(
            command, env=self.environment | more, capture_output=True, text=True, timeout=300
        )
        assert "Traceback" not in ran.stderr, ran.stderr
        return ran.returncode, ran.stdout + ran.stderr

    def fine(self, *words) -> str:
        code, said = self.run(*words)
        assert code == 0, said
        return said

    def refused(self, *words) -> str:
        """Run a command that must be refused, in one sentence and with rc 1."""
        code, said = self.run(*words)
        assert code == 1, (words, code, said)
        assert said.startswith("needlepoint: "), said
        assert said.count("\n") == 1, said
        return said

    def all_refuse(self) -> set[str]:
        """Ask every command that must not touch what is not ours; return the different sentences."""
        added = (
            "add-member",
            "--by",
            "a@x.example",
            "--email",
            f"{uuid4().hex[:6]}@x.example",
            "--person",
            "Bea",
        )
        asked = (
            ("serve", "--port", "65123"),
            ("work",),
            ("verify-record",),
            ("backup", str(self.root / uuid4().hex)),
            (*added, *MEMBER),
        )
        with ThreadPoolExecutor(len(asked)) as at_once:
            return set(at_once.map(lambda words: self.refused(*words), asked))

    def add(self, name: str) -> None:
        added = (
            "add-member",
            "--by",
            "a@x.example",
            "--email",
            f"{name}@x.example",
            "--person",
            name,
            *MEMBER,
        )
        self.fine(*added)


def database(template: str = "") -> str:
    if not POSTGRESQL:
        return ""
    name = f"house_{uuid4().hex[:8]}"
    SERVER.psql(f"CREATE DATABASE {name} {f'TEMPLATE {template}' if template else ''};")
    return SERVER.get_uri(database=name)


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A house that was founded once, to be copied."""
    made = House(tmp_path_factory.mktemp("founded"), database())
    made.fine("create-clinic", "--name", "Harbour", "--email", "a@x.example", *FOUNDED)
    made.add("bea")
    made.fine("verify-record")
    return made


@pytest.fixture
def house(founded, tmp_path):
    shutil.copytree(founded.root, tmp_path / "house")
    return House(tmp_path / "house", database(urlsplit(founded.database).path.strip("/")))


def emptied(house) -> None:
    if POSTGRESQL:
        with closing(connected(house)) as asked:
            asked.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    else:
        for path in house.folder.glob("clinic.db*"):
            path.unlink()


def connected(house):
    if POSTGRESQL:
        import psycopg

        return psycopg.connect(house.database, autocommit=True)
    from sqlcipher3 import dbapi2

    asked = dbapi2.connect(str(house.folder / "clinic.db"), isolation_level=None)
    asked.execute(f"PRAGMA key = \"x'{keys.read(house.key).database}'\"")
    return asked


def test_a_database_that_is_gone_is_refused_by_every_command_and_never_made_anew(house):
    emptied(house)
    (sentence,) = house.all_refuse()
    assert "1 clinic" in sentence, sentence
    founding = ("create-clinic", "--name", "Other", "--email", "b@x.example", *FOUNDED)
    assert "1 clinic" in house.refused(*founding)
    if not POSTGRESQL:
        assert not (house.folder / "clinic.db").exists(), "not even looking makes one"


@pytest.mark.skipif(POSTGRESQL, reason="a PostgreSQL is no file")
def test_a_database_cut_to_nothing_is_refused(house):
    for path in house.folder.glob("clinic.db*"):
        path.unlink()
    (house.folder / "clinic.db").touch()
    (sentence,) = house.all_refuse()
    assert "is empty" in sentence


def test_tables_without_a_clinic_are_refused_also_where_nothing_is_known(house):
    house.known.unlink()
    with closing(connected(house)) as asked:
        lifted(asked)
        asked.execute(cleared())
    (sentence,) = house.all_refuse()
    assert "holds no clinic" in sentence


def lifted(asked) -> None:
    """Take the guards away, as somebody would who empties tables by hand."""
    if POSTGRESQL:
        asked.execute("SET session_replication_role = replica")
        return
    rows = asked.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in rows:
        asked.execute(f'DROP TRIGGER "{name}"')


def cleared() -> str:
    if POSTGRESQL:
        return "TRUNCATE clinic_clinic CASCADE"
    return "DELETE FROM clinic_clinic"


def test_an_older_copy_laid_back_by_hand_is_refused_until_somebody_answers_for_it(house):
    older = house.root / "older"
    if POSTGRESQL:
        with closing(connected(house)) as asked:
            kept = asked.execute("SELECT number, digest FROM clinic_recordhead").fetchone()
    else:
        shutil.copytree(house.folder, older)
    house.add("cem")
    house.fine("verify-record")
    if POSTGRESQL:
        with closing(connected(house)) as asked:
            asked.execute("ALTER TABLE clinic_recordline DISABLE TRIGGER USER")
            asked.execute("ALTER TABLE clinic_recordhead DISABLE TRIGGER USER")
            asked.execute("DELETE FROM clinic_recordline WHERE number > %s", [kept[0]])
            asked.execute("UPDATE clinic_recordhead SET number = %s, digest = %s", kept)
    else:
        shutil.rmtree(house.folder)
        shutil.copytree(older, house.folder)
    sentences = house.all_refuse()
    assert all("is older than what this installation knows" in each for each in sentences)
    taken = ("accept-database", "--by", "a@x.example")
    assert house.run(*taken, "--why", " ")[0] == 2
    assert "Taken as it is" in house.fine(*taken, "--why", "the disk is lost")
    house.run("verify-record")
    with closing(connected(house)) as asked:
        found = asked.execute("SELECT act FROM clinic_recordline ORDER BY number DESC LIMIT 1").fetchone()
    assert found[0] == "took database as it is"
    assert "nothing to accept" in house.run(*taken, "--why", "again")[1]


def test_another_installations_database_is_refused(house, tmp_path):
    other = House(tmp_path / "other", database())
    other.key.parent.mkdir(parents=True)
    shutil.copy(house.key, other.key)
    other.fine("create-clinic", "--name", "Hill", "--email", "a@x.example", *FOUNDED)
    other.add("bea")
    if POSTGRESQL:
        house.database = other.database
    else:
        shutil.rmtree(house.folder)
        shutil.copytree(other.folder, house.folder)
    (sentence,) = house.all_refuse()
    assert "another installation" in sentence


def test_an_older_program_refuses_a_newer_database(house):
    with closing(connected(house)) as asked:
        later = "('clinic', '9999_later', '2030-01-01')"
        asked.execute(f"INSERT INTO django_migrations (app, name, applied) VALUES {later}")
    (sentence,) = house.all_refuse()
    assert "newer program" in sentence
    assert "9999_later" in sentence


def test_a_database_that_was_made_step_by_step_is_not_of_an_older_program(house):
    with closing(connected(house)) as asked:
        found = asked.execute("DELETE FROM django_migrations WHERE name = '0018_all_at_once'")
        assert found.rowcount == 1
    house.fine("verify-record")


def test_a_database_of_an_older_program_is_backed_up_but_not_worked_on_until_it_is_brought_up_to_date(house):
    with closing(connected(house)) as asked:
        asked.execute(
            "DELETE FROM django_migrations WHERE app = 'clinic' AND name = (SELECT max(name) FROM "
            "django_migrations WHERE app = 'clinic')"
        )
    assert "older program" in house.refused("verify-record")
    assert "older program" in house.refused("work")
    house.fine("backup", str(house.root / "before"))


@pytest.mark.parametrize("change", [b"", b"{}", b"not json", b"\xff\xfe"])
def test_what_is_known_cannot_be_read_or_was_altered(house, change):
    told = json.loads(house.known.read_text())
    house.known.write_text(json.dumps(told | {"patients": 7}))
    (sentence,) = house.all_refuse()
    assert "was altered" in sentence
    house.known.write_bytes(change)
    (sentence,) = house.all_refuse()
    assert "cannot be read" in sentence


def test_an_installation_from_before_is_known_from_its_first_start_on(house):
    house.known.unlink()
    assert "From now on" in house.fine("verify-record")
    assert house.known.stat().st_mode & 0o077 == 0
    assert "From now on" not in house.fine("verify-record")


def test_nothing_of_a_clinic_lies_readable_beside_the_key(house):
    told = house.known.read_text()
    assert "Harbour" not in told
    assert "Ada" not in told


def test_a_lost_key_is_never_replaced_by_a_new_one(house):
    kept = house.key.read_text()
    house.key.unlink()
    founding = ("create-clinic", "--name", "Other", "--email", "b@x.example", *FOUNDED)
    assert "put the key back" in house.refused(*founding)
    assert not house.key.exists()
    code, said = house.run("verify-record")
    assert code == 2
    assert "put it back" in said
    for form in (kept.upper(), f"\ufeff{kept}", f"  {kept}\n\n"):
        house.key.write_text(form, encoding="utf-8")
        house.key.chmod(0o600)
        house.fine("verify-record")
    house.key.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read as text" in house.run("verify-record")[1]
    house.key.write_text("ff" * 32)
    assert "not the key that it was made with" in house.refused("verify-record")
    house.known.unlink()
    if not POSTGRESQL:
        assert "does not open the database" in house.refused("verify-record")


@pytest.mark.skipif(POSTGRESQL, reason="a PostgreSQL looks after its own pages")
def test_a_database_whose_pages_do_not_fit_is_not_served(house):
    path = house.folder / "clinic.db"
    content = bytearray(path.read_bytes())
    for place in range(40_000, len(content), 4096 * 7):
        content[place] ^= 1
    path.write_bytes(content)
    for command in (("serve", "--port", "65123"), ("verify-record",)):
        code, said = house.run(*command)
        assert code in (1, 74), said
        assert "damaged" in said or "disk of the database" in said, said
        assert "defect" not in said


def test_ports_and_threads_that_cannot_be_are_refused_in_a_sentence(house):
    for words in (("--threads", "0"), ("--port", "99999"), ("--port", "0")):
        code, said = house.run("serve", *words)
        assert (code, said.count("\n")) == (2, 1), said


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_taken_port_is_refused_before_anything_is_begun(house, command):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, said = house.run(command, "--port", str(taken.getsockname()[1]))
    assert code == 2
    assert "cannot listen" in said
    assert "Drawing a year" not in said
