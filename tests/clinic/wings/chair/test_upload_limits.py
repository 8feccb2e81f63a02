"""What may be sent is known before it is read: a stranger fills neither memory nor disk; a photo is never a file."""

import io
import tempfile
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import ClientHandler
from django.urls import get_resolver, reverse
from tests.clinic.portal import Home, key_of, reachable
from tests.clinic.practice import Practice
from tests.clinic.test_access import signed_in
from tests.clinic.wings.chair.test_photos import picture

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.photo import opening
from needlepoint.clinic.models import Photo
from needlepoint.clinic.server.door import uploads

LONG = 200 * 1000 * 1000
LINE = '--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
pytestmark = pytest.mark.django_db


class Endless(io.RawIOBase):
    """A body that never ends, and says how much of it was read."""

    def __init__(self) -> None:
        self.given = 0

    def readable(self):
        return True

    def read(self, size=-1):
        assert size >= 0, "somebody wants all of it"
        self.given += size
        assert self.given < 2 * LONG, "somebody reads on for ever"
        return (LINE.encode() + b"y" * size)[:size] if self.given == size else b"y" * size

    readline = read


def sent(where, cookie="", **more):
    """Send a long body to an address and return the status, and how much of it was read."""
    body = Endless()
    said = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": where,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": str(LONG),
        "HTTP_COOKIE": cookie,
        "wsgi.input": body,
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        **more,
    }
    given = {name: value for name, value in said.items() if value is not None}
    answer = ClientHandler(enforce_csrf_checks=True)(given)
    return answer.status_code, body.given, answer.content.decode()


def cookie_of(client):
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def addresses():
    """Every address there is, with an id that names nobody."""
    from django.urls import URLPattern

    def under(patterns, before=""):
        for each in patterns:
            where = before + str(each.pattern)
            if isinstance(each, URLPattern):
                yield "/" + plain(where)
            else:
                yield from under(each.url_patterns, where)

    return sorted(set(under(get_resolver().url_patterns)))


def plain(route):
    import re

    route = re.sub(r"<uuid:[a-z_]+>", str(uuid4()), route)
    route = re.sub(r"<slug:clinic>|<slug:slug>", "harbour-skin", route)
    route = re.sub(r"<[a-z]+:[a-z_]+>", "1", route)
    return re.sub(r"[\^$\\]|\(\?P.*\)", "", route)


def test_of_what_a_stranger_sends_nothing_is_read_at_any_address():
    Practice.of_today("Harbour Skin")
    found = addresses()
    assert len(found) > 100
    for where in found:
        status, read, _words = sent(where)
        assert read == 0, where
        assert status in {404, 405, 413}, where


def test_who_is_signed_in_sends_as_much_as_a_form_has_and_a_photo_only_where_one_is_taken(live_practice):
    practice, of = live_practice
    cookie = cookie_of(signed_in(practice, Role.NURSE))
    three = {"CONTENT_LENGTH": str(3 * 1024 * 1024)}
    status, read, _words = sent(reverse("register"), cookie, **three)
    assert (status, read) == (413, 0)
    status, read, words = sent(reverse("photos", args=[of.public_id]), cookie)
    assert (status, read) == (413, 0)
    assert "larger than 15 MB" in words


def test_a_photo_that_is_somewhat_too_large_is_read_to_its_end_and_dropped_so_that_the_browser_hears_why(
    live_practice,
):
    practice, of = live_practice
    cookie = cookie_of(signed_in(practice, Role.NURSE))
    length = {"CONTENT_LENGTH": str(20 * 1024 * 1024)}
    status, read, words = sent(reverse("photos", args=[of.public_id]), cookie, **length)
    assert (status, read) == (413, 20 * 1024 * 1024)
    assert "larger than 15 MB" in words


