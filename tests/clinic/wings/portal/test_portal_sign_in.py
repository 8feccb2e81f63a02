"""The patients' way in: one link, one code, one winner, and nothing that tells who is known."""

import re

import pytest
from tests.clinic.portal import Home, invited, key_of, now, opened, path_of, timedelta
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import Knock, Message, SignInLink, Stay
from needlepoint.clinic.portal.actions import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice():
    return Practice.of_today("Harbour Skin")


@pytest.fixture
def ada(practice):
    return practice.patient()


def asked(home, address):
    answer = home.post("sign-in/", address=address)
    sign_in.answer_knocks(now())
    return answer


def test_an_invitation_opens_the_portal_once_with_the_date_of_birth(practice, ada):
    home = Home(practice)
    path = invited(practice, ada)
    assert home.browser.get(path).status_code == 200
    assert home.get("today/").status_code == 302
    assert home.open(path).url.endswith("/sign-in/born/")
    assert home.born(ada).url.endswith("/today/")
    assert home.get("today/").status_code == 200
    again = Home(practice)
    assert again.browser.get(path).status_code == 410
    assert again.open(path).status_code == 410


def test_looking_at_a_link_uses_nothing_up(practice, ada):
    path = invited(practice, ada)
    before = SignInLink.objects.values().get()
    for _scanner in range(5):
        scanner = Home(practice).browser
        assert scanner.get(path).status_code == 200
        assert scanner.head(path).status_code in (200, 405)
    assert SignInLink.objects.values().get() == before
    assert Home(practice).open(path).url.endswith("/sign-in/born/")


def test_an_asked_link_opens_in_the_browser_that_asked_and_in_no_other(practice, ada):
    invited(practice, ada)
    home = Home(practice)
    asked(home, ada.email)
    path = path_of(Message.objects.filter(purpose="sign_in").get())
    assert Home(practice).browser.get(path).status_code == 410
    assert Home(practice).open(path).status_code == 410
    assert home.open(path).url.endswith("/sign-in/born/")


def test_the_code_works_in_the_browser_that_asked_and_in_no_other(practice, ada):
    invited(practice, ada)
    home, thief = Home(practice), Home(practice)
    asked(home, "202-555-0100")
    thief.post("sign-in/", address="nobody@example.org")
    _address, code = opened(Message.objects.filter(purpose="sign_in").get())
    assert re.fullmatch(r"\d{6}", code)
    assert thief.post("sign-in/code/", code=code).status_code == 400
    assert home.post("sign-in/code/", code=code).url.endswith("/sign-in/born/")
    assert home.born(ada).status_code == 302


def test_after_five_wrong_codes_the_right_one_is_refused_too(practice, ada):
    invited(practice, ada)
    home = Home(practice)
    asked(home, ada.email)
    _address, code = opened(Message.objects.filter(purpose="sign_in").get())
    for wrong in range(5):
        assert (
            home.post("sign-in/code/", code=f"{(int(code) + wrong + 1) % 1_000_000:06d}").status_code == 400
        )
    assert home.post("sign-in/code/", code=code).status_code == 400


def test_after_five_wrong_dates_of_birth_the_link_is_closed(practice, ada):
    home = Home(practice)
    home.open(invited(practice, ada))
    for year in range(1970, 1975):
        home.post("sign-in/born/", day=1, month=1, year=year)
    assert home.born(ada).url.endswith("/sign-in/")
    assert not Stay.objects.exists()


def test_wrong_dates_of_birth_count_over_all_links_of_an_hour(practice, ada):
    home = Home(practice)
    for _link in range(2):
        home.open(invited(practice, ada))
        for year in (1970, 1971, 1972):
            home.post("sign-in/born/", day=1, month=1, year=year)
    home.open(invited(practice, ada))
    assert home.born(ada).status_code == 400
    assert not Stay.objects.exists()


