"""Which sources an advice cites, in which order."""

import pytest
from tests.unit.advice.rows import bench, knowledge_with, table

from needlepoint.advice.citations import citations
from needlepoint.evidence.errors import EvidenceError


def cited(*named, knowledge=None):
    return [each.id for each in citations(named, knowledge or bench())]


def test_a_source_is_cited_once_and_the_source_documents_come_first():
    assert cited(("harris-2015", "S3"), ("alam-2014", "S3", "S0"), ()) == [
        "S0",
        "S3",
        "alam-2014",
        "harris-2015",
    ]


def test_without_sources_nothing_is_cited():
    assert cited() == []


def test_a_citation_says_what_and_where_it_is():
    row = bench().sources["S2"]
    found = citations([("S2",)], bench())[0]
    assert (found.id, found.title, found.year, found.where) == ("S2", row.title, row.year, row.where)
    assert (found.kind, found.read) == (row.kind, row.read)


def test_a_source_that_is_not_on_file_is_named():
    with pytest.raises(EvidenceError, match=r"^sources\.toml: named but missing: a-2001, b-2002"):
        cited(("S0", "b-2002"), ("a-2001",))


def test_every_source_of_the_packaged_rows_is_on_file():
    tables = (
        "rules",
        "triage",
        "raisers",
        "levels",
        "preparation",
        "aftercare",
        "milestones",
        "pairing",
        "home_use",
    )
    rows = [row for name in tables for row in getattr(bench(), name).values()]
    assert len(citations([row.sources for row in rows], bench())) > 50


def test_the_whole_library_may_be_cited():
    assert len(cited(tuple(bench().sources))) == len(bench().sources)


def test_an_empty_library_has_every_source_missing():
    with pytest.raises(EvidenceError, match="S0"):
        cited(("S0",), knowledge=knowledge_with(sources=table()))
