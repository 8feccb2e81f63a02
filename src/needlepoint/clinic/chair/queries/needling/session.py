"""A session with all that hangs on it, its next step, and the digest that a signature covers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Subquery

from needlepoint.advice.course_days import rest_after
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.chair.queries.course.advice import advice_on, open_verdicts
from needlepoint.clinic.chair.queries.course.case import asked_of, core_patient, course_rows
from needlepoint.clinic.chair.queries.course.linked import said_beside
from needlepoint.clinic.models import (
    Amendment,
    CartridgeUse,
    Consent,
    ConsentText,
    Course,
    HealingCheck,
    Plan,
    PlanZone,
    Session,
    SessionDose,
    SessionPass,
    SessionTopical,
    Signature,
)
from needlepoint.clinic.models.written import Written
from needlepoint.course.instants import local_date
from needlepoint.course.states import CourseState, SessionState
from needlepoint.evidence.loader import packaged
from needlepoint.rules.conditions import UNKNOWN
from needlepoint.rules.verdicts import Verdict

# Our own proposal: a consent that is older than this is signed anew.
CONSENT_LASTS = timedelta(days=30)
ADULT_YEARS = 18
# Under this name a draft says who saved it; no field of the form is called so.
SAVED_BY = "saved by"
SAVED_FROM = "saved from"
UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands between a course and its next session."""

    due: tuple[str, ...]
    held_by: tuple[Verdict, ...]
    consent: Consent | None

    @property
    def screened(self) -> bool:
        """Say whether the screening lets the session take place."""
        return not self.due and not self.held_by


def standing(session: Session, actor: Actor, at: datetime) -> Standing:
    """Return what is still missing for a session, judged now; `session` comes with course, patient and device."""
    course = session.course
    rows = course_rows(course)
    advice = advice_on(course, actor, at, rows)
    return Standing(
        due=asked_of(course, actor, at, rows).due,
        held_by=open_verdicts(course, advice, said_beside(course, actor, at, advice, rows)),
        consent=standing_consent(session, at, actor.zone),
    )


def draft_version(session: Session) -> str:
    """Return what names the draft as it was saved last; empty where none was."""
    return session.draft_saved_at.isoformat() if session.draft_saved_at else ""


def current_text(clinic: int, kind: str) -> ConsentText:
    """Return the newest version of a consent text."""
    return ConsentText.objects.filter(clinic=clinic, kind=kind).order_by("-version")[0]


def standing_consent(
    session: Session, at: datetime, zone: ZoneInfo = UTC_ZONE, more: Sequence[str] = ()
) -> Consent | None:
    """Return the consent that covers a session as it is now: not taken back, not old, same text, zones and device.

    `more` are zones beyond those of the course that it must cover, too.

    The patient signs themselves from the day they are of age; what a guardian signed before covers nothing then.
    """
    consents = Consent.objects.filter(
        session=session, kind="session", withdrawal=None, signed_at__gt=at - CONSENT_LASTS
    )
    for consent in consents.order_by("-signed_at"):
        same_text = consent.text_sha256 == current_text(session.clinic_id, "session").sha256
        covers = {*session.course.zones, *more} <= set(
            consent.zones
        ) and consent.device == session.device.model
        if same_text and covers and _signer_may_still(consent, session, local_date(at, zone)):
            return consent
    return None


def of_age(patient: Any, today: date) -> bool:
    """Say whether somebody signs for themselves; born on 29 February one comes of age on 1 March.

    Whose birth date is not known is not known to be of age.
    """
    youngest = core_patient(patient).born_last
    if youngest is None:
        return False
    had_birthday = (today.month, today.day) >= (youngest.month, youngest.day)
    return today.year - youngest.year - (not had_birthday) >= ADULT_YEARS


def _signer_may_still(consent: Consent, session: Session, today: date) -> bool:
    return of_age(session.patient, today) is (consent.signed_as == "patient")


def next_session(course: Course) -> Session | None:
    """Return the session that is under way or comes next; None where none is left."""
    waiting = [state.value for state in (SessionState.PLANNED, SessionState.SCREENED, SessionState.CONSENTED)]
    under_way = SessionState.UNDER_WAY.value
    if course.state not in (CourseState.ACTIVE.value, CourseState.PAUSED.value):
        return None
    rows = Session.objects.filter(course=course, state__in=[*waiting, under_way])
    return rows.select_related("device").order_by("number").first()


def last_done(course: Course) -> Session | None:
    """Return the last session that was done."""
    return Session.objects.filter(course=course, state=SessionState.DONE.value).order_by("-number").first()


