"""Photos are opened in a process of its own: it holds nothing, may do little, and its end is nobody else's."""

import io
import os
import resource
import signal
import sys
from pathlib import Path
from threading import Thread

import pytest
from django.utils import timezone
from PIL import Image
from tests.clinic.wings.chair.test_photos import picture

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.chair.actions.photo import opening
from needlepoint.photo import beside, intake

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is listed as Linux lists it")


@pytest.fixture
def fresh(monkeypatch):
    """A process of this test's own, with other limits where it names them."""
    made = []

    def begin(code=""):
        if code:
            said = f"import needlepoint.photo.beside as b; {code}; b.main()"
            monkeypatch.setattr(opening, "COMMAND", [sys.executable, "-P", "-c", said])
        made.append(opening._Beside())
        monkeypatch.setattr(opening, "_beside", made[-1])
        return made[-1]

    yield begin
    for each in made:
        each.end()


def large(mode="RGBA", size=(7000, 7000), form="PNG"):
    out = io.BytesIO()
    Image.new(mode, size).save(out, form)
    return out.getvalue()


@LINUX
def test_the_process_knows_no_secret_and_holds_no_connection_and_no_file(fresh, monkeypatch):
    for name in (
        "NEEDLEPOINT_KEY_FILE",
        "NEEDLEPOINT_DATABASE",
        "NEEDLEPOINT_SMTP_PASSWORD",
        "DJANGO_SETTINGS_MODULE",
    ):
        monkeypatch.setenv(name, "SECRET-WORDS")
    with Path(os.devnull).open("rb"):
        one = fresh()
        one.open(picture())
    place = Path(f"/proc/{one._process.pid}")
    assert b"SECRET-WORDS" not in (place / "environ").read_bytes()
    assert b"NEEDLEPOINT" not in (place / "environ").read_bytes()
    held = [str(each.readlink()) for each in (place / "fd").iterdir()]
    assert sorted(each.split(":")[0] for each in held) == ["/dev/null", "pipe", "pipe"]
    assert not [line for line in (place / "maps").read_text().splitlines() if "sqlcipher" in line]


@LINUX
def test_the_system_limits_its_memory_its_seconds_and_its_files(fresh):
    one = fresh()
    one.open(picture())
    limits = Path(f"/proc/{one._process.pid}/limits").read_text().splitlines()
    most = {line[:25].strip(): line[26:].split()[0] for line in limits[1:]}
    assert most["Max address space"] == str(beside.MOST_BYTES_OF_MEMORY)
    assert most["Max file size"] == "0"
    assert most["Max core file size"] == "0"
    assert int(most["Max open files"]) == beside.FEW_FILES
    assert int(most["Max cpu time"]) < 2 * beside.MOST_CPU_SECONDS


@LINUX
def test_a_picture_that_wants_more_memory_than_there_is_ends_nobody_and_is_refused_in_words(fresh):
    fresh("b.MOST_BYTES_OF_MEMORY = 400 << 20")
    with pytest.raises(Refused, match="takes too much to open"):
        opening.opened_beside(large())
    assert Image.open(io.BytesIO(opening.opened_beside(picture()))).size == (40, 20)


def test_a_picture_that_wants_more_seconds_than_there_are_is_refused_and_the_next_is_opened(fresh):
    spins = "b._opened = (lambda once: lambda c: once(c) if len(c) < 5000 else [0 for _ in iter(int, 1)])(b._opened)"
    fresh(f"b.MOST_CPU_SECONDS = 1; {spins}")
    with pytest.raises(Refused, match="takes too much to open"):
        opening.opened_beside(picture() + bytes(5000))
    assert opening.opened_beside(picture())


def test_a_process_that_hangs_is_ended_in_time(fresh, monkeypatch):
    fresh("import time; b.answer = lambda c, go: time.sleep(600)")
    monkeypatch.setattr(opening, "MOST_SECONDS", 0.5)
    with pytest.raises(Refused, match="takes too much to open"):
        opening.opened_beside(picture())


def test_a_process_that_died_is_begun_anew(fresh):
    one = fresh()
    assert opening.opened_beside(picture())
    first = one._process
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert opening.opened_beside(picture())
    assert one._process.pid != first.pid


def test_a_process_is_begun_when_the_first_photo_comes_and_is_not_kept_for_ever(fresh, monkeypatch):
    monkeypatch.setattr(opening, "MOST_PHOTOS", 2)
    one = fresh()
    assert one._process is None
    pids = []
    for _ in range(4):
        opening.opened_beside(picture())
        pids.append(one._process.pid)
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_it_ends_with_whoever_asked(fresh):
    one = fresh()
    one.open(picture())
    one._process.stdin.close()
    assert one._process.wait(30) == 0


def test_many_at_once_get_each_their_own_photo(fresh):
    fresh()
    sizes, wrong = [(40 + 2 * n, 20 + n) for n in range(12)], []

    def ask(size):
        if Image.open(io.BytesIO(opening.opened_beside(picture(size=size)))).size != size:
            wrong.append(size)

    threads = [Thread(target=ask, args=[size]) for size in sizes]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert wrong == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only where processes fork")
def test_a_forked_process_begins_one_of_its_own(fresh):
    one = fresh()
    opening.opened_beside(picture())
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            made = opening.opened_beside(picture(size=(60, 30)))
            mine = opening._beside is not one and Image.open(io.BytesIO(made)).size == (60, 30)
            os.write(write, b"y" if mine else b"n")
            opening._beside.end()
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    assert os.read(read, 1) == b"y"
    os.close(read)
    assert opening.opened_beside(picture())


@LINUX
def test_a_wide_photo_of_49_megapixels_costs_this_process_little(fresh):
    from tests.unit.photo.profiles import DISPLAY_P3

    content = io.BytesIO()
    Image.effect_noise((700, 520), 60).convert("RGB").resize((8084, 6062)).save(
        content, "JPEG", quality=80, icc_profile=DISPLAY_P3
    )
    content = content.getvalue()
    fresh()
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark begins anew
    before = _peak()
    made = opening.opened_beside(content)
    assert _peak() - before < 150 * 1024
    assert max(Image.open(io.BytesIO(made)).size) <= intake.LONGEST_EDGE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0


def _peak() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))


@pytest.mark.parametrize("size", [(8084, 6062), (6062, 8084)])
def test_a_large_photo_keeps_its_pixels_and_its_colours(size):
    """Halved while it is unpacked and shrunk before its colours are worked on, it is the same picture."""
    from tests.unit.photo.profiles import DISPLAY_P3

    out = io.BytesIO()
    Image.new("RGB", size, (200, 120, 100)).save(out, "JPEG", quality=95, icc_profile=DISPLAY_P3)
    made = Image.open(io.BytesIO(intake.cleaned(out.getvalue())))
    assert max(made.size) in range(4000, intake.LONGEST_EDGE + 1)
    plain = io.BytesIO()
    Image.new("RGB", (400, 300), (200, 120, 100)).save(plain, "JPEG", quality=95, icc_profile=DISPLAY_P3)
    small = Image.open(io.BytesIO(intake.cleaned(plain.getvalue())))
    middle = made.getpixel((made.width // 2, made.height // 2))
    assert max(abs(a - b) for a, b in zip(middle, small.getpixel((200, 150)), strict=True)) <= 1


@pytest.mark.django_db
def test_of_many_at_once_as_many_are_counted_as_there_are():
    now, through = timezone.now(), []
    for _ in range(7):
        try:
            opening.count_photo(41, now, 5)
            through.append(1)
        except Refused:
            pass
    assert len(through) == 5
    opening.count_photo(42, now, 5)
