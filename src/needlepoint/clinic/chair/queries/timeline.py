"""The timeline of a chart: what happened to a patient, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from needlepoint.clinic.chair.queries.course.advice import decision_asked
from needlepoint.clinic.chair.queries.urgency import level_in_words
from needlepoint.clinic.models import Consent, Photo, Session


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the timeline."""

    at: datetime
    says: str
    session: Session | None = None
    words: str = ""


def timeline(found: dict[str, list[Any]], zone: tzinfo) -> Iterator[Moment]:
    """Yield all that happened, from rows that were read for a chart."""
    sessions = {each.pk: each for each in found["sessions"]}
    for each in found["courses"]:
        yield Moment(each.drafted_at, f"Course drafted: {each.concern.replace('_', ' ')}")
    for each in found["plans"]:
        yield Moment(
            each.agreed_at, f"Plan {each.version} agreed by {each.agreed_by}: {each.sessions} sessions"
        )
    for each in found["screenings"]:
        yield Moment(each.asked_at, f"Screening: {len(each.answers['asked'])} questions answered")
    for each in found["consents"]:
        yield from _of_consent(each, sessions.get(each.session_id))
    for each in found["decisions"]:
        asked = decision_asked(each.rule)
        what = f"decided: {asked}" if asked else f"decided otherwise on {each.rule}"
        yield Moment(each.decided_at, f"{each.decided_by} {what}", words=each.reason)
    for each in found["sessions"]:
        if each.finished_at is not None:
            ended = "broken off" if each.broken_off else "done"
            says = f"Session {each.number} {ended} by {each.operator}"
            yield Moment(each.finished_at, says, each, each.broken_off)
    for each in found["device_changes"]:
        yield Moment(
            each.at, f"{each.member} changed the device: {each.before}, now {each.after}", words=each.reason
        )
    for each in found["amendments"]:
        session = sessions[each.session_id]
        yield Moment(
            each.amended_at, f"Session {session.number} amended by {each.amended_by}", session, each.says
        )
    for each in found["check_ins"]:
        yield Moment(
            each.at,
            f"Check-in after session {sessions[each.session_id].number}: {level_in_words(each.level)}",
        )
    for each in found["adverse"]:
        yield Moment(each.reported_at, f"Adverse event: {each.kind.replace('_', ' ')}", words=each.words)
    yield from _of_photos(found["photos"], zone)


def _of_consent(consent: Consent, session: Session | None) -> Iterator[Moment]:
    what = "photos" if session is None else f"session {session.number}"
    signer = (
        consent.signed_name
        if consent.signed_as == "patient"
        else f"{consent.signed_name} ({consent.relationship})"
    )
    yield Moment(consent.signed_at, f"Consent to {what} signed by {signer}")
    if consent.withdrawn_at is not None:
        yield Moment(consent.withdrawn_at, f"Consent to {what} taken back")


def _of_photos(photos: list[Photo], zone: tzinfo) -> Iterator[Moment]:
    by_day: dict[date, list[Photo]] = {}
    for each in photos:
        by_day.setdefault(each.taken_at.astimezone(zone).date(), []).append(each)
    for taken in by_day.values():
        shows = ", ".join(dict.fromkeys(each.shows for each in taken))
        yield Moment(taken[-1].taken_at, f"{len(taken)} photo{'s' if len(taken) > 1 else ''}: {shows}")
