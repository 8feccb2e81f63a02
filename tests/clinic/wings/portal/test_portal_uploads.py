"""What patients send as a photo: only a picture comes through, upright, without a trace of where, and sealed."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.clinic.portal import Home, key_of, reachable
from tests.clinic.practice import Practice
from tests.clinic.wings.chair.test_photos import picture, with_exif

from needlepoint.clinic.models import CheckIn, Photo

MAGIC = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"GIF8", b"BM", b"<svg", b"<?xml", b"%PDF", b"<htm", b"<!do")
pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    practice = Practice.of_today("Harbour Skin")
    reachable(practice)
    ada = practice.patient()
    practice.done(practice.opened(practice.consented(practice.planned(practice.course(ada)))))
    return Home(practice).enter(ada)


def send(home, content, name="skin.jpg", kind="image/jpeg"):
    typed = {
        "redness": "1",
        "swelling": "1",
        "pain": "1",
        "none": "all",
        "step": "send",
        "words": "Kept words",
    }
    photo = SimpleUploadedFile(name, content, content_type=kind)
    return home.post("check-in/", key=key_of(home.get("check-in/")), photo=photo, **typed)


def png(width, height, data=b""):
    """A PNG that says how large it is, with whatever is claimed to be its pixels."""

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


def hostile():
    script = b"<script>alert(1)</script>"
    return {
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "html": b"<!doctype html><html>" + script,
        "html in a jpeg's clothes": b"\xff\xd8\xff\xe0" + script,
        "gif": b"GIF89a" + bytes(60),
        "pdf": b"%PDF-1.7\n" + bytes(60),
        "zip": b"PK\x03\x04" + bytes(60),
        "cut off": picture()[:300],
        "a bomb of 81 million pixels": png(9000, 9000, bytes(9000 * 1126)),
        "a bomb that only claims": png(60000, 60000, bytes(100)),
        "too many bytes": picture() + bytes(15 * 1024 * 1024),
        "tiff": tiff(),
    }


def tiff():
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "TIFF")
    return out.getvalue()


def test_what_is_no_photo_is_refused_and_the_words_stay(home):
    before = set(Path(settings.PHOTO_FOLDER).glob("*"))
    for name, content in hostile().items():
        for kind in ("image/jpeg", "text/html"):
            answer = send(home, content, kind=kind)
            assert answer.status_code == 409, name
            assert b"Kept words" in answer.content, name
    assert not CheckIn.objects.exists()
    assert not Photo.objects.exists()
    assert set(Path(settings.PHOTO_FOLDER).glob("*")) == before


def test_a_picture_that_is_also_a_page_comes_through_as_a_picture_alone(home):
    script = b"<html><script>alert(1)</script></html>"
    for content in (picture(comment=script), picture() + script, picture("PNG") + script):
        assert send(home, content, name="../../x.html", kind="text/html").status_code == 302
        page = home.browser.get(photo_of(home))
        assert page.headers["Content-Type"] == "image/jpeg"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert b"script" not in page.content


def photo_of(home):
    return f"{home.root}photos/{Photo.objects.latest('pk').public_id}.jpg"


def test_photos_stand_upright_and_do_not_say_where_they_were_taken(home):
    for orientation in range(1, 9):
        assert send(home, with_exif(orientation)).status_code == 302
        kept = home.browser.get(photo_of(home)).content
        image = Image.open(io.BytesIO(kept))
        assert image.size == ((40, 20) if orientation < 5 else (20, 40))
        # In the picture as it was seen, the dark corner is at the upper left; turned it would be elsewhere.
        assert len(image.getexif()) == 0
        assert b"SECRET-PLACE" not in kept


def test_nothing_in_the_store_begins_like_a_picture(home):
    for content in (picture(), picture("PNG"), picture("WEBP")):
        assert send(home, content).status_code == 302
    kept = [settings.PHOTO_FOLDER / each.stored_as for each in Photo.objects.all()]
    assert len(kept) == 3
    for path in kept:
        sealed = Path(path).read_bytes()
        assert not sealed.startswith(MAGIC)
        assert b"JFIF" not in sealed
        assert b"\xff\xd8\xff\xe0" not in sealed


def test_a_photo_from_home_says_that_the_patient_sent_it(home):
    send(home, picture())
    photo = Photo.objects.get()
    assert photo.taken_by is None
    assert CheckIn.objects.get().photo == photo


def test_a_photo_is_gone_with_the_stay(home):
    send(home, picture())
    where = photo_of(home)
    assert home.browser.get(where).status_code == 200
    home.post("leave/", key=key_of(home.get("today/")))
    assert home.browser.get(where).status_code == 302
