"""Whatever goes wrong is one line on standard error with an exit code that is documented; never a traceback."""

import os
import subprocess

import pytest
from tests.unit.cli.commands import AT, NEEDLEPOINT, case_file, needlepoint, process

from needlepoint.cli import main as commands
from needlepoint.cli.outcome import BAD_INPUT, DEFECT, EXIT_CODES, FINE, INTERRUPTED, NOBODY_READS, UNWRITTEN
from needlepoint.evidence import loader
from needlepoint.evidence.errors import EvidenceError


def refused(done, says):
    assert done.exit_code == BAD_INPUT
    assert done.stdout == ""
    assert done.stderr.startswith("needlepoint: ")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["advise", "nowhere.toml"], "nowhere.toml: cannot be read (No such file or directory)"),
        (["advise", "."], ".: cannot be read (Is a directory); expected a case file in TOML or JSON"),
        (["advise", "a\0b"], "is not the name of a file"),
        (["advise", ""], "cannot be read"),
        (["dose", "nowhere.toml"], "nowhere.toml: cannot be read"),
        (["advise"], "Missing argument 'CASE'"),
        (["advice", "case.toml"], "Did you mean 'advise'?"),
        (["advise", "case.toml", "--jsn"], "Did you mean '--json'?"),
        (["advise", "case.toml", "more"], "unexpected extra argument"),
        (["rulebook", "isotret"], "RULE: 'isotret' is no rule (did you mean \"isotretinoin\"?)"),
        (["rulebook", "pregnancy", "--check"], "--check looks at the whole rulebook"),
        (["rulebook", "--on", "2026-01-01"], "--on goes with --check"),
        (["rulebook", "--check", "--on", "2026-02-30"], "--on: '2026-02-30' is not a day that exists"),
        (["sources", "S9"], "ID: 'S9' is no source"),
        (["sources", "--trace", "S9"], "--trace: 'S9' is not a traced document"),
        (["sources", "S0", "--trace", "S0"], "either an ID or --trace"),
        (["dose", "case.toml", "--session", "1"], "--session goes with --picture"),
        (["tour", "--to", "/proc/version/demo"], "cannot be made"),
    ],
)
def test_a_command_that_cannot_be_followed_is_refused_in_one_line(words, says):
    refused(needlepoint(*words), says)


@pytest.mark.parametrize(
    ("at", "says"),
    [
        (
            "2026-03-02T10:00:00",
            "'2026-03-02T10:00:00' has no offset from UTC; expected an instant with its offset",
        ),
        ("2026-03-02", "has no offset from UTC"),
        ("2026-02-30T10:00:00Z", "is not an instant that exists"),
        ("yesterday", "'yesterday' is not an instant that exists"),
        ("9999-12-31T23:59:59-12:00", "is out of bounds"),
        ("0001-01-01T00:00:00+14:00", "is out of bounds"),
        ("", "is not an instant that exists"),
        ("\x1b[31m" * 100, "is not an instant that exists"),
    ],
)
def test_an_instant_without_doubt_is_asked_for(tmp_path, at, says):
    refused(needlepoint("advise", case_file(tmp_path), "--at", at), says)
    assert "\x1b" not in needlepoint("advise", case_file(tmp_path), "--at", at).stderr


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("depth_mm = 1.25", "depth_mm = 2.75", "session[0].passes[1].depth_mm: 2.75 mm cannot be set on"),
        ("1990-05-14", "1990-02-31", "patient.born_on: is not a date"),
        ('"III"', '"VII"', "patient.skin_type: 'VII' is not a skin type"),
        ("1990-05-14", "2026-03-03", "answers.isotretinoin_last_used_on: 2026-01-10 lies before the birth"),
        ("[patient]", "[patient", "is not readable as TOML"),
    ],
)
@pytest.mark.parametrize("command", ["advise", "dose"])
def test_a_case_that_cannot_be_is_refused_by_its_key(tmp_path, command, old, new, says):
    refused(needlepoint(command, case_file(tmp_path, (old, new))), says)


def test_a_case_that_is_not_born_yet_is_refused(tmp_path):
    refused(needlepoint("advise", case_file(tmp_path), "--at", "1980-01-01T00:00:00Z"), "patient.born_on")


