"""Somebody who takes cartridges in, and what is stored then."""

import re
from datetime import date

from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.test_pages import send, signed_in

from needlepoint.clinic.access.checks import Stop
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.stock import cartridge, stock
from needlepoint.clinic.chair.actions.stock.cartridge import Scanned
from needlepoint.clinic.models import Cartridge

ARTICLE = "04006381333931"
GOOD = "01040063813339311728123110"
GS = "\x1d"
UNTIL = date(2028, 12, 31)
EXPIRED = date(2020, 1, 15)


def at_the_desk():
    """A practice of today, and its administrator signed in."""
    house = Practice.of_today("Harbour Skin")
    house.client = signed_in(house, Role.CLINIC_ADMIN)
    return house


def take(desk, code, **more):
    return send(desk.client, reverse("receive"), code=code, pieces="1", **more)


def stored():
    return [(each.gtin, each.lot, each.serial, each.expires_on) for each in Cartridge.objects.order_by("pk")]


def page(desk, address):
    """What a page says, without its tags."""
    shown = desk.client.get(address)
    assert shown.status_code == 200, address
    return plain(shown)


def plain(shown):
    return " ".join(re.sub(r"<[^>]+>", " ", shown.content.decode()).split())


def put(desk, lot="D00", serial="P9", article=ARTICLE):
    [made] = stock.receive(desk.act(), scanned=Scanned(article, lot, serial, UNTIL), pieces=1)
    return made


def block(desk, lot, gtin="", reason="Letter of the maker.", **more):
    return send(desk.client, reverse("recall"), lot=lot, gtin=gtin, reason=reason, **more)


def is_stopped(desk, piece):
    try:
        cartridge.usable(desk.act(), desk.scan(piece))
    except Stop as stop:
        return "Recalled" in str(stop)
    return False
