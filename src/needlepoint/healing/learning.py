"""What a patient's own check-ins teach: which virtual patients are like this one, and whether any is.

A recorded redness y (0 to 4) is an ordinal probit around the score: it is y where score plus error lies within half a
point of y. Members are weighed by how well they explain all check-ins. Where too few members are left, or where the
check-ins are less likely than those of all but one in a hundred people of the population, a mode is looked for with
wider priors, and the flag `unlike_population` is raised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import erfc, log, sqrt

import numba
import numpy as np

from needlepoint.healing.chance import normals, unit
from needlepoint.healing.compiled import Floats, Integers, compiled, threaded

LEVELS = 5
FEWEST = 100.0  # effective members below which weights alone are not trusted
RARE = 0.01
SYNTHETIC = 400  # people of the population whose check-ins are drawn to learn which evidence is rare
WIDER = 2.0
DRAWS = 1000
STEPS = 12
TURNS = 4
_DRAW_SEED = 0x5EED


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What the check-ins teach: people (rows of z; None for the population as it is) and weights that sum to 1."""

    z: Floats | None
    weights: Floats
    effective: float
    log_evidence: float
    rare_below: float
    unlike_population: bool


def learn(
    chances: Floats,
    answers: Integers,
    sd: float,
    z: Floats,
    free: Integers,
    redness: Callable[[Floats], Floats],
    rare_below: float,
) -> Lesson:
    """Return the lesson of check-ins: `chances` of each answer for the population z, the answers 0..4, their error sd.

    `free` names the columns of z that redness depends on; `redness(rows)` gives the scores of other people;
    `rare_below` is the log evidence that one person in a hundred falls below (`rare_evidence`).
    """
    log_likelihood = _chosen(chances, answers)
    weights, evidence = _weighed(log_likelihood)
    effective = 1.0 / float((weights**2).sum())
    rare = rare_below
    unlike = evidence < rare
    if not unlike and effective >= FEWEST:
        return Lesson(None, weights, effective, evidence, rare, False)
    rows, weights = _around_mode(answers, sd, z, free, redness, WIDER if unlike else 1.0, log_likelihood)
    return Lesson(rows, weights, 1.0 / float((weights**2).sum()), evidence, rare, unlike)


@threaded
def level_chances(scores: Floats, sd: float) -> Floats:
    """Return the chance of each answer 0..4 as an array (check-ins, 5, members)."""
    looks, members = scores.shape
    chances = np.empty((looks, LEVELS, members))
    for look in range(looks):
        for member in numba.prange(members):
            below = 0.0
            for level in range(LEVELS):
                upto = (
                    1.0
                    if level == LEVELS - 1
                    else 0.5 * erfc(-(level + 0.5 - scores[look, member]) / (sd * sqrt(2.0)))
                )
                chances[look, level, member] = max(upto - below, 1e-12)
                below = upto
    return chances


@compiled
def _chosen(chances: Floats, answers: Integers) -> Floats:
    looks, _, members = chances.shape
    total = np.zeros(members)
    for look in range(looks):
        for member in range(members):
            total[member] += log(chances[look, answers[look], member])
    return total


def rare_evidence(chances: Floats) -> float:
    """Return the log evidence that one person of the population in a hundred falls below, at these check-ins."""
    return float(np.quantile(prior_evidence(chances, SYNTHETIC), RARE))


@threaded
def prior_evidence(chances: Floats, people: int) -> Floats:
    """Return the log evidence of check-ins drawn from people of the population themselves."""
    looks, levels, members = chances.shape
    found = np.empty(people)
    for person in numba.prange(people):
        truth = (person * members) // people
        product = np.ones(members)
        for look in range(looks):
            drawn, level, upto = unit(_DRAW_SEED, person, look), 0, chances[look, 0, truth]
            while drawn > upto and level < levels - 1:
                level += 1
                upto += chances[look, level, truth]
            for member in range(members):
                product[member] *= chances[look, level, member]
        found[person] = log(max(product.mean(), 1e-300))
    return found


