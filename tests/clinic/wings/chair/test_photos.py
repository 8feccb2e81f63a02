"""Photos: clean when they come in, sealed where they lie, never another patient's."""

import io
import os
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.chair.actions.photo import photo as photos

GPS = 0x8825


def picture(form="JPEG", size=(40, 20), **more) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, (200, 150, 130))
    image.paste((10, 10, 10), (0, 0, size[0] // 2, size[1] // 2))
    image.save(out, form, **more)
    return out.getvalue()


def with_exif(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif.get_ifd(GPS)[1] = "N"
    exif[0x010E] = "SECRET-PLACE"
    return picture(exif=exif)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_and_carries_nothing_but_the_picture(orientation):
    kept = photos.clean(with_exif(orientation))
    image = Image.open(io.BytesIO(kept))
    assert image.size == ((40, 20) if orientation < 5 else (20, 40))
    assert len(image.getexif()) == 0
    assert b"SECRET-PLACE" not in kept


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_forms_become_jpeg(form):
    assert photos.clean(picture(form))[:2] == b"\xff\xd8"


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg onload='x'/>", b"GIF89a" + bytes(40), b"\xff\xd8\xff" + bytes(100), picture()[:200]],
)
def test_what_is_no_photo_is_refused(content):
    with pytest.raises(Refused):
        photos.clean(content)


def test_a_picture_that_would_fill_the_memory_is_refused():
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    assert len(out.getvalue()) < 20_000
    with pytest.raises(Refused, match="million pixels"):
        photos.clean(out.getvalue())


def test_a_photo_lies_sealed_and_opens_only_where_it_belongs(practice):
    of, other = practice.patient(), practice.patient(given_name="Bea")
    row = practice.photographed(of, picture())
    stored = Path(settings.PHOTO_FOLDER) / row.stored_as
    assert stored.read_bytes()[12:14] != b"\xff\xd8"
    assert Image.open(io.BytesIO(photos.opened(row))).size == (40, 20)
    second = practice.photographed(other, picture())
    moved = Path(settings.PHOTO_FOLDER) / second.stored_as
    moved.write_bytes(stored.read_bytes())
    with pytest.raises(Refused, match="altered"):
        photos.opened(second)


def test_without_consent_no_photo_is_taken(practice):
    of = practice.patient()
    with pytest.raises(Refused, match="agreed"):
        photos.add_photo(practice.act(), patient_id=of.public_id, content=picture(), shows="front")
    practice.photo_consent(of, uses=("website",))
    with pytest.raises(Refused, match="agreed"):
        photos.add_photo(practice.act(), patient_id=of.public_id, content=picture(), shows="front")


def test_the_folder_that_lists_a_photo_is_on_the_disk_before_the_row_is(practice, monkeypatch):
    settled, sync = [], os.fsync

    def looked_at(opened):
        settled.append(os.fstat(opened).st_ino)
        sync(opened)

    monkeypatch.setattr(os, "fsync", looked_at)
    kept = practice.photographed(practice.patient(), picture())
    path = Path(settings.PHOTO_FOLDER) / kept.stored_as
    assert settled == [path.stat().st_ino, path.parent.stat().st_ino]
    assert path.stat().st_mode & 0o077 == 0
