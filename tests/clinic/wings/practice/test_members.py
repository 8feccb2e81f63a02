"""Who works here: taken on, shut out, given a new way in, by whoever may; and everything at the door is on record."""

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from tests.clinic.doors import PASSWORD, code_of, is_in, sign_in, with_factor, with_password
from tests.clinic.practice import Practice

from needlepoint.clinic.access.callers import Caller, browser_of, network_of
from needlepoint.clinic.access.checks import NotAllowed, NotHere, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import RecordLine, SignIn, UnknownTry
from needlepoint.clinic.practice.actions import members
from needlepoint.clinic.practice.actions.door import sign_ins
from needlepoint.course.errors import InputError
from needlepoint.course.goals import OperatorRole

NEW = "four slow herons 1931"
SOMEBODY = Caller("192.0.2.0/24", "Firefox on Linux")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"


@pytest.fixture
def house(db):
    cache.clear()
    practice = Practice.of_today("Harbour Skin")
    for role in (Role.NURSE, Role.CLINIC_ADMIN):
        with_password(practice.members[role])
    return practice


@pytest.fixture
def nurse(house):
    return house.members[Role.NURSE]


def admins(house):
    house.catch_up()
    return house.act(Role.CLINIC_ADMIN)


def lines(house):
    return list(
        RecordLine.objects.filter(clinic=house.clinic).order_by("number").values_list("act", flat=True)
    )


def test_a_one_time_link_sets_the_password_once_and_looking_at_it_uses_nothing_up(house, nurse):
    _, token = members.new_way_in(admins(house), member_key=nurse.pk)
    where, client = reverse("way_in", args=[token]), Client()
    for _ in range(3):
        assert nurse.email in client.get(where).content.decode()
    for typed, says in (
        ({"password1": NEW, "password2": NEW + "x"}, "do not say the same"),
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password1": "123456789012345", "password2": "123456789012345"}, "entirely numeric"),
        ({"password1": "password1234", "password2": "password1234"}, "too common"),
    ):
        answer = client.post(where, typed)
        assert answer.status_code == 400
        assert says in answer.content.decode()
    assert client.post(where, {"password1": NEW, "password2": NEW}).status_code == 302
    assert is_in(client)
    assert Client().get(where).status_code == Client().post(where, {}).status_code == 410
    nurse.refresh_from_db()
    assert nurse.check_password(NEW)
    assert "used one-time link" in lines(house)


def test_a_link_ends_after_three_days_with_a_newer_one_and_with_being_shut_out(house, nurse):
    at = house.at
    _, token = members.new_way_in(admins(house), member_key=nurse.pk)
    at = house.at
    assert members.way_in_of(token, at + timedelta(hours=71)).member_id == nurse.pk
    with pytest.raises(NotHere):
        members.way_in_of(token, at + timedelta(hours=73))
    _, newer = members.new_way_in(admins(house), member_key=nurse.pk)
    with pytest.raises(NotHere):
        members.way_in_of(token, house.at)
    members.shut_out(admins(house), member_key=nurse.pk, reason="left")
    with pytest.raises(NotHere):
        members.way_in_of(newer, house.at)
    with pytest.raises(Refused, match="Let them in again"):
        members.new_way_in(admins(house), member_key=nurse.pk)


def test_a_new_way_in_takes_password_factor_and_sessions_at_once(house, nurse):
    client, _ = sign_in(with_factor(nurse))
    assert is_in(client)
    members.new_way_in(admins(house), member_key=nurse.pk)
    assert not is_in(client)
    assert not Authenticator.objects.filter(user=nurse).exists()
    again, answer = sign_in(nurse)
    assert answer.status_code == 200
    assert not is_in(again)


def test_who_is_shut_out_is_out_at_once_and_who_is_let_in_begins_anew(house, nurse):
    client, _ = sign_in(nurse)
    assert is_in(client)
    members.shut_out(admins(house), member_key=nurse.pk, reason="left the practice")
    assert not is_in(client)
    again, answer = sign_in(nurse)
    assert answer.url == reverse("account_inactive")
    assert "You cannot come in" in again.get(answer.url).content.decode()
    members.let_in(admins(house), member_key=nurse.pk)
    # The session of before stays over.
    assert not is_in(client)
    assert is_in(sign_in(nurse)[0])
    assert [each for each in lines(house) if "member" in each][-2:] == [
        "shut out member",
        "let member in again",
    ]


