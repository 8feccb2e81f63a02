"""Made for an example, at once for a clinic that is founded, or step by step: each way ends at the same tables."""

import json
import os
import re
import subprocess
import sys
from uuid import uuid4

import pytest
from django.db import connection
from tests.clinic import steps

MAKES = """
import json, sys
from needlepoint.cli.clinic import _make_place, _start, _migrate
_make_place()
_start()
_migrate()
from django.db import connection
from needlepoint.clinic.practice.queries.guards import missing
asked = json.loads(sys.argv[1])
with connection.cursor() as cursor:
    told = {}
    for name, sql in asked.items():
        cursor.execute(sql)
        told[name] = [[str(each) for each in row] for row in cursor.fetchall()]
from needlepoint.clinic.server.keeping.identity import seen
from datetime import UTC, datetime
steps = sorted(seen(datetime.now(UTC)).steps)
print(json.dumps({"missing": sorted(missing(connection)), "steps": steps, **told}))
"""
# Django's note of its history is no part of the tables; its table of groups' permissions, which nothing here uses, has
# wider keys where Django's own migrations made it.
SQLITE = {
    "tables": "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
    "AND name <> 'django_migrations'",
    "indexes": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    "triggers": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
}
POSTGRESQL = {
    "columns": "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, is_identity, "
    "collation_name FROM information_schema.columns WHERE table_schema = 'public' "
    "AND table_name NOT IN ('django_migrations', 'auth_group_permissions')",
    "constraints": "SELECT conrelid::regclass::text, contype, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'django_migrations'",
    "indexes": "SELECT tablename, regexp_replace(indexdef, 'INDEX .* ON', 'INDEX ON') FROM pg_indexes "
    "WHERE schemaname = 'public' AND tablename <> 'django_migrations'",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}


def parts(sql):
    """A statement as the set of its parts, since a column that was added later stands last."""
    sql = re.sub(r'"new__', '"', re.sub(r"\s+", " ", sql))
    head, _, inside = sql.partition("(")
    depth, held, found = 0, "", []
    for each in inside.strip().removesuffix(")"):
        depth += (each == "(") - (each == ")")
        if each == "," and not depth:
            found.append(held.strip())
            held = ""
        else:
            held += each
    return [head.strip(), *sorted([*found, held.strip()])]


def made(folder, **more):
    folder.mkdir()
    own = {name: value for name, value in os.environ.items() if not name.startswith("NEEDLEPOINT_")}
    places = {"NEEDLEPOINT_FOLDER": str(folder / "data"), "NEEDLEPOINT_KEY_FILE": str(folder / "key")}
    asked = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    own.pop("DJANGO_SETTINGS_MODULE", None)
    own |= places | {"NEEDLEPOINT_HTTPS": "no"} | more
    command = [sys.executable, "-c", MAKES, json.dumps(asked)]
    said = subprocess.run(command, env=own, capture_output=True, text=True, timeout=900)
    assert said.returncode == 0, said.stderr[-2000:]
    return json.loads(said.stdout.splitlines()[-1])


def place(kind):
    """Where a database of its own lies; on SQLite in its folder."""
    if connection.vendor != "postgresql":
        return {}
    import psycopg

    name = f"{kind}_{uuid4().hex[:8]}"
    with psycopg.connect(os.environ["NEEDLEPOINT_DATABASE"], autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    return {
        "NEEDLEPOINT_DATABASE": re.sub(
            r"/[^/?]*(\?|$)", rf"/{name}\1", os.environ["NEEDLEPOINT_DATABASE"], count=1
        )
    }


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    return made(tmp_path_factory.mktemp("one") / "founded", **place("founded"))


@pytest.mark.slow
def test_an_example_and_a_founded_clinic_have_the_same_tables_indexes_and_guards(founded, tmp_path):
    example = made(tmp_path / "example", **place("example"), NEEDLEPOINT_EXAMPLE="yes")
    assert_same(founded, "a founded clinic", example, "an example")


@pytest.mark.slow
def test_made_at_once_and_made_step_by_step_a_clinic_has_the_same_tables_indexes_and_guards(
    founded, tmp_path
):
    """Where it fails the newest step was written into one of the two; it belongs after both."""
    alone = {
        "PYTHONPATH": str(steps.laid_out(tmp_path / "alone")),
        "DJANGO_SETTINGS_MODULE": steps.SETTINGS_MODULE,
    }
    stepped = made(tmp_path / "stepped", **place("stepped"), **alone)
    assert_same(founded, "a clinic made at once", stepped, "one made step by step")
    # So the next start of the one finds nothing to be done, and takes the other for no newer program's.
    assert stepped["steps"] == steps.names()
    assert founded["steps"] == sorted([*steps.names(), steps.AT_ONCE])


def assert_same(one, its_name, other, other_name):
    assert one["missing"] == other["missing"] == []
    for name in SQLITE if connection.vendor == "sqlite" else POSTGRESQL:
        of_one, of_other = ({json.dumps(_plain(row)) for row in told[name]} for told in (one, other))
        assert of_one
        assert of_one - of_other == set(), f"{name} that only {its_name} has"
        assert of_other - of_one == set(), f"{name} that only {other_name} has"


def _plain(row):
    return [parts(each) if each.upper().startswith("CREATE TABLE") else each for each in row]
