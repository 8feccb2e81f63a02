"""A session from its screening to its signature; what cannot be done now is refused with the reason and the way on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find, find_for_patient_here
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.said import in_words
from needlepoint.clinic.chair.actions.course.course import ZoneWish, check_depth, keep_advice
from needlepoint.clinic.chair.actions.needling.broken_off import check_end, lay_out_again
from needlepoint.clinic.chair.actions.needling.more_zones import Limits, limits_of
from needlepoint.clinic.chair.actions.needling.numbing import check_reasoned
from needlepoint.clinic.chair.actions.needling.told import check_fresh, happened
from needlepoint.clinic.chair.actions.stock.cartridge import REASONS, Scanned, claim
from needlepoint.clinic.chair.queries.course.advice import advice_on
from needlepoint.clinic.chair.queries.course.case import course_rows
from needlepoint.clinic.chair.queries.course.linked import under_way_elsewhere
from needlepoint.clinic.chair.queries.needling.dose import dose_of
from needlepoint.clinic.chair.queries.needling.session import (
    SAVED_BY,
    SAVED_FROM,
    content_digest,
    draft_version,
    passes_of,
    standing,
)
from needlepoint.clinic.models import (
    Amendment,
    Session,
    SessionDose,
    SessionPass,
    SessionTopical,
    Signature,
)
from needlepoint.clinic.models.adding import add, change
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.quantities import Depth, optional, whole
from needlepoint.course.session import Pass, Topical
from needlepoint.course.states import SESSION, CourseState, SessionState
from needlepoint.exchange.json_form import json_ready

CHECKLIST = (
    gettext_noop("This is the right patient: name and date of birth were said aloud"),
    gettext_noop("The consent covers today’s zones and device"),
    gettext_noop("Allergies were read aloud, and what was put on the skin fits them"),
    gettext_noop("The skin was cleaned and no numbing cream is left on it"),
    gettext_noop("The pouch of the cartridge is intact, and a sleeve is on where the device asks for one"),
    gettext_noop("A sharps container stands within reach and is not full"),
)
ALL = ("patient", "course", "course__patient", "course__device", "device")


@action(Permission.SCREEN)
def pass_screening(act: Act, *, session_id: UUID) -> Session:
    """Note that the screening lets the session take place; Refused names what is missing."""
    session = find_for_patient_here(Session, act.actor, session_id, *ALL)
    _check_standing(act, session)
    session.state = SESSION.after(session.state, "screen")
    session.save(update_fields=["state"])
    write(act, "passed screening", session, session.patient)
    return session


def _check_standing(act: Act, session: Session) -> None:
    now = standing(session, act.actor, act.at)
    if now.due:
        raise Refused("%(now)s questions of the screening must be asked (again) first.", now=len(now.due))
    if now.held_by:
        waits = [
            f"{each.rule} (until {each.until:%d %b %Y})" if each.until else each.rule for each in now.held_by
        ]
        raise Refused(
            "The session cannot take place now: %(waits)s. The chart says why and who may decide.",
            waits=", ".join(waits),
        )


@action(Permission.SCREEN)
def ask_again(act: Act, *, session_id: UUID) -> Session:
    """Send a session back to its screening, because answers have grown old or a verdict stands."""
    session = find(Session, act.actor, session_id, *ALL, for_update=True)
    if standing(session, act.actor, act.at).screened:
        raise Refused("The screening still stands; nothing has to be asked again.")
    session.state = SESSION.after(session.state, "screening expires")
    session.save(update_fields=["state"])
    write(act, "screening expired", session, session.patient)
    return session


@action(Permission.NEEDLE)
def open_session(act: Act, *, session_id: UUID, checklist: Sequence[int], scanned: Scanned) -> Session:
    """Begin the needling: screening and consent judged anew, checklist complete, and one unused cartridge consumed."""
    session = find_for_patient_here(Session, act.actor, session_id, *ALL)
    _check_may_open(act, session, checklist)
    advice = advice_on(session.course, act.actor, act.at)
    if not advice.plan.sessions or not advice.plan.sessions[0].zones:
        raise Refused(advice.plan.why or "The rulebook plans no zone for this session.")
    session.state = SESSION.after(session.state, "open")
    session.opened_at, session.operator_id = act.at, act.actor.member
    session.checklist = [CHECKLIST[place] for place in sorted(set(checklist))]
    session.advice = keep_advice(act, session.course, advice)
    session.save()
    use = claim(act, session, scanned)
    write(act, "opened session", session, session.patient, {"cartridge": str(use.cartridge.public_id)})
    return session


def _check_may_open(act: Act, session: Session, checklist: Sequence[int]) -> None:
    SESSION.after(session.state, "open")
    check_fresh(act)
    if session.course.state != CourseState.ACTIVE.value:
        raise Refused("The course is %(state)s. Resume it first.", state=session.course.state)
    _check_standing(act, session)
    if standing(session, act.actor, act.at).consent is None:
        raise Refused("No consent covers this session as it is now. Let the patient read and sign again.")
    if under_way_elsewhere(session.patient):
        raise Refused("Another session of this patient is under way. Finish it first.")
    if set(checklist) != set(range(len(CHECKLIST))):
        raise Refused("The checklist is not complete. Go through it line by line.")


@action(Permission.NEEDLE)
def add_cartridge(act: Act, *, session_id: UUID, scanned: Scanned, reason: str) -> Session:
    """Take a further cartridge into a session, and say why: one that failed is the first that is suspected later."""
    session = _under_way(act, session_id)
    if reason not in REASONS:
        raise Refused(
            "Say why another cartridge is needed: %(reasons)s.", reasons=", ".join(REASONS.values())
        )
    last = session.cartridge_uses.filter(voided_at=None).order_by("-used_at", "-id").first()
    use = claim(act, session, scanned, reason, last)
    happened(act, session, f"cartridge {use.cartridge.serial}")
    session.save(update_fields=["told"])
    told = {"cartridge": str(use.cartridge.public_id), "reason": reason}
    write(act, "added cartridge", session, session.patient, told)
    return session


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page knows of the draft: the version it showed or saved last, and the key that names the page."""

    version: str
    page: str = ""

    def stands(self, session: Session) -> bool:
        """Tell whether nobody else saved since; the page's own save counts even if its answer was lost on the way."""
        own = bool(self.page) and session.draft.get(SAVED_FROM) == self.page
        return own or self.version == draft_version(session)


