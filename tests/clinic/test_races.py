"""Many at once: one cartridge, one winner; one form, one answer; one chain."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from tests.clinic.practice import Practice

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.actions.act import Act
from needlepoint.clinic.actions.cartridge import Stop, claim
from needlepoint.clinic.actions.record import once
from needlepoint.clinic.models import CartridgeUse, Patient, RecordLine, Submission
from needlepoint.clinic.queries.record import record_faults

THREADS = 16
ROUNDS = 6


def at_once(do, times=THREADS):
    gate = threading.Barrier(times)

    def one(number):
        try:
            gate.wait()
            return do(number)
        except (Refused, Stop) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_many_sessions_claim_one_cartridge_and_one_gets_it():
    from django.db import transaction

    practice = Practice.found("Harbour Skin")
    waiting = practice.consented()
    for piece in practice.stocked(ROUNDS):
        act = practice.act()

        def take(_, piece=piece, act=act):
            with transaction.atomic():
                return claim(act, waiting, practice.scan(piece))

        outcomes = at_once(take)
        assert sum(isinstance(each, CartridgeUse) for each in outcomes) == 1
        assert sum(isinstance(each, Stop) for each in outcomes) == THREADS - 1
    assert CartridgeUse.objects.count() == ROUNDS


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_a_form_sent_many_times_is_taken_once():
    from needlepoint.clinic.access.roles import Role
    from needlepoint.clinic.actions import patient

    practice = Practice.found("Harbour Skin")
    act = practice.act(Role.FRONT_DESK)
    known = {"given_name": "Ada", "family_name": "Byron", "born_on": practice.at.date().replace(year=1990)}

    def send(_):
        return once(
            act, "a" * 64, lambda: str(patient.register(act, person=patient.Person(**known)).public_id)
        )

    outcomes = set(at_once(send, 8))
    assert len(outcomes) == 1
    assert Patient.objects.count() == Submission.objects.count() == 1
    with pytest.raises(Refused, match="other content"):
        once(act, "b" * 64, lambda: "/")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_the_record_has_no_gap_when_many_write():
    practice = Practice.found("Harbour Skin")
    acts = [practice.act() for _ in range(THREADS)]

    def look(number):
        from needlepoint.clinic.actions.record import saw

        act = acts[number]
        for _ in range(5):
            saw(Act(act.actor, acts[-1].at, act.key), "day", "day")

    before = RecordLine.objects.count()
    at_once(look)
    assert RecordLine.objects.count() == before + THREADS * 5
    assert record_faults(practice.clinic) == []
