"""H16: one thing is entered twice, from two tablets or by a second try."""

from uuid import uuid4

from django.urls import reverse
from tests.clinic.test_access import signed_in
from tests.clinic.wings.chair.test_told import numbed

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import Patient, RecordLine
from needlepoint.clinic.server.door.device_seal import COOKIE

TYPED = {
    "given_name": "Ada",
    "family_name": "Byron",
    "born_on": "1990-05-14",
    "sex": "female",
    "skin_type": "III",
}


def test_a_form_that_is_sent_again_is_taken_once_and_answered_alike(bites, live):
    client = signed_in(live, Role.FRONT_DESK)
    client.raise_request_exception = False
    where = reverse("register")

    def sent_again():
        key = uuid4()
        answers = [client.post(where, {"key": key, **TYPED}) for _ in range(3)]
        assert [each.status_code for each in answers] == [302] * 3
        assert len({each["Location"] for each in answers}) == 1
        assert Patient.objects.count() == 1
        assert RecordLine.objects.filter(act="registered patient").count() == 1

    bites(sent_again, instead=lambda _act, _sha256, do: do())


def test_a_key_with_other_content_is_refused_and_changes_nothing(live):
    client, key = signed_in(live, Role.FRONT_DESK), uuid4()
    client.post(reverse("register"), {"key": key, **TYPED})
    answer = client.post(reverse("register"), {"key": key, **TYPED, "given_name": "Bea"})
    assert answer.status_code == 409
    assert [each.given_name for each in Patient.objects.all()] == ["Ada"]


def test_what_was_kept_for_one_member_is_handed_in_by_nobody_else(bites, live):
    session = live.consented()
    tablet, colleague = signed_in(live, Role.PRESCRIBER), signed_in(live, Role.NURSE)
    for each in (tablet, colleague):
        each.get(reverse("day"))

    def only_its_owner():
        sealed = {"X-Sealed-For": tablet.cookies[COOKIE].value}
        assert numbed(colleague, session, 5, **sealed).status_code == 412
        assert numbed(tablet, session, 5, **sealed).status_code == 302

    bites(only_its_owner)
