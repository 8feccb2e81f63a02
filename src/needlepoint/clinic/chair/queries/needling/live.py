"""What the core says while a session is under way: the dose of each zone so far, and what speaks against the cream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from needlepoint.advice.document import Advice
from needlepoint.advice.door import advise
from needlepoint.advice.numbing import Numbing, numbing
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.chair.queries.course.advice import knowledge_for
from needlepoint.clinic.chair.queries.course.case import case_of, core_patient, course_rows
from needlepoint.clinic.chair.queries.course.linked import said_beside
from needlepoint.clinic.chair.queries.needling.added import added_zones
from needlepoint.clinic.models import Session
from needlepoint.clinic.practice.queries.devices import knowledge_with
from needlepoint.course.goals import Sex
from needlepoint.course.instants import local_date
from needlepoint.course.session import Pass, Topical, TopicalKind
from needlepoint.course.session import Session as CoreSession
from needlepoint.dose.session import ZoneDose, doses
from needlepoint.rules.verdicts import Verdict

REASON = "anaesthetic.reason"


@dataclass(frozen=True, slots=True)
class LiveZone:
    """A zone of the session with its dose so far; without one it is not ticked or its depth cannot be read."""

    zone: str
    limit_mm: Decimal
    depth_mm: Decimal | None
    dose: ZoneDose | None

    @property
    def too_deep(self) -> bool:
        """Say whether the depth passes its limit."""
        return self.depth_mm is not None and self.depth_mm > self.limit_mm


@dataclass(frozen=True, slots=True)
class Live:
    """What is shown beside the steppers and beside the numbing cream."""

    zones: list[LiveZone]
    verdicts: list[Verdict]
    numbing: list[str]
    assumed: list[str]
    advice: Advice | None


def live(
    session: Session, actor: Actor, at: datetime, passes: Sequence[Pass], topicals: Sequence[Topical]
) -> Live:
    """Return the dose and the verdicts as if the session had been done as it stands on the screen."""
    knowledge = knowledge_with(session.clinic_id, [session.device.model])
    done = CoreSession(
        started_at=session.opened_at or at,
        device=session.device.model,
        topicals=tuple(topicals),
        passes=tuple(passes),
    )
    by_zone = {each.zone.value: each for each in doses((done,), Sex(session.patient.sex), knowledge)}
    depths = {each.zone.value: each.depth.mm for each in passes}
    creams = [each for each in topicals if each.kind is TopicalKind.ANAESTHETIC]
    advice, verdicts = _advice(session, actor, at, replace(done, passes=())) if creams else (None, ())
    done_on = local_date(done.started_at, actor.zone)
    told = [line for dose in by_zone.values() for line in dose.assumed]
    return Live(
        zones=[
            LiveZone(zone, limit, depths.get(zone), by_zone.get(zone)) for zone, limit in _limits(session)
        ],
        verdicts=[each for each in verdicts if each.rule.startswith("anaesthetic.")],
        numbing=[
            line
            for cream in creams
            for line in _numbing(
                cream, numbing(cream, core_patient(session.patient).born_last, done_on, knowledge)
            )
        ],
        assumed=list(dict.fromkeys(told)),
        advice=advice,
    )


def unreasoned(session: Session, actor: Actor, at: datetime, topicals: Sequence[Topical]) -> str:
    """Return why a prescriber's reason is asked for with these creams; nothing where none is, or each has one."""
    creams = tuple(each for each in topicals if each.kind is TopicalKind.ANAESTHETIC)
    if all(each.reason.strip() for each in creams):
        return ""
    done = CoreSession(started_at=session.opened_at or at, device=session.device.model, topicals=creams)
    _, verdicts = _advice(session, actor, at, done)
    return next((each.reason for each in verdicts if each.rule == REASON), "")


def _limits(session: Session) -> list[tuple[str, Decimal]]:
    if session.advice is None:
        return []
    rows = session.advice.document["plan"]["sessions"][0]["zones"]
    added = added_zones(session)
    return [
        (
            row["zone"],
            added[row["zone"]].limit_mm if row["zone"] in added else Decimal(str(row["depth_mm"]["max"])),
        )
        for row in rows
    ]


def _advice(
    session: Session, actor: Actor, at: datetime, done: CoreSession
) -> tuple[Advice, tuple[Verdict, ...]]:
    """Return the advice as if the session were done, and its verdicts with those that linked charts add."""
    rows = course_rows(session.course)
    case = case_of(session.course, actor, at, rows)
    advice = advise(replace(case, sessions=(*case.sessions, done)), at, knowledge_for(session.course, case))
    beside = said_beside(session.course, actor, at, advice, rows, under_way=done)
    return advice, (*advice.verdicts, *(verdict for each in beside for verdict in each.verdicts))


def _numbing(cream: Topical, judged: Numbing) -> list[str]:
    """Say how much medicine a cream holds, how it stands to its label, and what is not known."""
    lines = [_medicine(cream)]
    if judged.limit is None:
        return [
            *lines,
            _("Judged as %(title)s: its label has no dose for this age.") % {"title": judged.cream.title},
        ]
    most = judged.limit
    lines.append(
        _(
            "Judged as %(title)s. At most %(value)s g, on %(value2)s cm², for %(value3)s min, %(value4)s "
            "g on 10 cm²."
        )
        % {
            "title": judged.cream.title,
            "value": f"{most.grams.value:g}",
            "value2": f"{most.area_cm2.value:g}",
            "value3": f"{most.minutes.value:g}",
            "value4": f"{most.per_10_cm2.value:g}",
        }
    )
    parts = ((_("grams"), judged.grams), (_("skin covered"), judged.area), (_("minutes"), judged.minutes))
    here = [f"{word} {share * 100:.0f} %" for word, share in parts if share is not None]
    if here:
        lines.append(_("Of what its label allows: %(here)s.") % {"here": ", ".join(here)})
    open_parts = [word for word, share in parts if share is None]
    if open_parts:
        lines.append(
            _("Not judged, because it is not written down: %(open_parts)s.")
            % {"open_parts": ", ".join(open_parts)}
        )
    return lines


def _medicine(cream: Topical) -> str:
    if cream.grams is None or cream.strength_percent is None:
        missing = [
            word
            for word, value in (("grams", cream.grams), ("strength", cream.strength_percent))
            if value is None
        ]
        return _("How much medicine it holds cannot be said: %(missing)s not written down.") % {
            "missing": _(" and ").join(missing)
        }
    # One percent is ten milligrams in a gram.
    held = cream.grams * cream.strength_percent * 10
    line = _("%(grams)s g at %(strength_percent)s %% hold %(held)s mg of numbing medicine") % {
        "grams": cream.grams,
        "strength_percent": cream.strength_percent,
        "held": f"{held:.0f}",
    }
    if cream.patient_kg:
        return _("%(line)s, %(held)s mg for each kilogram. No label gives an adult limit by weight.") % {
            "line": line,
            "held": f"{held / cream.patient_kg:.0f}",
        }
    return f"{line}."
