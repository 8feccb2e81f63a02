"""Every address and every form as the pages show them, filled in by somebody who means harm or slips."""

import json
import random
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve
from tests.clinic.hazards.log import rolled_back

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions.messages.inbound import signature
from needlepoint.clinic.server.checks import views

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
TAG = re.compile(r"<(input|select|textarea|button|option)\b([^>]*)>")
NAME = re.compile(r'\bname="([^"]*)"')
VALUE = re.compile(r'\bvalue="([^"]*)"')
ACTION = re.compile(r'\baction="([^"]*)"')
ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
VERBS = ("GET", "GET", *("POST",) * 12, "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
ASKED = (
    "on",
    "q",
    "page",
    "lot",
    "gtin",
    "member",
    "chart",
    "all",
    "next",
    "at",
    "by",
    "of",
    "session",
    "after",
)
FORM_KIND = "application/x-www-form-urlencoded"
HOOK = "/hooks/"
# A page may lead from step to step, each with a form of its own.
MOST_STEPS = 6
NASTY = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud7ff",
    "\ufeff",
    "\u202eabc",
    "é" * 40,
    "𝕬𝖉𝖆",
    "🧷",
    "İı",
    "ß",
    "ﬁ",
    "٣",
    "²",
    "½",
    "１２",
    "0",
    "-0",
    "-1",
    "1",
    "1.0",
    "1e3",
    "1e400",
    "-1e400",
    "NaN",
    "nan",
    "sNaN",
    "Infinity",
    "-inf",
    "0x10",
    "1_000",
    "1,5",
    str(2**31),
    str(2**63 - 1),
    str(2**63),
    str(-(2**63) - 1),
    str(2**64),
    str(10**30),
    "9" * 5000,
    "0." + "0" * 400 + "1",
    "2026-02-30",
    "2026-13-01",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "99999-01-01",
    "-0001-01-01",
    "2026-1-1",
    "20260101",
    "2026-W01-1",
    "2026-03-08T02:30",
    "2026-11-01T01:30",
    "9999-12-31T23:59",
    "0001-01-01T00:00",
    "2026-01-01T00:00+14:00",
    "2026-01-01T24:00",
    "2026-01-01T00:00:60",
    "T",
    "null",
    "None",
    "true",
    "[]",
    "{}",
    "[[[1e999,NaN]]]",
    "[[[1,2],[3,4]]]",
    "[[1]]",
    "[{}]",
    "[" * 3000,
    '{"a":' * 500,
    '"' * 100,
    "'; DROP TABLE clinic_patient; --",
    "' OR 1=1 --",
    "%00",
    "%",
    "%s",
    "%(a)s",
    "{0}",
    "{{ 7*7 }}",
    "${7*7}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "=1+1",
    "\r\nX: y",
    "0" * 64,
    "f" * 64,
    str(UUID(int=0)),
    str(UUID(int=2**128 - 1)),
    "a" * 20_000,
    "\n" * 500,
    "(" * 3000,
    "010860000000000417270131" + "10LOT7\x1d21S9",
    "NP000001",
    "cheek_left",
    "yes",
    "on",
)
WAYS = (*("form",) * 8, "multipart", "multipart", "json", "text", "broken", "twice", "many")

Story = dict[str, object]


@dataclass
class Target:
    """An address pattern with the fields of all forms that lead there, and the values that pages offer for them."""

    pattern: str
    fields: dict[str, list[str]] = field(default_factory=dict)


def targets(staff: Client, visitor: Client, stories: list[Story]) -> list[Target]:
    """Read every address from the resolver, and every field from the pages themselves."""
    found = {where: Target(where) for where, _ in views()}
    for pattern in found:
        client = visitor if pattern.startswith("/portal/") else staff
        for address in sorted({filled(pattern, story) for story in stories}):
            with rolled_back():
                _walk(client, address, found)
    return list(found.values())