def test_roles_given_and_ended_count_with_the_next_page(house, nurse):
    client, _ = sign_in(nurse)
    assert client.get(reverse("record")).status_code == 403
    members.give_role(admins(house), member_key=nurse.pk, role=Role.AUDITOR)
    assert client.get(reverse("record")).status_code == 200
    members.end_role(admins(house), member_key=nurse.pk, role=Role.AUDITOR)
    assert client.get(reverse("record")).status_code == 403
    with pytest.raises(Refused, match="already"):
        members.give_role(admins(house), member_key=nurse.pk, role=Role.NURSE)


def test_only_an_administrator_does_this_and_only_in_their_own_clinic(house, nurse):
    stranger = Practice.of_today("Hill Skin").members[Role.NURSE]
    for role in set(Role) - {Role.CLINIC_ADMIN}:
        with pytest.raises(NotAllowed):
            members.shut_out(house.act(role), member_key=nurse.pk, reason="x")
    for key in (stranger.pk, "x", "", None, 10**30):
        with pytest.raises(NotHere):
            members.shut_out(admins(house), member_key=key, reason="x")
    with pytest.raises(InputError):
        members.shut_out(admins(house), member_key=nurse.pk, reason="  ")


@pytest.mark.parametrize(
    "email", ["", "nora", "a@x.example,b@y.example", "a@x\nBcc: b@y.example", "@x.example"]
)
def test_nobody_is_taken_on_with_what_is_no_address(house, email):
    given = {"name": "Nora", "profession": OperatorRole.NURSE, "roles": [Role.NURSE]}
    with pytest.raises(InputError, match=r"is not an address|more than one address"):
        members.add_member(admins(house), email=email, **given)


def test_the_members_page_does_all_of_it_in_the_browser(house, nurse):
    client, _ = sign_in(house.members[Role.CLINIC_ADMIN])
    typed = {
        "name": "Olga New",
        "email": "olga@x.example",
        "profession": "nurse",
        "roles": ["nurse", "auditor"],
    }
    wrong = client.post(reverse("take_on"), typed | {"profession": "receptionist"})
    assert wrong.status_code == 400
    assert "nurse_practitioner" in wrong.content.decode()
    assert "Olga New" in wrong.content.decode()
    shown = client.post(reverse("take_on"), typed).content.decode()
    assert "http://testserver/way-in/" in shown
    assert "It was not mailed." in shown
    page = client.get(reverse("members")).content.decode()
    for words in (
        "Olga New",
        "Has not signed in yet",
        "A one-time link waits until",
        "Holds a second factor",
    ):
        assert (words in page) is (words != "Holds a second factor")
    for act, more in (
        ("give_role", {"role": "auditor"}),
        ("end_role", {"role": "auditor"}),
        ("sign_out", {}),
        ("shut_out", {"reason": "left for the hills"}),
    ):
        sent = {"key": str(uuid4()), "member": nurse.pk, "act": act, **more}
        assert client.post(reverse("change_member"), sent).url == reverse("members"), act
    assert "left for the hills" in client.get(reverse("members")).content.decode()
    refused = client.post(
        reverse("change_member"),
        {
            "key": str(uuid4()),
            "member": house.members[Role.CLINIC_ADMIN].pk,
            "act": "shut_out",
            "reason": "x",
        },
    )
    assert (refused.status_code, "last administrator" in refused.content.decode()) == (409, True)
    asked = client.get(reverse("new_way_in"), {"member": house.members[Role.AUDITOR].pk})
    assert "speak with them in person" in asked.content.decode()
    made = client.post(reverse("new_way_in"), {"member": house.members[Role.AUDITOR].pk})
    assert "/way-in/" in made.content.decode()
    assert client.get(reverse("new_way_in"), {"member": "x"}).status_code == 404


def test_the_mail_server_is_handed_the_link_where_there_is_one(house, settings, mailoutbox):
    settings.EMAIL_HOST = "mail.example"
    client, _ = sign_in(house.members[Role.CLINIC_ADMIN])
    typed = {"name": "Olga New", "email": "olga@x.example", "profession": "nurse", "roles": ["nurse"]}
    shown = client.post(reverse("take_on"), typed).content.decode()
    assert "The mail server has taken it" in shown
    (mail,) = mailoutbox
    assert mail.to == ["olga@x.example"]
    (link,) = [line for line in mail.body.splitlines() if "/way-in/" in line]
    assert link in shown
    assert Client().get(link.removeprefix("http://testserver")).status_code == 200


