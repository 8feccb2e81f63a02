"""A bare page on FastAPI that runs the same SQL as our list of patients: what the rest of our page costs is the ratio.

NEEDLEPOINT_PEER names a JSON file: the statements, how to reach the database, and the number of columns to show.
"""

from __future__ import annotations

import html
import json
import os
import threading
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

TOLD = json.loads(Path(os.environ["NEEDLEPOINT_PEER"]).read_text())
app = FastAPI()
here = threading.local()


def _connection() -> Any:
    if not hasattr(here, "connection"):
        here.connection = _postgresql() if TOLD["database"] else _sqlite()
    return here.connection


def _postgresql() -> Any:
    import psycopg

    return psycopg.connect(TOLD["database"], autocommit=True)


def _sqlite() -> Any:
    from sqlcipher3 import dbapi2

    connection = dbapi2.connect(TOLD["file"], isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{TOLD['key']}'\"")
    for name, value in (("journal_mode", "WAL"), ("synchronous", "FULL"), ("foreign_keys", "ON")):
        connection.execute(f"PRAGMA {name} = {value}")
    return connection


@app.get("/patients/")
def patients() -> HTMLResponse:
    """Run the statements and show the rows of the last one."""
    rows: list[Any] = []
    for statement in TOLD["statements"]:
        cursor = _connection().cursor()
        cursor.execute(statement)
        rows = cursor.fetchall()
    lines = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row[: TOLD["columns"]]) + "</tr>"
        for row in rows
    )
    return HTMLResponse(f"<!doctype html><title>Patients</title><table>{lines}</table>")
