"""What check-ins teach: as sure as it says, no more, and never about collagen."""

import numpy as np
import pytest
from tests.science.healing_courses import EVIDENCE, constants, course

from needlepoint.healing.ensemble import simulate
from needlepoint.healing.learning import learn, level_chances, rare_evidence
from needlepoint.healing.making import free_columns
from needlepoint.healing.population import draw

DAYS = np.array([0.25, 0.5, 1.0, 2.0, 3.0, 4.0])
NEXT = 29.0
SD = EVIDENCE.skin_types["III"].score_sd.value
PLAN = course(days=(0.0, 28.0), depth=1.5)
MEMBERS = 4000


def scores(people):
    days = np.array([*DAYS, NEXT, 168.0])
    red, gain = simulate(people, constants(), PLAN, days, ("redness", "collagen_gain"))
    return red[: DAYS.size], red[DAYS.size], gain[-1]


@pytest.fixture(scope="module")
def population():
    people = draw(0, 0, MEMBERS)
    red, later, gain = scores(people)
    chances = level_chances(red, SD)
    return people, red, later, gain, chances, rare_evidence(chances)


def reported(red, seed):
    """Check-ins as people of these scores would report them."""
    rng = np.random.default_rng(seed)
    return np.clip(np.rint(red + rng.normal(0.0, SD, red.shape)), 0, 4).astype(np.int64)


def lesson_of(answers, population):
    people, *_, chances, rare = population
    return learn(chances, answers, SD, people, free_columns(1), lambda rows: scores(rows)[0], rare)


def patients(count, seed=77):
    red, later, gain = scores(draw(seed, 0, count))
    return reported(red, seed), later, gain


@pytest.mark.parametrize("count", [250, pytest.param(1000, marks=pytest.mark.truth)])
def test_simulation_based_calibration(population, count):
    """Ranks of the truth among the weighted members are flat, and 90 % bands hold 85 to 95 % of synthetic patients."""
    answers, later, _ = patients(count)
    ranks = []
    for patient in range(count):
        lesson = lesson_of(answers[:, patient], population)
        seen = population[2] if lesson.z is None else scores(lesson.z)[1]
        ranks.append(float(lesson.weights[seen < later[patient]].sum()))
    inside = np.mean([0.05 <= rank <= 0.95 for rank in ranks])
    assert 0.85 <= inside <= 0.95
    counts, _ = np.histogram(ranks, bins=10, range=(0.0, 1.0))
    chi_square = float(((counts - count / 10) ** 2 / (count / 10)).sum())
    assert chi_square < 21.67  # the 1 % point with nine degrees of freedom


def test_check_ins_sharpen_redness_and_leave_collagen_as_it_was(population):
    answers, later, gain = patients(100, seed=5)
    before = np.std(population[2])
    errors, widths, collagen = [], [], []
    for patient in range(100):
        lesson = lesson_of(answers[:, patient], population)
        if lesson.z is None:
            mean = float(lesson.weights @ population[2])
            errors.append(mean - later[patient])
            widths.append(np.sqrt(lesson.weights @ (population[2] - mean) ** 2))
            middle = lesson.weights @ population[3]
            collagen.append(np.sqrt(lesson.weights @ (population[3] - middle) ** 2) / np.std(population[3]))
    assert np.sqrt(np.mean(np.square(errors))) < 0.75 * before
    assert np.mean(widths) < 0.75 * before
    assert np.mean(collagen) > 0.85
    assert gain.size == 100


def test_someone_whose_redness_does_not_fade_is_flagged_and_followed(population):
    lesson = lesson_of(np.array([4, 4, 4, 4, 4, 4]), population)
    assert lesson.unlike_population
    assert lesson.z is not None
    assert lesson.effective > 50
    usual = lesson_of(reported(np.median(population[1], axis=1)[:, None], 1)[:, 0], population)
    assert not usual.unlike_population
    slow = float(lesson.weights @ scores(lesson.z)[1])
    assert slow > float(usual.weights @ population[2]) + 0.5


def test_about_one_of_a_hundred_of_the_population_is_flagged(population):
    answers, *_ = patients(200, seed=9)
    flagged = sum(lesson_of(answers[:, patient], population).unlike_population for patient in range(200))
    assert flagged <= 8


def test_the_chances_of_the_answers_sum_to_one():
    chances = level_chances(np.array([[0.0, 1.3, 4.0]]), SD)
    assert chances.sum(axis=1) == pytest.approx(np.ones((1, 3)), abs=1e-9)
    assert chances[0, 0, 0] > 0.8


def test_a_larger_population_says_the_same(population):
    answers, *_ = patients(10, seed=3)
    many = draw(1, 0, 20_000)
    red, later, _ = scores(many)
    chances = level_chances(red, SD)
    rare = rare_evidence(chances)
    for patient in range(10):
        few = lesson_of(answers[:, patient], population)
        more = learn(
            chances, answers[:, patient], SD, many, free_columns(1), lambda rows: scores(rows)[0], rare
        )
        if few.z is None and more.z is None:
            assert few.weights @ population[2] == pytest.approx(more.weights @ later, abs=0.05)


@pytest.mark.parametrize(
    ("age", "skin_type"),
    [(40.0, "I"), (40.0, "II"), (40.0, "IV"), (40.0, "V"), (40.0, "VI"), (20.0, "III"), (64.0, "III")],
)
def test_bands_hold_as_many_in_every_group(age, skin_type):
    """Of 250 synthetic patients of one group, nine tenths lie in the 90 % band and four fifths in the 80 % band."""
    sd = EVIDENCE.skin_types[skin_type].score_sd.value
    known = constants(age, skin_type)

    def of(people):
        red, later = np.split(
            simulate(people, known, PLAN, np.array([*DAYS, NEXT]), ("redness",))[0], [DAYS.size]
        )
        return red, later[0]

    people = draw(0, 0, MEMBERS)
    red, later = of(people)
    chances = level_chances(red, sd)
    rare = rare_evidence(chances)
    truth, to_come = of(draw(77, 0, 250))
    rng = np.random.default_rng(77)
    answers = np.clip(np.rint(truth + rng.normal(0.0, sd, truth.shape)), 0, 4).astype(np.int64)
    ranks = []
    for patient in range(250):
        lesson = learn(
            chances, answers[:, patient], sd, people, free_columns(1), lambda rows: of(rows)[0], rare
        )
        seen = later if lesson.z is None else of(lesson.z)[1]
        ranks.append(float(lesson.weights[seen < to_come[patient]].sum()))
    inside = {share: np.mean([abs(rank - 0.5) <= share / 2 for rank in ranks]) for share in (0.9, 0.8)}
    assert 0.85 <= inside[0.9] <= 0.95, inside
    assert 0.74 <= inside[0.8] <= 0.86, inside
