"""A consent to photos that was taken back closes them at every address, but for a reason that stands on record."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from tests.clinic.portal import Home, key_of, reachable
from tests.clinic.practice import Practice
from tests.clinic.test_access import POLICY, signed_in
from tests.clinic.wings.chair.test_photo_change import face
from tests.clinic.wings.chair.test_photos import picture

from needlepoint.clinic.access.roles import Permission, Role
from needlepoint.clinic.care.actions import check_in
from needlepoint.clinic.chair.actions import consent
from needlepoint.clinic.chair.actions.photo import change as photo_change
from needlepoint.clinic.chair.actions.photo import closing as photo_closing
from needlepoint.clinic.chair.actions.photo import photo
from needlepoint.clinic.chair.actions.photo.photo import clean
from needlepoint.clinic.chair.queries.photo.closing import closed_since
from needlepoint.clinic.models import Photo, PhotoChange, RecordLine

pytestmark = pytest.mark.django_db
IMAGES = (b"\xff\xd8\xff", b"GIF8", b"\x89PNG", b"RIFF")
WHY = "The redness of today has to be compared with the first session."


@pytest.fixture
def taken_back(settings, tmp_path):
    """Photos, a portrait and a comparison of a patient who took the consent back."""
    settings.PHOTO_FOLDER = tmp_path / "photos"
    practice = Practice.of_today("Harbour Skin")
    reachable(practice)
    of = practice.patient()
    given = practice.photo_consent(of, uses=("chart", "teaching"))
    for content, shows in ((face(), "front"), (face(1.6, seed=2), "front"), (picture(), "portrait")):
        practice.catch_up()
        photo.add_photo(practice.act(), patient_id=of.public_id, content=content, shows=shows)
    practice.catch_up()
    photo_change.measure_waiting(practice.at)
    practice.catch_up()
    consent.withdraw(practice.act(), consent_id=given.public_id, reason="I do not want them any more.")
    return practice, of


def addresses_of(of):
    """Every address of the staff's that may give or show a picture of a patient, by what it is."""
    change = PhotoChange.objects.get(patient=of)
    pictures = [("photo", [each.public_id], {}) for each in of.photos.all()]
    pictures += [("photo_change_picture", [change.public_id], {"of": name}) for name in photo_change.PICTURES]
    pages = [("photos", [of.public_id], {}), ("photo_changes", [of.public_id], {})]
    pages += [("photo_change", [change.public_id], {}), ("portrait", [of.public_id], {})]
    return pictures, pages


def test_the_addresses_looked_at_here_are_all_there_are(taken_back):
    _practice, of = taken_back
    pictures, pages = addresses_of(of)
    asked = {name for name, *_rest in (*pictures, *pages)} | {"photo_copy", "closed_photos"}
    about_photos = {Permission.SEE_PHOTOS.value, Permission.EXPORT_PHOTOS.value}
    assert {name for name, (permission, *_rest) in POLICY.items() if permission in about_photos} == asked


def is_picture(answer):
    return answer.content.startswith(IMAGES) or answer.headers["Content-Type"] in {"image/jpeg", "image/gif"}


def test_no_address_gives_a_picture_once_the_consent_is_taken_back(taken_back):
    practice, of = taken_back
    client = signed_in(practice, Role.MEDICAL_DIRECTOR)
    pictures, pages = addresses_of(of)
    assert len(pictures) == 3 + len(photo_change.PICTURES)
    for name, args, asked in (*pictures, *pages):
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.get(reverse(name, args=args), asked, headers=headers)
            assert not is_picture(answer), name
            for each in of.photos.all():
                assert str(each.public_id) not in answer.content.decode(), name
            assert b"redness" not in answer.content.lower(), name
            if name != "portrait":
                assert b"closed" in answer.content, name
    copied = client.post(
        reverse("photo_copy", args=[of.photos.first().public_id]),
        {"key": str(uuid4()), "patient": str(of.public_id), "use": "teaching"},
    )
    assert not is_picture(copied)


def test_a_reason_on_record_opens_them_for_its_member_and_session_and_a_quarter_of_an_hour(
    taken_back, monkeypatch
):
    practice, of = taken_back
    client, other = signed_in(practice, Role.NURSE), signed_in(practice, Role.NURSE)
    pictures, pages = addresses_of(of)
    assert opened(client, of).status_code == 302
    for name, args, asked in (*pictures, *pages[:3]):
        answer = client.get(reverse(name, args=args), asked)
        assert answer.status_code == 200, name
        assert is_picture(answer) == ((name, args, asked) in pictures), name
    assert b"open to you until" in client.get(reverse("photos", args=[of.public_id])).content
    line = RecordLine.objects.get(act="opened closed photos")
    assert (line.member, line.patient, line.detail) == (practice.members[Role.NURSE], of, {"reason": WHY})
    name, args, asked = pictures[0]
    assert not is_picture(other.get(reverse(name, args=args), asked))
    later = photo_closing.OPEN_FOR + timedelta(seconds=1)
    from django.utils import timezone

    now = timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: now() + later)
    assert not is_picture(client.get(reverse(name, args=args), asked))


