"""The dose of one session as a picture in a file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from needlepoint.cli.views.terminal import save
from needlepoint.course.case import Case
from needlepoint.course.errors import InputError
from needlepoint.course.session import Session

if TYPE_CHECKING:
    from needlepoint.evidence.knowledge import Knowledge

FORMATS = (".svg", ".png")


def draw(case: Case, number: int | None, picture: Path, knowledge: Knowledge) -> None:
    """Write the picture of a session, the last one with a pass where none is named; the ending says the format."""
    suffix = picture.suffix.lower()
    if suffix not in FORMATS:
        raise InputError("--picture", f"{picture.name!r} is no .svg or .png file", "a name such as dose.svg")
    save(picture, _drawn(_session(case, number), case, suffix.removeprefix("."), knowledge))


def _session(case: Case, number: int | None) -> Session:
    needled = {place: each for place, each in enumerate(case.sessions, start=1) if each.passes}
    if not needled:
        raise InputError("--picture", "no pass is recorded", "a case with at least one pass")
    wanted = max(needled) if number is None else number
    if wanted not in needled:
        raise InputError("--session", f"{wanted} has no pass", f"one of: {', '.join(map(str, needled))}")
    return needled[wanted]


def _drawn(session: Session, case: Case, form: str, knowledge: Knowledge) -> bytes:
    import matplotlib as mpl

    from needlepoint.dose.picture import dose_by_depth

    # The same dose gives the same bytes: no date, no random ids.
    with mpl.rc_context({"svg.hashsalt": "needlepoint", "svg.fonttype": "none"}):
        figure = dose_by_depth(session, case.patient.sex, knowledge)
        content = io.BytesIO()
        figure.savefig(content, format=form, dpi=150, metadata={"Date": None} if form == "svg" else None)
    return content.getvalue()
