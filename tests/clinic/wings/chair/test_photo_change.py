"""Two photos of one patient: what changed is measured in the background, shown with its doubt, and fed to no rule."""

import os
import subprocess
import sys
from datetime import timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.urls import reverse
from PIL import Image, ImageOps
from tests.clinic.practice import Practice
from tests.clinic.test_pages import at_most, signed_in
from tests.clinic.wings.chair.test_photos import picture
from tests.phantom.camera import Shot, photograph
from tests.phantom.surface import surface
from tests.phantom.trials import zone_mask
from tests.unit.photo.profiles import DISPLAY_P3, P3_TO_SRGB

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.chair.actions import consent
from needlepoint.clinic.chair.actions.photo import change as photo_change
from needlepoint.clinic.chair.actions.photo import photo
from needlepoint.clinic.chair.queries.course.advice import advice_on
from needlepoint.clinic.chair.queries.patient import photo_consent
from needlepoint.clinic.chair.queries.photo.change import changes_of
from needlepoint.clinic.models import PhotoChange, RecordLine
from needlepoint.clinic.server.work import measuring
from needlepoint.course.zones import Zone
from needlepoint.photo.profile import light_to_srgb, srgb_to_light


@pytest.fixture
def photos_only(settings, tmp_path):
    settings.PHOTO_FOLDER = tmp_path / "photos"
    return settings.PHOTO_FOLDER


@cache
def face(blood=1.0, seed=1, tone="light", card=True):
    skin = surface(tone, px_per_mm=5.0)
    changed = skin.with_blood(blood, zone_mask(Zone.CHEEK_LEFT)) if blood != 1 else skin
    return photograph(changed, Shot(width=1200, seed=seed, card=card)).jpeg()


def taken(practice, of, content, shows="front"):
    practice.later(days=30)
    return photo.add_photo(practice.act(), patient_id=of.public_id, content=content, shows=shows)


@pytest.fixture
def pair(practice, photos_only):
    of = practice.patient()
    practice.photo_consent(of)
    taken(practice, of, face())
    taken(practice, of, face(1.6, seed=2))
    return of


def measure(practice, limit=4):
    return photo_change.measure_waiting(practice.at + timedelta(minutes=5), limit)


def test_a_later_photo_of_the_same_kind_is_measured_once(practice, pair):
    assert measure(practice) == 1
    assert measure(practice) == 0
    row = PhotoChange.objects.get()
    assert (row.patient, row.verdict) == (pair, "changed")
    assert row.before.taken_at < row.after.taken_at
    shown = changes_of(pair)[0]
    assert shown.headline.startswith("Changed: left cheek; ")
    assert shown.headline.endswith("zones seen")
    assert shown.limits == "the shipped limits"
    blood = shown.changed[0]
    assert blood.change.startswith("+0.")
    assert " to " in blood.interval


def test_every_later_photo_is_compared_with_the_first(practice, pair):
    measure(practice)
    third = taken(practice, pair, face(seed=3))
    assert measure(practice) == 1
    row = PhotoChange.objects.get(after=third)
    assert row.before == pair.photos.order_by("taken_at").first()
    assert row.verdict == "not_detectable"


def test_no_more_pairs_are_measured_at_once_than_asked_for(practice, photos_only):
    of = practice.patient()
    practice.photo_consent(of)
    for _ in range(4):
        taken(practice, of, picture())
    assert [measure(practice, limit=2) for _ in range(3)] == [2, 1, 0]


def test_photos_of_another_kind_or_patient_are_no_pair(practice, photos_only):
    of, other = practice.patient(), practice.patient(given_name="Bea")
    for each in (of, other):
        practice.photo_consent(each)
    taken(practice, of, picture())
    taken(practice, of, picture(), shows="portrait")
    taken(practice, other, picture())
    assert measure(practice) == 0


def test_once_the_consent_is_taken_back_nothing_more_is_measured(practice, pair):
    given = photo_consent(pair)
    consent.withdraw(practice.act(), consent_id=given.public_id, reason="Changed my mind.")
    assert measure(practice) == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [(picture(size=(1200, 900)), "No face is seen"), (picture(), "too few")],
    ids=["no face", "too small"],
)
def test_what_cannot_be_measured_says_why(practice, photos_only, content, words):
    of = practice.patient()
    practice.photo_consent(of)
    taken(practice, of, face())
    taken(practice, of, content)
    measure(practice)
    row = PhotoChange.objects.get()
    assert row.verdict == "not_measurable"
    assert words in row.document["why"]
    assert row.document["zones"] == []
    client = signed_in(practice)
    shown = client.get(reverse("photo_change", args=[row.public_id])).content.decode()
    assert words in shown
    assert "Nothing is known from these two photos" in shown
    assert client.get(reverse("photo_change_picture", args=[row.public_id])).status_code == 302


