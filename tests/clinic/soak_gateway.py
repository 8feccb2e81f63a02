"""A fake SMS gateway in a process of its own: it counts what it took by key, and some of its answers never come.

python -m tests.clinic.soak_gateway SHARE_OF_TIMEOUTS
"""

import json
import random
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

STALL_SECONDS = 2.0


class Fake(BaseHTTPRequestHandler):
    taken: ClassVar[Counter] = Counter()
    stalled: ClassVar[list[int]] = [0]
    bodies: ClassVar[list[str]] = []
    share = 0.05
    dice = random.Random(11)
    lock = threading.Lock()

    def do_POST(self):
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.lock:
            fate = self.dice.random()
            # Of the answers that never come, half belong to messages that were taken.
            if fate >= self.share / 2:
                self.taken[told["key"]] += 1
                self.bodies.append(told["text"])
            self.stalled[0] += fate < self.share
        if fate < self.share:
            time.sleep(STALL_SECONDS)
        self._answer({"id": f"gw-{told['key']}"})

    def do_GET(self):
        with self.lock:
            told = {"taken": self.taken, "stalled": self.stalled[0], "bodies": sorted(set(self.bodies))[:20]}
            self._answer(told)

    def _answer(self, told):
        content = json.dumps(told).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            pass  # whoever asked was killed, or has waited long enough

    def log_message(self, *_):
        """Say nothing."""


class Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A worker that was killed in the midst of asking is what this is for."""


if __name__ == "__main__":
    Fake.share = float(sys.argv[1])
    server = Quiet(("127.0.0.1", 0), Fake)
    print(server.server_port, flush=True)
    server.serve_forever()
