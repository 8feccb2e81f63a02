"""H05: a cartridge is used after its date, or from a lot that was called back."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.clinic.practice import Practice

from needlepoint.clinic.access.checks import Refused, Stop
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.stock import cartridge
from needlepoint.clinic.chair.actions.stock.cartridge import claim, usable
from needlepoint.clinic.chair.actions.stock.recall import recall
from needlepoint.clinic.chair.queries.stock import stock
from needlepoint.clinic.models import Cartridge
from needlepoint.clinic.practice.actions.act import Act

ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Australia/Lord_Howe",
)
LAST_DAY = date(2026, 6, 30)


def test_a_cartridge_may_be_used_through_its_last_day_by_the_clinics_calendar(bites, db):
    houses = {name: Practice.found(f"{name.rpartition('/')[2]} Skin", zone_name=name) for name in ZONES}
    pieces = {name: house.stocked(expires_on=LAST_DAY)[0] for name, house in houses.items()}

    def a_second_before_and_after_midnight():
        for name, house in houses.items():
            midnight = datetime.combine(LAST_DAY + timedelta(days=1), time(), ZoneInfo(name)).astimezone(UTC)
            scanned = house.scan(pieces[name])
            actor = house.actor(Role.NURSE)
            assert usable(Act(actor, midnight - timedelta(seconds=1), house.act().key), scanned)
            assert stopped(Act(actor, midnight, house.act().key), scanned), name

    bites(a_second_before_and_after_midnight, instead=cartridge._in_stock)


def stopped(act, scanned) -> bool:
    try:
        cartridge.usable(act, scanned)
    except Stop as stop:
        return "Expired" in str(stop)
    return False


# The claims above and below ask the module, not the name imported here, where a control is switched off.
def usable(act, scanned):  # noqa: F811 (so that a control put in its place is asked)
    return cartridge.usable(act, scanned)


def test_a_recalled_lot_is_blocked_from_that_moment(bites, practice):
    waiting, piece = practice.consented(), practice.stocked(lot="BAD")[0]
    recall(practice.act(Role.MEDICAL_DIRECTOR), lot="BAD", gtin="", reason="sterility in doubt")

    def it_is_scanned():
        try:
            practice.opened(waiting, piece)
        except Stop as stop:
            assert "Recalled" in str(stop)  # noqa: PT017 (the stop is what is looked at)
            return
        raise AssertionError("a recalled cartridge was used")

    bites(it_is_scanned, instead=lambda *_: False)


def test_a_recall_lists_exactly_those_who_were_exposed(bites, practice):
    sessions = [practice.consented(practice.planned(practice.course())) for _ in range(4)]
    bad, good = practice.stocked(200, lot="BAD"), practice.stocked(40, lot="GOOD")
    for place, piece in enumerate([*bad, *good]):
        claim(practice.act(), sessions[place % 4], practice.scan(piece))

    def the_list():
        listed = stock.exposed(practice.actor(Role.MEDICAL_DIRECTOR), "BAD")
        assert sorted(each.serial for each in listed) == sorted(each.serial for each in bad)

    bites(the_list, instead=lambda *_: [])


def test_an_expired_lot_is_not_even_taken_into_stock(practice):
    try:
        practice.stocked(expires_on=date(2026, 3, 1))
    except Refused:
        assert not Cartridge.objects.exists()
        return
    raise AssertionError("an expired lot was received")
