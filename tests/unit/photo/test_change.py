"""A difference becomes a verdict; what the numbers alone do not carry is taken back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.phantom.trials import OWN

from needlepoint.course.errors import InputError
from needlepoint.course.zones import Zone
from needlepoint.photo import change, compare
from needlepoint.photo.reading import MEASURES

CHEEK = Zone.CHEEK_LEFT


def all_of(
    zone: Zone = CHEEK, condition: str = "card", **pairs: tuple[float, float]
) -> list[change.ZoneChange]:
    # By the phantom's own scatter, which sees smaller changes than the wide limits that are shipped.
    table = OWN
    still = dict.fromkeys(MEASURES, (40.0, 40.0)) | pairs
    return [
        change.judged(zone, m, values, table.smallest_detectable(condition, m)) for m, values in still.items()
    ]


def verdicts(changes: list[change.ZoneChange], condition: str = "card") -> dict[str, str]:
    return {c.measure: c.verdict for c in compare._doubted(changes, condition)}


def test_the_smallest_detectable_change_follows_from_the_scatter():
    table = change.default()
    assert table.smallest_detectable("card", "haemoglobin") == pytest.approx(
        2.772 * table.sem["card"]["haemoglobin"], rel=1e-3
    )


@pytest.mark.parametrize(
    ("values", "verdict"), [((1.0, 1.5), "changed"), ((1.5, 1.0), "changed"), ((1.0, 1.1), "not_detectable")]
)
def test_only_what_exceeds_the_scatter_is_a_change(values, verdict):
    judged = change.judged(CHEEK, "haemoglobin", values, 0.2)
    assert judged.verdict == verdict
    assert judged.ci95 == pytest.approx((judged.change - 0.2, judged.change + 0.2))
    assert (judged.ci95[0] <= 0 <= judged.ci95[1]) == (verdict == "not_detectable")
    assert bool(judged.why) == (verdict == "not_detectable")


@given(st.floats(-2, 2), st.floats(0.001, 1), st.floats(0, 0.4))
def test_an_interval_leaves_out_nought_exactly_if_the_change_is_detectable(value, smallest, share):
    low, high = change.interval(value, smallest, share)
    assert low <= value <= high
    assert change.interval(-value, smallest, share) == pytest.approx((-high, -low))
    if abs(abs(value) - smallest) > 1e-9:
        assert (low <= 0 <= high) == (abs(value) < smallest)
    # Both ends are as far from what was measured as scatter and size together reach.
    for truth in (low, high):
        assert (value - truth) ** 2 == pytest.approx(smallest**2 + (1.96 * share * truth) ** 2, rel=1e-6)


def test_the_size_of_a_change_is_less_certain_on_dark_skin():
    light, dark = (change.size_error("haemoglobin", index) for index in (32.0, 84.0))
    assert light == 0 < dark
    assert change.size_error("melanin_index", 84.0) == 0


def test_a_zone_in_the_shade_does_not_make_a_face_darker():
    even = [(80.0, 81.0)] * 8
    assert compare.face_index([*even, (93.0, 94.0)]) == compare.face_index(even) == 80.5
    assert compare.face_index([]) == 0


def test_a_fall_of_the_erythema_index_alone_is_not_less_redness():
    told = verdicts(all_of(erythema_index=(20.0, 15.0), a_star=(12.0, 9.0)))
    assert told["erythema_index"] == told["a_star"] == "not_measurable"


def test_a_fall_that_haemoglobin_shares_is_less_redness():
    told = verdicts(all_of(erythema_index=(20.0, 15.0), haemoglobin=(0.6, 0.4), melanin_index=(32.0, 31.0)))
    assert told["erythema_index"] == told["haemoglobin"] == "changed"


def test_a_rise_against_a_fall_of_haemoglobin_is_no_redness():
    told = verdicts(all_of(erythema_index=(15.0, 20.0), haemoglobin=(0.6, 0.4), melanin_index=(32.0, 31.0)))
    assert told["erythema_index"] == "not_measurable"


def test_every_zone_of_a_face_is_brought_to_size_by_the_same_factor():
    dark = {(zone, "melanin_index"): (81.0, 81.0) for zone in (Zone.CHIN, Zone.NOSE, Zone.FOREHEAD)}
    shaded = {(CHEEK, "melanin_index"): (93.0, 93.0)}
    blood = {(zone, "haemoglobin"): (1.0, 1.2) for zone in (CHEEK, Zone.CHIN)}
    told = compare._alike(dark | shaded | blood)
    assert told[CHEEK, "haemoglobin"] == told[Zone.CHIN, "haemoglobin"]
    assert told[CHEEK, "haemoglobin"][0] == pytest.approx(compare.blood_gain(81.0))


@pytest.mark.parametrize("others", [(32.0, 32.0), (55.0, 45.0)])
def test_a_dark_patch_that_fades_is_not_less_redness_whatever_the_face_around_it(others):
    fading = compare.pigment_leak(50.0) * -10.0
    patch = all_of(haemoglobin=(0.6, 0.6 + fading), melanin_index=(55.0, 45.0))
    around = [
        each
        for zone in (Zone.CHEEK_RIGHT, Zone.CHIN, Zone.NOSE)
        for each in all_of(zone, melanin_index=others)
    ]
    assert patch[0].verdict == "changed"
    (told,) = (
        c.verdict
        for c in compare._doubted([*patch, *around], "card")
        if (c.zone, c.measure) == (CHEEK, "haemoglobin")
    )
    assert told == "not_measurable"


def test_on_dark_skin_haemoglobin_that_pigment_may_have_moved_is_withheld():
    paler = all_of(haemoglobin=(1.1, 0.95), melanin_index=(78.0, 68.0))
    redder = all_of(haemoglobin=(1.1, 1.28), melanin_index=(74.0, 75.5))
    assert verdicts(paler)["haemoglobin"] == "not_measurable"
    assert verdicts(redder)["haemoglobin"] == "changed"


def test_without_the_card_a_shift_of_the_whole_face_is_not_claimed():
    zones = [Zone.CHEEK_LEFT, Zone.CHEEK_RIGHT, Zone.FOREHEAD, Zone.CHIN]
    everywhere = [c for zone in zones for c in all_of(zone, "no_card", evenness=(2.0, 6.0))]
    one = [
        c for zone in zones for c in all_of(zone, "no_card", evenness=(2.0, 6.0 if zone is CHEEK else 2.0))
    ]
    told = [c.verdict for c in compare._doubted(everywhere, "no_card") if c.measure == "evenness"]
    assert set(told) == {"not_measurable"}
    assert [c.zone for c in compare._doubted(one, "no_card") if c.verdict == "changed"] == [CHEEK]


def test_a_clinic_brings_its_own_scatter_and_keeps_ours_for_the_rest():
    own = change.own(b'source = "here"\nbasis = "calibrated"\n[card]\nlines = 0.5\n', "own.toml")
    assert own.sem["card"]["lines"] == 0.5
    assert own.sem["card"]["roughness"] == change.default().sem["card"]["roughness"]


@pytest.mark.parametrize(
    "text",
    [
        "lines = ",
        "x = 1",
        'source = "a"\nbasis = "b"\n[card]\npores = 1.0\n',
        'source = "a"\nbasis = "b"\n[card]\nlines = -1.0\n',
    ],
)
def test_a_table_of_scatter_that_makes_no_sense_is_refused(text):
    with pytest.raises(InputError, match=r"^own\.toml"):
        change.own(text.encode(), "own.toml")


def test_scatter_is_measured_from_unchanged_pairs():
    pairs = [{(CHEEK, "lines"): (1.0, 1.0 + step)} for step in [0.1, -0.1] * 10]
    assert change.sem_of_pairs(pairs) == {"lines": pytest.approx(0.1 / 2**0.5)}
    assert change.sem_of_pairs(pairs[:19]) == {}


def told(**pairs: tuple[float, float]) -> compare.Comparison:
    """A comparison of ten zones of which one has changed as told."""
    zones = [zone for zone in Zone if zone.part.value == "face"][:10]
    changes = [c for zone in zones for c in all_of(zone, **(pairs if zone is CHEEK else {}))]
    return compare.Comparison(tuple(changes), (), None, None, None)


def test_one_number_of_many_beyond_its_own_limit_does_not_make_a_pair_changed():
    limit = OWN.smallest_detectable("card", "haemoglobin", 40.0)
    chance, real = told(haemoglobin=(0.6, 0.6 + 1.2 * limit)), told(haemoglobin=(0.6, 0.6 + 2.2 * limit))
    assert [c.measure for c in chance.zones if c.verdict == "changed"] == ["haemoglobin"]
    assert (chance.verdict, real.verdict) == ("not_detectable", "changed")


def test_texture_alone_does_not_make_a_pair_changed():
    assert told(lines=(3.0, 9.0), roughness=(3.0, 9.0)).verdict == "not_detectable"


def test_nothing_measured_is_not_measurable():
    assert compare.Comparison((), (), None, None, None).verdict == "not_measurable"


def test_darker_skin_scatters_more_and_its_limits_say_so():
    table = change.default()
    light, dark = (table.smallest_detectable("card", "roughness", index) for index in (35.0, 80.0))
    assert dark > 2 * light
    assert table.smallest_detectable("no_card", "haemoglobin", 80.0) == table.smallest_detectable(
        "no_card", "haemoglobin", 35.0
    )


def test_light_that_falls_off_across_the_face_is_no_change_of_pigment():
    from needlepoint.photo.zones import outlines

    shadow = {
        (zone, "melanin_index"): (40.0, 40.0 + 0.05 * outline[:, 0].mean())
        for zone, outline in outlines().items()
    }
    spot = shadow | {(CHEEK, "melanin_index"): (40.0, 50.0 + shadow[CHEEK, "melanin_index"][1] - 40.0)}
    even = {zone: b - a for (zone, _), (a, b) in compare._evened(shadow).items()}
    kept = {zone: b - a for (zone, _), (a, b) in compare._evened(spot).items()}
    assert max(map(abs, even.values())) < 0.05
    assert kept[CHEEK] == pytest.approx(10.0, abs=0.3)
    assert max(abs(value) for zone, value in kept.items() if zone is not CHEEK) < 0.3
    back = compare._evened({key: (b, a) for key, (a, b) in spot.items()})
    assert all(back[key] == pytest.approx((b, a)) for key, (a, b) in compare._evened(spot).items())