def somebody_else():
    other = surface("brown", seed=2, px_per_mm=5.0)
    return photograph(other, Shot(width=1200, seed=9, person=3)).jpeg()


def mirrored():
    out = BytesIO()
    ImageOps.mirror(Image.open(BytesIO(face(seed=4)))).save(out, "JPEG", quality=95)
    return out.getvalue()


def black_and_white():
    out = BytesIO()
    Image.open(BytesIO(face(seed=4))).convert("L").save(out, "JPEG", quality=95)
    return out.getvalue()


def test_another_persons_photo_a_mirrored_one_and_a_black_and_white_one_are_not_compared(
    practice, photos_only
):
    of = practice.patient()
    practice.photo_consent(of)
    taken(practice, of, face())
    words = ("another person", "mirrored", "black and white")
    for content in (somebody_else(), mirrored(), black_and_white()):
        taken(practice, of, content)
    assert measure(practice) == 3
    client = signed_in(practice)
    for row, said in zip(PhotoChange.objects.order_by("after__taken_at"), words, strict=True):
        assert row.verdict == "not_measurable"
        assert said in row.document["why"]
        assert said in client.get(reverse("photo_change", args=[row.public_id])).content.decode()


def test_a_missing_file_is_said_and_holds_nobody_up(practice, pair):
    first = pair.photos.order_by("taken_at").first()
    (Path(settings.PHOTO_FOLDER) / first.stored_as).unlink()
    assert measure(practice) == 1
    assert "missing or was altered" in PhotoChange.objects.get().document["why"]


def test_a_fault_of_the_program_holds_nobody_up(practice, pair, monkeypatch):
    def broken(*_given, **_named):
        raise ValueError("a defect")

    monkeypatch.setattr("needlepoint.photo.compare.compare", broken)
    assert measure(practice) == 1
    assert "fault of ours" in PhotoChange.objects.get().document["why"]


def test_the_pictures_lie_sealed_and_open_only_where_they_belong(practice, pair, photos_only):
    measure(practice)
    row = PhotoChange.objects.get()
    lying = sorted(photos_only.iterdir())
    assert {path.suffix for path in lying} == {".sealed"}
    assert len(lying) == 2 + len(photo_change.PICTURES)
    assert not [path for path in lying if b"\xff\xd8\xff" in path.read_bytes()[:40]]
    for name in photo_change.PICTURES:
        Image.open(BytesIO(photo_change.picture_of(row, name))).verify()
    before, after = (photos_only / f"{row.public_id.hex}-{name}.sealed" for name in ("before", "after"))
    after.write_bytes(before.read_bytes())
    with pytest.raises(Refused, match="altered"):
        photo_change.picture_of(row, "after")


def test_the_record_says_that_the_program_measured_and_names_nobody(practice, pair):
    measure(practice)
    line = RecordLine.objects.order_by("-number").first()
    assert (line.act, line.member, line.detail) == ("measured photos", None, {"verdict": "changed"})


def test_no_advice_changes_because_photos_did(practice, pair):
    course = practice.course(pair)
    actor = practice.actor(next(iter(practice.members)))
    before = advice_on(course, actor, practice.at)
    measure(practice)
    assert advice_on(course, actor, practice.at) == before


def test_a_display_p3_photo_of_the_same_skin_has_not_changed(practice, photos_only):
    of = practice.patient()
    practice.photo_consent(of)
    taken(practice, of, face(card=False))
    codes = np.asarray(Image.open(BytesIO(face(seed=5, card=False))))
    wide = light_to_srgb(srgb_to_light(codes / 255) @ np.linalg.inv(P3_TO_SRGB).T)
    out = BytesIO()
    Image.fromarray(np.round(255 * wide).astype(np.uint8)).save(
        out, "JPEG", quality=95, icc_profile=DISPLAY_P3
    )
    taken(practice, of, out.getvalue())
    out.seek(0)
    untagged = BytesIO()
    Image.open(out).save(untagged, "JPEG", quality=95, icc_profile=None)
    taken(practice, of, untagged.getvalue())
    assert measure(practice) == 2
    tagged, misread = (
        np.mean(
            [
                line["change"]
                for line in row.document["zones"]
                if line["measure"] == "a_star" and line["change"]
            ]
        )
        for row in PhotoChange.objects.order_by("after__taken_at")
    )
    assert abs(tagged) < 0.5
    # The same file without its profile is what reading it as sRGB would do; no card hides it here.
    assert misread < -1.0


def test_a_clinics_own_card_colours_and_scatter_are_used(practice, pair, photos_only):
    wide = "\n".join(f"{measure} = 500.0" for measure in ("haemoglobin", "a_star", "erythema_index"))
    own = f'source = "this clinic, 24 pairs"\nbasis = "calibrated"\n[card]\n{wide}\n'
    (photos_only.parent / photo_change.SCATTER).write_text(own)
    measure(practice)
    row = PhotoChange.objects.get()
    assert row.verdict == "not_detectable"
    assert row.document["repeatability"]["source"] == "this clinic, 24 pairs"


