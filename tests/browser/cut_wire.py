"""A wire between the browser and the server that can be cut.

Nothing arrives, answers are lost, all is slow, or a web server in front says that ours does not answer.
"""

import contextlib
import http.client
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SLOW_SECONDS = 8


class Wire:
    """Passes everything on while it is whole; what is sent to `acts` still arrives where answers are lost."""

    def __init__(self, port: int) -> None:
        self.to, self.how, self.acts = port, "whole", ("",)
        self.sent: list[tuple[str, str]] = []
        wire = self

        class Pair(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                wire.carry(self)

            def do_POST(self) -> None:
                wire.carry(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Pair)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def carry(self, asked: BaseHTTPRequestHandler) -> None:
        """Carry one request, or not."""
        body = asked.rfile.read(int(asked.headers.get("Content-Length") or 0))
        how = self.how
        is_act = asked.command == "POST" and any(asked.path.endswith(each) for each in self.acts)
        if asked.command == "POST":
            self.sent.append((asked.path, how))
        if how == "slow" and asked.command == "POST":
            time.sleep(SLOW_SECONDS)
        if how == "bad":
            return self._answer(asked, 502, [("Content-Type", "text/html")], b"<h1>Bad Gateway</h1>")
        if how == "cut" or (how == "lost" and not is_act):
            return self._drop(asked)
        with contextlib.suppress(OSError, http.client.HTTPException):
            status, headers, content = self._forward(asked, body)
            if how != "lost":
                return self._answer(asked, status, headers, content)
        return self._drop(asked)

    def _forward(self, asked, body):
        there = http.client.HTTPConnection("127.0.0.1", self.to, timeout=60)
        headers = {name: value for name, value in asked.headers.items() if name.lower() != "connection"}
        there.request(asked.command, asked.path, body, headers)
        answer = there.getresponse()
        content = answer.read()
        there.close()
        return answer.status, answer.getheaders(), content

    def _answer(self, asked, status, headers, content):
        asked.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                asked.send_header(name, value)
        asked.send_header("Content-Length", str(len(content)))
        asked.end_headers()
        asked.wfile.write(content)

    def _drop(self, asked):
        asked.close_connection = True
        with contextlib.suppress(OSError):
            asked.connection.shutdown(2)
