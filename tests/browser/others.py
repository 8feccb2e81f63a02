"""Firefox and WebKit, driven by what they speak themselves: Marionette over a socket, WebDriver over HTTP."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

# What keys have no sign are called in WebDriver.
NAMED = {"Control": "\ue009", "Alt": "\ue00a", "Enter": "\ue007", "Tab": "\ue004", "F8": "\ue038"}
PAD = dict(zip("0123456789", (chr(code) for code in range(0xE01A, 0xE024)), strict=True))
MINI_BROWSER = "*/webkit2gtk-4*/MiniBrowser"
PATIENCE_S = 60


def free_port() -> int:
    with socket.socket() as sought:
        sought.bind(("127.0.0.1", 0))
        return sought.getsockname()[1]


def until(ask):
    """What `ask` returns once it returns something; a browser takes its time to start on a busy machine."""
    last = time.monotonic() + PATIENCE_S
    while True:
        with contextlib.suppress(OSError):
            if found := ask():
                return found
        if time.monotonic() > last:
            raise TimeoutError("the browser did not answer")
        time.sleep(0.1)


class Browser:
    """What both have in common: a page is opened, keys are pressed, and the page is asked."""

    def press(self, *played):
        """Play what a scanner presses: texts, Control and a key, Alt and digits of the pad, named keys."""
        for each in played:
            held, _, key = each.partition("+") if each.startswith(("Control+", "Alt+")) else ("", "", each)
            pressed = (
                [NAMED[key]]
                if key in NAMED
                else [PAD[digit] for digit in key]
                if held == "Alt"
                else list(key)
            )
            steps = [{"type": kind, "value": sign} for sign in pressed for kind in ("keyDown", "keyUp")]
            if held:
                around = [{"type": kind, "value": NAMED[held]} for kind in ("keyDown", "keyUp")]
                steps = [around[0], *steps, around[1]]
            self.perform({"actions": [{"type": "key", "id": "scanner", "actions": steps}]})

    def wait_for(self, script):
        return until(lambda: self.ask(script))


class Firefox(Browser):
    """Firefox without a window, over Marionette."""

    binary = shutil.which("firefox-esr") or shutil.which("firefox")
    mend = "apt-get install firefox-esr"

    def __init__(self, folder):
        port = free_port()
        (folder / "user.js").write_text(f'user_pref("marionette.port", {port});\n')
        words = [self.binary, "--headless", "--marionette", "--no-remote", "--profile", str(folder)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(words, env={**os.environ, "HOME": str(folder)}, **quiet)
        self.socket = until(lambda: socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S))
        self.number = 0
        self._answer()
        self._tell("WebDriver:NewSession", {})

    @classmethod
    def is_here(cls):
        return cls.binary is not None

    def go(self, address):
        self._tell("WebDriver:Navigate", {"url": address})

    def ask(self, script):
        return self._tell("WebDriver:ExecuteScript", {"script": script, "args": []})["value"]

    def perform(self, actions):
        self._tell("WebDriver:PerformActions", actions)

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait(PATIENCE_S)

    def _tell(self, name, given):
        self.number += 1
        told = json.dumps([0, self.number, name, given]).encode()
        self.socket.sendall(f"{len(told)}:".encode() + told)
        _, _, error, value = self._answer()
        if error:
            raise RuntimeError(f"{error['error']}: {error['message']}")
        return value

    def _answer(self):
        length = b""
        while (sign := self.socket.recv(1)) != b":":
            length += sign
        told = b""
        while len(told) < int(length):
            told += self.socket.recv(int(length) - len(told))
        return json.loads(told)


class WebKit(Browser):
    """WebKitGTK's small browser, on a screen that nobody sees."""

    binary = next(iter(sorted(map(str, Path("/usr/lib").glob(MINI_BROWSER)))), None)
    mend = "apt-get install webkit2gtk-driver xvfb"

    def __init__(self, folder):
        port, display = free_port(), f":{os.getpid() % 30000 + 100}"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        around = {
            **os.environ,
            "HOME": str(folder),
            "DISPLAY": display,
            "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
        }
        screen = subprocess.Popen(
            ["Xvfb", display, "-screen", "0", "1280x900x24", "-nolisten", "tcp"], **quiet
        )
        driver = subprocess.Popen(
            ["WebKitWebDriver", f"--port={port}", "--host=127.0.0.1"], env=around, **quiet
        )
        self.processes = [driver, screen]
        self.address = f"http://127.0.0.1:{port}"
        options = {"binary": self.binary, "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        made = until(lambda: self._tell("/session", wanted))
        self.address += f"/session/{made['sessionId']}"

    @classmethod
    def is_here(cls):
        return cls.binary is not None and shutil.which("WebKitWebDriver") and shutil.which("Xvfb")

    def go(self, address):
        self._tell("/url", {"url": address})

    def ask(self, script):
        return self._tell("/execute/sync", {"script": script, "args": []})

    def perform(self, actions):
        self._tell("/actions", actions)

    def close(self):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(urllib.request.Request(self.address, method="DELETE"), timeout=10)
        for each in self.processes:
            each.terminate()
            each.wait(PATIENCE_S)

    def _tell(self, where, given):
        asked = urllib.request.Request(
            self.address + where, json.dumps(given).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:
            return json.loads(answer.read())["value"]
