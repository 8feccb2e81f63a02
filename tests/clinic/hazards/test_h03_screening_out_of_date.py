"""H03: the answers are from last time, and something has changed since."""

from datetime import timedelta

from needlepoint.clinic.access.checks import Refused


def test_answers_that_have_grown_old_open_no_session(bites, practice):
    waiting, piece = practice.consented(), practice.stocked()[0]
    # The clinic's day ends at 05:00 UTC, and some answers hold for one day only.
    midnight = practice.at.replace(hour=5, minute=0, second=0) + timedelta(days=1)

    def a_second_after_midnight():
        practice.at = midnight
        try:
            practice.opened(waiting, piece)
        except Refused as error:
            assert "asked" in str(error)  # noqa: PT017 (the refusal is what is looked at)
            return
        raise AssertionError("a session was opened on yesterday's answers")

    bites(a_second_after_midnight)


def test_a_second_before_they_still_stand(practice):
    waiting, piece = practice.consented(), practice.stocked()[0]
    practice.at = practice.at.replace(hour=5, minute=0, second=0) + timedelta(days=1, seconds=-3)
    assert practice.opened(waiting, piece).state == "under_way"
