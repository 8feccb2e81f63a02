"""Nothing that strangers can ask tells who is a patient: no word, no size, no time; and a link lets one in, once."""

import os
import re
import time

import numpy as np
import pytest
from django.core.cache import cache
from scipy.stats import mannwhitneyu
from tests.clinic.models.test_races import at_once
from tests.clinic.portal import Home, invited, now, path_of
from tests.clinic.practice import Practice

from needlepoint.clinic.models import Enquiry, Knock, Message, SignInLink, Stay
from needlepoint.clinic.portal.actions import sign_in
from needlepoint.clinic.portal.views import portal

# `make soak` asks for two thousand of each.
ASKED = int(os.environ.get("NEEDLEPOINT_STRANGERS", "120"))
LEAST_P = 0.01
pytestmark = pytest.mark.django_db


def bare(answer):
    """An answer without what is random in every page."""
    token = re.compile(rb'(csrfmiddlewaretoken|key)" value="[^"]*"')
    content = token.sub(b"", answer.content).replace(answer.wsgi_request.path.encode(), b"")
    return answer.status_code, answer.headers.get("Location"), content


@pytest.fixture
def practice():
    made = Practice.of_today("Harbour Skin")
    ada = made.patient()
    invited(made, ada)
    made.ada = ada
    return made


def alternately(known, unknown, ask):
    """Ask for known and unknown in turn, in an order that chance draws, and return the seconds that each took."""
    generator = np.random.default_rng(5)
    seconds = {True: [], False: []}
    for is_known in generator.permutation([True, False] * ASKED):
        began = time.perf_counter()
        ask(known if is_known else unknown)
        seconds[bool(is_known)].append(time.perf_counter() - began)
    return seconds


def test_known_and_unknown_addresses_are_answered_alike_in_bytes_and_time(practice, monkeypatch):
    monkeypatch.setattr(portal, "MOST_KNOCKS", 10**9)
    home = Home(practice)
    home.get("sign-in/")
    seen = set()

    def ask(address):
        seen.add(bare(home.post("sign-in/", address=address)))

    seconds = alternately(practice.ada.email, "who@patients.example", ask)
    assert len(seen) == 1
    assert mannwhitneyu(seconds[True], seconds[False]).pvalue > LEAST_P
    assert Knock.objects.count() == 2 * ASKED


def test_a_wrong_code_is_answered_alike_whoever_knocked(practice, monkeypatch):
    monkeypatch.setattr(portal, "MOST_TRIES", 10**9)
    homes = {}
    for address in (practice.ada.email, "who@patients.example"):
        homes[address] = Home(practice)
        homes[address].post("sign-in/", address=address)
    assert sign_in.answer_knocks(now()) == 1
    answers = {
        address: [bare(home.post("sign-in/code/", code="000000")) for _try in range(7)]
        for address, home in homes.items()
    }
    assert len({repr(each) for each in answers.values()}) == 1
    assert set(Knock.objects.values_list("wrong_tries", flat=True)) == {5}


def test_an_enquiry_of_a_patient_is_answered_like_that_of_a_stranger(practice):
    answers = set()
    for address in (practice.ada.email, "who@patients.example"):
        home = Home(practice)
        typed = {"given_name": "A", "family_name": "B", "email": address}
        answer = home.fill("ask/", **typed)
        answers.add((bare(answer), bare(home.browser.get(answer.url))))
    assert len(answers) == 1
    assert Enquiry.objects.count() == 2
    assert not Enquiry.objects.exclude(patient=None).exists()


def test_who_asks_far_too_often_waits(practice, monkeypatch):
    monkeypatch.setattr(portal, "MOST_KNOCKS", 3)
    home = Home(practice)
    codes = [home.post("sign-in/", address="who@patients.example").status_code for _ask in range(5)]
    assert codes == [302, 302, 302, 429, 429]


def test_any_number_of_patients_come_in_from_one_address_and_wrong_tries_count(practice, monkeypatch):
    monkeypatch.setattr(portal, "MOST_TRIES", 2)
    for _patient in range(4):
        Home(practice).enter(practice.ada)
    home = Home(practice)
    home.open(invited(practice, practice.ada))
    wrong = {"day": 1, "month": 1, "year": 1950}
    assert [home.post("sign-in/born/", **wrong).status_code for _try in range(3)] == [400, 400, 429]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_of_many_knocks_at_once_no_more_pass_than_one_after_another():
    home = Home(Practice.of_today("Harbour Skin"))
    request = home.get("sign-in/").wsgi_request
    passed = [not each for each in at_once(lambda _number: portal._too_often(request, "at-once", 20))]
    assert sum(passed) == 20


def test_what_nobody_counts_is_not_counted_up():
    with pytest.raises(ValueError, match="nothing is counted"):
        cache.incr("portal-nothing")


def test_a_link_that_never_was_is_answered_like_one_that_was_used(practice):
    of = practice.patient(email="eve@patients.example", given_name="Eve")
    path = invited(practice, of)
    home = Home(practice)
    home.open(path)
    home.born(of)
    used = Home(practice).browser.get(path)
    never = Home(practice).browser.get(path[:-8] + "AAAAAAA/")
    assert bare(used) == bare(never)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_fifty_at_once_with_one_link_and_the_date_of_birth_and_one_is_in():
    practice = Practice.of_today("Harbour Skin")
    ada = practice.patient()
    token = invited(practice, ada).rstrip("/").rpartition("/")[2]

    def run(number):
        browser, at = f"browser {number}", now()
        sign_in.open_link(practice.clinic, token=token, browser=browser, at=at)
        return sign_in.enter(practice.clinic, browser=browser, born_on=ada.born_on, at=at)

    keys = [each for each in at_once(run, 50) if each]
    assert len(keys) == 1
    assert Stay.objects.count() == 1
    assert SignInLink.objects.get().used_at is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_fifty_at_once_in_one_browser_begin_one_stay():
    practice = Practice.of_today("Harbour Skin")
    ada = practice.patient()
    token = invited(practice, ada).rstrip("/").rpartition("/")[2]
    assert sign_in.open_link(practice.clinic, token=token, browser="mine", at=now())

    def run(_number):
        return sign_in.enter(practice.clinic, browser="mine", born_on=ada.born_on, at=now())

    assert len([each for each in at_once(run, 50) if each]) == 1
    assert Stay.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_several_workers_answer_a_knock_once():
    practice = Practice.of_today("Harbour Skin")
    invited(practice, practice.patient())
    home = Home(practice)
    home.post("sign-in/", address="ada@patients.example")
    assert sum(at_once(lambda _number: sign_in.answer_knocks(now()), 8)) == 1
    assert Message.objects.filter(purpose="sign_in").count() == 1
    assert path_of(Message.objects.get(purpose="sign_in"))
