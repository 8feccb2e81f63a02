"""Where the SMS gateway speaks to us; whatever it says, the answer is the same."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.views.decorators.csrf import csrf_exempt

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.care.actions.messages.inbound import take_in
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.asking import page


@csrf_exempt
@page(Permission.ANYONE, "POST")
def sms(request: HttpRequest, slug: str) -> HttpResponse:
    """Take in an answer or a report; the sender learns nothing from what comes back."""
    try:
        raw = request.body
    except (RequestDataTooBig, RawPostDataException):
        raw = b""
    timestamp, signed = request.headers.get("X-Timestamp", ""), request.headers.get("X-Signature", "")
    take_in(slug, raw, timestamp, signed, clock.now())
    return HttpResponse(status=204)
