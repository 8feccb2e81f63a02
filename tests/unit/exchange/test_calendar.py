"""A visit's calendar file says when, and nothing about whom or what for."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from needlepoint.exchange.calendar import visit

STARTS = datetime(2026, 3, 29, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
MADE = datetime(2026, 3, 2, 17, tzinfo=UTC)


def file(starts=STARTS, minutes=45, words="Appointment"):
    return visit(UUID(int=7), starts, starts + timedelta(minutes=minutes), words=words, made_at=MADE)


def test_another_program_reads_the_same_instants():
    event = Calendar.from_ical(file()).walk("VEVENT")[0]
    assert event["dtstart"].dt == STARTS.astimezone(UTC)
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=45)
    assert str(event["summary"]) == "Appointment"


def test_the_file_holds_nothing_but_the_time_and_a_neutral_word():
    names = {line.split(b":")[0].split(b";")[0] for line in file().split(b"\r\n") if line}
    assert names == {
        *(b"BEGIN", b"END", b"VERSION", b"PRODID", b"METHOD", b"UID", b"DTSTAMP", b"DTSTART", b"DTEND"),
        *(b"SUMMARY", b"CLASS", b"ACTION", b"DESCRIPTION", b"TRIGGER"),
    }


def test_the_same_visit_keeps_its_name_so_that_a_calendar_replaces_it():
    moved = file(STARTS + timedelta(days=1))
    uids = {str(Calendar.from_ical(each).walk("VEVENT")[0]["uid"]) for each in (file(), moved)}
    assert len(uids) == 1


def test_a_visit_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match="ends after it starts"):
        file(minutes=0)


@given(st.text(max_size=80))
def test_no_word_breaks_out_of_its_line(words):
    assert len(Calendar.from_ical(file(words=words)).walk("VEVENT")) == 1