class StaleTab(Refused):
    """Somebody saved the same session elsewhere since this page was loaded."""

    def __init__(self, session: Session, act: Act) -> None:
        """Say who saved when, and that nothing typed is lost."""
        self.session = session
        who = str(session.draft.get(SAVED_BY, "Somebody"))
        told = "You" if who == act.actor.name else who
        when = session.draft_saved_at.astimezone(act.actor.zone)
        super().__init__(
            "%(told)s saved this session at %(when)s in another tab or on another tablet. What you typed "
            "still stands on this page, but it was not saved. Compare the two, then keep one.",
            told=told,
            when=f"{when:%H:%M:%S}",
        )


@action(Permission.NEEDLE)
def save_draft(act: Act, *, session_id: UUID, draft: Mapping[str, Any], seen: Seen | None = None) -> Session:
    """Keep what is typed so far; it counts for nothing until the session is finished.

    `seen` names the draft that the page was showing; where another page saved since, StaleTab is raised.
    """
    session = _under_way(act, session_id)
    _check_seen(act, session, seen)
    before = session.draft_saved_at
    # Two tabs may save within one tick of the clock, and their drafts must still differ in their time.
    session.draft_saved_at = act.at if before is None else max(act.at, before + timedelta(microseconds=1))
    session.draft = {**draft, SAVED_BY: act.actor.name, SAVED_FROM: seen.page if seen else ""}
    session.save(update_fields=["draft", "draft_saved_at"])
    return session


def _check_seen(act: Act, session: Session, seen: Seen | None) -> None:
    if seen is not None and not seen.stands(session):
        raise StaleTab(session, act)


def _under_way(act: Act, session_id: UUID) -> Session:
    session = find(Session, act.actor, session_id, *ALL, for_update=True)
    if session.state != SessionState.UNDER_WAY.value:
        raise Refused(
            "The session is %(session)s; this is possible only while it is under way.",
            session=in_words(session.state),
        )
    return session


@dataclass(frozen=True, slots=True)
class PassDone(ZoneWish):
    """What was done in a zone."""

    rate_hz: Decimal | None = None
    endpoint: str = ""

    def as_pass(self) -> Pass:
        """Return it as the core reads it."""
        return Pass(self.zone, Depth(self.depth_mm), self.passes, rate_hz=self.rate_hz)


@dataclass(frozen=True, slots=True)
class TopicalUsed:
    """What was put on the skin, and its lot."""

    topical: Topical
    lot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """All that is written down at the end of a session."""

    passes: Sequence[PassDone]
    topicals: Sequence[TopicalUsed] = ()
    pain: int | None = None
    note: str = ""
    sharps_container: str = ""
    broken_off: str = ""
    as_meant: bool = False


@action(Permission.NEEDLE)
def finish(act: Act, *, session_id: UUID, done: Done, seen: Seen | None = None) -> Session:
    """End a session: keep its passes within the limits it was opened with, compute the dose, sign it, close it.

    `seen` is checked as for a draft, so that nobody signs over what another tab has saved without having seen it.
    """
    session = _under_way(act, session_id)
    _check_seen(act, session, seen)
    if session.operator_id != act.actor.member:
        raise Refused("Only the operator who opened this session can finish and sign it.")
    if not done.sharps_container.strip():
        raise Refused("Name the sharps container into which the cartridge went.")
    check_reasoned(act, session, [used.topical for used in done.topicals])
    rows = course_rows(session.course)
    _keep_passes(act, session, done.passes, limits_of(act, session, done.passes, rows))
    _keep_topicals(act, session, done.topicals)
    session.pain = None if done.pain is None else whole("pain", done.pain, 0, 10)
    session.note, session.sharps_container = done.note.strip(), done.sharps_container.strip()
    session.broken_off, session.zones_left = done.broken_off.strip(), check_end(session, done)
    session.state = SESSION.after(session.state, "finish")
    session.finished_at = happened(act, session, "finished_at", session.opened_at)
    session.draft = {}
    ended = ("broken_off", "zones_left", "state", "finished_at", "draft", "told")
    change(session, "pain", "note", "sharps_container", *ended)
    passes = passes_of(session)
    _keep_dose(act, session, 1 + sum(each.state == SessionState.DONE.value for each in rows.sessions), passes)
    _sign(act, session, "performed", passes)
    if session.broken_off:
        lay_out_again(act, session)
    told = {"zones": len(done.passes), "broken_off": bool(session.broken_off)}
    write(act, "finished session", session, session.patient, told)
    return session