def test_a_link_runs_out(practice, ada):
    path = invited(practice, ada)
    token = path.rstrip("/").rpartition("/")[2]
    made = SignInLink.objects.get()
    just_before, then = made.expires_at - timedelta(seconds=1), made.expires_at
    assert sign_in.link_at(practice.clinic, token, "b", just_before) is not None
    assert sign_in.link_at(practice.clinic, token, "b", then) is None
    assert made.expires_at - made.made_at == timedelta(hours=72)
    home = Home(practice)
    asked(home, ada.email)
    made = SignInLink.objects.latest("pk")
    assert timedelta(minutes=14) < made.expires_at - now() <= timedelta(minutes=15)


def test_the_database_holds_neither_link_nor_code(practice, ada):
    path = invited(practice, ada)
    asked(Home(practice), ada.email)
    kept = repr([list(model.objects.values()) for model in (SignInLink, Knock, Message, Stay)])
    _address, code = opened(Message.objects.latest("pk"))
    for secret in (path.rstrip("/").rpartition("/")[2], f"'{code}'", ada.email + "'"):
        assert secret not in kept.replace(f"'address': '{ada.email}'", "").replace(
            f"'address': '{ada.phone}'", ""
        )
    assert set(Knock.objects.values_list("address", flat=True)) == {""}


def test_nobody_is_sent_a_sixth_link_in_an_hour(practice, ada):
    invited(practice, ada)
    for _knock in range(8):
        asked(Home(practice), ada.email)
    assert Message.objects.filter(purpose="sign_in").count() == 5


def test_who_asks_again_while_nothing_is_sent_gets_one_link_and_its_code_fits(practice, ada):
    """Background work stood still, and the page was asked four times from one phone, once from another."""
    invited(practice, ada)
    phone, other = Home(practice), Home(practice)
    for home in (phone, phone, other, phone, phone):
        home.post("sign-in/", address=ada.email)
    assert sign_in.answer_knocks(now()) == 2
    last = Message.objects.filter(purpose="sign_in").order_by("-pk").first()
    assert phone.post("sign-in/code/", code=opened(last)[1]).status_code == 302
    assert phone.born(ada).status_code == 302


def test_a_knock_that_waited_too_long_is_not_answered(practice, ada):
    invited(practice, ada)
    Home(practice).post("sign-in/", address=ada.email)
    assert sign_in.answer_knocks(now() + timedelta(minutes=16)) == 0
    assert sign_in.answer_knocks(now()) == 0


def test_who_does_nothing_for_a_quarter_of_an_hour_is_out(practice, ada):
    home = Home(practice).enter(ada)
    assert home.get("today/").status_code == 200
    Stay.objects.update(seen_at=now() - timedelta(minutes=15, seconds=1))
    assert home.get("today/").url.endswith("/sign-in/")


def test_leaving_ends_the_stay_on_the_server_too(practice, ada):
    home = Home(practice).enter(ada)
    key = home.browser.cookies["np_portal"].value
    home.post("leave/", key=key_of(home.get("today/")))
    assert Stay.objects.get().ended_at is not None
    home.browser.cookies["np_portal"] = key
    assert home.get("today/").status_code == 302


def test_the_cookie_is_kept_from_scripts_and_from_the_staffs_pages(practice, ada):
    home = Home(practice).enter(ada)
    for name in ("np_portal", "np_portal_browser"):
        cookie = home.browser.cookies[name]
        assert cookie["httponly"] is True
        assert cookie["path"] == "/portal/"
        assert cookie["samesite"] == "Lax"


def test_behind_https_the_cookie_is_secure(practice, ada, settings):
    settings.SESSION_COOKIE_SECURE = True
    home = Home(practice).enter(ada)
    assert home.browser.cookies["np_portal"]["secure"] is True


def test_closing_the_portal_signs_out_at_once_and_kills_every_link(practice, ada):
    home = Home(practice).enter(ada)
    path = invited(practice, ada)
    sign_in.close(practice.act(Role.FRONT_DESK), patient_id=ada.public_id)
    assert home.get("today/").status_code == 302
    assert Home(practice).open(path).status_code == 410
    assert Home(practice).enter(ada).get("today/").status_code == 200


@pytest.mark.parametrize("address", ["0000000", "00000000000", "000000-0100"])
def test_noughts_alone_or_in_front_of_too_few_digits_are_nobodys_number(practice, ada, address):
    invited(practice, ada)
    asked(Home(practice), address)
    assert not Message.objects.filter(purpose="sign_in").exists()
