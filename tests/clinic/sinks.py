"""The far ends of messages on real sockets: a mail server, a text gateway, and one that never answers."""

import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class MailSink:
    """Speaks as much SMTP as Django's client asks for, and keeps every mail it took."""

    def __init__(self):
        self.mails, self.refuses = [], ""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                line, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line):
        lines = line.makefile("rb")
        say = lambda text: line.sendall(f"{text}\r\n".encode())  # noqa: E731
        say("220 sink")
        for raw in lines:
            word = raw.split()[0].upper() if raw.split() else b""
            if word in (b"EHLO", b"HELO"):
                say("250 sink")
            elif word == b"RCPT" and self.refuses and self.refuses.encode() in raw:
                say("550 nobody here")
            elif word == b"DATA":
                say("354 go on")
                self.mails.append(self._read(lines))
                say("250 taken")
            elif word == b"QUIT":
                say("221 bye")
                break
            else:
                say("250 ok")
        line.close()

    def _read(self, lines):
        text = b""
        for raw in lines:
            if raw == b".\r\n":
                break
            text += raw
        return text.decode()

    def close(self):
        self.socket.close()


@contextmanager
def text_sink(answer=lambda told: (200, {"id": f"gw-{told['key']}"}, {})):
    """A gateway for text messages: gives its address and what it was sent; `answer` says status, body and headers."""
    taken = []

    class Sink(BaseHTTPRequestHandler):
        def do_POST(self):
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            taken.append({**told, "authorization": self.headers["Authorization"]})
            self._say(*answer(told))

        def do_GET(self):
            taken.append({"got": self.path, "authorization": self.headers["Authorization"]})
            self._say(200, {"id": "elsewhere"}, {})

        def _say(self, status, body, headers):
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/send", taken
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def silent_socket():
    """Accepts and never answers."""
    held, stands = [], socket.create_server(("127.0.0.1", 0))

    def listen():
        while True:
            try:
                held.append(stands.accept()[0])
            except OSError:
                return

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield stands.getsockname()[1]
    finally:
        stands.close()
        for each in held:
            each.close()