def _keep_passes(act: Act, session: Session, passes: Sequence[PassDone], limits: Limits) -> None:
    if not passes:
        raise Refused("No zone was needled. Add at least one zone, or say in a note why not and needle none.")
    rows = []
    for place, each_pass in enumerate(passes, start=1):
        limit, limited_by = limits[each_pass.zone]
        check_depth(each_pass, limit, limited_by)
        rows.append(
            SessionPass(
                clinic_id=act.actor.clinic,
                session=session,
                place=place,
                zone=each_pass.zone.value,
                depth_mm=each_pass.depth_mm,
                limit_mm=limit,
                passes=each_pass.passes,
                rate_hz=optional("rate_hz", each_pass.rate_hz, "1", "1000", "Hz"),
                endpoint=each_pass.endpoint,
            )
        )
    add(*rows)


def _keep_topicals(act: Act, session: Session, topicals: Sequence[TopicalUsed]) -> None:
    rows = [
        SessionTopical(
            clinic_id=act.actor.clinic,
            session=session,
            kind=used.topical.kind.value,
            name=used.topical.name,
            lot=used.lot,
            strength_percent=used.topical.strength_percent,
            grams=used.topical.grams,
            area_cm2=used.topical.area_cm2,
            on_minutes=used.topical.on_minutes,
            occluded=used.topical.occluded.value,
            compounded=used.topical.compounded.value,
            reason=used.topical.reason,
            patient_kg=used.topical.patient_kg,
        )
        for used in topicals
    ]
    add(*rows)


def _keep_dose(act: Act, session: Session, number: int, passes: list[Any]) -> None:
    """Keep the dose of the passes; it is that of the whole course's advice, without asking all rules for it."""
    rows = [
        SessionDose(
            clinic_id=act.actor.clinic,
            session=session,
            zone=dose.zone.value,
            channels_per_cm2=dose.channels_per_cm2,
            depth_reached_mm=dose.depth_reached_mm,
            document=json_ready(dose, act.actor.zone),
        )
        for dose in dose_of(session, number, passes)
    ]
    add(*rows)


def _sign(act: Act, session: Session, meaning: str, passes: list[Any] | None = None) -> None:
    signature = Signature(
        clinic_id=act.actor.clinic,
        session=session,
        signed_by_id=act.actor.member,
        signed_at=act.at,
        meaning=meaning,
        sha256=content_digest(session, passes),
    )
    add(signature)


@action(Permission.COUNTERSIGN)
def countersign(act: Act, *, session_ids: Sequence[UUID]) -> int:
    """Sign finished sessions as their medical director, several at once; those signed before are passed over."""
    signed = 0
    for session_id in session_ids:
        session = finished(act, session_id)
        if not session.signatures.filter(meaning="reviewed", signed_by_id=act.actor.member).exists():
            _sign(act, session, "reviewed")
            write(act, "countersigned session", session, session.patient)
            signed += 1
    return signed


def finished(act: Act, session_id: UUID) -> Session:
    """Return a session that is done; Refused where it is not."""
    session = find(Session, act.actor, session_id, "patient", "course")
    if session.state != SessionState.DONE.value:
        raise Refused("This is possible only for a session that is done.")
    return session


@action(Permission.AMEND)
def amend(act: Act, *, session_id: UUID, says: str, reason: str) -> Amendment:
    """Add a correction to a signed session; what was signed stays as it is."""
    session = finished(act, session_id)
    if not says.strip() or not reason.strip():
        raise Refused("Write both: what is right, and why it is corrected.")
    amendment = Amendment.objects.create(
        clinic_id=act.actor.clinic,
        session=session,
        says=says.strip(),
        reason=reason.strip(),
        amended_at=act.at,
        amended_by_id=act.actor.member,
    )
    write(act, "amended session", session, session.patient)
    return amendment


@action(Permission.NEEDLE)
def call_off(act: Act, *, session_id: UUID, reason: str) -> Session:
    """Call a session off before needles touch skin."""
    session = find(Session, act.actor, session_id, "patient", for_update=True)
    if not reason.strip():
        raise Refused("Write why the session is called off.")
    session.state = SESSION.after(session.state, "call off")
    session.end_reason = reason.strip()
    session.save(update_fields=["state", "end_reason"])
    write(act, "called off session", session, session.patient)
    return session
