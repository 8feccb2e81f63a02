"""Rows of a knowledge base for tests that must not depend on the packaged numbers."""

from dataclasses import replace
from functools import cache
from types import MappingProxyType

from tests.unit.factories import AT, case

from needlepoint.advice.moment import Moment
from needlepoint.evidence import schema
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.loader import packaged

FACE = ("cheek", "nose", "forehead", "chin")


def cited(value, unit="mm", sources=("NP",), low=None):
    least = value if low is None else low
    return schema.Cited(
        value=value, unit=unit, low=least, high=value, sources=tuple(sources), basis="assumed"
    )


def evaluated(depth, concerns=("acne_scars",), zones=FACE, sources=("skinpen-label",)):
    return schema.EvaluatedDepth(
        concerns=tuple(concerns), zones=tuple(zones), depth=cited(depth, sources=sources)
    )


def clearance(concerns=("acne_scars",), zones=FACE, skin_types=("II", "III", "IV"), min_age_years=22):
    return schema.Clearance(
        concerns=tuple(concerns),
        zones=tuple(zones),
        skin_types=tuple(skin_types),
        min_age_years=min_age_years,
        sources=("skinpen-k202243",),
    )


def device(name="pen", low=0.0, high=2.5, step=0.25, **changes):
    return schema.Device(
        **{
            "id": name,
            "name": f"The {name}",
            "maker": "nobody",
            "kind": "pen",
            "setting": "professional",
            "needles": schema.NeedleGeometry(
                count=cited(14, "needles"), diameter=cited(0.25), width=cited(5), pattern="circle"
            ),
            "depth_min": cited(low),
            "depth_max": cited(high, sources=("skinpen-pages",)),
            "depth_step": None if step is None else cited(step),
            "depth_tolerance": None,
            "rate": None,
            "reach": cited(0.6, "fraction"),
            "cleared": (clearance(),),
            "evaluated": (evaluated(1.5),),
            "single_use": "cartridge",
            "sources": ("skinpen-den160029",),
            **changes,
        }
    )


def zone(name, start, deepest):
    return schema.ZoneFacts(
        id=name,
        label=name,
        depth_start=cited(start, sources=("depth-charts",)),
        depth_max=cited(deepest, sources=("face-ultrasound",)),
        layers=(),
        dose_stack={},
    )


def operator(name, depth_max=None, devices=("pen",), authority="prescriber"):
    return schema.OperatorFacts(
        id=name,
        label=name,
        authority=authority,
        depth_max=None if depth_max is None else cited(depth_max, sources=("NP",)),
        devices=tuple(devices),
        sources=("S1",),
    )


def goal_facts(name="acne_scars", sessions=(3, 6), usual_days=30):
    low, high = sessions
    days = {"unit": "days", "sources": ("harris-2015",), "basis": "retrieved"}
    return schema.GoalFacts(
        id=name,
        label=name,
        family="scar",
        sessions=schema.CitedRange(
            low=low, high=high, usual=low, unit="sessions", sources=("alam-2014",), basis="retrieved"
        ),
        interval=schema.CitedRange(low=14, high=60, usual=usual_days, **days),
        endpoint="an even flush",
        scales=("gais",),
        sources=("S0",),
    )


def rule(name, when, verdict="note", each="case", **changes):
    return schema.Rule(
        **{
            "id": name,
            "verdict": verdict,
            "when": when,
            "reason": f"because of {name}",
            "sources": ("NP",),
            "basis": "assumed",
            "overridable_by": "prescriber",
            "examples": (),
            "each": each,
            **changes,
        }
    )


def table(*rows):
    return MappingProxyType({row.id: row for row in rows})


def knowledge_with(**tables) -> Knowledge:
    """The packaged knowledge with some tables replaced."""
    return replace(packaged(), **tables)


def bench() -> Knowledge:
    """A knowledge base with round numbers: a pen to 2.5 mm, evaluated to 1.5 on the face, and plain zones.

    A new one each time, so that no answer is remembered from another test.
    """
    return replace(_bench())


@cache
def _bench() -> Knowledge:
    zones = {"cheek": (0.75, 1.5), "nose": (0.25, 0.75), "thigh": (1.0, 2.0), "neck": (0.5, 1.0)}
    zones |= {"periorbital": (0.25, 0.5), "chin": (0.75, 1.6)}
    return knowledge_with(
        devices=table(
            device(),
            device(
                "home-roller",
                0.2,
                0.5,
                0.1,
                setting="home",
                single_use="one_person",
                cleared=(),
                evaluated=(),
            ),
            device("plain", evaluated=(), cleared=()),
            device("fixed-roller", 1.5, 1.5, None, kind="roller", evaluated=(), cleared=()),
            device("open-ended", 0.3, 1.25, None, evaluated=(), cleared=()),
        ),
        zones=table(*(zone(name, *depths) for name, depths in zones.items()), zone("eyelid", 0.25, 0.25)),
        goals=table(goal_facts(), goal_facts("stretch_marks"), goal_facts("wrinkles")),
        depths={},
        operators=table(
            operator("nurse_practitioner", devices=("pen", "plain", "fixed-roller", "open-ended")),
            operator("aesthetician", 0.5, authority="operator"),
            operator("nurse", 1.5, authority="operator"),
            operator("home_user", 0.5, ("home-roller",), "nobody"),
        ),
    )


def moment(at=AT, knowledge=None, **changes) -> Moment:
    """A case of the bench's pen at an instant."""
    return Moment.of(case(**{"device": "pen", **changes}), at, knowledge or bench())