def planned_zones(session: Session) -> list[str]:
    """Return the zones that a session is to needle: what it makes up for, else those of the plan."""
    if session.repeats_id is not None and session.repeats.zones_left:
        return list(session.repeats.zones_left)
    return [zone for (zone,) in _PLANNED.rows(session.course_id)]


def _newest(course: int) -> Subquery:
    return Subquery(Plan.objects.filter(course=course).order_by("-version").values("pk")[:1])


_PLANNED = Written(
    lambda course: PlanZone.objects.filter(plan=_newest(course)).order_by("pk"), columns=("zone",)
)


def healed_from(session: Session, zone: ZoneInfo) -> date:
    """Return the first day on which the skin of a session can be called healed.

    No figure for that was found. Until the days are over that the rulebook lets nobody shorten, the skin of the last
    session counts as still healing; they stand in the rules with their sources.
    """
    return earliest_healed(session, session.passes.all(), zone)


def earliest_healed(session: Session, passes: Iterable[SessionPass], zone: ZoneInfo) -> date:
    """Return that day, where the passes were read already; those of other sessions are passed over."""
    depths = [Decimal(each.depth_mm) for each in passes if each.session_id == session.pk]
    rest = rest_after(max(depths) if depths else UNKNOWN, packaged())
    return local_date(session.opened_at, zone) + timedelta(days=rest.floor_days)


def passes_of(session: Session) -> list[Any]:
    """Return zone, depth, number, rate and endpoint of each pass as they stand in the database, in order."""
    return _PASSES.rows(session.pk)


def content(session: Session, passes: list[Any] | None = None) -> dict[str, Any]:
    """Return all that was done in a session as plain JSON; this is what a signature covers.

    `passes` is what `passes_of` returns, where that was read already.
    """
    return {
        "session": str(session.public_id),
        "patient": session.patient_id,
        "number": session.number,
        "opened_at": session.opened_at.isoformat(),
        "finished_at": session.finished_at.isoformat(),
        "operator": session.operator_id,
        "device": session.device_id,
        "checklist": session.checklist,
        "pain": session.pain,
        "note": session.note,
        "sharps_container": session.sharps_container,
        **(
            {"broken_off": session.broken_off, "zones_left": session.zones_left} if session.broken_off else {}
        ),
        "cartridges": [list(each) for each in _CARTRIDGES.rows(session.pk)],
        "passes": [
            (zone, _plain(depth_mm), passes, _plain(rate_hz), endpoint)
            for zone, depth_mm, passes, rate_hz, endpoint in (
                passes_of(session) if passes is None else passes
            )
        ],
        "topicals": [
            (kind, name, lot, _plain(strength_percent), _plain(grams))
            for kind, name, lot, strength_percent, grams in _TOPICALS.rows(session.pk)
        ],
    }


_CARTRIDGES = Written(
    lambda key: CartridgeUse.objects.filter(session=key, voided_at=None).order_by("id"),
    columns=("cartridge__gtin", "cartridge__lot", "cartridge__serial"),
)
_PASSES = Written(
    lambda key: SessionPass.objects.filter(session=key).order_by("place"),
    columns=("zone", "depth_mm", "passes", "rate_hz", "endpoint"),
)
_TOPICALS = Written(
    lambda key: SessionTopical.objects.filter(session=key).order_by("id"),
    columns=("kind", "name", "lot", "strength_percent", "grams"),
)


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}"


def content_digest(session: Session, passes: list[Any] | None = None) -> str:
    """Return the SHA-256 of a session's content."""
    text = json.dumps(content(session, passes), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SessionPage:
    """What the page of a session shows."""

    session: Session
    passes: list[SessionPass]
    topicals: list[SessionTopical]
    doses: list[SessionDose]
    uses: list[CartridgeUse]
    signatures: list[Signature]
    amendments: list[Amendment]
    healing_checks: list[HealingCheck]
    unaltered: bool


def session_page(session: Session) -> SessionPage:
    """Return a finished session with everything in it; `unaltered` says whether all signatures still fit."""
    signatures = list(session.signatures.select_related("signed_by").order_by("signed_at"))
    now = content_digest(session) if signatures else ""
    return SessionPage(
        session=session,
        passes=list(session.passes.order_by("place")),
        topicals=list(session.topicals.order_by("id")),
        doses=list(session.doses.order_by("zone")),
        uses=list(session.cartridge_uses.select_related("cartridge").order_by("id")),
        signatures=signatures,
        amendments=list(session.amendments.select_related("amended_by").order_by("amended_at")),
        healing_checks=list(session.healing_checks.select_related("checked_by").order_by("checked_at")),
        unaltered=all(each.sha256 == now for each in signatures),
    )
