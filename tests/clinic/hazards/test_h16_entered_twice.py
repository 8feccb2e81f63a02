"""H16: one thing is entered twice, from two tablets or by a second try."""

from uuid import uuid4

from django.urls import reverse
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import Patient, RecordLine

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