def _walk(client: Client, address: str, found: dict[str, Target]) -> None:
    """Look at a page, and go on from form to form as far as it leads by itself."""
    shown, seen = client.get(address), set()
    for _ in range(MOST_STEPS):
        if shown.status_code >= 400 or "html" not in shown.headers.get("Content-Type", ""):
            return
        own = _forms(shown.content.decode(), address, found)
        if not own or frozenset(own) in seen or not address.startswith("/portal/"):
            return
        seen.add(frozenset(own))
        shown = client.post(address, {name: values[-1:] for name, values in own.items()})


def _forms(text: str, address: str, found: dict[str, Target]) -> dict[str, list[str]]:
    own: dict[str, list[str]] = {}
    for attributes, inside in FORM.findall(text):
        named = ACTION.search(attributes)
        where = unescape(named.group(1)) if named and named.group(1) else address
        target, fields = found.get(pattern_of(where)), _fields(inside)
        for name, values in fields.items() if target else ():
            target.fields.setdefault(name, []).extend(values[:20])
        own = own or (fields if where == address and "key" in fields else {})
    return own


def _fields(inside: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    name = ""
    for kind, attributes in TAG.findall(inside):
        named, value = NAME.search(attributes), VALUE.search(attributes)
        if kind != "option":
            name = unescape(named.group(1)) if named else ""
        if name:
            fields.setdefault(name, []).extend([unescape(value.group(1))] if value else [])
    return fields


def pattern_of(address: str) -> str:
    """Return the pattern that an address fits."""
    try:
        return "/" + resolve(address.partition("?")[0]).route
    except Resolver404:
        return ""


def filled(pattern: str, story: Story) -> str:
    """Put the ids of one patient's rows into a pattern."""

    def argument(match: re.Match) -> str:
        kind = match.group(2).removesuffix("_id")
        other = {"uuid": str(UUID(int=7)), "int": "1"}.get(match.group(1), "x")
        return str(story.get(kind, other))

    plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<str:\1>", pattern)
    return ARGUMENT.sub(argument, plain).replace("^", "").replace("$", "")


@dataclass
class Fuzz:
    """Somebody signed in, or nobody, who sends what no browser would."""

    client: Client
    targets: list[Target]
    stories: list[Story]
    sent: int = 0
    taken: int = 0
    slowest: tuple[float, str] = (0.0, "")

    def send(self, dice: random.Random, texts: list[str]) -> tuple[int, str]:
        """Send one request made by the dice, with texts from elsewhere; return status and what was sent."""
        target, story = dice.choice(self.targets), dice.choice(self.stories)
        address, verb = filled(target.pattern, story), dice.choice(VERBS)
        typed = self._typed(dice, target, story, [*texts, ""])
        query = dice.choice(["", "", f"?{_query(dice, [*texts, ''])}"])
        told = f"{verb} {address}{query} {str(typed)[:900]}"
        began = time.thread_time()
        with undone(self.client):
            answer = self._sent(dice, verb, address + query, typed)
            if hasattr(answer, "streaming_content"):
                b"".join(answer.streaming_content)
        took = time.thread_time() - began
        self.sent += 1
        self.taken += verb == "POST" and answer.status_code == 302
        self.slowest = max(self.slowest, (took, told))
        return answer.status_code, told

    def _typed(self, dice: random.Random, target: Target, story: Story, texts: list[str]) -> dict[str, str]:
        """Fill a form in as the page would, but for a few fields, or for all of them."""
        typed = {name: dice.choice(known or ["1"]) for name, known in target.fields.items()}
        typed |= {name: str(uuid4()) for name in typed if name == "key"}
        typed |= {name: str(story["patient"]) for name in typed if name == "patient"}
        names = sorted(typed)
        for name in dice.sample(names, min(len(names), dice.choice((0, 1, 1, 1, 2, 3, len(names))))):
            typed[name] = dice.choice((dice.choice(NASTY), dice.choice(texts)))
        for name in dice.sample(names, min(len(names), dice.choice((0, 0, 0, 1, 2)))):
            del typed[name]
        return typed

    def _sent(self, dice: random.Random, verb: str, address: str, typed: dict):
        if address.startswith(HOOK) and dice.random() < 0.8:
            return self._signed(dice, address)
        headers = dice.choice(
            [{}, {}, {"HX-Request": "true"}, {"X-By-Itself": "yes"}, {"Accept": "application/json"}]
        )
        body, kind = _body(dice, dice.choice(WAYS), typed)
        return self.client.generic(verb, address, body, kind, headers=headers)

    def _signed(self, dice: random.Random, address: str):
        """Speak as the gateway does, with its signature under whatever it says."""
        words = (
            *NASTY,
            "answer",
            "report",
            "delivered",
            "failed",
            "STOP",
            "\ud800",
            None,
            1e300,
            [],
            {"a": 1},
        )
        names = ("kind", "text", "from", "id", "state", "\x00")
        told: object = {name: dice.choice(words) for name in names}
        told = dice.choice(
            (told, told, {**told, "kind": dice.choice(("answer", "report"))}, list(told), None)
        )
        raw = json.dumps(told).encode()[: dice.choice((4000, 4000, 4000, 20))]
        at = str(int(datetime.now(UTC).timestamp()))
        signed = signature(settings.HOOK_SECRET, at, address.split("/")[-2], raw)
        headers = {"X-Timestamp": at, "X-Signature": signed}
        return self.client.generic("POST", address, raw, "application/json", headers=headers)


def _query(dice: random.Random, texts: list[str]) -> str:
    chosen = dice.sample(ASKED, dice.randrange(1, 4))
    words = (dice.choice((*NASTY, *texts))[:1500] for _ in chosen)
    return "&".join(
        f"{name}={quote(word, errors='replace')}" for name, word in zip(chosen, words, strict=True)
    )


def _body(dice: random.Random, way: str, typed: dict) -> tuple[bytes, str]:
    if way == "multipart":
        parts = {name: value for name, value in typed.items() if value}
        return _multipart(parts, dice), "multipart/form-data; boundary=x"
    if way in ("json", "text"):
        kinds = ("text/plain", "", "x", "multipart/form-data")
        kind = "application/json" if way == "json" else dice.choice(kinds)
        return str(typed).encode("utf-8", "replace"), kind
    if way == "broken":
        odd = b"&%ff=%ff&=&%&\xff=\xfe"
        return _encoded(typed.items()) + odd, f"{FORM_KIND}; charset=utf-9"
    if way == "twice":
        twice = [*typed.items(), *typed.items(), *((name, dice.choice(NASTY)) for name in typed)]
        return _encoded(twice), FORM_KIND
    if way == "many" and typed:
        name = dice.choice(sorted(typed))
        more = [(name, typed[name][:20])] * dice.choice((50, 900, 1100))
        return _encoded([*typed.items(), *more]), FORM_KIND
    return _encoded(typed.items()), FORM_KIND


def _encoded(typed) -> bytes:
    return urlencode(list(typed), errors="replace").encode()


def _multipart(parts: dict, dice: random.Random) -> bytes:
    lines = []
    for name, value in parts.items():
        file = dice.choice(["", "", "", '; filename="../a\\x00.png"', '; filename=""', '; filename="a.svg"'])
        lines.append(f'--x\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{value}\r\n')
    return ("".join(lines) + dice.choice(["--x--\r\n", "--x--\r\n", "--x", ""])).encode("utf-8", "replace")


@contextmanager
def undone(client: Client):
    """Whatever a request writes is gone afterwards, and whoever it signed out is in again."""
    cookies = dict(client.cookies)
    with rolled_back():
        yield
    client.cookies.clear()
    client.cookies.update(cookies)


def signed_in(practice, role: Role | None) -> Client:
    """A client that answers with a 500 where the view breaks, as a server would."""
    client = Client(raise_request_exception=False)
    if role is not None:
        client.force_login(practice.members[role], backend=BACKEND)
    return client
