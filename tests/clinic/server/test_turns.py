"""The writers of one SQLite file take turns, whichever process they are of; a turn goes with who had it."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from needlepoint.clinic.server.sqlcipher import turns

HOLDS = """
import sys, time
from needlepoint.clinic.server.sqlcipher.turns import turn_of
turn = turn_of(sys.argv[1])
assert turn.take(5)
print("holds", flush=True)
sys.stdin.readline()
turn.end()
print("ended", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def file(tmp_path):
    return str(tmp_path / "clinic.db")


@pytest.fixture
def other(file):
    """Another process that holds the turn until it is told to end it."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "holds\n"
    yield process
    process.kill()
    process.communicate()


def test_one_of_another_process_waits_until_the_turn_ends(file, other):
    turn = turns.turn_of(file)
    assert not turn.take(0.05)
    other.stdin.write("\n")
    other.stdin.flush()
    assert turn.take(10)
    turn.end()


def test_a_turn_ends_with_the_process_that_had_it(file, other):
    turn = turns.turn_of(file)
    assert not turn.take(0.05)
    os.kill(other.pid, signal.SIGKILL)
    assert turn.take(10)
    turn.end()


def test_who_was_refused_holds_nobody_up(file, other):
    turn = turns.turn_of(file)
    assert not turn.take(0.01)
    assert not turn.take(0.01)
    other.stdin.write("\n")
    other.stdin.flush()
    assert turn.take(10)
    turn.end()
    assert turn.take(1)
    turn.end()


def test_threads_of_a_process_take_turns_too(file):
    turn, inside, most = turns.turn_of(file), [], []

    def write():
        for _ in range(50):
            assert turn.take(20)
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.0001)
            inside.pop()
            turn.end()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(most), max(most)) == (200, 1)


def test_who_waits_in_another_process_is_not_passed_over(file, tmp_path):
    """Two processes that want to write all the time each get about half of the turns."""
    code = (
        "import sys, time\n"
        "from needlepoint.clinic.server.sqlcipher.turns import turn_of\n"
        "turn, had = turn_of(sys.argv[1]), 0\n"
        "until = float(sys.argv[2])\n"
        "while time.time() < until:\n"
        "    assert turn.take(10)\n"
        "    had += 1\n"
        "    time.sleep(0.002)\n"
        "    turn.end()\n"
        "print(had)\n"
    )
    until = str(time.time() + 3)
    both = [
        subprocess.Popen([sys.executable, "-c", code, file, until], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    had = sorted(int(each.communicate()[0]) for each in both)
    assert had[0] > had[1] / 4
