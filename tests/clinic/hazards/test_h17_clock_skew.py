"""H17: the server's clock is wrong, and the record with it."""

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.models import RecordLine
from needlepoint.clinic.practice.queries.record import record_faults


def test_a_clock_that_was_set_back_stops_the_writing(bites, practice):
    practice.patient()

    def two_days_earlier():
        before = RecordLine.objects.count()
        try:
            practice.later(days=-2).patient(given_name="Bea")
        except Refused as error:
            assert "clock" in str(error)  # noqa: PT017 (the refusal is what is looked at)
        finally:
            practice.later(days=2)
        assert RecordLine.objects.count() == before
        times = list(RecordLine.objects.order_by("number").values_list("at", flat=True))
        assert times == sorted(times)

    bites(two_days_earlier)


def test_after_a_leap_forward_the_record_is_still_whole_and_in_order(practice):
    practice.patient()
    practice.later(days=2).patient(given_name="Bea")
    practice.later(seconds=-50).patient(given_name="Cem")
    numbers = list(
        RecordLine.objects.filter(clinic=practice.clinic).order_by("id").values_list("number", flat=True)
    )
    assert numbers == list(range(1, len(numbers) + 1))
    assert record_faults(practice.clinic) == []
