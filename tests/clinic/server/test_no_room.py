"""A disk that is full, or can only be read, is said as such: before, meanwhile and in the log, and nothing is lost."""

import errno
import json
import logging

import pytest
from django.db import OperationalError
from django.urls import reverse
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.practice.actions import sealed_files
from needlepoint.clinic.practice.views import record
from needlepoint.clinic.practice.views.door import room_left
from needlepoint.clinic.server import logs

FULL = OperationalError("database or disk is full")


@pytest.fixture(autouse=True)
def asked_anew():
    room_left.forget()
    yield
    room_left.forget()


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (FULL, "SQLITE_FULL", "disk is full"),
        (OSError(errno.ENOSPC, "No space left", "/home/ada/x"), "ENOSPC", "disk is full"),
        (OSError(errno.EROFS, "Read-only", "/home/ada/x"), "EROFS", "only be read"),
        (OperationalError("attempt to write a readonly database"), "SQLITE_READONLY", "only be read"),
    ],
)
def test_a_page_says_what_the_machine_refused_and_that_nothing_was_saved(
    practice, monkeypatch, error, code, words
):
    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(record, "saw", refuse)
    client = signed_in(practice, Role.AUDITOR)
    answer = client.get(reverse("record"))
    said = answer.content.decode()
    assert answer.status_code == 507
    assert words in said
    assert "Nothing was saved" in said
    assert "fault of the program" not in said
    assert code in said


def test_the_log_names_the_cause_and_nothing_of_what_was_written():
    try:
        raise RuntimeError("Ada Byron") from OSError(errno.ENOSPC, "No space left on device", "/home/ada")
    except RuntimeError as error:
        told = logging.LogRecord("x", logging.ERROR, "f", 1, "fault", (), (type(error), error, None))
        line = json.loads(logs.WithoutNames().format(told))
    assert line["cause"] == "ENOSPC"
    assert "ada" not in json.dumps(line).lower()


@pytest.mark.parametrize("error", [ValueError("disk"), KeyError("x"), RuntimeError("Ada is full")])
def test_any_other_error_has_no_cause_in_the_log(error):
    assert logs.cause(error) == ""


def test_every_page_says_when_there_is_little_room_left(practice, monkeypatch):
    client = signed_in(practice, Role.NURSE)
    for left, said in ((10_000_000_000, False), (40 * 1024 * 1024, True), (0, True)):
        monkeypatch.setattr(room_left.shutil, "disk_usage", lambda _, left=left: Usage(left))
        room_left.forget()
        shown = client.get(reverse("patients")).content.decode()
        assert ("nearly full" in shown) == said, left
        assert (f"{left // 1024**2} MB are left" in shown) == said


class Usage:
    def __init__(self, free):
        self.free = free


def test_an_upload_that_finds_no_room_leaves_no_half_behind(settings, tmp_path, monkeypatch):
    settings.PHOTO_FOLDER = tmp_path

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sealed_files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        sealed_files.keep("a.sealed", b"x" * 1000)
    assert list(tmp_path.iterdir()) == []
