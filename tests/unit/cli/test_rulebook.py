"""The rulebook and its sources can be looked through, and be found not in order."""

import json
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import msgspec
import pytest
from tests.unit.cli.commands import needlepoint

from needlepoint.cli import lookup
from needlepoint.evidence.loader import packaged

KNOWLEDGE = packaged()
RULE = KNOWLEDGE.rules["isotretinoin.recent"]


def changed(**changes):
    """Return the knowledge base with one rule changed."""
    rule = msgspec.structs.replace(RULE, **changes)
    return replace(KNOWLEDGE, rules=MappingProxyType({**KNOWLEDGE.rules, rule.id: rule}))


def errors(knowledge, on=date(2026, 12, 1)):
    return [each for each in lookup.checked(knowledge, on) if each.level == "error"]


def test_every_rule_is_listed_with_verdict_window_sources_and_review():
    text = needlepoint("rulebook", env={"COLUMNS": "120"}).stdout
    assert all(rule in text for rule in KNOWLEDGE.rules)
    lines = text.splitlines()
    place = next(n for n, line in enumerate(lines) if "isotretinoin.recent" in line)
    assert lines[place].split()[:1] + lines[place].split()[2:] == ["refer", "6", "months", "2027-11-30"]
    assert "S1, isotretinoin-insert" in lines[place + 1]


@pytest.mark.parametrize("columns", [80, 120])
def test_the_lists_fit(columns):
    for words in ("rulebook", "rulebook isotretinoin", "sources", "sources S0", "sources --trace S3"):
        text = needlepoint(*words.split(), env={"COLUMNS": str(columns)}).stdout
        assert max(map(len, text.splitlines())) <= columns


def test_one_rule_is_shown_with_all_that_stands_behind_it():
    text = " ".join(needlepoint("rulebook", "isotretinoin.recent").stdout.split())
    for words in (
        RULE.reason,
        "isotretinoin is past and isotretinoin_last_used_on lies within the last 6 months",
        "not yet checked by a clinician",
        "in rules/medicines.toml",
        "on 2026-07-09, fires until 2026-07-10",
        KNOWLEDGE.sources["isotretinoin-insert"].title,
    ):
        assert words in text


def test_a_subject_stands_for_all_of_its_rules():
    found = json.loads(needlepoint("rulebook", "isotretinoin", "--json").stdout)["rules"]
    assert [each["id"] for each in found] == [
        "isotretinoin.current",
        "isotretinoin.recent",
        "isotretinoin.some_wait_longer",
    ]


def test_json_holds_every_field_of_a_rule():
    whole = json.loads(needlepoint("rulebook", "--json").stdout)
    assert (whole["version"], whole["sha256"]) == (KNOWLEDGE.version, KNOWLEDGE.sha256)
    assert len(whole["rules"]) == len(KNOWLEDGE.rules)
    one = next(each for each in whole["rules"] if each["id"] == RULE.id)
    assert {"when", "sources", "examples", "review_by", "checker", "file", "windows"} <= set(one)
    assert (one["windows"], one["review_by"]) == (["6 months"], "2027-11-30")


def test_the_packaged_rulebook_is_in_order_and_waits_for_signatures():
    done = needlepoint("rulebook", "--check", "--on", "2026-12-01")
    assert done.exit_code == 0
    assert "no clinician has signed it yet" in done.stdout
    assert " 0 to mend" in done.stdout


def test_a_review_that_is_overdue_is_found():
    done = needlepoint("rulebook", "--check", "--on", "2027-12-01")
    assert done.exit_code == 1
    assert "its review was due by 2027-11-21" in done.stdout
    found = json.loads(needlepoint("rulebook", "--check", "--on", "2027-12-01", "--json").stdout)
    assert found["on"] == "2027-12-01"
    assert {each["level"] for each in found["findings"]} == {"error", "note"}


def test_without_a_day_it_is_checked_for_today():
    found = json.loads(needlepoint("rulebook", "--check", "--json").stdout)
    assert date.fromisoformat(found["on"])


def test_an_example_that_fails_is_found():
    wrong = tuple(msgspec.structs.replace(each, fires=not each.fires) for each in RULE.examples)
    said = [each.says for each in errors(changed(examples=wrong))]
    assert said[0] == "example 1: the rule fires, and the example says otherwise"
    assert "does not fire" in said[1]
    late = (msgspec.structs.replace(RULE.examples[0], until=date(2026, 8, 1)),)
    (found,) = errors(changed(examples=late))
    assert found.place == "rules/medicines.toml: isotretinoin.recent"
    assert found.says == "example 1: fires until 2026-07-10, and the example says 2026-08-01"


def test_an_example_without_a_fact_is_found():
    silent = (msgspec.structs.replace(RULE.examples[0], facts={"isotretinoin": "past"}),)
    (found,) = errors(changed(examples=silent))
    assert found.says == "example 1: the fact 'isotretinoin_last_used_on' is missing"


def test_a_condition_that_cannot_be_read_is_found():
    (found,) = errors(changed(when={"fact": "moon", "is": "full"}))
    assert found.place == "rules"
    assert "moon" in found.says


def test_a_source_that_is_not_listed_is_found():
    (found,) = errors(changed(sources=("moon",)))
    assert "names 'moon'" in found.says


def test_every_source_is_listed():
    text = needlepoint("sources", env={"COLUMNS": "120"}).stdout
    assert all(source in text for source in KNOWLEDGE.sources)
    assert len(json.loads(needlepoint("sources", "--json").stdout)) == len(KNOWLEDGE.sources)


def test_a_source_shows_what_rests_on_it():
    assert "rules:isotretinoin.recent" in needlepoint("sources", "isotretinoin-insert").stdout
    one = json.loads(needlepoint("sources", "isotretinoin-insert", "--json").stdout)
    assert one["id"] == "isotretinoin-insert"
    assert "rules:isotretinoin.recent" in one["resting_on"]


@pytest.mark.parametrize("document", ["S0", "S1", "S2", "S3", "S4"])
def test_every_statement_of_a_source_document_can_be_traced(document):
    rows = json.loads(needlepoint("sources", "--trace", document, "--json").stdout)
    assert rows
    assert all(row["id"].startswith(f"{document}-") for row in rows)
    text = " ".join(needlepoint("sources", "--trace", document).stdout.split())
    assert all(" ".join(row["says"].split()) in text for row in rows)
    assert f"{len(rows)} statements" in text


def test_the_shell_completes_rules_and_sources():
    for words, expected in (
        ("rulebook isotr", "isotretinoin.recent"),
        ("sources skinpen-p", "skinpen-pivotal"),
    ):
        env = {
            "_NEEDLEPOINT_COMPLETE": "bash_complete",
            "COMP_WORDS": f"needlepoint {words}",
            "COMP_CWORD": "2",
        }
        assert expected in needlepoint(env=env).stdout
