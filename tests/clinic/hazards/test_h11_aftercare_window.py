"""H11: hours after a session are counted wrongly when the clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from needlepoint.clinic.practice.forms import typed
from needlepoint.course import instants
from needlepoint.course.errors import InputError

ZONES = (
    "America/New_York America/St_Johns America/Sao_Paulo Europe/Berlin Europe/Dublin Africa/Cairo Asia/Jerusalem "
    "Asia/Kathmandu Australia/Lord_Howe Pacific/Chatham Pacific/Apia America/Santiago Africa/Casablanca"
).split()
FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2033, 1, 1, tzinfo=UTC)


def switches(zone):
    """Every instant, to the half hour, at which the clocks of a zone change."""
    at = FIRST
    while at < LAST:
        if at.astimezone(zone).utcoffset() != (at + timedelta(days=1)).astimezone(zone).utcoffset():
            steps = [at + timedelta(minutes=30 * step) for step in range(50)]
            offsets = [step.astimezone(zone).utcoffset() for step in steps]
            yield next(steps[place] for place in range(1, 50) if offsets[place] != offsets[place - 1])
        at += timedelta(days=1)


ALL = [(zone, switch) for zone in map(ZoneInfo, ZONES) for switch in switches(zone)]


def test_hours_after_a_session_are_elapsed_hours_across_every_change_of_clocks(bites):
    assert len(ALL) > 100

    def each_switch():
        for zone, switch in ALL:
            for before, hours in ((1, 6), (5, 24), (30, 72)):
                ended = (switch - timedelta(hours=before)).astimezone(zone)
                after = instants.hours_after(ended, hours).astimezone(UTC)
                assert (after - ended.astimezone(UTC)).total_seconds() == hours * 3600, (zone, switch)

    bites(each_switch, instead=lambda instant, hours: instant + timedelta(hours=hours))


def test_a_time_of_day_that_the_clocks_skip_is_refused_and_one_that_comes_twice_is_one(bites):
    def each_switch():
        for zone, switch in ALL:
            for minutes in range(-90, 91, 15):
                local = (switch + timedelta(minutes=minutes)).astimezone(zone).replace(tzinfo=None, fold=0)
                moment = typed.instant({"at": local.isoformat()}, "at", zone)
                assert moment.astimezone(zone).replace(tzinfo=None) == local
            before = (switch - timedelta(hours=1)).astimezone(zone).utcoffset()
            ahead = switch.astimezone(zone).utcoffset() - before
            if ahead > timedelta():
                skipped = switch.astimezone(zone).replace(tzinfo=None) - ahead / 2
                assert refused(skipped, zone), (zone, skipped)

    bites(each_switch, instead=naive)


def refused(local, zone) -> bool:
    try:
        typed.instant({"at": local.isoformat()}, "at", zone)
    except InputError:
        return True
    return False


def naive(given, name, zone):
    return datetime.fromisoformat(given[name]).replace(tzinfo=zone).astimezone(UTC)
