"""Which files of photos there must be, for whoever proves a data folder or a backup."""

from __future__ import annotations

from needlepoint.clinic.models import Photo


def photo_files() -> dict[str, str]:
    """Return the SHA-256 of every photo's sealed file by its name."""
    return dict(Photo.objects.values_list("stored_as", "sha256").iterator(chunk_size=2000))
