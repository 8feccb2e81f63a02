"""The bare page's SQL is what our list asks: it is caught from ours, without what ours writes."""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from needlepoint.clinic.models import Member
from needlepoint.clinic.server.keeping import keys


def check() -> None:
    """Raise ImportError where the peer is not installed."""
    for name in ("fastapi", "uvicorn"):
        importlib.import_module(name)


def command(port: int) -> list[str]:
    """Return the command that serves the bare page."""
    here = [sys.executable, "-m", "uvicorn", "benchmarks.clinic.peer:app"]
    return [*here, "--port", str(port), "--host", "localhost", "--log-level", "warning", "--no-access-log"]


def environment(folder: Path, database: str) -> dict[str, str]:
    """Return what the bare page must know."""
    told = {
        "database": os.environ["NEEDLEPOINT_DATABASE"] if database == "postgresql" else "",
        "file": str(folder / "folder" / "clinic.db"),
        "key": keys.read(folder / "key").database,
        "statements": _statements(),
        "columns": 9,
    }
    (folder / "peer.json").write_text(json.dumps(told))
    return {"NEEDLEPOINT_PEER": str(folder / "peer.json")}


def _statements() -> list[str]:
    client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0])
    client.force_login(Member.objects.get(email__startswith="prescriber"))
    client.get("/patients/")
    with CaptureQueriesContext(
        connection,
    ) as caught:
        client.get("/patients/")
    asked = [each["sql"] for each in caught.captured_queries]
    return [sql for sql in asked if sql.lstrip("(").upper().startswith("SELECT")]
