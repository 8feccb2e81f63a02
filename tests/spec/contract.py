"""Cases as a stranger to the rulebook writes them, from the contract alone: JSON in, JSON out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from needlepoint.advice import advise
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.advice_document import document
from needlepoint.exchange.case_file import read

AT = "2026-03-02T10:00:00-05:00"
TODAY = date(2026, 3, 2)
CLASSES = ("none", "note", "change", "wait", "refer", "stop")
LEVELS = ("expected", "routine", "this_week", "call_48h", "same_day", "emergency")

YES_NO = """pregnant nursing keloid_history active_acne active_infection open_wound herpes_active herpes_history
skin_cancer suspicious_lesion actinic_keratosis scleroderma bleeding_disorder diabetes_controlled
diabetes_uncontrolled metal_allergy anaesthetic_allergy methaemoglobinaemia_risk tattoo_in_zone
collagen_vascular_disease cardiac_abnormality""".split()
MEDICINES = """isotretinoin retinoid exfoliating_acid benzoyl_peroxide hydroquinone anticoagulant nsaid
chemotherapy immunosuppression""".split()
PROCEDURES = """radiation_in_zone botulinum filler filler_permanent laser peel deep_resurfacing surgery_in_zone
rf_needling sunburn tan""".split()
CONDITIONS = ["eczema", "psoriasis", "dermatitis", "rosacea"]
# What was asked only after the first contract, of a person and of the skin of the course.
LATER: dict[str, Any] = (
    dict.fromkeys(
        """koebner_other dark_marks fainting steel_reaction latex_allergy chlorhexidine_allergy
        adhesive_allergy fish_allergy""".split(),
        "no",
    )
    | dict.fromkeys(("vitiligo", "lichen_planus"), "no")
    | dict.fromkeys(("aspirin", "photosensitiser", "hair_removal", "hair_laser", "smoking"), "never")
    | {"scar_severity": "mild"}
)
FIRST: dict[str, Any] = (
    dict.fromkeys(YES_NO, "no")
    | dict.fromkeys(MEDICINES, "never")
    | dict.fromkeys(PROCEDURES, "never")
    | dict.fromkeys(CONDITIONS, "no")
    | {"scar_age_months": 36}
)
HARMLESS = FIRST | LATER


def case(**changes: Any) -> dict[str, Any]:
    """Return a healthy adult with acne scars on the left cheek; `answers` and tables are merged, lists replaced."""
    plain: dict[str, Any] = {
        "patient": {"born_on": "1990-05-14", "skin_type": "III", "sex": "female"},
        "goal": {"concern": "acne_scars", "zones": ["cheek_left"]},
        "device": {"id": "skinpen-precision"},
        "clinic": {"time_zone": "America/New_York", "operator": "nurse_practitioner"},
        "answers": dict(HARMLESS),
    }
    for name, change in changes.items():
        plain[name] = {**plain.get(name, {}), **change} if isinstance(change, dict) else change
    return plain


def advice(at: str = AT, **changes: Any) -> dict[str, Any]:
    """Return the advice document on that case at that instant, as a program outside would read it."""
    return advice_on(case(**changes), at)


def advice_on(plain: dict[str, Any], at: str = AT) -> dict[str, Any]:
    read_case = read(json.dumps(plain).encode(), "case.json", packaged())
    told: dict[str, Any] = json.loads(json.dumps(document(advise(read_case, datetime.fromisoformat(at)))))
    return told


def answered(at: str = AT, **answers: Any) -> dict[str, Any]:
    """Return the advice where only these answers differ; None takes an answer away."""
    plain = case(answers=answers)
    plain["answers"] = {name: value for name, value in plain["answers"].items() if value is not None}
    return advice_on(plain, at)


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def ahead(days: int) -> str:
    return ago(-days)


def session(started_at: str, depth_mm: float | None = 1.0, **changes: Any) -> dict[str, Any]:
    """Return a session on the left cheek, healed, without passes where no depth is named."""
    passes = [] if depth_mm is None else [{"zone": "cheek_left", "depth_mm": depth_mm, "passes": 2}]
    plain = {
        "started_at": started_at,
        "device": "skinpen-precision",
        "cartridge": {"gtin": "00860000000001", "lot": started_at[:10], "expires_on": "2027-01-31"},
        "healed": "yes",
        "passes": passes,
    }
    return {**plain, **changes}


def rules_of(told: dict[str, Any]) -> set[str]:
    return {verdict["rule"] for verdict in told["verdicts"]}


def until_of(told: dict[str, Any], verdict: str) -> list[str | None]:
    """Return the `until` of every verdict of that class."""
    return [each["until"] for each in told["verdicts"] if each["verdict"] == verdict]


def strictest(classes: Iterable[str]) -> str:
    return max(classes, key=CLASSES.index, default="none")


def walk(value: Any, path: str = "") -> Iterable[tuple[str, Any]]:
    """Yield every value of a document with its path."""
    yield path, value
    if isinstance(value, dict):
        for name, each in value.items():
            yield from walk(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for each in value:
            yield from walk(each, f"{path}[]")
