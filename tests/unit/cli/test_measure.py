"""`needlepoint measure` and `needlepoint card`: what they print, what they write, how they end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from tests.phantom.camera import Shot, photograph
from tests.phantom.surface import surface
from tests.phantom.trials import zone_mask

from needlepoint.cli import archive
from needlepoint.cli.card import card
from needlepoint.cli.main import main
from needlepoint.cli.measure import measure
from needlepoint.course.errors import InputError
from needlepoint.course.zones import Zone
from needlepoint.photo.reading import MEASURES

KEYS = {"zones", "quality", "card", "registration_median_mm", "scale_px_per_mm"}
LINE = {"zone", "measure", "unit", "before", "after", "change", "ci95", "smallest_detectable", "verdict"}


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Two pairs: one with a redder cheek, one in which nobody is."""
    place = tmp_path_factory.mktemp("photos")
    face = surface("intermediate", px_per_mm=5.0)
    redder = face.with_blood(1.7, zone_mask(Zone.CHEEK_RIGHT))
    for name, one, seed in (("ada-before", face, 1), ("ada-after", redder, 2)):
        (place / f"{name}.jpg").write_bytes(photograph(one, Shot(width=1000, seed=seed)).jpeg())
    blank = photograph(face, Shot(width=1000, card=False))
    blank.codes[:] = (110, 120, 135)
    other = photograph(surface("brown", seed=2, px_per_mm=5.0), Shot(width=1000, seed=3, person=3))
    strange = place.with_name("strange")
    strange.mkdir()
    (strange / "ben-before.jpg").write_bytes((place / "ada-before.jpg").read_bytes())
    (strange / "ben-after.jpg").write_bytes(other.jpeg())
    for name in ("nobody-before", "nobody-after"):
        (place / f"{name}.jpg").write_bytes(blank.jpeg())
    return place


def ran(*words: object, command: click.Command = measure):
    # As a part of `needlepoint`: a command keeps the help option that it was first asked with.
    return CliRunner().invoke(command, [str(word) for word in words], **main.context_settings)


@pytest.fixture(scope="session")
def told(folder):
    return ran(folder / "ada-before.jpg", folder / "ada-after.jpg", "--json", "--report", folder / "out.html")


def test_the_document_keeps_the_contract(told):
    document = json.loads(told.stdout)
    assert told.exit_code == 0
    assert set(document) >= KEYS
    assert all(set(line) >= LINE for line in document["zones"])
    assert {line["measure"] for line in document["zones"]} == set(MEASURES)
    verdicts = {"changed", "not_counted", "not_detectable", "not_measurable"}
    assert {line["verdict"] for line in document["zones"]} <= verdicts
    assert all(line["stands"] == (line["verdict"] == "changed") for line in document["zones"])
    assert all(line["why"] for line in document["zones"] if line["verdict"] == "not_measurable")
    assert {check["level"] for check in document["quality"]} <= {"ok", "warn", "refuse"}
    assert document["card"] == {"before": True, "after": True}


def test_the_redder_cheek_is_found(told):
    changed = {
        (z["zone"], z["measure"]) for z in json.loads(told.stdout)["zones"] if z["verdict"] == "changed"
    }
    assert ("cheek_right", "haemoglobin") in changed
    assert {zone for zone, measure in changed if measure == "haemoglobin"} == {"cheek_right"}


def test_the_loss_on_dark_skin_is_said_beside_the_numbers(told):
    assert any("dark skin" in note for note in json.loads(told.stdout)["notes"])


def test_no_score_no_percentile_and_no_skin_type_are_given(told):
    text = json.dumps(json.loads(told.stdout)["zones"]).lower()
    assert not [
        word for word in ("score", "percentile", "skin_type", "fitzpatrick", "ita") if f'"{word}' in text
    ]


def test_the_report_needs_nothing_from_elsewhere(told, folder):
    page = (folder / "out.html").read_text()
    assert "http" not in page.split("base64")[0]
    assert page.count("data:image/") >= 6
    assert "right cheek" in page


def test_the_report_says_at_its_top_only_what_stands(told, folder):
    top = (folder / "out.html").read_text().split("</p>")[0]
    document = json.loads(told.stdout)
    assert {line["zone"] for line in document["zones"] if line["stands"]} == {"cheek_right"}
    assert top.endswith(f"<p>{document['headline']}.")
    assert document["headline"].startswith("Changed: right cheek; ")
    assert document["headline"].endswith("zones seen")


def test_photos_that_cannot_be_compared_end_with_3_and_say_why(folder):
    refused = ran(folder / "nobody-before.jpg", folder / "ada-after.jpg", "--json")
    assert refused.exit_code == 3
    document = json.loads(refused.stdout)
    assert document["zones"] == []
    assert "No face" in document["why"]


def test_asking_for_people_tells_in_words(folder):
    said = ran(folder / "ada-before.jpg", folder / "ada-after.jpg")
    assert said.exit_code == 0
    assert "cheek_right" in said.stdout
    assert said.stdout.index("What stands:") < said.stdout.index("cheek_right")
    assert "Limits: the shipped limits" in said.stdout
    assert "not a diagnosis" in said.stdout


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["nowhere.jpg", "nothing.jpg"], "No such file"),
        (["a", "b", "c"], "3 were given"),
        (["nowhere"], "no such folder"),
    ],
)
def test_bad_input_is_one_line(words, problem):
    failed = ran(*words)
    assert failed.exit_code != 0
    assert problem in str(failed.exception)