def test_everything_at_the_door_is_on_record_with_a_part_of_the_network_and_the_browser(house, nurse):
    here = {"REMOTE_ADDR": "203.0.113.77", "HTTP_USER_AGENT": FIREFOX}
    Client(**here).post(reverse("account_login"), {"login": nurse.email, "password": "wrong"})
    client, _ = sign_in(nurse, client=Client(**here))
    client.post(reverse("account_logout"))
    with_factor(nurse)
    half = Client(**here)
    half.post(reverse("account_login"), {"login": nurse.email, "password": PASSWORD})
    half.post(reverse("mfa_authenticate"), {"code": "000000" if code_of() != "000000" else "111111"})
    rows = list(RecordLine.objects.filter(member=nurse, about=f"member:{nurse.pk}").order_by("number"))
    assert [row.act for row in rows] == [
        "failed to sign in",
        "signed in",
        "signed out",
        "failed second factor",
    ]
    for row in rows:
        assert (row.detail["network"], row.detail["browser"]) == ("203.0.113.0/24", "Firefox on Linux")
        assert "203.0.113.77" not in str(row.detail)
    assert rows[1].detail["way"] == "password"
    assert rows[2].detail["how"] == "by themselves"


def test_tries_under_unknown_names_are_counted_and_only_the_newest_are_kept(house, monkeypatch):
    Client(REMOTE_ADDR="203.0.113.77").post(
        reverse("account_login"), {"login": "hunter2@typed.example", "password": "x"}
    )
    row = UnknownTry.objects.get()
    assert (row.network, "hunter2" in str(vars(row))) == ("203.0.113.0/24", False)
    monkeypatch.setattr(sign_ins, "MOST_UNKNOWN", 10)
    for _ in range(25):
        sign_ins.failed_unknown(SOMEBODY, row.at)
    assert UnknownTry.objects.count() == 10
    client, _ = sign_in(house.members[Role.CLINIC_ADMIN])
    assert "were tried 10 times" in client.get(reverse("members")).content.decode()


def test_my_sign_ins_lists_the_sessions_and_ends_any_one_of_them(house, nurse):
    tablet, _ = sign_in(nurse, client=Client(HTTP_USER_AGENT=FIREFOX))
    client, _ = sign_in(nurse)
    shown = client.get(reverse("my_sign_ins")).content.decode()
    assert "Firefox on Linux" in shown
    assert "this one" in shown
    row = SignIn.objects.get(browser="Firefox on Linux")
    sent = {"key": str(uuid4()), "sign_in": row.pk}
    stranger, _ = sign_in(house.members[Role.CLINIC_ADMIN])
    assert stranger.post(reverse("end_sign_in"), sent).status_code == 404
    assert is_in(tablet)
    assert client.post(reverse("end_sign_in"), sent | {"key": str(uuid4())}).status_code == 302
    assert not is_in(tablet)
    assert is_in(client)
    row.refresh_from_db()
    assert (row.session_key, row.ended_how) == ("", "signed out by themselves elsewhere")


def test_members_are_listed_with_as_many_statements_however_many_they_are(
    house, django_assert_max_num_queries
):
    client, _ = sign_in(house.members[Role.CLINIC_ADMIN])
    for number in range(12):
        members.add_member(
            admins(house),
            email=f"n{number}@x.example",
            name=f"N {number}",
            profession=OperatorRole.NURSE,
            roles=[Role.NURSE],
        )
    with django_assert_max_num_queries(30):
        assert "N 11" in client.get(reverse("members")).content.decode()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", "unknown"),
        ("<script>", "unknown"),
    ],
)
def test_of_an_address_only_the_network_is_kept(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (
            "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit Version/18.0 Safari/604.1",
            "Safari on iPad",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit Chrome/130.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("", "another program"),
        ("<script>alert(1)</script>" * 90, "another program"),
    ],
)
def test_a_browser_is_named_in_our_own_words(agent, words):
    assert browser_of(agent) == words
