"""What a session has shown decides what opens; a changed credential ends the others. In 300 orders, for real."""

import random
import time

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from tests.clinic.doors import PASSWORD, SECRET, code_of, is_in, sign_in, with_factor, with_password
from tests.clinic.practice import Practice

from needlepoint.clinic.access.assurance import Standing, factor_shown, standing, way_in
from needlepoint.clinic.access.callers import Caller
from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import Member, ShutOut
from needlepoint.clinic.practice.actions import members

OTHER = "another-long-needle-2027"
STRANGER = Caller("192.0.2.0/24", "Firefox on Linux")
NO_FACTOR, FACTOR = [{"method": "password", "at": 1.0}], {"method": "mfa", "type": "totp", "id": 1, "at": 2.0}
ORDERS = 300


def test_a_factor_that_is_held_must_be_shown_and_one_that_is_not_must_be_added():
    for required in (True, False):
        assert standing(holds=True, shown=True, required=required) is Standing.OPEN
        assert standing(holds=True, shown=False, required=required) is Standing.CLOSED
    for shown in (True, False):
        assert standing(holds=False, shown=shown, required=True) is Standing.ENROL
        assert standing(holds=False, shown=shown, required=False) is Standing.OPEN


@pytest.mark.parametrize(
    ("records", "shown", "way"),
    [
        ([], False, "password"),
        (NO_FACTOR, False, "password"),
        ([*NO_FACTOR, FACTOR], True, "password and code"),
        ([*NO_FACTOR, FACTOR | {"type": "recovery_codes"}], True, "password and recovery code"),
        ([*NO_FACTOR, FACTOR | {"type": "webauthn"}], True, "password and security key"),
        ([FACTOR | {"type": "webauthn", "passwordless": True}], True, "passkey"),
    ],
)
def test_what_a_session_has_shown_is_read_from_what_the_library_noted(records, shown, way):
    assert factor_shown(records, enrolled=False) is shown
    assert factor_shown(records, enrolled=True)
    assert way_in(records) == way


