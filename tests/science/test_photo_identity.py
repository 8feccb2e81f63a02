"""Two people are not compared, nor one face with its own mirror image; the same face is, however it was taken."""

from dataclasses import replace
from functools import cache
from itertools import combinations

import cv2
import numpy as np
import pytest
from tests.phantom.camera import jittered, photograph
from tests.phantom.trials import WIDTH, skin_of
from tests.science.test_photo_portrait import light as portrait_light
from tests.science.test_photo_portrait import retaken

from needlepoint.photo import gate, identity
from needlepoint.photo.compare import compare
from needlepoint.photo.picture import Picture, decode
from needlepoint.photo.reading import Reading, read
from needlepoint.photo.registration import register

# Each with a skin and a head of their own.
PEOPLE = {"a": ("light", 0, 1), "b": ("intermediate", 1, 6), "c": ("brown", 2, 3), "d": ("dark", 5, 4)}
# As far apart as a careful person takes them; the pose stays within what the gate lets through.
TIMES = range(3)


@cache
def photo(person: str, time: int) -> Picture:
    tone, relief, shape = PEOPLE[person]
    rng = np.random.default_rng((ord(person), time))
    shot = jittered(rng, 0.7, width=WIDTH, person=shape)
    return decode(photograph(skin_of(tone, relief), shot).jpeg(), person)


@cache
def seen(person: str, time: int) -> Reading:
    return read(photo(person, time))


@cache
def portrait(time: int) -> Picture:
    return retaken(portrait_light(), np.random.default_rng(70 + time))


def mirrored(picture: Picture) -> Picture:
    return replace(picture, codes=cv2.flip(picture.codes, 1))


def refused(before, after) -> set[str]:
    told = compare(before, after, maps=False)
    return {check.check for check in told.quality if check.level == "refuse"}


@pytest.mark.parametrize("person", PEOPLE)
def test_the_same_face_taken_again_is_the_same_face(person):
    for one, other in combinations(TIMES, 2):
        assert not refused(seen(person, one), seen(person, other)) & {"identity", "shape", "mirrored"}


@pytest.mark.parametrize("pair", list(combinations(PEOPLE, 2)), ids="-".join)
def test_two_people_are_refused_though_each_photo_is_good(pair):
    one, other = pair
    assert refused(seen(one, 0), seen(other, 1)) & {"identity", "shape"}
    assert "mirrored" not in refused(photo(one, 0), photo(other, 1))


@pytest.mark.parametrize("person", PEOPLE)
def test_a_mirrored_photo_is_refused_and_called_mirrored(person):
    assert refused(photo(person, 0), mirrored(photo(person, 1))) == {"mirrored"}
    assert refused(mirrored(photo(person, 0)), photo(person, 1)) == {"mirrored"}


def test_two_mirrored_photos_are_one_face():
    assert not refused(mirrored(photo("a", 0)), mirrored(photo("a", 1)))


def test_a_real_face_is_itself_and_nobody_else_and_is_noticed_mirrored():
    again = portrait(1)
    assert not refused(portrait(0), again) & {"identity", "shape", "mirrored"}
    assert refused(portrait(0), mirrored(again)) == {"mirrored"}
    for person in PEOPLE:
        assert refused(portrait(0), photo(person, 0)) & {"identity", "shape"}


def test_the_gap_of_one_face_lies_far_from_that_of_two():
    same = [
        register(seen(person, 0), seen(person, time)).median_mm
        for person in PEOPLE
        for time in list(TIMES)[1:]
    ]
    other = [register(seen(a, 0), seen(b, 0)).median_mm for a, b in combinations(PEOPLE, 2)]
    limit = gate.limits()["identity"]["refuse_above"]
    assert max(same) < limit / 3
    assert np.median(other) > 1.5 * limit


def test_the_words_say_what_to_do():
    told = compare(photo("a", 0), photo("b", 0), maps=False)
    says = " ".join(check.says for check in told.quality if check.level == "refuse")
    assert "another person" in says
    assert told.zones == ()
    assert "selfie" in identity.MIRRORED.says


def test_a_reading_alone_cannot_be_tried_mirrored_and_is_still_refused():
    assert refused(seen("a", 0), read(mirrored(photo("a", 1)))) & {"identity", "shape"}
