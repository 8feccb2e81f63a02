"""What is kept of a form while it is typed: until the form is taken, and nothing of it afterwards."""

import json
from uuid import uuid4

from django.urls import reverse
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import AdverseEvent, Typed


def test_what_arrives_after_the_form_was_taken_does_not_stand_in_the_next_one(practice):
    of, client = practice.patient(), signed_in(practice, Role.MEDICAL_DIRECTOR)
    where, key = reverse("report_adverse", args=[of.public_id]), str(uuid4())
    words = {"kind": "allergy", "severity": "moderate", "began_on": "2026-02-01", "words": "Hives."}
    typing = {"page": where, "fields": json.dumps(list(words.items())), "key": key}
    assert client.post(reverse("typed"), typing).status_code == 200
    assert client.post(where, words | {"key": key, "patient": str(of.public_id)}).status_code == 302
    assert AdverseEvent.objects.count() == 1
    late = client.post(reverse("typed"), typing)
    assert (late.status_code, "sent already" in late.json()["problem"]) == (409, True)
    assert not Typed.objects.exclude(fields=[]).exists()
    assert client.post(reverse("typed"), typing | {"key": str(uuid4())}).status_code == 200
    assert client.get(reverse("typed"), {"page": where}).json()["fields"] == [
        list(each) for each in words.items()
    ]