def _weighed(log_likelihood: Floats) -> tuple[Floats, float]:
    peak = float(log_likelihood.max())
    weights = np.exp(log_likelihood - peak)
    total = float(weights.sum())
    return weights / total, peak + log(total / log_likelihood.size)


def _around_mode(
    answers: Integers, sd: float, z: Floats, free: Integers, redness: Callable[[Floats], Floats], wider: float,
    log_likelihood: Floats,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return people drawn around the likeliest one, and their weights (Laplace, then an importance correction)."""
    best = z[int(np.argmax(log_likelihood))].copy()
    mode, curvature = _mode(answers, sd, best, free, redness, wider)
    # Tails a little wider than the normal approximation's, so that no weight runs away.
    middle, root = mode[free], 1.2 * np.linalg.cholesky(np.linalg.inv(curvature))
    rows = z[np.arange(DRAWS) % z.shape[0]].copy()
    for turn in range(TURNS):
        noise = normals(_DRAW_SEED, turn * DRAWS, DRAWS, free.size)
        rows[:, free] = middle + noise @ root.T
        likelihood = _chosen(level_chances(redness(rows), sd), answers)
        log_weight = (
            likelihood - 0.5 * ((rows[:, free] / wider) ** 2).sum(axis=1) + 0.5 * (noise**2).sum(axis=1)
        )
        weights, _ = _weighed(log_weight)
        if 1.0 / float((weights**2).sum()) >= FEWEST:
            break
        # Where the edges of a range bend the posterior, the draws themselves show where it lies.
        softened, _ = _weighed(0.3 * log_weight)
        middle = softened @ rows[:, free]
        apart = rows[:, free] - middle
        root = np.linalg.cholesky(apart.T @ (softened[:, None] * apart) + 0.01 * np.eye(free.size))
    return rows, weights


def _mode(
    answers: Integers,
    sd: float,
    start: Floats,
    free: Integers,
    redness: Callable[[Floats], Floats],
    wider: float,
) -> tuple[Floats, Floats]:
    """Return the likeliest person and the curvature there, by Gauss and Newton with steps cut until better."""
    person = start.copy()
    eye = np.zeros((free.size + 1, start.size))
    eye[np.arange(free.size), free] = 0.05
    curvature = np.eye(free.size) / wider**2
    for _ in range(STEPS):
        seen = redness(person + eye)
        here, slope = seen[:, -1], (seen[:, :-1] - seen[:, -1:]) / 0.05
        pull, weight = _probit_pull(here, answers, sd)
        gradient = slope.T @ pull - person[free] / wider**2
        curvature = slope.T @ (weight[:, None] * slope) + np.eye(free.size) / wider**2
        step = np.linalg.solve(curvature, gradient)
        sizes = np.array([1.0, 0.5, 0.25, 0.1])
        tried = np.repeat(person[None, :], sizes.size + 1, axis=0)
        tried[1:, free] += sizes[:, None] * step
        gain = _chosen(level_chances(redness(tried), sd), answers) - 0.5 * (
            (tried[:, free] / wider) ** 2
        ).sum(axis=1)
        found = int(np.argmax(gain))
        person = tried[found]
        if found == 0 or gain[found] - gain[0] < 1e-3:
            break
    return person, curvature


def _probit_pull(scores: Floats, answers: Integers, sd: float) -> tuple[Floats, Floats]:
    """Return the slope of the log likelihood in the score at each check-in, and a positive curvature."""
    step = 1e-3
    around = np.stack([scores - step, scores, scores + step], axis=1)
    chances = np.log(level_chances(around, sd))[np.arange(answers.size), answers]
    pull = (chances[:, 2] - chances[:, 0]) / (2 * step)
    curvature = -(chances[:, 2] - 2 * chances[:, 1] + chances[:, 0]) / step**2
    return pull, np.maximum(curvature, 0.1 / sd**2)
