"""The server is killed again and again while photos come in: no byte of a picture lies in plain anywhere afterwards."""

import contextlib
import http.client
import io
import os
import random
import socket
import subprocess
import threading
import time
from pathlib import Path
from uuid import uuid4

import pytest
from tests.clinic.conftest import POSTGRESQL
from tests.clinic.killing import GONE, Served, _children
from tests.clinic.server.test_kill import _database
from tests.clinic.wings.chair.test_upload_limits import noise

from needlepoint.photo.intake import cleaned

# `make soak` asks for 200; on every commit some show that nothing is left.
POINTS = int(os.environ.get("NEEDLEPOINT_UPLOAD_KILLS", "10"))
WINDOW = 24


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder in which every plain file of the server would lie."""
    return tmp_path_factory.mktemp("sending")


@pytest.fixture(scope="module")
def sending(place):
    """A serving clinic with a patient who agreed to photos."""
    for name in ("folder", "tmp"):
        (place / name).mkdir()
    (place / "key").write_text("fedcba9876543210" * 4)
    (place / "key").chmod(0o600)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(place / "tmp"))
        served = Served(place, _database() if POSTGRESQL else "")
        staged = served.stage("photographed")
        served.start()
        yield served, staged
        served.stop()


class Sender:
    """Somebody who sends photos without pause, some of them slowly, so that every kill meets one on its way."""

    def __init__(
        self, served: Served, staged: dict, content: bytes, stopped: threading.Event, seed: int
    ) -> None:
        self.served, self.staged, self.content, self.stopped = served, staged, content, stopped
        self.dice, self.kept, self.cut = random.Random(seed), 0, 0

    def work(self) -> None:
        while not self.stopped.is_set():
            try:
                self.kept += self._send() == 302
            except GONE:
                self.cut += 1
                time.sleep(0.05)

    def _send(self) -> int:
        head, body = form(self.staged, self.content)
        connection = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=30)
        try:
            connection.putrequest("POST", f"/patients/{self.staged['patient']}/photos/")
            for name, value in head.items():
                connection.putheader(name, value)
            connection.endheaders()
            pause = self.dice.choice([0, 0, 0.02])
            for start in range(0, len(body), 512 * 1024):
                connection.send(body[start : start + 512 * 1024])
                time.sleep(pause)
            return connection.getresponse().status
        finally:
            connection.close()


def form(staged, content, cookie=None):
    token = "a" * 32
    fields = {
        "key": str(uuid4()),
        "patient": staged["patient"],
        "shows": "front",
        "csrfmiddlewaretoken": token,
    }
    body = b"".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    body += b'--x\r\nContent-Disposition: form-data; name="photo"; filename="p.jpg"\r\n'
    body += b"Content-Type: image/jpeg\r\n\r\n" + content + b"\r\n--x--\r\n"
    signed_in = staged["cookie"] if cookie is None else cookie
    head = {
        "Cookie": f"sessionid={signed_in}; csrftoken={token}",
        "Content-Type": "multipart/form-data; boundary=x",
        "Content-Length": str(len(body)),
    }
    return head, body


def pieces(content: bytes) -> list[bytes]:
    """Pieces of a picture from its beginning to its end; two pictures share none of them."""
    return [content[at : at + WINDOW] for at in range(700, len(content) - WINDOW, len(content) // 60)]


def plain_files(place: Path, looked_for: list[bytes]) -> list[str]:
    """The files in which a piece of a picture lies in plain."""
    found = []
    for path in place.rglob("*"):
        with contextlib.suppress(OSError):
            if path.is_file() and any(piece in path.read_bytes() for piece in looked_for):
                found.append(str(path.relative_to(place)))
    return found


def test_a_stranger_who_sends_200_megabytes_is_answered_at_once_and_hung_up_on(sending, place):
    served, staged = sending
    for where in (f"/patients/{staged['patient']}/photos/", "/sign-in/login/"):
        with socket.create_connection(("127.0.0.1", served.port), timeout=30) as caller:
            head = f"POST {where} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 200000000\r\n"
            caller.sendall(head.encode() + b"Content-Type: multipart/form-data; boundary=x\r\n\r\n")
            answer = caller.recv(4096)
            assert answer.startswith(b"HTTP/1.1 413")
            went = 0
            with contextlib.suppress(OSError):
                while went < 200_000_000:
                    went += caller.send(b"y" * 65536)
            # What the two systems hold between themselves; nobody reads on.
            assert went < 20_000_000
    assert list((place / "tmp").rglob("*")) == []


def test_a_wide_photo_of_49_megapixels_costs_the_serving_process_little_and_a_bomb_ends_nobody(sending):
    from PIL import Image
    from tests.unit.photo.profiles import DISPLAY_P3

    served, staged = sending
    wide = io.BytesIO()
    Image.effect_noise((700, 520), 60).convert("RGB").resize((8084, 6062)).save(
        wide, "JPEG", quality=80, icc_profile=DISPLAY_P3
    )
    assert posted(served, staged, noise(300_000)) == 302  # whatever is loaded once is loaded
    serving = [each for each in _children(served.process.pid) if b"clinic_work" not in _command(each)]
    _settled(serving)
    for each in serving:
        Path(f"/proc/{each}/clear_refs").write_text("5")
    before = {each: _kilobytes(each) for each in serving}
    assert posted(served, staged, wide.getvalue()) == 302
    cost = {each: _kilobytes(each) - before[each] for each in serving}
    assert max(cost.values()) < 150 * 1024
    print(f"\n49 megapixels cost the serving process {max(cost.values()) / 1024:.0f} MB")
    assert posted(served, staged, b"\xff\xd8\xff" + bytes(100_000)) == 409
    assert [each for each in _children(served.process.pid) if each in serving] == serving


def posted(served: Served, staged: dict, content: bytes) -> int:
    head, body = form(staged, content)
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    try:
        connection.request("POST", f"/patients/{staged['patient']}/photos/", body, head)
        return connection.getresponse().status
    finally:
        connection.close()


def _settled(processes: list[int]) -> None:
    """Wait until what a server makes ready for its first pages is ready."""
    last, alike = {}, 0
    for _ in range(150):
        now = {each: _kilobytes(each, "VmRSS") // 4096 for each in processes}
        last, alike = now, alike + 1 if now == last else 0
        if alike == 10:
            return
        time.sleep(0.2)


def _command(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


def _kilobytes(process: int, what: str = "VmHWM") -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(what)))


def test_the_server_leaves_no_picture_of_its_memory(sending):
    served, _staged = sending
    for each in (served.process.pid, *_children(served.process.pid)):
        limits = Path(f"/proc/{each}/limits").read_text()
        core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        assert core.split()[4:6] == ["0", "0"]
    assert isinstance(served.process, subprocess.Popen)


def test_no_byte_of_a_picture_lies_in_plain_after_any_number_of_kills(sending, place):
    served, staged = sending
    content = noise(3_000_000)
    looked_for = [*pieces(content), *pieces(cleaned(content))]
    (place / "shown").write_bytes(content)
    assert plain_files(place, looked_for) == ["shown"]
    (place / "shown").unlink()
    stopped, dice = threading.Event(), random.Random(5)
    senders = [Sender(served, staged, content, stopped, seed) for seed in range(2)]
    threads = [threading.Thread(target=each.work, daemon=True) for each in senders]
    for thread in threads:
        thread.start()
    try:
        for point in range(POINTS):
            time.sleep(dice.uniform(0, 0.7))
            served.kill(worker_only=bool((point + 1) % 5))
            assert plain_files(place, looked_for) == []
    finally:
        stopped.set()
    for thread in threads:
        thread.join()
    served.stop()
    assert plain_files(place, looked_for) == []
    assert list((place / "tmp").rglob("*.upload*")) == []
    assert sum(each.cut for each in senders) >= POINTS // 2
    print(
        f"\n{POINTS} kills: {sum(each.cut for each in senders)} sendings cut, {sum(each.kept for each in senders)} kept"
    )
