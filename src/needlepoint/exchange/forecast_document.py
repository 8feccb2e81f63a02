"""The forecast in the form that other programs read: the contract of the forecast document."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from needlepoint.evidence.schema import Source
from needlepoint.healing.outlook import Band, Forecast, Harm, Spread, ZoneForecast

SHARES = ("p05", "p25", "p50", "p75", "p95")


def document(forecast: Forecast, zone: ZoneInfo | None = None) -> dict[str, Any]:
    """Return a forecast as a value for JSON; instants are written in the clinic's zone where it is given."""
    begins = forecast.days_from.astimezone(zone) if zone else forecast.days_from
    return {
        "zones": [_zone(each) for each in forecast.zones],
        "why": forecast.why,
        "days_from": begins.isoformat(),
        "learned_from_check_ins": list(forecast.learned_from_check_ins),
        "unlike_population": forecast.unlike_population,
        "outside_studied": list(forecast.outside_studied),
        "basis_share": _rounded(dict(forecast.basis_share)),
        "members": forecast.members,
        "seed": forecast.seed,
        "notes": list(forecast.notes),
        "citations": [_citation(source) for source in forecast.citations],
    }


def _zone(made: ZoneForecast) -> dict[str, Any]:
    return {
        "zone": made.zone.value,
        "redness": _band(made.redness),
        "tewl_ratio": _band(made.tewl_ratio),
        "collagen_histology_percent": _band(made.collagen_histology_percent),
        "collagen_ultrasound_percent": _band(made.collagen_ultrasound_percent),
        "collagen_oct_ratio": _band(made.collagen_oct_ratio),
        "downtime_days": _spread(made.downtime_days),
        "downtime_of_session": made.downtime_of_session,
        "flaking_days": {"from_day": made.flaking_days[0], "to_day": made.flaking_days[1]},
        "pigment_risk": made.harm.pigment_risk,
        "harm": _harm(made.harm),
        "session_days": list(made.session_days),
        "basis_share": {name: _rounded(dict(shares)) for name, shares in made.basis_share.items()},
        "outside_studied": list(made.outside_studied),
    }


def _band(band: Band) -> dict[str, list[float]]:
    return {"day": list(band.day), **{name: list(getattr(band, name)) for name in SHARES}}


def _spread(spread: Spread) -> dict[str, float]:
    return {"p05": spread.p05, "p50": spread.p50, "p95": spread.p95}


def _harm(harm: Harm) -> dict[str, float]:
    return {
        "prolonged_redness_share": harm.prolonged_redness_share,
        "still_red_at_next_share": harm.still_red_at_next_share,
        "hit_twice_fraction": harm.hit_twice_fraction,
    }


def _rounded(shares: dict[str, float]) -> dict[str, float]:
    return {name: round(share, 3) for name, share in shares.items()}


def _citation(source: Source) -> dict[str, Any]:
    return {"id": source.id, "title": source.title, "year": source.year, "where": source.where}
