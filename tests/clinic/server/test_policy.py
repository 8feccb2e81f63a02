"""The policy that is written once is the one that the library writes; a page that adds to it gets its own."""

from csp.constants import HEADER
from csp.decorators import csp_exempt, csp_replace, csp_update
from csp.middleware import CSPMiddleware
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.server.middleware import KeptPolicy


def answered(kind, decorate=lambda view: view, look=False):
    def view(request):
        return HttpResponse(str(request.csp_nonce) if look else "page")

    answer = kind(decorate(view))(RequestFactory().get("/"))
    # Each nonce is drawn by lot.
    return "a nonce" if look and "nonce-" in answer.headers[HEADER] else answer.headers.get(HEADER)


def test_each_page_gets_the_policy_that_the_library_would_give_it():
    for decorate, look in (
        (lambda view: view, False),
        (lambda view: view, True),
        (csp_update({"script-src": ["'wasm-unsafe-eval'"]}), False),
        (csp_replace({"img-src": ["'none'"]}), False),
        (csp_exempt(), False),
    ):
        for _ in range(2):
            assert answered(KeptPolicy, decorate, look) == answered(CSPMiddleware, decorate, look)
    assert "default-src 'none'" in answered(KeptPolicy)
    assert "script-src 'self'" in answered(KeptPolicy)


def test_what_one_page_adds_stays_with_that_page(client, practice):
    client.force_login(practice.members[Role.NURSE])
    plain = client.get(reverse("patients")).headers[HEADER]
    reader = client.get(reverse("stock")).headers[HEADER]
    assert "wasm" in reader
    assert "wasm" not in plain
    assert client.get(reverse("patients")).headers[HEADER] == plain
