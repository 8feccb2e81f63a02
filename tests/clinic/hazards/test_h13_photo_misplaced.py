"""H13: a photo lands with the wrong patient or side."""

import io
from uuid import uuid4

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from tests.clinic.test_access import signed_in
from tests.clinic.wings.chair.test_photos import picture, with_exif

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.photo import photo
from needlepoint.clinic.chair.actions.photo.export import Marks, marked
from needlepoint.clinic.models import Photo

# In which corner the dark quarter lies once the picture stands upright, for each way to hold a camera; from the fifth
# on the picture has become an upright one.
DARK = {
    1: "top left",
    2: "top right",
    3: "bottom right",
    4: "bottom left",
    5: "top left",
    6: "top right",
    7: "bottom right",
    8: "bottom left",
}


def dark_corner(content):
    shades = np.asarray(Image.open(io.BytesIO(content)).convert("L"))
    high, wide = (length // 2 for length in shades.shape)
    corners = {
        "top left": shades[:high, :wide],
        "top right": shades[:high, wide:],
        "bottom left": shades[high:, :wide],
        "bottom right": shades[high:, wide:],
    }
    return min(corners, key=lambda corner: corners[corner].mean()), high > wide


def test_a_photo_is_turned_and_mirrored_as_its_file_says_before_that_is_dropped(bites):
    def kept():
        for orientation, corner in DARK.items():
            assert dark_corner(photo.clean(with_exif(orientation))) == (corner, orientation > 4)

    bites(kept, instead=lambda content: content)


def test_a_photo_sent_from_the_page_of_one_patient_is_not_kept_for_another(bites, live):
    shown, address = live.patient(given_name="Bea"), live.patient(given_name="Cem")
    for each in (shown, address):
        live.photo_consent(each)
    client = signed_in(live, Role.NURSE)

    def sent():
        file = SimpleUploadedFile("p.jpg", picture(), "image/jpeg")
        typed = {"key": uuid4(), "patient": shown.public_id, "shows": "front", "photo": file}
        assert client.post(reverse("photos", args=[address.public_id]), typed).status_code == 409
        assert not Photo.objects.exists()

    bites(sent)


def test_the_side_is_burned_into_every_copy_that_leaves(bites):
    plain = picture(size=(900, 600))

    def below(words):
        made = Image.open(io.BytesIO(marked(plain, Marks("clinic", words)))).convert("L")
        return made.crop((0, 600, *made.size)).tobytes() if made.height > 600 else b""

    def burned_in():
        sides = [below(words) for words in ("left 45°", "right 45°")]
        assert all(sides)
        assert sides[0] != sides[1]

    bites(burned_in, instead=lambda image, _words, _letter: image)
