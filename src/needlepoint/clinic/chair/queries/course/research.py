"""What the model says of new collagen: for research, on a page of its own, and on nobody's chart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.chair.queries.course.forecast import made_for
from needlepoint.clinic.models import Course
from needlepoint.evidence.schema import Source
from needlepoint.healing.outlook import Band, Forecast, ZoneForecast


@dataclass(frozen=True, slots=True)
class Ruler:
    """New collagen of a zone by one way to measure it: the week of its peak, and percent above before."""

    zone: str
    name: str
    week: int
    low: int
    middle: int
    high: int


@dataclass(frozen=True, slots=True)
class Research:
    """The page; without a ruler, `why` says why nothing is forecast."""

    why: str
    rulers: tuple[Ruler, ...] = ()
    banner: tuple[str, ...] = ()
    rests_on: str = ""
    sources: tuple[Source, ...] = ()


def research(course: Course, actor: Actor, at: datetime) -> Research:
    """Return what the model says of the collagen of a course."""
    _case, made = made_for(course, actor, at)
    rulers = tuple(each for zone in made.zones for each in _rulers(zone))
    why = (
        ""
        if rulers
        else made.why or _("Of new collagen nothing is forecast: this plan lies outside what was studied.")
    )
    return Research(why, rulers, made.outside_studied, _rests_on(made), made.citations)


def _rests_on(made: Forecast) -> str:
    return ", ".join(f"{basis} {share:.0%}" for basis, share in made.basis_share.items())


def _rulers(zone: ZoneForecast) -> Iterator[Ruler]:
    for name, band in (
        ("histology", zone.collagen_histology_percent),
        ("ultrasound", zone.collagen_ultrasound_percent),
    ):
        if band.day:
            yield _ruler(zone.zone.value, name, band)


def _ruler(zone: str, name: str, band: Band) -> Ruler:
    top = max(range(len(band.day)), key=lambda place: band.p50[place])
    low, middle, high = (round(getattr(band, share)[top] - 100.0) for share in ("p05", "p50", "p95"))
    return Ruler(zone, name, round(band.day[top] / 7), low, middle, high)
