"""The figures A1 to A12 of the photo room, each from trials, each beside the band it has to keep."""

from dataclasses import asdict, dataclass

import numpy as np
from tests.phantom.camera import jittered, photograph
from tests.phantom.surface import lookup, surface
from tests.phantom.trials import MAP_PX_PER_MM, TONES, Trial, zone_mask

from needlepoint.course.zones import Zone
from needlepoint.photo import colour
from needlepoint.photo import face as faces
from needlepoint.photo.compare import compare
from needlepoint.photo.picture import decode
from needlepoint.photo.reading import read
from needlepoint.photo.registration import register

REDNESS = ("haemoglobin", "erythema_index", "a_star")


@dataclass(frozen=True)
class Figure:
    """One line of the accuracy page."""

    id: str
    says: str
    measured: str
    band: str
    met: bool
    trials: int

    def plain(self) -> dict[str, object]:
        return asdict(self)


def scatter(name: str, trials: list[Trial], bands: dict[str, float]) -> list[Figure]:
    """A1 and A2: the scatter of differences between photos of unchanged skin, by measure; the bias with it."""
    figures = []
    for measure, band in bands.items():
        off = np.concatenate([trial.off(measure) or [np.nan] for trial in trials])
        off = off[np.isfinite(off)]
        spread, bias = float(off.std()), float(off.mean())
        says = f"scatter (SD) and bias of unchanged pairs, {measure}"
        told = f"{spread:.3g}, bias {bias:+.2g}"
        met = spread <= band and abs(bias) <= spread / 3
        figures.append(
            Figure(name, says, told, f"≤ {band:g}, bias under a third of it", met, compared(trials))
        )
    return figures


def compared(trials: list[Trial]) -> int:
    return sum(bool(trial.comparison.zones) for trial in trials)


def recovery(trials: list[Trial]) -> list[Figure]:
    """A3: the slope of measured on true haemoglobin, and false alarms where nothing was done."""
    pairs = [
        (trial.truth[change.zone, "haemoglobin"], change.change)
        for trial in trials
        for change in trial.comparison.zones
        if change.measure == "haemoglobin"
        and (change.zone, "haemoglobin") in trial.truth
        and change.change is not None
    ]
    true, told = np.array(pairs).T
    slope = float((true * told).sum() / (true**2).sum())
    quiet = [
        change.verdict == "changed"
        for trial in trials
        for change in trial.comparison.zones
        if change.measure == "haemoglobin" and change.change is not None and change.zone not in trial.touched
    ]
    alarms = float(np.mean(quiet))
    count = compared(trials)
    return [
        Figure(
            "A3",
            "measured over true change of haemoglobin (slope)",
            f"{slope:.3f}",
            "0.9 to 1.1",
            0.9 <= slope <= 1.1,
            count,
        ),
        Figure(
            "A3",
            "by the phantom's own scatter: false alarms of haemoglobin in untouched zones",
            f"{alarms:.1%}",
            "≤ 5 %",
            alarms <= 0.05,
            count,
        ),
    ]


def lines(count: int, width: int, seed: int) -> list[Figure]:
    """A5: lines of 0.7 times the depth, and how much unchanged lines scatter; forehead and cheeks."""
    rng = np.random.default_rng(seed)
    ratios, nulls = [], []
    for number in range(count):
        tone, scale = TONES[number % 5], 12.0 if width > 2400 else 6.0
        deep, shallow = (surface(tone, px_per_mm=scale, lines=depth) for depth in (1.0, 0.7))
        shots = [
            read(decode(photograph(one, jittered(rng, width=width)).jpeg(), "x"))
            for one in (deep, shallow, deep)
        ]
        for pair, into in (((0, 1), ratios), ((0, 2), nulls)):
            told = compare(shots[pair[0]], shots[pair[1]], maps=False)
            into += [
                change.after / change.before
                for change in told.zones
                if change.measure == "lines"
                and change.zone.kind in {"forehead", "cheek"}
                and change.change is not None
            ]
    ratio, cv = float(np.mean(ratios)), float(np.std(nulls) / np.sqrt(2))
    size = f"{width * width * 4 / 3 / 1e6:.0f} megapixels"
    return [
        Figure(
            "A5",
            f"lines of 0.7 times the depth read, {size}",
            f"{ratio:.2f}",
            "0.63 to 0.77",
            0.63 <= ratio <= 0.77,
            count,
        ),
        Figure(
            "A5", f"scatter of unchanged lines, one photo, {size}", f"{cv:.1%}", "≤ 5 %", cv <= 0.05, count
        ),
    ]