@pytest.fixture
def live(db, photos_only):
    practice = Practice.of_today("Harbour Skin")
    of = practice.patient()
    practice.photo_consent(of)
    for content in (face(), face(1.6, seed=2)):
        photo.add_photo(practice.act(), patient_id=of.public_id, content=content, shows="front")
    measure(practice)
    return practice, of


def test_the_fragment_shows_value_interval_verdict_and_what_dark_skin_hides(live):
    practice, of = live
    client = signed_in(practice)
    address = reverse("photo_changes", args=[of.public_id])
    client.get(address, headers={"HX-Request": "true"})
    with at_most(12):
        shown = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in shown
    for words in (
        "Changed: left cheek",
        "Haemoglobin (redness)",
        "95 % interval",
        "On very dark skin",
        "not a diagnosis",
    ):
        assert words in shown
    assert "<html" in client.get(address).content.decode()


def test_the_page_of_a_comparison_has_slider_maps_and_every_number(live):
    practice, _ = live
    client, row = signed_in(practice), PhotoChange.objects.get()
    page = client.get(reverse("photo_change", args=[row.public_id])).content.decode()
    assert "style=" not in page
    assert page.count("<tr") > 60
    for name in photo_change.PICTURES:
        answer = client.get(reverse("photo_change_picture", args=[row.public_id]), {"of": name})
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
        assert f"?of={name}" in page
    odd = client.get(reverse("photo_change_picture", args=[row.public_id]), {"of": "../key"})
    assert odd.status_code == 302


def test_the_photo_page_asks_for_the_fragment(live):
    practice, of = live
    shown = signed_in(practice).get(reverse("photos", args=[of.public_id])).content.decode()
    assert f'hx-get="{reverse("photo_changes", args=[of.public_id])}"' in shown


def test_two_processes_keep_one_row(practice, pair):
    before, after = pair.photos.order_by("taken_at")
    assert photo_change._measure(before, after, practice.at)
    assert not photo_change._measure(before, after, practice.at)
    assert PhotoChange.objects.count() == 1


def test_a_photo_that_the_patient_sent_is_no_pair_with_one_that_the_clinic_took(practice, photos_only):
    of = practice.patient()
    practice.photo_consent(of)
    own = taken(practice, of, picture())
    replace_keys = {"pk": None, "taken_by": None, "taken_at": own.taken_at + timedelta(days=1)}
    for name, value in replace_keys.items():
        setattr(own, name, value)
    own.public_id, own.stored_as = practice.act().id_for("photo"), "another.sealed"
    own.save(force_insert=True)
    assert measure(practice) == 0


# ------------------------------------------------------------------------------------------------ beside the other work

SAYS = """
import os
from needlepoint.clinic.server.work import measuring
import django
django.setup()
import cv2
from needlepoint.clinic.chair.actions.photo import change as photo_change
photo_change.measure_waiting = lambda at: print(os.nice(0), cv2.getNumThreads(), at.tzinfo)
measuring.main()
"""


def test_measuring_is_a_process_of_its_own_on_one_core_with_little_claim_to_it():
    said = subprocess.run(
        [sys.executable, "-c", SAYS], capture_output=True, text=True, check=True, timeout=120
    )
    nice, threads, zone = said.stdout.split()
    # Below whatever these tests themselves were started with.
    below = min(os.nice(0) + measuring.LITTLE_CLAIM, 19)
    assert (nice, threads, zone) == (str(below), "1", "UTC")


def test_no_process_is_started_where_nothing_waits(practice, photos_only, monkeypatch):
    monkeypatch.setattr(measuring, "COMMAND", [sys.executable, "-c", "raise SystemExit(3)"])
    measuring.measure_beside(practice.at)
    of = practice.patient()
    practice.photo_consent(of)
    taken(practice, of, picture())
    assert not photo_change.waits()
    measuring.measure_beside(practice.at)
    taken(practice, of, picture())
    assert photo_change.waits()
    with pytest.raises(subprocess.CalledProcessError):
        measuring.measure_beside(practice.at)


def test_the_process_has_one_thread_for_its_algebra(monkeypatch):
    asked = "import os; raise SystemExit(os.environ.get('OPENBLAS_NUM_THREADS') != '1')"
    monkeypatch.setattr(measuring, "COMMAND", [sys.executable, "-c", asked])
    monkeypatch.setattr(photo_change, "waits", lambda: True)
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    measuring.measure_beside(None)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")  # whoever chose a number keeps it
    with pytest.raises(subprocess.CalledProcessError):
        measuring.measure_beside(None)