@pytest.mark.parametrize("picture", ["a.png", "a", "a.svg/b.svg", "nowhere/a.svg"])
def test_a_picture_that_cannot_be_written_is_refused(tmp_path, monkeypatch, picture):
    path = case_file(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert needlepoint("advise", path, "--at", AT, "--picture", picture).exit_code == BAD_INPUT


@pytest.mark.parametrize("picture", ["a.jpg", "a", "nowhere/a.svg"])
def test_a_picture_of_the_dose_that_cannot_be_written_is_refused(tmp_path, monkeypatch, picture):
    path = case_file(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert needlepoint("dose", path, "--picture", picture).exit_code == BAD_INPUT


def test_a_dose_that_is_not_there_is_not_drawn(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(case_file(tmp_path).read_text().partition("[[session]]")[0])
    refused(needlepoint("dose", path, "--picture", tmp_path / "a.svg"), "no pass is recorded")
    assert "no dose" in needlepoint("dose", path).stdout


@pytest.mark.parametrize("given", [b"", b"\xff\xfe", b"{", b"#" * 2_000_000, b"a = " + b"[" * 9999])
def test_standard_input_is_held_to_the_same(given):
    refused(needlepoint("advise", "-", given=given), "standard input: is ")


def test_a_defect_says_that_it_is_one_and_shows_where_when_asked(monkeypatch, tmp_path):
    def broken(*_parts):
        raise KeyError("zone\nof nowhere")

    monkeypatch.setattr(commands.inputs, "case_at", broken)
    path = case_file(tmp_path)
    done = needlepoint("dose", path)
    assert done.exit_code == DEFECT
    assert done.stderr.count("\n") == 1
    assert "a defect of Needlepoint, and nothing was advised (KeyError: " in done.stderr
    shown = needlepoint("dose", path, env={"NEEDLEPOINT_TRACEBACK": "1"})
    assert "Traceback" in shown.stderr
    assert shown.exit_code == DEFECT


def test_a_knowledge_base_that_is_not_in_order_advises_nothing(monkeypatch, tmp_path):
    def broken():
        raise EvidenceError("rules/skin.toml: rule[3]: the id is used twice")

    monkeypatch.setattr(loader, "packaged", broken)
    done = needlepoint("advise", case_file(tmp_path))
    assert done.exit_code == DEFECT
    assert done.stderr == (
        "needlepoint: the knowledge base is not in order: rules/skin.toml: rule[3]: the id is used twice\n"
    )
    checked = needlepoint("rulebook", "--check")
    assert checked.exit_code == 1
    assert checked.stderr == "needlepoint: rules/skin.toml: rule[3]: the id is used twice\n"


def test_as_a_library_the_commands_raise(tmp_path):
    with pytest.raises(Exception, match="cannot be read"):
        commands.main(["advise", str(tmp_path / "nowhere")], standalone_mode=False)
    assert commands.main(["--version"], standalone_mode=False) == FINE


def test_a_real_process_fails_in_one_line_too(tmp_path):
    done = process("advise", case_file(tmp_path, ('"III"', '"3"')))
    assert done.returncode == BAD_INPUT
    assert done.stdout == b""
    assert done.stderr.startswith(b"needlepoint: patient.skin_type: '3' is not a skin type")
    assert done.stderr.count(b"\n") == 1


def test_standard_input_without_end_is_not_read_to_its_end():
    with open("/dev/zero", "rb") as endless:  # noqa: PTH123
        done = subprocess.run([NEEDLEPOINT, "advise", "-"], stdin=endless, capture_output=True, timeout=30)
    assert done.returncode == BAD_INPUT
    assert b"larger than 1 MB" in done.stderr


def test_a_reader_who_leaves_is_told_nothing():
    # Without a buffer Python takes the part that still found a reader for the whole.
    env = {**os.environ, "PYTHONUNBUFFERED": ""}
    words = [NEEDLEPOINT, "rulebook", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as run:
        run.stdout.read(1)
        run.stdout.close()
        assert run.stderr.read() == b""
        assert run.wait(30) == NOBODY_READS


def test_output_that_nobody_wants_is_not_missed():
    shut = "import os, sys; os.close(1); os.execv(sys.argv[1], sys.argv[1:])"
    done = subprocess.run(
        [os.sys.executable, "-c", shut, NEEDLEPOINT, "sources"], capture_output=True, timeout=30
    )
    assert (done.returncode, done.stderr) == (FINE, b"")


def test_a_full_disk_is_said():
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run([NEEDLEPOINT, "sources"], stdout=full, stderr=subprocess.PIPE, timeout=30)
    assert done.returncode == UNWRITTEN
    assert done.stderr == b"needlepoint: the output cannot be written (No space left on device)\n"


def test_an_interruption_is_quiet(monkeypatch):
    def interrupted(*_parts):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands.inputs, "case_at", interrupted)
    done = needlepoint("advise", "-")
    assert done.exit_code == INTERRUPTED
    assert done.output.strip() == ""


def test_every_exit_code_is_documented():
    assert set(EXIT_CODES) == {0, 1, 2, 3, 70, 74, 130, 141}