def test_outlines_measure_skin_where_no_face_is(folder):
    shapes = {"cheek_left": [[640, 600], [760, 600], [760, 700], [640, 700]]}
    place = folder / "outlines.json"
    place.write_text(
        json.dumps(
            {
                "before": {"forearm_left": shapes["cheek_left"]},
                "after": {"forearm_left": shapes["cheek_left"]},
            }
        )
    )
    said = ran(folder / "ada-before.jpg", folder / "ada-after.jpg", "--outlines", place, "--json")
    assert said.exit_code == 0, said.exception
    assert {line["zone"] for line in json.loads(said.stdout)["zones"]} == {"forearm_left"}


def test_a_folder_is_measured_pair_by_pair_and_goes_on_where_it_stopped(folder, tmp_path):
    first = ran(folder, "--out", tmp_path)
    lines = (tmp_path / "measurements.jsonl").read_text()
    assert first.exit_code == 0
    assert "1 pairs measured, 1 refused" in first.stdout
    # Cut off in the middle of the second line, as a crash would.
    cut = lines.splitlines(keepends=True)
    (tmp_path / "measurements.jsonl").write_text(cut[0] + cut[1][:40])
    ran(folder, "--out", tmp_path)
    assert (tmp_path / "measurements.jsonl").read_text() == lines


def test_in_a_folder_too_two_people_are_refused(folder, tmp_path):
    ran(folder.with_name("strange"), "--out", tmp_path)
    (line,) = (json.loads(text) for text in (tmp_path / "measurements.jsonl").read_text().splitlines())
    assert "another person" in line["refused"]
    assert "zones" not in line


def test_two_people_end_with_3_and_say_why(folder):
    refused = ran(
        folder.with_name("strange") / "ben-before.jpg", folder.with_name("strange") / "ben-after.jpg"
    )
    assert refused.exit_code == 3
    assert "another person" in refused.stdout
    assert "cannot be compared" in refused.stdout


def test_several_processes_give_the_same_lines(folder, tmp_path):
    for processes in (1, 2):
        ran(folder, "--out", tmp_path / str(processes), "--processes", processes)
    one, two = ((tmp_path / str(n) / "measurements.jsonl").read_text() for n in (1, 2))
    assert one == two


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted as Linux lists them")
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="with one core nobody would start a second thread")
def test_a_process_that_measures_a_folder_keeps_to_one_thread(folder, tmp_path):
    """Two processes on two cores measured 1.3 to 1.5 times as much as one while each had threads for its algebra."""
    code = (
        "import os, sys; from needlepoint.cli.main import main; main(sys.argv[1:], standalone_mode=False); "
        "print(len(os.listdir('/proc/self/task')))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, "measure", str(folder), "--out", str(tmp_path)],
        env={key: value for key, value in os.environ.items() if key != "OPENBLAS_NUM_THREADS"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.splitlines()[-1] == "1"


def test_a_store_that_fsspec_opens_is_measured_too(folder, tmp_path):
    pytest.importorskip("fsspec")
    ran(f"file://{folder}", "--out", tmp_path)
    assert len((tmp_path / "measurements.jsonl").read_text().splitlines()) == 2


def _ended(work):
    os._exit(9)


def test_a_process_that_the_system_ended_is_told_in_one_line(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "measured", _ended)
    told = ran(folder, "--out", tmp_path, "--processes", 2)
    assert isinstance(told.exception, InputError)
    assert "run it again" in str(told.exception)


def test_an_archive_in_a_store_is_measured_on_a_cluster_and_the_lines_are_the_same(folder, tmp_path):
    """The store is fsspec's own in memory, so the workers are threads of this process; they open it by its address."""
    fsspec, distributed = pytest.importorskip("fsspec"), pytest.importorskip("distributed")
    store = fsspec.filesystem("memory")
    for photo in folder.glob("*.jpg"):
        store.pipe(f"/bucket/photos/{photo.name}", photo.read_bytes())
    cluster = distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        dashboard_address="127.0.0.1:0",
        protocol="tcp",
        host="127.0.0.1",
    )
    with cluster:
        on_cluster = ran(
            "memory://bucket/photos", "--dask", cluster.scheduler_address, "--out", tmp_path / "cluster"
        )
    assert on_cluster.exit_code == 0, on_cluster.exception
    ran("memory://bucket/photos", "--out", tmp_path / "alone")
    one, other = ((tmp_path / run / "measurements.jsonl").read_text() for run in ("cluster", "alone"))
    assert one == other
    assert "1 pairs measured, 1 refused" in on_cluster.stdout


@pytest.mark.parametrize("address", ["nosuch://bucket/photos", "s3://bucket/photos"])
def test_a_store_that_cannot_be_opened_is_one_line(address, tmp_path, monkeypatch):
    pytest.importorskip("fsspec")
    monkeypatch.setitem(sys.modules, "s3fs", None)
    failed = ran(address, "--out", tmp_path)
    assert isinstance(failed.exception, InputError)
    assert "the store cannot be opened" in failed.exception.line


def test_the_card_is_written(tmp_path):
    assert ran(tmp_path / "card.pdf", command=card).exit_code == 0
    assert (tmp_path / "card.pdf").read_bytes().startswith(b"%PDF")
