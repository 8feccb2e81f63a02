"""H04: a cartridge that was in one patient's skin goes into another's."""

from unittest import mock

import pytest

from needlepoint.clinic.access.checks import Stop
from needlepoint.clinic.chair.actions.stock import cartridge
from needlepoint.clinic.models import CartridgeUse


def test_of_two_who_both_saw_it_unused_one_gets_it(bites, practice):
    first = practice.consented()
    second = practice.consented(practice.planned(practice.course()))
    piece = practice.stocked()[0]

    def both_look_and_then_both_write():
        seen = cartridge.usable(practice.act(), practice.scan(piece))
        with mock.patch.object(cartridge, "usable", return_value=seen):
            cartridge.claim(practice.act(), first, practice.scan(piece))
            try:
                cartridge.claim(practice.act(), second, practice.scan(piece))
            except Stop as stop:
                assert "Used before" in str(stop)  # noqa: PT017 (the stop is what is looked at)
        assert CartridgeUse.objects.filter(cartridge=piece).count() == 1

    bites(both_look_and_then_both_write)


def test_a_used_cartridge_stops_whoever_scans_it(bites, practice):
    piece = practice.stocked()[0]
    practice.done(practice.opened(practice.consented(), piece))
    other = practice.consented(practice.planned(practice.course()))

    def it_is_scanned_again():
        try:
            practice.opened(other, piece)
        except Stop as stop:
            assert "Used before" in str(stop)  # noqa: PT017 (the stop is what is looked at)
            return
        raise AssertionError("the cartridge served twice")

    bites(it_is_scanned_again, instead=lambda *_: CartridgeUse.objects.get(cartridge=piece))


def test_no_session_is_opened_without_a_scan(practice):
    waiting = practice.consented()
    with pytest.raises(Stop, match="no serial"):
        practice.opened(waiting, cartridge.Scanned("", "", ""))
