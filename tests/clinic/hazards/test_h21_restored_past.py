"""H21: a restored backup revives the past."""

from tests.clinic.queueing import Taken, agreed, due, sent

from needlepoint.clinic.chair.actions.outbox import message


def test_after_a_restore_nothing_leaves_until_a_person_lets_it(bites, practice):
    of = practice.patient()
    agreed(practice, of)

    def restored():
        gateway = Taken()
        due(practice, of)
        message.hold_all("restored from a backup", practice.at)
        sent(practice, gateway)
        assert gateway.letters == []

    bites(restored)
