"""The check of the knowledge base: overdue reviews, missing sources and places that do not exist are found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from needlepoint.evidence import schema
from needlepoint.evidence.check import Finding, findings
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.loader import load_trace, packaged
from needlepoint.evidence.trace import TraceRow

REVIEWED = date(2026, 11, 21)


def errors(
    knowledge: Knowledge, trace: Mapping[str, TraceRow] | None = None, on: date = REVIEWED
) -> list[Finding]:
    return [found for found in findings(knowledge, trace or {}, on) if found.level == "error"]


def test_the_packaged_knowledge_base_is_in_order() -> None:
    assert errors(packaged(), load_trace()) == []


def test_a_rulebook_that_no_clinician_signed_says_so() -> None:
    notes = [found for found in findings(packaged(), {}, REVIEWED) if found.level == "note"]
    assert Finding("note", "rules/life.toml", "no clinician has signed it yet") in notes


def test_a_review_is_overdue_on_the_day_after_its_date() -> None:
    due = packaged().reviews["rules/life.toml"].review_by
    line = Finding("error", "rules/life.toml", f"its review was due by {due}")
    assert line not in errors(packaged(), on=due)
    assert line in errors(packaged(), on=due + timedelta(days=1))


def changed(table: str, key: str, **changes: Any) -> Knowledge:
    rows = dict(getattr(packaged(), table))
    rows[key] = msgspec.structs.replace(rows[key], **changes)
    return replace(packaged(), **{table: rows})


def test_a_rule_may_carry_a_review_of_its_own() -> None:
    book = changed("rules", "pregnancy", checker="unchecked", review_by=date(2026, 1, 1))
    found = findings(book, {}, REVIEWED)
    assert Finding("note", "rules:pregnancy", "no clinician has signed it yet") in found
    assert Finding("error", "rules:pregnancy", "its review was due by 2026-01-01") in found


def test_a_rule_signed_by_a_clinician_without_a_date_of_its_own_is_quiet() -> None:
    book = changed("rules", "pregnancy", checker="Dr A. Example")
    assert [found for found in findings(book, {}, REVIEWED) if found.place == "rules:pregnancy"] == []


def test_a_source_nobody_listed_is_found_wherever_it_is_named() -> None:
    (found,) = errors(changed("rules", "pregnancy", sources=("moon",)))
    assert found == Finding("error", "rules:pregnancy", "names 'moon', which sources.toml does not hold")
    position = schema.Position(source="moon", says="It shines.")
    (found,) = errors(changed("disagreements", "depth", positions=(position,)))
    assert found.place == "disagreements:depth"


@pytest.mark.parametrize("place", ["rules:moon", "moons:pregnancy", "pregnancy"])
def test_a_place_that_does_not_exist_is_found(place: str) -> None:
    row = TraceRow(id="S0-01", says="Something.", kind="fact", status="kept", lives_in=(place,))
    assert errors(packaged(), {"S0-01": row}) == [
        Finding("error", "trace:S0-01", f"points at {place}, which does not exist")
    ]


def test_a_device_that_names_no_known_zone_or_concern_is_found() -> None:
    device = packaged().devices["skinpen-precision"]
    part = msgspec.structs.replace(device.cleared[0], zones=("elbow",), concerns=("acne_scars", "freckles"))
    found = errors(changed("devices", "skinpen-precision", cleared=(part,)))
    assert [each.says for each in found] == [
        "names 'elbow', which is no concern or zone",
        "names 'freckles', which is no concern or zone",
    ]


@pytest.mark.parametrize("change", [{"concern": "freckles"}, {"device": "hammer"}])
def test_a_protocol_of_an_unknown_concern_or_device_is_found(change: dict[str, str]) -> None:
    key = next(iter(packaged().protocols))
    (found,) = errors(changed("protocols", key, **change))
    assert found.place == f"protocols:{key}"


@pytest.mark.parametrize("change", [{"rule": "topical.gold"}, {"allergy": "gold_allergy"}])
def test_a_substance_of_an_unknown_rule_or_question_is_found(change: dict[str, str]) -> None:
    (found,) = errors(changed("substances", "exosomes", **change))
    assert found.place == "substances:exosomes"


def test_a_glide_of_an_unknown_device_is_found() -> None:
    key = next(iter(packaged().glides))
    (found,) = errors(changed("glides", key, device="hammer"))
    assert found.says == "names 'hammer', which is no device"