@pytest.mark.parametrize(
    "said",
    [
        {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": None},
        {"CONTENT_LENGTH": "-1"},
        {"CONTENT_LENGTH": "1e9"},
        {"CONTENT_LENGTH": "٣"},
    ],
)
def test_what_does_not_say_its_length_is_refused_unread(said):
    assert sent("/sign-in/login/", **said)[:2] == (411, 0)


def test_no_file_is_made_of_what_is_sent(monkeypatch, live_practice):
    def made(*_given, **_named):
        raise AssertionError("a plain file was made")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", made)
    monkeypatch.setattr(tempfile, "TemporaryFile", made)
    monkeypatch.setattr(tempfile, "mkstemp", made)
    practice, of = live_practice
    content = noise(4_000_000)
    assert len(content) > 3_000_000  # of 2.5 MB and more Django would by itself make a file
    assert by_staff(practice, of, content).status_code == 302
    assert Photo.objects.count() == 1
    assert settings.FILE_UPLOAD_HANDLERS == ["needlepoint.clinic.server.door.uploads.InMemory"]


def test_of_a_file_that_is_too_large_a_byte_more_than_is_taken_is_held():
    handler = uploads.InMemory()
    handler.new_file("photo", "a.jpg", "image/jpeg", None)
    for start in range(0, 40 * 1024 * 1024, 64 * 1024):
        handler.receive_data_chunk(b"y" * 64 * 1024, start)
    assert handler.held.getbuffer().nbytes == opening.LARGEST_BYTES + 1
    assert handler.file_complete(40 * 1024 * 1024).size == opening.LARGEST_BYTES + 1


def test_a_photo_of_more_than_15_mb_is_refused_in_words(live_practice):
    practice, of = live_practice
    answer = by_staff(practice, of, b"\xff\xd8\xff" + bytes(opening.LARGEST_BYTES))
    assert answer.status_code == 409
    assert b"larger than 15 MB" in answer.content


def test_more_photos_than_a_person_sends_in_an_hour_are_refused_before_they_are_opened(monkeypatch):
    practice = Practice.of_today("Harbour Skin")
    reachable(practice)
    ada = practice.patient()
    practice.done(practice.opened(practice.consented(practice.planned(practice.course(ada)))))
    home = Home(practice).enter(ada)
    tried = []
    monkeypatch.setattr("needlepoint.clinic.chair.actions.photo.photo.opened_beside", tried.append)
    monkeypatch.setattr(
        "needlepoint.clinic.portal.views.check_in.clean", lambda content: tried.append(content) or b""
    )
    answers = [from_home(home, bytes([n])) for n in range(opening.MOST_FROM_HOME + 5)]
    assert len(tried) == opening.MOST_FROM_HOME
    assert answers[-1].status_code == 409
    assert b"So many photos in one hour" in answers[-1].content


def test_the_words_about_a_large_photo_are_in_the_patients_language():
    practice = Practice.of_today("Harbour Skin")
    reachable(practice)
    ada = practice.patient()
    practice.done(practice.opened(practice.consented(practice.planned(practice.course(ada)))))
    home = Home(practice, "es").enter(ada, "es")
    where = f"{home.root}check-in/"
    status, read, words = sent(where, cookie_of(home.browser), CONTENT_LENGTH=str(17 * 1024 * 1024))
    assert (status, read) == (413, 17 * 1024 * 1024)
    assert "La foto pesa más de 15 MB" in words


def from_home(home, content):
    typed = {"redness": "1", "swelling": "1", "pain": "1", "none": "all", "step": "send"}
    photo = SimpleUploadedFile("skin.jpg", content or b"x", content_type="image/jpeg")
    return home.post("check-in/", key=key_of(home.get("check-in/")), photo=photo, **typed)


@pytest.fixture
def live_practice(db):
    practice = Practice.of_today("Harbour Skin")
    of = practice.patient()
    practice.photo_consent(of)
    return practice, of


def noise(least: int) -> bytes:
    """A photo of at least about so many bytes, of which no two parts are alike."""
    import numpy as np
    from PIL import Image

    side = int(least**0.5)
    out = io.BytesIO()
    pixels = np.random.default_rng(7).integers(0, 256, (side, side, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(out, "JPEG", quality=95)
    return out.getvalue()


def by_staff(practice, of, content):
    photo = SimpleUploadedFile("p.jpg", content, content_type="image/jpeg")
    typed = {"key": str(uuid4()), "patient": str(of.public_id), "shows": "front", "photo": photo}
    return signed_in(practice, Role.NURSE).post(reverse("photos", args=[of.public_id]), typed)


def test_a_photo_of_a_few_bytes_still_comes_through(live_practice):
    practice, of = live_practice
    assert by_staff(practice, of, picture()).status_code == 302