def registration(count: int, seed: int, width: int = 1536) -> list[Figure]:
    """A7: where a point of the skin comes to lie, against where it truly is."""
    rng = np.random.default_rng(seed)
    gaps = []
    for number in range(count):
        face = surface(TONES[number % 5], px_per_mm=6.0)
        turn = {"yaw": 4.0 * rng.standard_normal(), "pitch": 4.0 * rng.standard_normal()}
        shots = [
            photograph(face, jittered(rng, width=width)),
            photograph(face, jittered(rng, width=width, **turn)),
        ]
        before, after = (read(decode(shot.jpeg(), "x")) for shot in shots)
        if not (before.measurable and after.measurable):
            continue
        gaps.append(_gap(shots, before, after))
    gap = np.concatenate(gaps)
    median, far = float(np.median(gap)), float(np.percentile(gap, 95))
    return [
        Figure(
            "A7",
            "registration, median and 95th percentile",
            f"{median:.2f} and {far:.2f} mm",
            "≤ 0.25 and 1.0 mm",
            median <= 0.25 and far <= 1.0,
            len(gaps),
        )
    ]


def _gap(shots: list, before, after) -> np.ndarray:
    there = register(before, after).there
    rows, columns = np.nonzero(before.seen.layout.labels)
    here = _frontal(shots[0], np.stack([columns, rows], 1), before)
    found = _frontal(shots[1], there[rows, columns], after)
    gap = np.linalg.norm(here - found, axis=1)
    return gap[np.isfinite(gap)]


def _frontal(shot, places: np.ndarray, reading) -> np.ndarray:
    """Frontal millimetres of the skin seen at places of the colour grid."""
    photo = (places + 0.5) / reading.seen.shrink + reading.seen.origin - 0.5
    return lookup(shot.seen_mm, photo.astype(np.float32))


def fairness(pairs: int = 1) -> list[Figure]:
    """A8: the same rise in blood on five tones, on cheeks and forehead, in the same lights for every tone."""
    told: dict[str, list[float]] = {measure: [] for measure in REDNESS}
    zones = (Zone.CHEEK_LEFT, Zone.CHEEK_RIGHT, Zone.FOREHEAD)
    flushed = np.maximum.reduce([zone_mask(zone) for zone in zones])
    for tone in TONES:
        face, rng = surface(tone, px_per_mm=MAP_PX_PER_MM), np.random.default_rng(55)
        skins = (face, face.with_blood(1.5, flushed)) * pairs
        shots = [photograph(one, jittered(rng, 0.3, width=1200, noise=0.5)) for one in skins]
        changes = [
            change
            for first, second in zip(shots[::2], shots[1::2], strict=True)
            for change in compare(*(decode(shot.jpeg(), "x") for shot in (first, second)), maps=False).zones
            if change.zone in zones and change.change is not None
        ]
        for measure, values in told.items():
            values.append(float(np.mean([c.change for c in changes if c.measure == measure])))
    ratio = max(told["haemoglobin"]) / min(told["haemoglobin"])
    shown = ", ".join(f"{value:.3f}" for value in told["haemoglobin"])
    figures = [
        Figure(
            "A8",
            "haemoglobin for blood × 1.5, very light to dark",
            f"{shown}; largest over smallest {ratio:.2f}",
            "≤ 1.4",
            ratio <= 1.4,
            5 * pairs,
        )
    ]
    for measure in ("erythema_index", "a_star"):
        shown = ", ".join(f"{value:.2f}" for value in told[measure])
        figures.append(
            Figure("A8", f"{measure} for the same, shown with its loss", shown, "stated, no band", True, 5)
        )
    return figures


def coarse_colours(count: int, seed: int) -> list[Figure]:
    """A10: the middle L*, a*, b* of each zone on the measures' grid, against every pixel of the photo."""
    rng, off = np.random.default_rng(seed), []
    for number in range(count):
        face = surface(TONES[number % 5], px_per_mm=6.0)
        picture = decode(photograph(face, jittered(rng, width=1536)).jpeg(), "x")
        reading = read(picture, use_card=False)
        maps = reading.seen
        height, width = maps.light.shape[:2]
        by = round(1 / maps.shrink)
        left, top = (int(edge) for edge in maps.origin)
        every = picture.linear((left, top, left + width * by, top + height * by))
        labels = maps.layout.labels.repeat(by, 0).repeat(by, 1)
        for zone in maps.layout.measurable():
            mark = maps.layout.zones.index(zone) + 1
            values = [
                np.median(colour.lab(light[seen == mark]), axis=0)
                for light, seen in ((maps.light, maps.layout.labels), (every, labels))
            ]
            off.append(np.abs(values[0] - values[1]).max())
    told, worst = float(np.median(off)), float(np.percentile(off, 95))
    return [
        Figure(
            "A10",
            "zone medians of L*a*b* on the measures' grid against every pixel, median and 95th percentile",
            f"{told:.2f} and {worst:.2f}",
            "median ≤ 0.15",
            told <= 0.15,
            count,
        )
    ]


