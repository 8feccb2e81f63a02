"""Whatever is done to one line of a long record is found and the line named, by a script that needs only Python."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tools import verify_record

from needlepoint.clinic.models.record_chain import FIRST, SEALED, digest, faults

ROOT = Path(__file__).parents[3]
# `make soak` asks for 300 tampers on 100,000 lines.
LINES = int(os.environ.get("NEEDLEPOINT_LINES", "20000"))
TAMPERS = int(os.environ.get("NEEDLEPOINT_TAMPERS", "8"))
SEED = int(os.environ.get("NEEDLEPOINT_TAMPERS_SEED", "2026"))


def record(lines: int) -> list[dict]:
    """A whole record of so many lines."""
    made, previous = [], FIRST
    for number in range(1, lines + 1):
        line = {
            "clinic": 1,
            "number": number,
            "at": f"2026-03-{1 + number % 28:02d}T09:{number % 60:02d}:00+00:00",
            "member": number % 7,
            "patient": number % 3000 or None,
            "act": ("saw chart", "finished session", "screened")[number % 3],
            "about": f"session:{number}",
            "detail": {"zones": number % 9},
            "previous": previous,
        }
        line["digest"] = previous = digest(line)
        made.append(line)
    return made


def written(path: Path, texts: list[str]) -> Path:
    path.write_text("\n".join(texts) + "\n")
    return path


@pytest.fixture(scope="module")
def long_record():
    return [json.dumps(line) for line in record(LINES)]


def altered(dice, texts, place):
    line = json.loads(texts[place])
    name = dice.choice([*SEALED, "digest"])
    line[name] = {"detail": {"zones": 99}}.get(name, f"{line[name]}x")
    texts[place] = json.dumps(line)
    return place


def sealed_anew(_, texts, place):
    """Altered, and given the digest that fits: the line after it tells."""
    line = json.loads(texts[place]) | {"act": "nothing happened"}
    texts[place] = json.dumps(line | {"digest": digest(line)})
    return place + 1


def deleted(_, texts, place):
    del texts[place]
    return place


def inserted(dice, texts, place):
    texts.insert(place, texts[dice.randrange(len(texts))])
    return place


def swapped(_, texts, place):
    texts[place], texts[place + 1] = texts[place + 1], texts[place]
    return place


def one_bit(dice, texts, place):
    raw = bytearray(texts[place].encode())
    raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(5)
    texts[place] = raw.decode("latin-1").replace("\n", " ").replace("\r", " ")
    return place


def named_twice(_, texts, place):
    texts[place] = texts[place].replace('"act":', '"act": "nothing happened", "act":', 1)
    return place


def with_a_note(_, texts, place):
    texts[place] = json.dumps(json.loads(texts[place]) | {"note": "the patient agreed"})
    return place


WAYS = (altered, sealed_anew, deleted, inserted, swapped, one_bit, named_twice, with_a_note)


def first_told(path: Path, capsys, *kept: str) -> str:
    assert verify_record.main(str(path), *kept) == 1
    return capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_one_tamper_anywhere_is_found_and_located(way, tmp_path, capsys):
    texts = [json.dumps(line) for line in record(400)]
    dice = random.Random(way.__name__)
    for _ in range(40):
        broken = list(texts)
        at = way(dice, broken, dice.randrange(len(broken) - 2))
        if broken != texts:
            told = first_told(written(tmp_path / "record", broken), capsys)
            assert told.startswith(f"line {at + 1}: "), (way.__name__, at, told)


def test_one_tamper_in_a_long_record_is_found_and_located(long_record, tmp_path, capsys):
    dice = random.Random(SEED)
    path = tmp_path / "record"
    seconds = []
    for number in range(TAMPERS):
        broken = list(long_record)
        way = WAYS[number % len(WAYS)]
        at = way(dice, broken, dice.randrange(LINES - 2))
        written(path, broken)
        began = time.monotonic()
        told = first_told(path, capsys)
        seconds.append(time.monotonic() - began)
        assert told.startswith(f"line {at + 1}: "), (way.__name__, at, told)
    with capsys.disabled():
        print(f"\n{TAMPERS} tampers on {LINES} lines found, each in {max(seconds):.1f} s or less")


def test_an_end_that_was_cut_off_is_found_by_the_head_that_was_kept(tmp_path, capsys):
    lines = record(400)
    kept = ("400", lines[-1]["digest"])
    whole = written(tmp_path / "whole", [json.dumps(line) for line in lines])
    assert verify_record.main(str(whole), *kept) == 0
    cut = written(tmp_path / "cut", [json.dumps(line) for line in lines[:-1]])
    assert verify_record.main(str(cut)) == 0
    capsys.readouterr()
    assert "ends with line 399" in first_told(cut, capsys, *kept)
    assert faults(lines[:-1], (400, lines[-1]["digest"])) != []


def test_whoever_seals_the_whole_rest_anew_is_found_by_the_head_that_was_kept(tmp_path, capsys):
    lines = record(400)
    kept = ("400", lines[-1]["digest"])
    previous = lines[199]["digest"]
    for line in lines[200:]:
        line["member"], line["previous"] = 1, previous
        line["digest"] = previous = digest(line)
    forged = written(tmp_path / "forged", [json.dumps(line) for line in lines])
    assert verify_record.main(str(forged)) == 0
    capsys.readouterr()
    assert "not the line that was kept" in first_told(forged, capsys, *kept)


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "{", "1" * 5000, "[" * 50_000, '"x"', "\xff"])
def test_what_is_no_line_at_all_is_told_without_a_traceback(text, tmp_path):
    texts = [json.dumps(line) for line in record(3)]
    path = tmp_path / "record"
    path.write_bytes("\n".join([texts[0], text, texts[2], ""]).encode("latin-1"))
    ran = subprocess.run(
        [sys.executable, "-I", ROOT / "tools" / "verify_record.py", path], capture_output=True, text=True
    )
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "line 2: " in ran.stdout
