"""The loader: a data file that is not in order is refused in one line that names the place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.loader import DATA, load, load_trace, packaged


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)
    return copy


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_packaged_knowledge_base_is_read_once() -> None:
    assert packaged() is packaged()


def test_the_same_files_give_the_same_digest_and_any_change_another(folder: Path) -> None:
    before = load(folder).sha256
    assert before == packaged().sha256
    edit(folder / "questions.toml", "valid_days = 1", "valid_days = 2")
    assert load(folder).sha256 != before


def test_the_trace_explains_but_does_not_change_the_digest(folder: Path) -> None:
    shutil.rmtree(folder / "trace")
    assert load(folder).sha256 == packaged().sha256
    assert load_trace(folder) == {}
    assert len(load_trace()) > 100


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        (
            "questions.toml",
            'kind = "yes_no"',
            'kynd = "yes_no"',
            r"questions\.toml: question\[0\] pregnant: .*kynd",
        ),
        (
            "questions.toml",
            'kind = "yes_no"',
            'kind = "maybe"',
            r"questions\.toml: question\[0\] pregnant: .*maybe",
        ),
        (
            "questions.toml",
            'name = "nursing"',
            'name = "pregnant"',
            r"question\[1\] pregnant: the name is used twice",
        ),
        (
            "rules/life.toml",
            'sources = ["S3", "skinpen-label"]',
            "sources = []",
            r"rules/life\.toml: .*sources",
        ),
        ("rules/life.toml", 'id = "nursing"', 'id = "isotretinoin.current"', r"the id is used twice"),
        ("rules/life.toml", 'checker = "unchecked"', "", r"rules/life\.toml: \[review\]: .*checker"),
        ("rules/life.toml", "[review]", "[review", r"rules/life\.toml: not readable as TOML"),
        ("devices.toml", 'value = 0.0, unit = "mm", ', "value = 0.0, ", r"devices\.toml: device\[0\] .*unit"),
    ],
)
def test_a_file_that_is_not_in_order_is_refused(
    folder: Path, name: str, old: str, new: str, line: str
) -> None:
    edit(folder / name, old, new)
    with pytest.raises(EvidenceError, match=line):
        load(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "zones.toml").unlink()
    with pytest.raises(EvidenceError, match=r"zones\.toml: the file is missing"):
        load(folder)


def test_a_missing_version_is_named(folder: Path) -> None:
    (folder / "rulebook.toml").write_text("")
    with pytest.raises(EvidenceError, match=r"rulebook\.toml: the version is missing"):
        load(folder)


def test_a_file_that_is_not_text_is_refused(folder: Path) -> None:
    (folder / "zones.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(EvidenceError, match=r"zones\.toml: not readable as TOML"):
        load(folder)


def test_a_trace_id_used_in_two_files_is_refused(folder: Path) -> None:
    shutil.copy(folder / "trace" / "S0.toml", folder / "trace" / "S9.toml")
    with pytest.raises(EvidenceError, match=r"trace/S9\.toml: statement\[0\] S0-01: the id is used twice"):
        load_trace(folder)
