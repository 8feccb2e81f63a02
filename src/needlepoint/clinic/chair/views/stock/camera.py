"""Pages on which codes are read by camera."""

from __future__ import annotations

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse


def reads_codes(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Let a page run the compiled reader that lies on our own server; no other page may run such code."""
    allowed = csp_update({"script-src": ["'wasm-unsafe-eval'"]})(lambda _request: answer)
    with_reader: HttpResponse = allowed(request)
    return with_reader
