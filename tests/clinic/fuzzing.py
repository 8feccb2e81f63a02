"""Every address and every form as the pages show them, filled in by somebody who means harm or slips."""

import random
import re
import time
from dataclasses import dataclass, field
from html import unescape
from uuid import UUID, uuid4

from django.test import Client
from django.urls import Resolver404, get_resolver, resolve
from tests.clinic.hazards.log import rolled_back

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.server.checks import views

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
NAMED = re.compile(r'<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"')
VALUED = re.compile(r'\b(?:value|datetime)="([^"]*)"')
ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
VERBS = ("GET", "POST", "POST", "POST", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
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
WAYS = ("form", "form", "form", "form", "multipart", "json", "text", "broken", "twice", "many")


@dataclass
class Target:
    """An address pattern with the fields of all forms that lead there."""

    pattern: str
    fields: dict[str, list[str]] = field(default_factory=dict)


def targets(client: Client, rows: dict[str, list]) -> list[Target]:
    """Read every address from the resolver, and every field from the pages themselves."""
    found = {where: Target(where) for where, _ in views() if "static" not in where}
    for pattern in list(found):
        for each in range(3):
            address = filled(pattern, rows, random.Random(each))
            with rolled_back():
                shown = client.get(address, follow=True)
            if shown.status_code == 200 and "html" in shown.headers.get("Content-Type", ""):
                _forms(shown.content.decode(), address, found)
    return list(found.values())


def _forms(text: str, address: str, found: dict[str, Target]) -> None:
    for attributes, inside in FORM.findall(text):
        named = re.search(r'\baction="([^"]*)"', attributes)
        target = found.get(pattern_of(unescape(named.group(1)) if named and named.group(1) else address))
        if target is not None:
            values = [unescape(value) for value in VALUED.findall(inside)]
            for name in NAMED.findall(inside):
                target.fields.setdefault(unescape(name), []).extend(values[:40])


def pattern_of(address: str) -> str:
    """Return the pattern that an address fits."""
    try:
        return "/" + resolve(address.partition("?")[0]).route
    except Resolver404:
        return ""


def filled(pattern: str, rows: dict[str, list], dice: random.Random) -> str:
    """Put ids of rows that are there into a pattern."""

    def argument(match: re.Match) -> str:
        kind = match.group(2).removesuffix("_id")
        if kind in rows:
            return str(dice.choice(rows[kind]))
        return {"uuid": str(uuid4()), "int": "1"}.get(match.group(1), "x")

    return (
        ARGUMENT.sub(argument, re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<str:\1>", pattern))
        .replace("^", "")
        .replace("$", "")
    )


@dataclass
class Fuzz:
    """Somebody signed in, or nobody, who sends what no browser would."""

    client: Client
    targets: list[Target]
    rows: dict[str, list]
    sent: int = 0
    slowest: tuple[float, str] = (0.0, "")

    def send(self, dice: random.Random, text: str) -> tuple[int, str]:
        """Send one request made by the dice, with a text from elsewhere; return status and what was sent."""
        target = dice.choice(self.targets)
        address = filled(target.pattern, self.rows, dice)
        verb = dice.choice(VERBS)
        typed = {name: self._value(dice, name, known, text) for name, known in target.fields.items()}
        for name in dice.sample(sorted(typed), dice.randrange(len(typed) + 1) // 2):
            del typed[name]
        query = dice.choice(["", "", f"?{_query(dice, text)}"])
        told = f"{verb} {address}{query} {str(typed)[:600]}"
        cookies = dict(self.client.cookies)
        began = time.thread_time()
        with rolled_back():
            answer = self._sent(dice, verb, address + query, typed)
            if hasattr(answer, "streaming_content"):
                b"".join(answer.streaming_content)
        took = time.thread_time() - began
        self.client.cookies.clear()
        self.client.cookies.update(cookies)
        self.sent += 1
        self.slowest = max(self.slowest, (took, told))
        return answer.status_code, told

    def _value(self, dice: random.Random, name: str, known: list[str], text: str) -> str:
        if name == "key":
            return dice.choice([str(uuid4())] * 6 + ["", "x", text])
        if name == "patient":
            return str(dice.choice([*self.rows["patient"] * 6, "", text]))
        return dice.choice(
            (dice.choice(known or ["1"]), dice.choice(known or ["1"]), dice.choice(NASTY), text)
        )

    def _sent(self, dice: random.Random, verb: str, address: str, typed: dict):
        headers = dice.choice(
            [{}, {}, {"HX-Request": "true"}, {"X-By-Itself": "yes"}, {"Accept": "application/json"}]
        )
        body, kind = _body(dice, dice.choice(WAYS), typed)
        return self.client.generic(verb, address, body, kind, headers=headers)


def _query(dice: random.Random, text: str) -> str:
    from urllib.parse import quote

    names = (
        "on",
        "q",
        "page",
        "lot",
        "gtin",
        "member",
        "chart",
        "all",
        "next",
        "from",
        "to",
        "at",
        "rule",
        "by",
        "sort",
    )
    chosen = dice.sample(names, dice.randrange(1, 4))
    return "&".join(
        f"{name}={quote(dice.choice((*NASTY, text))[:1500], errors='replace')}" for name in chosen
    )


def _body(dice: random.Random, way: str, typed: dict) -> tuple[bytes, str]:
    from urllib.parse import urlencode

    form = "application/x-www-form-urlencoded"
    if way == "multipart":
        parts = {name: value for name, value in typed.items() if value}
        return _multipart(parts, dice), "multipart/form-data; boundary=x"
    if way == "json":
        return str(typed).encode("utf-8", "replace"), "application/json"
    if way == "text":
        return str(typed).encode("utf-8", "replace"), dice.choice(
            ("text/plain", "", "x", "multipart/form-data")
        )
    if way == "broken":
        return urlencode(
            typed, errors="replace"
        ).encode() + b"&%ff=%ff&=&%&\xff=\xfe", f"{form}; charset=utf-9"
    if way == "twice":
        twice = [*typed.items(), *typed.items(), *((name, dice.choice(NASTY)) for name in typed)]
        return urlencode(twice, errors="replace").encode(), form
    if way == "many" and typed:
        name = dice.choice(sorted(typed))
        more = [(name, typed[name][:20])] * dice.choice((50, 900, 1100))
        return urlencode([*typed.items(), *more], errors="replace").encode(), form
    return urlencode(typed, errors="replace").encode(), form


def _multipart(parts: dict, dice: random.Random) -> bytes:
    lines = []
    for name, value in parts.items():
        file = dice.choice(["", "", '; filename="../a\\x00.png"', '; filename=""', '; filename="a.svg"'])
        lines.append(f'--x\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{value}\r\n')
    return ("".join(lines) + dice.choice(["--x--\r\n", "--x", ""])).encode("utf-8", "replace")


def signed_in(practice, role: Role | None) -> Client:
    """A client that answers with a 500 where the view breaks, as a server would."""
    client = Client(raise_request_exception=False)
    if role is not None:
        client.force_login(practice.members[role], backend=BACKEND)
    return client


def all_addresses() -> int:
    return len(get_resolver().url_patterns)
