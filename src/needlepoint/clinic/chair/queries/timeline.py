"""The timeline of a chart: what happened to a patient, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from django.utils.translation import gettext as _

from needlepoint.clinic.access.said import in_language, in_words, short_day
from needlepoint.clinic.chair.queries.course.advice import decision_asked
from needlepoint.clinic.chair.queries.urgency import level_in_words
from needlepoint.clinic.models import Consent, NeedledElsewhere, OwnedDevice, Photo, Session
from needlepoint.evidence.loader import packaged


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
        yield Moment(each.drafted_at, _("Course drafted: %(each)s") % {"each": in_words(each.concern)})
    for each in found["plans"]:
        yield Moment(
            each.agreed_at,
            _("Plan %(version)s agreed by %(agreed_by)s: %(sessions)s sessions")
            % {"version": each.version, "agreed_by": each.agreed_by, "sessions": each.sessions},
        )
    for each in found["screenings"]:
        yield Moment(
            each.asked_at, _("Screening: %(each)s questions answered") % {"each": len(each.answers["asked"])}
        )
    for each in found["consents"]:
        yield from _of_consent(each, sessions.get(each.session_id))
    for each in found["decisions"]:
        asked = decision_asked(each.rule)
        what = (
            _("decided: %(asked)s") % {"asked": asked}
            if asked
            else _("decided otherwise on %(rule)s") % {"rule": each.rule}
        )
        yield Moment(each.decided_at, f"{each.decided_by} {what}", words=each.reason)
    for each in found["sessions"]:
        if each.finished_at is not None:
            yield Moment(each.finished_at, _ended(each), each, each.broken_off)
    yield from _told_elsewhere(found["elsewhere"])
    for each in found["device_changes"]:
        yield Moment(
            each.at,
            _("%(member)s changed the device: %(before)s, now %(after)s")
            % {"member": each.member, "before": _piece(each.before), "after": _piece(each.after)},
            words=each.reason,
        )
    for each in found["amendments"]:
        session = sessions[each.session_id]
        yield Moment(
            each.amended_at,
            _("Session %(number)s amended by %(amended_by)s")
            % {"number": session.number, "amended_by": each.amended_by},
            session,
            each.says,
        )
    for each in found["check_ins"]:
        yield Moment(
            each.at,
            _("Check-in after session %(sessions)s: %(level_in_words)s")
            % {"sessions": sessions[each.session_id].number, "level_in_words": level_in_words(each.level)},
        )
    for each in found["adverse"]:
        yield Moment(
            each.reported_at,
            _("Adverse event: %(each)s") % {"each": in_words(each.kind)},
            words=each.words,
        )
    yield from _of_photos(found["photos"], zone)


def _ended(session: Session) -> str:
    ended = _("Session %(number)s done by %(operator)s")
    if session.broken_off:
        ended = _("Session %(number)s broken off by %(operator)s")
    return ended % {"number": session.number, "operator": session.operator}


def _of_consent(consent: Consent, session: Session | None) -> Iterator[Moment]:
    what = _("photos") if session is None else _("session %(number)s") % {"number": session.number}
    signer = (
        consent.signed_name
        if consent.signed_as == "patient"
        else f"{consent.signed_name} ({consent.relationship})"
    )
    yield Moment(
        consent.signed_at, _("Consent to %(what)s signed by %(signer)s") % {"what": what, "signer": signer}
    )
    if consent.withdrawn_at is not None:
        yield Moment(consent.withdrawn_at, _("Consent to %(what)s taken back") % {"what": what})


def _of_photos(photos: list[Photo], zone: tzinfo) -> Iterator[Moment]:
    by_day: dict[date, list[Photo]] = {}
    for each in photos:
        by_day.setdefault(each.taken_at.astimezone(zone).date(), []).append(each)
    for taken in by_day.values():
        shows = ", ".join(dict.fromkeys(each.shows for each in taken))
        yield Moment(taken[-1].taken_at, f"{len(taken)} photo{'s' if len(taken) > 1 else ''}: {shows}")


def _told_elsewhere(told: list[NeedledElsewhere]) -> Iterator[Moment]:
    for each in told:
        if each.taken_back_at is None:
            label = in_language(packaged().elsewhere[each.device].label)
            says = _("Needled elsewhere on %(day)s with %(label)s")
            day = short_day(each.needled_on)
            yield Moment(each.told_at, says % {"day": day, "label": label}, words=each.words)


def _piece(device: OwnedDevice) -> str:
    """Return a device with its serial number; of one that the practice entered itself, that it did."""
    return f"{device} ({_('entered here')})" if device.name else str(device)
