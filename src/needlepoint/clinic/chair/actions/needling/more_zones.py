"""One more zone in a session under way: within rulebook, plan and consent, with a reason, by whoever may plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from needlepoint.clinic.access.checks import Actor, Refused, may
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.said import in_words
from needlepoint.clinic.chair.actions.consent import Signed, consent_to_zones
from needlepoint.clinic.chair.actions.course.course import ZoneWish, keep_advice, limit_of
from needlepoint.clinic.chair.queries.course.case import CourseRows
from needlepoint.clinic.chair.queries.needling.added import Offer, added_zones, advice_with, offer
from needlepoint.clinic.chair.queries.needling.session import standing_consent
from needlepoint.clinic.models import Consent, Session, ZoneAdded
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.states import SessionState
from needlepoint.course.zones import Zone

Limits = Mapping[Zone, tuple[Decimal, str]]
ALL = ("patient", "course", "course__patient", "course__device", "device", "operator")


def under_way(act: Act, session_id: UUID) -> Session:
    """Return a session under way, locked; Refused in any other state."""
    session: Session = find(Session, act.actor, session_id, *ALL, for_update=True)
    if session.state != SessionState.UNDER_WAY.value:
        raise Refused("A zone is added while a session is under way, and only then.")
    return session


def check_plan(actor: Actor, zone: Zone) -> None:
    """Raise where somebody may not plan: what the plan does not hold is a prescriber's to add."""
    if not may(actor, Permission.PLAN):
        raise Refused(
            "The plan does not hold this zone: %(zone)s. Whoever may plan adds it, or agrees on a new plan.",
            zone=in_words(zone.value),
        )


@action(Permission.CONSENT)
def consent_to_zone(act: Act, *, session_id: UUID, zone: Zone, signed: Signed) -> Consent:
    """Keep the patient's signed yes to one more zone of a session that is under way."""
    session = under_way(act, session_id)
    zones = [*session.course.zones, *added_zones(session), zone.value]
    return consent_to_zones(act, session, list(dict.fromkeys(zones)), signed)


@action(Permission.NEEDLE)
def add_zone(act: Act, *, session_id: UUID, zone: Zone, reason: str) -> ZoneAdded:
    """Add a zone to a session under way; from then on it is written down, dosed and limited as the others are."""
    session = under_way(act, session_id)
    here = added_zones(session)
    if zone.value in (*session.course.zones, *here):
        raise Refused("This zone is in the session already.")
    check_plan(act.actor, zone)
    if not reason.strip():
        raise Refused("Write why this zone is added: whoever reads the chart later needs it.")
    offered = offer(session, Actor.of(session.operator), act.at, zone)
    consent = _allowed(act, session, offered, [*here, zone.value])
    session.advice = keep_advice(act, session.course, offered.advice, offered.case)
    session.save(update_fields=["advice"])
    added = ZoneAdded.objects.create(
        clinic_id=act.actor.clinic,
        session=session,
        zone=zone.value,
        limit_mm=offered.limit_mm,
        limited_by=offered.limited_by[:200],
        reason=reason.strip(),
        consent=consent,
        advice=session.advice,
        added_at=act.at,
        added_by_id=act.actor.member,
    )
    told = {"zone": zone.value, "limit_mm": str(offered.limit_mm), "reason": reason.strip()}
    write(act, "added zone", session, session.patient, told)
    return added


def _allowed(act: Act, session: Session, offered: Offer, zones: list[str]) -> Consent:
    """Return the consent that covers the zone; Refused in one line where consent or rulebook does not hold it."""
    if offered.limit_mm is None:
        raise Refused("%(zone)s cannot be added: %(why)s", zone=offered.name, why=offered.why_not)
    consent = standing_consent(session, act.at, act.actor.zone, zones)
    if consent is None:
        raise Refused(
            "The patient has not signed for this zone: %(zone)s. Let them read and sign first.",
            zone=offered.name,
        )
    return consent


def limits_of(act: Act, session: Session, wishes: Sequence[ZoneWish], rows: CourseRows) -> Limits:
    """Return the deepest setting of each zone and what limits it; of an added one no deeper than it was added with."""
    added = added_zones(session)
    advice, _ = advice_with(session, act.actor, act.at, added, rows)
    limits = {each.zone: limit_of(advice, each.zone) for each in wishes}
    own = {Zone(name): (row.limit_mm, row.limited_by) for name, row in added.items()}
    return limits | {zone: min(limits[zone], told) for zone, told in own.items() if zone in limits}
