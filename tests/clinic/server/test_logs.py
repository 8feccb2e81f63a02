"""What goes wrong is in the log with its place in the code, and with nobody's name."""

import json
import logging
import sys

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.test_pages import send, signed_in

from needlepoint.clinic.chair.actions import patient as actions
from needlepoint.clinic.server.logs import WithoutNames

NAME = "Zzyzxova"


@pytest.fixture
def log(capsys):
    """The lines written meanwhile."""
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.fixture
def live(db):
    return Practice.of_today("Harbour Skin")


def breaks(*_, **__):
    raise IntegrityError(f"Key (family_name)=({NAME}) already exists.")


def test_a_fault_is_told_by_its_kind_page_and_place_and_not_by_what_was_typed(live, log, monkeypatch):
    monkeypatch.setattr(actions, "register", breaks)
    client = signed_in(live)
    client.raise_request_exception = False
    typed = {
        "given_name": "Ada",
        "family_name": NAME,
        "born_on": "1990-05-14",
        "sex": "female",
        "skin_type": "III",
    }
    assert send(client, reverse("register"), **typed).status_code == 500
    (line,) = log()
    assert (line["level"], line["status"], line["verb"], line["page"]) == ("ERROR", 500, "POST", "register")
    assert line["error"] == "IntegrityError"
    assert any("test_logs.py" in step and step.endswith("breaks") for step in line["where"])
    assert NAME not in json.dumps(line)


def test_foreign_messages_are_written_without_what_they_were_filled_with(log):
    logging.getLogger("somebody.elses").warning("No mail to %s", NAME)
    (line,) = log()
    assert line["says"] == "No mail to %s"
    assert NAME not in json.dumps(line)


def test_our_own_messages_are_written_whole(log):
    logging.getLogger("needlepoint.clinic").warning("A mail was not sent: %s.", "TimeoutError")
    assert log()[0]["says"] == "A mail was not sent: TimeoutError."


@pytest.mark.django_db
def test_scanners_and_lost_pages_leave_the_log_empty(log):
    client = Client(raise_request_exception=False)
    assert client.get("/", headers={"host": "elsewhere.example"}).status_code == 400
    assert client.get(f"/{NAME}").status_code in (302, 404)
    assert log() == []


def test_without_this_form_the_name_would_stand_there():
    try:
        breaks()
    except IntegrityError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "", 0, "Fault: %s", (NAME,), sys.exc_info()
        )
    assert NAME in logging.Formatter().format(record)
    assert NAME not in WithoutNames().format(record)
