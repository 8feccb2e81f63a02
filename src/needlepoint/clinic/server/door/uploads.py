"""How much a caller may send, asked before a byte of it is read; what was sent is held in memory, never in a file."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse

from needlepoint.clinic.access.checks import NotHere
from needlepoint.clinic.chair.actions.photo.opening import LARGEST_BYTES
from needlepoint.clinic.portal.views import door as portal_door
from needlepoint.clinic.server.door import refusals

FROM_ANYBODY = 64 * 1024
FROM_WHO_IS_IN = 2 * 1024 * 1024
# A photo of 15 MB and the fields beside it.
WITH_A_PHOTO = 16 * 1024 * 1024
# So much of a photo that is too large is read, and dropped as it comes, to tell whoever is signed in what is wrong;
# a browser shows an answer only once it has sent all.
READ_TO_ANSWER = 64 * 1024 * 1024
_PIECE = 64 * 1024


class BodyLimit:
    """Stands before everything else: what is too long, or does not say how long it is, is refused unread."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse what says no length; nothing between here and `process_view` reads."""
        if "HTTP_TRANSFER_ENCODING" in request.META or _length(request) is None:
            return HttpResponse("Say how long it is.", status=411, content_type="text/plain")
        return self.answer(request)

    def process_view(self, request: Any, view: Any, _args: Any, named: Any) -> HttpResponse | None:
        """Refuse what is longer than the page takes from this caller, before the form's token is looked for in it."""
        length = _length(request) or 0
        if length <= FROM_ANYBODY:
            return None
        if not _is_in(request, named):
            return refusals.too_long(request)
        takes_photo = getattr(view, "takes_photo", False)
        if length <= (WITH_A_PHOTO if takes_photo else FROM_WHO_IS_IN):
            return None
        if takes_photo and length <= READ_TO_ANSWER:
            _drop(request, length)
        return refusals.too_long(request, photo=takes_photo)


def _length(request: HttpRequest) -> int | None:
    said = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(said) if said.isascii() and said.isdigit() else None


def _is_in(request: Any, named: Any) -> bool:
    """Say whether a member or a patient is signed in at the door that the address belongs to."""
    if not portal_door.in_portal(request):
        return bool(request.user.is_authenticated)
    try:
        portal_door.greet(request, named.get("clinic", ""))
    except NotHere:
        return False
    return request.actor is not None


def _drop(request: HttpRequest, length: int) -> None:
    left = length
    while left > 0 and (piece := request.read(min(_PIECE, left))):
        left -= len(piece)


class InMemory(FileUploadHandler):
    """Holds a file in memory, and of one that is too large only a byte more than is taken: no disk ever sees it.

    Django's own handler writes whatever is larger than 2.5 MB into a plain file, and a killed process leaves it there.
    """

    def new_file(self, *args: Any, **named: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **named)
        self.held = BytesIO()

    def _keep(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 (Django's own signature)
        """Keep a piece; what is beyond the limit is dropped, and whoever opens the photo says that it is too large."""
        room = LARGEST_BYTES + 1 - self.held.tell()
        self.held.write(raw_data[: max(room, 0)])

    # By the name that Django calls it by.
    receive_data_chunk = _keep

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:  # noqa: ARG002 (Django's own signature)
        """Give the file as it is held."""
        size = self.held.tell()
        self.held.seek(0)
        return InMemoryUploadedFile(
            self.held, self.field_name, self.file_name, self.content_type, size, self.charset
        )