def opened(client, of, reason=WHY):
    typed = {"key": str(uuid4()), "patient": str(of.public_id), "reason": reason}
    return client.post(reverse("closed_photos", args=[of.public_id]), typed)


@pytest.mark.parametrize("reason", ["", "   ", "because"])
def test_without_a_reason_in_words_they_stay_closed(taken_back, reason):
    practice, of = taken_back
    client = signed_in(practice, Role.NURSE)
    answer = opened(client, of, reason)
    assert answer.status_code == 409
    assert b"Write in a few words why" in answer.content
    name, args, asked = addresses_of(of)[0][0]
    assert not is_picture(client.get(reverse(name, args=args), asked))
    assert not RecordLine.objects.filter(act="opened closed photos").exists()


def test_who_may_not_see_photos_cannot_open_them_by_any_reason(taken_back):
    practice, of = taken_back
    for role in (Role.FRONT_DESK, Role.CLINIC_ADMIN, Role.AUDITOR):
        assert opened(signed_in(practice, role), of).status_code == 403


def test_one_patients_photos_are_opened_and_not_anothers(taken_back):
    practice, of = taken_back
    other = practice.patient(given_name="Bea")
    given = practice.photo_consent(other)
    row = photo.add_photo(practice.act(), patient_id=other.public_id, content=picture(), shows="front")
    practice.catch_up()
    consent.withdraw(practice.act(), consent_id=given.public_id, reason="")
    client = signed_in(practice, Role.NURSE)
    assert opened(client, of).status_code == 302
    assert not is_picture(client.get(reverse("photo", args=[row.public_id])))


def test_the_words_stand_on_the_page_and_say_how_they_are_opened(taken_back):
    practice, of = taken_back
    page = signed_in(practice, Role.NURSE).get(reverse("photos", args=[of.public_id])).content.decode()
    assert "Closed: 3 photos" in page
    assert reverse("closed_photos", args=[of.public_id]) in page


def test_a_new_consent_opens_them_again_and_one_for_the_website_alone_does_not(taken_back):
    practice, of = taken_back
    client = signed_in(practice, Role.NURSE)
    name, args, asked = addresses_of(of)[0][0]
    practice.catch_up()
    practice.photo_consent(of, uses=("website",))
    assert not is_picture(client.get(reverse(name, args=args), asked))
    practice.catch_up()
    practice.photo_consent(of, uses=("chart",))
    assert closed_since(of.pk) is None
    assert is_picture(client.get(reverse(name, args=args), asked))


def test_a_consent_that_a_newer_one_replaced_closes_nothing(settings, tmp_path):
    settings.PHOTO_FOLDER = tmp_path / "photos"
    practice = Practice.of_today("Harbour Skin")
    of = practice.patient()
    practice.photo_consent(of)
    row = photo.add_photo(practice.act(), patient_id=of.public_id, content=picture(), shows="front")
    practice.catch_up()
    practice.photo_consent(of, uses=("chart", "teaching"))
    assert is_picture(signed_in(practice, Role.NURSE).get(reverse("photo", args=[row.public_id])))


def test_in_the_portal_they_are_closed_too_and_what_is_sent_later_is_seen(taken_back):
    practice, of = taken_back
    practice.done(practice.opened(practice.consented(practice.planned(practice.course(of)))))
    home = Home(practice).enter(of)
    page = home.get("photos/")
    assert b"closed" in page.content
    for each in Photo.objects.filter(patient=of):
        assert str(each.public_id) not in page.content.decode()
        answer = home.get(f"photos/{each.public_id}.jpg")
        assert answer.status_code == 409
        assert not is_picture(answer)
    spanish = Home(practice, "es").enter(of, "es").get("photos/").content.decode()
    assert "están cerradas" in spanish
    later = sent_with_a_report(home)
    assert is_picture(home.get(f"photos/{later.public_id}.jpg"))
    nurse = signed_in(practice, Role.NURSE)
    assert is_picture(nurse.get(reverse("photo", args=[later.public_id])))
    assert "Closed: 3 photos" in nurse.get(reverse("photos", args=[of.public_id])).content.decode()


def sent_with_a_report(home):
    from django.core.files.uploadedfile import SimpleUploadedFile

    typed = {"redness": "1", "swelling": "1", "pain": "1", "none": "all", "step": "send"}
    file = SimpleUploadedFile("skin.jpg", picture(), content_type="image/jpeg")
    assert home.post("check-in/", key=key_of(home.get("check-in/")), photo=file, **typed).status_code == 302
    return Photo.objects.filter(taken_by=None).latest("pk")


def test_who_never_signed_and_sends_a_photo_with_a_report_is_looked_at(settings, tmp_path):
    settings.PHOTO_FOLDER = tmp_path / "photos"
    practice = Practice.of_today("Harbour Skin")
    reachable(practice)
    of = practice.patient()
    practice.done(practice.opened(practice.consented(practice.planned(practice.course(of)))))
    row = sent_with_a_report(Home(practice).enter(of))
    assert is_picture(signed_in(practice, Role.NURSE).get(reverse("photo", args=[row.public_id])))
    assert row.shows == check_in.OF_THE_PATIENT
    assert clean(picture())
