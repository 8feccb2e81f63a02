"""The way in: how many guesses pass, who is never locked out, and when the idle are signed out."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import password_reset
from django.conf import settings as now_set
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from tests.clinic.doors import code_of, with_codes
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import Member
from needlepoint.clinic.server import middleware
from needlepoint.clinic.server.door import guesses
from needlepoint.clinic.server.door.sessions import SessionStore

PASSWORD = "a-long-needle-2026"
NURSE = "nurse@harbour.example"


@pytest.fixture(autouse=True)
def no_tries_yet(db):
    cache.clear()


@pytest.fixture
def staff(practice):
    for role in (Role.NURSE, Role.FRONT_DESK):
        practice.members[role].set_password(PASSWORD)
        practice.members[role].save()
    return practice


def attempt(address: str, email: str = NURSE, password: str = "guess", **headers):
    asked = {"login": email, "password": password}
    return Client().post(reverse("account_login"), asked, REMOTE_ADDR=address, **headers)


def let_in(answer) -> bool:
    return answer.status_code == 302


def guessed(answer) -> bool:
    """Was the password looked at, and not refused unseen?"""
    return b"do not belong together" in answer.content


def test_ten_guesses_an_hour_pass_for_one_member_whatever_addresses_they_come_from(staff):
    looked_at = sum(guessed(attempt(f"127.0.{each // 50}.{each % 50}")) for each in range(120))
    assert looked_at == 10
    assert not let_in(attempt("127.1.0.1", password=PASSWORD))
    assert let_in(attempt("127.1.0.1", "front_desk@harbour.example", PASSWORD))


def test_guesses_at_one_member_are_counted_together_whatever_name_the_server_is_called_by(staff):
    names = ("testserver", "localhost")
    tries = (attempt(f"127.0.1.{each}", HTTP_HOST=names[each % 2]) for each in range(30))
    assert sum(map(guessed, tries)) == 10


def test_a_password_that_is_right_locks_nobody_out_however_often_it_is_given(staff):
    assert all(let_in(attempt(f"127.0.2.{each}", password=PASSWORD)) for each in range(12))
    assert guessed(attempt("127.0.3.1"))


def test_of_many_guesses_at_once_ten_pass(staff):
    held = [guesses.taken(NURSE) for _ in range(12)]
    assert len(set(held) - {None}) == 10
    guesses.given_back(held[3])
    assert guesses.taken(NURSE.upper()) == held[3]
    assert guesses.taken("somebody@harbour.example") not in (None, *held)


def test_whoever_sets_a_new_password_by_a_mailed_link_may_guess_again(staff):
    nurse = staff.members[Role.NURSE]
    while guesses.taken(NURSE):
        pass
    password_reset.send(sender=Member, request=_asked_by(nurse), user=nurse)
    assert guessed(attempt("127.0.4.1"))


def _asked_by(member):
    request = RequestFactory().post("/")
    request.user, request.session = AnonymousUser(), SessionStore()
    return request


def test_ten_guesses_a_minute_pass_from_one_address_and_another_is_not_locked_out(staff):
    members = [f"somebody{each}@harbour.example" for each in range(14)]
    assert sum(guessed(attempt("127.0.0.9", email)) for email in members) == 10
    assert not let_in(attempt("127.0.0.9", password=PASSWORD))
    assert let_in(attempt("127.0.0.10", password=PASSWORD))


def test_a_header_that_nobody_vouches_for_does_not_make_a_new_address(staff):
    forged = (
        attempt("127.0.0.9", f"x{each}@harbour.example", HTTP_X_FORWARDED_FOR=f"10.0.0.{each}")
        for each in range(14)
    )
    assert sum(map(guessed, forged)) == 10


def test_with_a_proxy_in_front_each_caller_counts_alone(staff, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for each in range(12):
        attempt("127.0.0.1", f"x{each}@harbour.example", HTTP_X_FORWARDED_FOR="10.0.0.1")
    assert not let_in(attempt("127.0.0.1", password=PASSWORD, HTTP_X_FORWARDED_FOR="10.0.0.1"))
    assert let_in(attempt("127.0.0.1", password=PASSWORD, HTTP_X_FORWARDED_FOR="10.0.0.2"))


def test_a_known_and_an_unknown_address_get_the_same_answer(staff):
    known, unknown = attempt("127.0.0.1"), attempt("127.0.0.2", "nobody@harbour.example")
    assert known.status_code == unknown.status_code
    assert len(known.content) - len(NURSE) == len(unknown.content) - len("nobody@harbour.example")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_tries_are_counted_together_by_many_threads_and_processes():
    cache.clear()

    def one(number):
        try:
            return cache.add("lock", number, 30)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(32) as pool:
        assert sum(pool.map(one, range(64))) == 1
    cache.set("seen", ["this process"], 60)
    asked = "import sys; from django.core.cache import cache; print(cache.get('seen'))"
    assert "this process" in elsewhere(asked)
    cache.clear()


def elsewhere(code: str) -> str:
    """Run some lines in another process, in the same test database."""
    # Where several run side by side, each has a server of its own in its environment, and all use the first one's.
    where = {name: str(connection.settings_dict[name]) for name in ("NAME", "HOST")}
    before = (
        "import django; from django.conf import settings; "
        f"settings.DATABASES['default'].update({where!r}); django.setup(); "
    )
    ran = subprocess.run([sys.executable, "-c", before + code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_what_has_expired_is_forgotten_and_what_has_not_stays(db):
    assert cache.add("a", 1, -1)
    assert cache.get("a") is None
    assert cache.add("a key with blanks", 1, 60)
    with pytest.raises(ValueError, match="longer"):
        cache.add("a" * 300, 1, 60)
    assert cache.add("a", {"tries": [1.5]}, 60)
    assert not cache.add("a", 2, 60)
    assert cache.get("a") == {"tries": [1.5]}
    cache.set("b", 3, None)
    assert cache.get("b", version=1) == 3
    assert cache.delete("a")
    assert not cache.delete("a")
    assert cache.get("a", "gone") == "gone"


def test_no_pickle_is_ever_read(db):
    cache.set("a", [1], 60)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT value FROM {now_set.CACHES['default']['LOCATION']}")
        assert [row[0] for row in cursor.fetchall()] == ["[1]"]
    assert "pickle" not in now_set.SESSION_ENGINE + getattr(now_set, "SESSION_SERIALIZER", "").lower()


@pytest.fixture
def with_code(staff):
    """The nurse has a one-time code, and stands before its page with the password given."""
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    with_codes(staff.members[Role.NURSE], secret)
    client = Client()
    shown = client.post(reverse("account_login"), {"login": NURSE, "password": PASSWORD})
    assert shown.url == reverse("mfa_authenticate")
    return client, secret


def is_in(client: Client) -> bool:
    return client.get(reverse("day")).status_code == 200


def test_a_password_alone_opens_nothing_where_a_code_is_set(with_code):
    client, secret = with_code
    assert not is_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(client)


def test_a_code_serves_once(with_code):
    client, secret = with_code
    code = code_of(secret)
    client.post(reverse("mfa_authenticate"), {"code": code})
    second = Client()
    second.post(reverse("account_login"), {"login": NURSE, "password": PASSWORD})
    second.post(reverse("mfa_authenticate"), {"code": code})
    assert not is_in(second)


def test_codes_cannot_be_tried_out(with_code):
    client, secret = with_code
    right = code_of(secret)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(12):
        client.post(reverse("mfa_authenticate"), {"code": wrong})
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert not is_in(client)


def test_secrets_of_codes_are_not_shown_again(with_code):
    client, secret = with_code
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    for name in ("mfa_index", "mfa_view_recovery_codes"):
        assert secret.encode() not in client.get(reverse(name), follow=True).content


def test_where_a_second_factor_is_required_nothing_else_opens_first(staff, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    client = signed_in(staff)
    answer = client.get(reverse("day"))
    assert (answer.status_code, answer.url) == (302, reverse("mfa_index"))


def signed_in(practice: Practice, role: Role = Role.NURSE) -> Client:
    client = Client()
    client.force_login(practice.members[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""

    class Clock:
        at = timezone.now()

        def on(self, **lapse):
            self.at += timedelta(**lapse)

    clock = Clock()
    monkeypatch.setattr(middleware.clock, "now", lambda: clock.at)
    return clock


def test_the_idle_are_signed_out_and_the_busy_are_not(staff, clock, settings):
    settings.IDLE_AFTER = timedelta(minutes=10)
    client = signed_in(staff)
    for _ in range(6):
        clock.on(minutes=9, seconds=59)
        assert is_in(client)
    clock.on(minutes=10, seconds=1)
    assert client.get(reverse("day")).url.startswith(settings.LOGIN_URL)
    assert not is_in(client)


@pytest.mark.parametrize("name", ["day", "patients", "stock"])
def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(staff, clock, settings, name):
    settings.IDLE_AFTER = timedelta(minutes=10)
    client = signed_in(staff)
    assert is_in(client)
    for _ in range(20):
        clock.on(seconds=31)
        answer = client.get(reverse(name), headers={"X-By-Itself": "yes", "HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith(settings.LOGIN_URL)
    assert not is_in(client)


@pytest.mark.parametrize("bypass", ["?skip_timeout_reset=1", "?by_itself=no", "?last_act=2099-01-01"])
def test_no_word_in_the_address_stops_the_clock(staff, clock, settings, bypass):
    settings.IDLE_AFTER = timedelta(minutes=10)
    client = signed_in(staff)
    assert is_in(client)
    clock.on(minutes=11)
    assert client.get(reverse("day") + bypass).status_code == 302


def test_a_session_cookie_from_before_signing_in_is_worth_nothing_afterwards(staff):
    client = Client()
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies[now_set.SESSION_COOKIE_NAME] = before = session.session_key
    client.post(reverse("account_login"), {"login": NURSE, "password": PASSWORD})
    assert is_in(client)
    stolen = Client()
    stolen.cookies[now_set.SESSION_COOKIE_NAME] = before
    assert not is_in(stolen)


def test_signing_out_ends_the_session_on_the_server(staff):
    client = signed_in(staff)
    kept = client.cookies[now_set.SESSION_COOKIE_NAME].value
    client.post(reverse("account_logout"))
    stolen = Client()
    stolen.cookies[now_set.SESSION_COOKIE_NAME] = kept
    assert not is_in(stolen)


@pytest.mark.parametrize(
    "page", ["signup/", "email/", "confirm-email/", "password/set/", "login/code/", "trust/"]
)
def test_pages_of_the_library_that_are_not_wanted_do_not_exist(staff, page):
    typed = {"email": "new@harbour.example", "password1": PASSWORD, "password2": PASSWORD, "action_add": ""}
    for client in (Client(), signed_in(staff)):
        assert client.get(f"/sign-in/{page}").status_code == 404
        assert client.post(f"/sign-in/{page}", typed).status_code == 404
    assert not Member.objects.filter(email="new@harbour.example").exists()
    assert EmailAddress.objects.filter(user=staff.members[Role.NURSE]).count() == 1


def test_a_form_from_elsewhere_is_refused_for_every_verb_that_writes(staff):
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        staff.members[Role.FRONT_DESK], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    for name in ("register", "account_login", "account_logout"):
        for verb in ("post", "put", "patch", "delete"):
            assert getattr(client, verb)(reverse(name)).status_code == 403, (name, verb)


def test_a_link_that_cannot_be_mailed_breaks_no_page_and_stands_in_no_log(staff, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = Client().post(reverse("account_reset_password"), {"email": NURSE})
    assert (answer.status_code, answer.url) == (302, reverse("account_reset_password_done"))
    assert "ConnectionRefusedError" in caplog.text
    assert NURSE not in caplog.text
    assert "/sign-in/" not in caplog.text


def test_without_a_mail_server_nobody_is_promised_a_mail_but_told_whom_to_ask(staff, settings):
    settings.EMAIL_HOST = ""
    assert "Forgot your password?</a>" not in Client().get(reverse("account_login")).content.decode()
    for answer in (
        Client().get(reverse("account_reset_password")),
        Client().post(reverse("account_reset_password"), {"email": NURSE}),
    ):
        assert answer.status_code == 200
        assert "sends no mail" in answer.content.decode()
        assert "Members" in answer.content.decode()
    settings.EMAIL_HOST = "mail.example"
    assert "Forgot your password?</a>" in Client().get(reverse("account_login")).content.decode()


def test_an_address_that_nobody_has_here_is_sent_nothing(staff, settings, mailoutbox):
    settings.EMAIL_HOST = "mail.example"
    Client().post(reverse("account_reset_password"), {"email": "stranger@elsewhere.example"})
    assert mailoutbox == []


def test_a_link_for_a_new_password_is_mailed_to_the_member_and_to_nobody_else(
    staff, settings, caplog, mailoutbox
):
    settings.EMAIL_HOST = "mail.example"
    Client().post(reverse("account_reset_password"), {"email": NURSE})
    (mail,) = mailoutbox
    assert mail.to == [NURSE]
    assert reverse("account_reset_password") in mail.body
    assert caplog.text == ""
