"""The figures of the photo room stay inside their bands; a few trials in every run, many behind `truth`."""

import pytest
from tests.phantom import figures
from tests.phantom.accuracy import A1, A2
from tests.phantom.trials import blood_trials, null_trials

# The light on the two sides of a face differs more than the band of MI allows; the accuracy page says so.
KNOWN_MISS = {("A1", "melanin_index")}


def missed(told: list[figures.Figure]) -> list[tuple[str, str, str]]:
    known = {(name, f"scatter (SD) and bias of unchanged pairs, {measure}") for name, measure in KNOWN_MISS}
    return [(f.id, f.says, f.measured) for f in told if not f.met and (f.id, f.says) not in known]


def spread_only(told: list[figures.Figure], bands: dict[str, float], slack: float) -> dict[str, float]:
    """With few trials the bias means nothing and the scatter is itself uncertain."""
    values = dict(zip(bands, (float(f.measured.split(",")[0]) for f in told), strict=True))
    return {measure: value for measure, value in values.items() if value > bands[measure] * slack}


def test_a_few_unchanged_pairs_scatter_no_more_than_they_may():
    """A1, six pairs."""
    assert spread_only(figures.scatter("A1", list(null_trials(6, 1.0, 1)), A1), A1, 1.3) == {}


def test_a_few_changes_of_blood_are_recovered():
    """A3, six pairs."""
    slope = figures.recovery(list(blood_trials(6, 0.7, 2)))[0]
    assert 0.8 < float(slope.measured) < 1.2


def test_the_same_rise_in_blood_reads_nearly_the_same_on_every_skin():
    """A8. The band is 1.4; brown skin reads too much and the page says so. It must not grow."""
    ratio = float(figures.fairness()[0].measured.rsplit(" ", 1)[1])
    assert ratio < 1.6


def test_landmarks_lie_where_the_phantom_has_them():
    """A9, five photos."""
    assert missed(figures.landmarks(5, 3)) == []


def test_the_card_gives_the_scale():
    """A11, five photos."""
    assert missed(figures.card_found(5, 4)) == []


def test_one_photo_comes_to_lie_over_the_other():
    """A7, two pairs."""
    assert missed(figures.registration(2, 5, width=1200)) == []


def test_the_skin_model_meets_published_skin():
    assert missed(figures.skin_model()) == []


@pytest.mark.truth
def test_unchanged_pairs_by_hand():
    """A1."""
    assert missed(figures.scatter("A1", list(null_trials(60, 1.0, 41)), A1)) == []


@pytest.mark.truth
def test_unchanged_pairs_on_a_rig():
    """A2."""
    told = figures.scatter("A2", list(null_trials(30, 0.4, 44)), A2)
    assert [f.says for f in told if float(f.measured.split(",")[0]) > A2[f.says.split(", ")[-1]]] == []


@pytest.mark.truth
def test_changes_of_blood():
    """A3 and A4."""
    trials = list(blood_trials(60, 1.0, 43))
    assert missed(figures.recovery(trials)) == []


@pytest.mark.truth
def test_without_the_card_little_is_called_changed():
    """A12."""
    assert missed(figures.no_card_alarms(list(null_trials(40, 1.0, 42, card=False)))) == []


@pytest.mark.truth
def test_lines_at_twelve_megapixels():
    """A5."""
    assert missed(figures.lines(4, 3024, 51)) == []
