"""H12: a photo leaks."""

import io
from pathlib import Path
from uuid import uuid4

from django.urls import reverse
from PIL import Image, ImageChops
from tests.clinic.test_access import signed_in
from tests.clinic.wings.chair.test_photos import picture

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import consent
from needlepoint.clinic.chair.actions.photo import export as photo_export
from needlepoint.clinic.chair.actions.photo import photo
from needlepoint.clinic.models import RecordLine

IMAGES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")


def copied(practice, row, use="teaching", key=None):
    """What leaves the clinic when somebody asks for a copy."""
    client = signed_in(practice, Role.MEDICAL_DIRECTOR)
    typed = {"key": str(key or uuid4()), "patient": str(row.patient.public_id), "use": use}
    return client.post(reverse("photo_copy", args=[row.public_id]), typed)


def test_no_file_in_the_store_is_a_picture(bites, practice, settings, tmp_path):
    # A folder of its own: without the control a bare picture stays in it.
    settings.PHOTO_FOLDER = tmp_path
    of = practice.patient()

    def kept():
        row = practice.photographed(of, picture(size=(300, 200)))
        file = (Path(settings.PHOTO_FOLDER) / row.stored_as).read_bytes()
        assert not any(start in file for start in IMAGES)

    bites(kept, instead=lambda content, _of, _bound: bytes(content))


def test_a_photo_is_given_only_to_those_whose_role_reaches_so_far(bites, live):
    row = live.photographed(live.patient(), picture(size=(300, 200)))

    def asked_for():
        for role in (Role.FRONT_DESK, Role.CLINIC_ADMIN, Role.AUDITOR):
            answer = signed_in(live, role).get(reverse("photo", args=[row.public_id]))
            assert answer.status_code == 403
            assert b"\xff\xd8\xff" not in answer.content

    bites(asked_for)


def test_a_copy_that_leaves_bears_its_marks_everywhere(bites, live):
    of = live.patient()
    live.photo_consent(of, uses=("chart", "teaching"))
    act = live.act(Role.PRESCRIBER)
    row = photo.add_photo(act, patient_id=of.public_id, content=picture(size=(900, 600)), shows="left 45°")
    plain = Image.open(io.BytesIO(photo.opened(row))).convert("RGB")

    def leaves():
        sent = Image.open(io.BytesIO(copied(live, row).content)).convert("RGB")
        changed = ImageChops.difference(sent.crop((0, 0, *plain.size)), plain).convert("L")
        # No ninth of the picture can be cut out without a mark on it.
        for left in range(0, 900, 300):
            for top in range(0, 600, 200):
                assert changed.crop((left, top, left + 300, top + 200)).getextrema()[1] > 15
        assert sent.height > plain.height

    bites(leaves, instead=lambda content, _marks: content)


def test_a_copy_leaves_only_for_a_use_that_was_agreed_to(bites, live):
    of = live.patient()
    live.photo_consent(of, uses=("chart", "teaching"))
    act = live.act(Role.PRESCRIBER)
    row = photo.add_photo(act, patient_id=of.public_id, content=picture(), shows="front")

    def for_other_uses():
        for use in ("chart", "website", "social", "", "teaching "):
            answer = copied(live, row, use)
            assert answer.status_code == 409
            assert b"\xff\xd8\xff" not in answer.content

    bites(for_other_uses)


def test_who_took_a_copy_for_what_is_in_the_record_and_a_consent_taken_back_ends_it(live):
    of = live.patient()
    given = live.photo_consent(of, uses=("chart", "website"))
    row = photo.add_photo(
        live.act(Role.PRESCRIBER), patient_id=of.public_id, content=picture(), shows="front"
    )
    assert copied(live, row, "website").status_code == 200
    line = RecordLine.objects.get(act="handed out photo")
    assert (line.member_id, line.detail["use"]) == (live.members[Role.MEDICAL_DIRECTOR].pk, "website")
    live.catch_up()
    consent.withdraw(live.act(Role.NURSE), consent_id=given.public_id, reason="asked to")
    assert copied(live, row, "website").status_code == 409
    assert RecordLine.objects.filter(act="handed out photo").count() == 1


def test_a_photo_whose_consent_was_taken_back_is_closed(bites, live):
    of = live.patient()
    given = live.photo_consent(of)
    row = photo.add_photo(live.act(Role.NURSE), patient_id=of.public_id, content=picture(), shows="front")
    consent.withdraw(live.act(Role.NURSE), consent_id=given.public_id, reason="asked to")

    def closed():
        for role in (Role.NURSE, Role.PRESCRIBER, Role.MEDICAL_DIRECTOR):
            answer = signed_in(live, role).get(reverse("photo", args=[row.public_id]))
            assert not any(start in answer.content for start in IMAGES)

    bites(closed)


def test_a_page_fetched_ahead_makes_no_copy_and_a_form_sent_twice_makes_one(live):
    of = live.patient()
    given = live.photo_consent(of, uses=("chart", "website"))
    row = photo.add_photo(
        live.act(Role.PRESCRIBER), patient_id=of.public_id, content=picture(), shows="front"
    )
    client = signed_in(live, Role.MEDICAL_DIRECTOR)
    ahead = client.get(reverse("photo_copy", args=[row.public_id]), {"use": "website"})
    assert ahead.status_code == 405
    assert not RecordLine.objects.filter(act="handed out photo").exists()
    key = uuid4()
    once, twice = (copied(live, row, "website", key) for _ in range(2))
    assert once.content == twice.content
    assert RecordLine.objects.filter(act="handed out photo").count() == 1
    live.catch_up()
    consent.withdraw(live.act(Role.NURSE), consent_id=given.public_id, reason="asked to")
    assert copied(live, row, "website", key).status_code == 409


def test_a_copy_names_no_patient(live):
    of = live.patient(given_name="Zelda", family_name="Quux")
    live.photo_consent(of, uses=("chart", "teaching"))
    row = photo.add_photo(
        live.act(Role.PRESCRIBER), patient_id=of.public_id, content=picture(), shows="front"
    )
    marks = photo_export.hand_out(live.act(Role.MEDICAL_DIRECTOR), photo_id=row.public_id, use="teaching")
    assert not any(word in f"{marks.across} {marks.below}" for word in ("Zelda", "Quux"))
    assert "front" in marks.below