@pytest.fixture
def house(transactional_db, emptied, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ACCOUNT_RATE_LIMITS = False
    cache.clear()
    return Practice.of_today("Harbour Skin")


def enrolled(client):
    """Add a one-time code in the browser; return its secret."""
    secret = client.get(reverse("mfa_activate_totp")).context_data["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.status_code == 302, answer.content
    return secret


def shown_again(client, secret):
    cache.clear()
    return client.post(reverse("mfa_reauthenticate"), {"code": code_of(secret)})


def test_who_enrols_shows_a_factor_by_that_and_ends_every_session_that_never_did(house):
    member = with_password(house.members[Role.NURSE])
    thief, _ = sign_in(member)
    owner, _ = sign_in(member)
    assert not is_in(owner)
    before = owner.cookies["sessionid"].value
    secret = enrolled(owner)
    assert is_in(owner)
    assert owner.cookies["sessionid"].value != before
    assert thief.get(reverse("day")).url.startswith(reverse("account_login"))
    again, _ = sign_in(member, secret=secret)
    assert is_in(again)


def test_a_password_alone_neither_reads_nor_removes_what_the_owner_holds(house):
    """A session that is as the thief's was, put beside the owner's: nothing of the account opens to it."""
    member = with_factor(house.members[Role.NURSE])
    thief = Client()
    thief.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    for name in (
        "mfa_index",
        "mfa_view_recovery_codes",
        "mfa_deactivate_totp",
        "mfa_activate_totp",
        "my_sign_ins",
    ):
        for verb in ("get", "post"):
            answer = getattr(thief, verb)(reverse(name))
            assert answer.status_code == 302, name
            assert answer.url.startswith(reverse("account_login")), name
    assert Authenticator.objects.filter(user=member).exists()


def test_before_a_credential_is_changed_the_strongest_factor_is_asked_for(house):
    member = with_factor(house.members[Role.NURSE])
    client, _ = sign_in(member)
    for name in (
        "mfa_deactivate_totp",
        "mfa_generate_recovery_codes",
        "mfa_add_webauthn",
        "account_change_password",
    ):
        answer = client.get(reverse(name))
        assert answer.status_code == 302, name
        assert answer.url.startswith(reverse("mfa_reauthenticate")), name
        # The password is no way round.
        asked = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        assert asked.url.startswith(reverse("mfa_reauthenticate")), name
    new = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    client.post(reverse("account_change_password"), new)
    member.refresh_from_db()
    assert member.check_password(PASSWORD)
    assert OTHER not in str(dict(client.session))
    shown_again(client, SECRET)
    client.post(reverse("account_change_password"), new)
    member.refresh_from_db()
    assert member.check_password(OTHER)


def test_a_one_time_link_stands_for_its_password_for_some_minutes_and_no_longer(house, settings, monkeypatch):
    settings.SECOND_FACTOR_REQUIRED = False
    house.catch_up()
    admin = house.members[Role.CLINIC_ADMIN]
    token, client = members.make_way_in(admin, house.at), Client()
    client.post(reverse("way_in", args=[token]), {"password1": PASSWORD, "password2": PASSWORD})
    assert client.get(reverse("take_on")).status_code == 200
    later = time.time() + settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert client.get(reverse("take_on")).url.startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(reverse("take_on")).status_code == 200


@pytest.mark.parametrize("what", ["remove", "codes", "password"])
def test_whatever_credential_is_changed_ends_the_other_sessions_and_not_this_one(house, what):
    member = with_factor(house.members[Role.NURSE])
    elsewhere, _ = sign_in(member)
    client, _ = sign_in(member)
    assert is_in(elsewhere)
    assert is_in(client)
    shown_again(client, SECRET)
    before = client.cookies["sessionid"].value
    if what == "remove":
        client.post(reverse("mfa_deactivate_totp"))
        assert client.get(reverse("day")).url == reverse("mfa_index")
    elif what == "codes":
        client.post(reverse("mfa_generate_recovery_codes"))
        assert is_in(client)
    else:
        client.post(
            reverse("account_change_password"),
            {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER},
        )
        assert is_in(client)
    assert client.cookies["sessionid"].value != before
    assert elsewhere.get(reverse("day")).url.startswith(reverse("account_login"))


def test_a_recovery_code_stands_for_the_factor_that_was_lost(house):
    member = with_password(house.members[Role.NURSE])
    owner, _ = sign_in(member)
    enrolled(owner)
    # Right after a factor was added they are shown at once; later it is asked again who it is.
    assert owner.get(reverse("mfa_view_recovery_codes")).status_code == 200
    again, _ = sign_in(member, secret=Authenticator.objects.get(user=member, type="totp").data["secret"])
    assert again.get(reverse("mfa_view_recovery_codes")).url.startswith(reverse("mfa_reauthenticate"))
    code = Authenticator.objects.get(user=member, type="recovery_codes").wrap().get_unused_codes()[0]
    client = Client()
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert is_in(client)


class Orders:
    """One clinic, one member, three browsers, and whatever happens to them; after each step the law is looked at."""

    def __init__(self, house, dice):
        self.house, self.dice = house, dice
        self.member = with_password(house.members[Role.NURSE])
        self.password, self.secret = PASSWORD, None
        self.browsers = [Client() for _ in range(3)]
        # Which of them showed a factor since it signed in: the test's own knowledge, not the server's.
        self.shown = [False] * 3
        self.path = []

    def run(self, steps):
        for _ in range(steps):
            step = self.dice.choice(STEPS)
            at = self.dice.randrange(3)
            self.path.append(f"{step} {at}")
            cache.clear()
            getattr(self, step)(at)
            self.look()

    def look(self):
        for place, browser in enumerate(self.browsers):
            opens = is_in(browser) or browser.get(reverse("patients")).status_code == 200
            assert not opens or self.shown[place], (self.path, place)
            # What the account holds is no more open than a chart.
            codes = browser.get(reverse("mfa_view_recovery_codes"))
            assert codes.status_code != 200 or self.shown[place], (self.path, place)

    def sign_in(self, at):
        self.browsers[at].post(reverse("account_logout"))
        _, answer = sign_in(self.member, self.password, self.secret or SECRET, self.browsers[at])
        self.shown[at] = self.secret is not None and answer.status_code == 302 and answer.url == "/"

    def sign_in_half(self, at):
        self.browsers[at].post(reverse("account_logout"))
        asked = {"login": self.member.email, "password": self.password}
        self.browsers[at].post(reverse("account_login"), asked)
        self.shown[at] = False

    def enrol(self, at):
        answer = self.browsers[at].get(reverse("mfa_activate_totp"))
        if answer.status_code != 200:
            return
        assert self.secret is None, self.path
        self.secret = enrolled(self.browsers[at])
        self.shown = [place == at for place in range(3)]

    def remove(self, at):
        if self.secret is None or not self.shown[at]:
            self.browsers[at].post(reverse("mfa_deactivate_totp"))
            assert Authenticator.objects.filter(user=self.member, type="totp").exists() is (
                self.secret is not None
            )
            return
        shown_again(self.browsers[at], self.secret)
        self.browsers[at].post(reverse("mfa_deactivate_totp"))
        if not Authenticator.objects.filter(user=self.member, type="totp").exists():
            self.secret, self.shown = None, [False] * 3

    def change_password(self, at):
        if self.secret is not None and self.shown[at]:
            shown_again(self.browsers[at], self.secret)
        new = OTHER if self.password == PASSWORD else PASSWORD
        typed = {"oldpassword": self.password, "password1": new, "password2": new}
        self.browsers[at].post(reverse("account_change_password"), typed)
        self.member.refresh_from_db()
        if self.member.check_password(new):
            assert self.shown[at], self.path
            self.password = new
            self.shown = [was and place == at for place, was in enumerate(self.shown)]

    def reset(self, at):
        """The administrator gives a new way in, and it is used in one of the browsers."""
        if not Member.objects.get(pk=self.member.pk).is_active:
            return
        self.house.catch_up()
        act = self.house.act(Role.CLINIC_ADMIN)
        _, token = members.new_way_in(act, member_key=self.member.pk)
        self.secret, self.shown, self.password = None, [False] * 3, PASSWORD
        typed = {"password1": PASSWORD, "password2": PASSWORD}
        self.browsers[at].post(reverse("way_in", args=[token]), typed)

    def shut_out(self, _at):
        self.house.catch_up()
        act, was = self.house.act(Role.CLINIC_ADMIN), Member.objects.get(pk=self.member.pk).is_active
        do = members.shut_out if was else members.let_in
        more = {"reason": "left"} if was else {}
        do(act, member_key=self.member.pk, **more)
        self.shown = [False] * 3

    def sign_out_everywhere(self, _at):
        self.house.catch_up()
        members.sign_out_everywhere(self.house.act(Role.CLINIC_ADMIN), member_key=self.member.pk)
        self.shown = [False] * 3


STEPS = (
    *("sign_in",) * 4,
    *("sign_in_half",) * 2,
    *("enrol",) * 3,
    "remove",
    "change_password",
    "reset",
    "shut_out",
    "sign_out_everywhere",
)


def test_in_no_order_does_a_session_open_a_page_without_a_factor_shown_in_it(house):
    opened = 0
    for number in range(ORDERS):
        orders = Orders(house, random.Random(number))
        orders.run(8)
        opened += any(orders.shown)
        Authenticator.objects.all().delete()
        Member.objects.filter(pk=orders.member.pk).update(is_active=True)
        ShutOut.objects.filter(ended_at=None).update(ended_at=house.at)
    # The orders are worth something: in many of them somebody stands inside at the end.
    assert opened > ORDERS / 10


def test_the_last_administrator_cannot_be_shut_out_or_relieved(house):
    admin = house.members[Role.CLINIC_ADMIN]
    house.catch_up()
    with pytest.raises(Refused, match="last administrator"):
        members.shut_out(house.act(Role.CLINIC_ADMIN), member_key=admin.pk, reason="left")
    with pytest.raises(Refused, match="last administrator"):
        members.end_role(house.act(Role.CLINIC_ADMIN), member_key=admin.pk, role=Role.CLINIC_ADMIN)
    nurse = house.members[Role.NURSE]
    members.give_role(house.act(Role.CLINIC_ADMIN), member_key=nurse.pk, role=Role.CLINIC_ADMIN)
    members.end_role(house.act(Role.NURSE), member_key=admin.pk, role=Role.CLINIC_ADMIN)
    with pytest.raises(Refused, match="last administrator"):
        members.shut_out(house.act(Role.NURSE), member_key=nurse.pk, reason="left")


def test_a_session_that_is_put_back_after_a_change_fits_no_more(house):
    """As from a backup of the table of sessions, or where its row was not found to be deleted."""
    member = with_factor(house.members[Role.NURSE])
    elsewhere, _ = sign_in(member)
    client, _ = sign_in(member)
    row = Session.objects.get(pk=elsewhere.cookies["sessionid"].value)
    shown_again(client, SECRET)
    client.post(reverse("mfa_generate_recovery_codes"))
    row.save(force_insert=True)
    assert elsewhere.get(reverse("day")).url.startswith(reverse("account_login"))
    assert is_in(client)
