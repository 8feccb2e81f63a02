"""Where a course stands: its state, since when it has ended, and what it keeps."""

from datetime import datetime, timedelta

import pytest
from tests.unit.course.factory import START

from needlepoint.course.errors import InputError
from needlepoint.course.standing import Standing
from needlepoint.course.states import CourseState


def test_a_course_is_under_way_unless_something_else_is_said():
    assert (Standing().state, Standing().ended) == (CourseState.ACTIVE, False)
    assert Standing().by(START) == Standing()


@pytest.mark.parametrize("state", [CourseState.COMPLETED, CourseState.STOPPED])
def test_a_course_that_has_ended_says_when(state):
    assert Standing(state, START).ended
    with pytest.raises(InputError, match="ended_at: is missing"):
        Standing(state)


@pytest.mark.parametrize("state", [CourseState.DRAFTED, CourseState.ACTIVE, CourseState.PAUSED])
def test_a_course_under_way_has_no_end(state):
    with pytest.raises(InputError, match="ended_at: belongs to a course that has ended"):
        Standing(state, START)


def test_before_its_end_a_course_was_under_way():
    kept = Standing(CourseState.COMPLETED, START, START - timedelta(days=9))
    assert not kept.by(START - timedelta(seconds=1)).ended
    assert kept.by(START - timedelta(seconds=1)).maintenance_since == START - timedelta(days=9)
    assert kept.by(START) == kept


def test_an_end_without_an_offset_is_refused():
    with pytest.raises(InputError, match="ended_at: "):
        Standing(CourseState.STOPPED, datetime(2026, 3, 2))  # noqa: DTZ001 - that is what is refused