def landmarks(count: int, seed: int) -> list[Figure]:
    """A9: the 468 points against the phantom's own, as a share of the distance between the outer eye corners."""
    rng, misses = np.random.default_rng(seed), []
    for number in range(count):
        shot = photograph(surface(TONES[number % 5], px_per_mm=MAP_PX_PER_MM), jittered(rng, width=1200))
        found = faces.find(shot.codes)
        if found:
            eyes = np.linalg.norm(shot.landmarks[33] - shot.landmarks[263])
            misses.append(np.linalg.norm(found[0].points[:, :2] - shot.landmarks, axis=1).mean() / eyes)
    worst, share = float(np.max(misses)), len(misses) / count
    return [
        Figure(
            "A9",
            "landmarks against the phantom's own, mean and worst photo",
            f"{np.mean(misses):.1%} and {worst:.1%}",
            "≤ 3.5 %",
            worst <= 0.035,
            count,
        ),
        Figure("A9", "phantom faces found", f"{share:.1%}", "stated, no band", True, count),
    ]


def card_found(count: int, seed: int) -> list[Figure]:
    """A11: the card in photos of the phantom at 5 px/mm or more, tilted and in light of any colour."""
    rng, greys, scales, found = np.random.default_rng(seed), [], [], 0
    face = surface("light", px_per_mm=MAP_PX_PER_MM)
    for _ in range(count):
        shot = jittered(rng, width=int(rng.uniform(1250, 1900)), exposure=float(rng.uniform(0.6, 1.0)))
        taken = photograph(face, shot)
        reading = read(decode(taken.jpeg(), "x"))
        if reading.card is None:
            continue
        found += 1
        true_scale = taken.px_per_mm  # both lie 40 mm nearer than the frame
        scales.append(abs(reading.card.px_per_mm / true_scale - 1))
        greys.append(reading.card.residual_de)
    return [
        Figure(
            "A11",
            "card found at 5 px/mm or more",
            f"{found / count:.1%}",
            "≥ 99 %",
            found / count >= 0.99,
            count,
        ),
        Figure(
            "A11",
            "scale from the card, median and worst error",
            f"{np.median(scales):.2%} and {np.max(scales):.2%}",
            "≤ 1 %",
            bool(np.max(scales) <= 0.01),
            found,
        ),
        Figure(
            "A11",
            "patches after correction, median colour difference (CIE 1976)",
            f"{np.median(greys):.2f}",
            "stated, no band",
            True,
            found,
        ),
    ]


def no_card_alarms(trials: list[Trial]) -> list[Figure]:
    """A12: without the card, how often unchanged skin is called changed."""
    told = [
        c for trial in trials for c in trial.comparison.zones if c.measure in REDNESS and c.change is not None
    ]
    alarms = float(np.mean([change.verdict == "changed" for change in told]))
    return [
        Figure(
            "A12",
            "by the phantom's own scatter: no card: redness of unchanged skin called changed",
            f"{alarms:.1%}",
            "≤ 5 %",
            alarms <= 0.05,
            compared(trials),
        )
    ]


def skin_model() -> list[Figure]:
    """The two-layer model against measured skin: mean L*a*b* of 600 and of 148 people."""
    from tests.phantom.skin import lab

    published = {
        "600 Koreans (Han 2006)": (61.75, 9.56, 17.08),
        "148 Asians (Yun 2010)": (64.15, 8.96, 18.34),
    }
    melanin, blood = np.meshgrid(np.geomspace(0.01, 0.4, 120), np.geomspace(0.003, 0.03, 120), indexing="ij")
    model = lab(melanin, blood)
    figures = []
    for who, values in published.items():
        gap = np.linalg.norm(model - np.array(values), axis=-1)
        best = np.unravel_index(gap.argmin(), gap.shape)
        told = f"{gap[best]:.1f} away, at melanin {melanin[best]:.3f} and blood {blood[best]:.4f}"
        figures.append(
            Figure(
                "skin",
                f"nearest skin of the model to the mean of {who}",
                told,
                "≤ 5, CIE 1976",
                bool(gap[best] <= 5),
                1,
            )
        )
    return figures
