"""Keeping scores: a value on a named scale at a moment of a course, with the side on which it is better."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.said import in_language, in_words
from needlepoint.clinic.models import Course, Member, OutcomeScore
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.quantities import whole
from needlepoint.evidence.follow_up import Scale
from needlepoint.evidence.loader import packaged

MOMENTS = ("baseline", "day_30", "day_90", "day_180")


def keep_score(
    act: Act, course: Course, *, scale: str, value: int, moment: str, scored_by: Member | None = None
) -> OutcomeScore:
    """Keep one score in the caller's transaction; without `scored_by` it is the patient's own."""
    known = _scale(scale)
    if moment not in known.moments:
        raise Refused(
            "%(scale)s is not scored at %(moment)s.", scale=in_language(known.label), moment=in_words(moment)
        )
    if known.scored_by == ("patient" if scored_by is not None else "clinician"):
        raise Refused(
            "%(scale)s is scored by the %(scored_by)s.",
            scale=in_language(known.label),
            scored_by=in_words(known.scored_by),
        )
    who = scored_by.pk if scored_by is not None else "patient"
    return OutcomeScore.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for(f"score {scale} {moment} {who}"),
        patient=course.patient,
        course=course,
        scale=scale,
        value=Decimal(whole(scale, value, known.low, known.high)),
        better=known.better,
        moment=moment,
        scored_at=act.at,
        scored_by=scored_by,
    )


def _scale(name: str) -> Scale:
    scales = packaged().scales
    if name not in scales:
        raise Refused("There is no scale %(name)r.", name=name)
    return scales[name]


@action(Permission.SCORE)
def score(act: Act, *, course_id: UUID, moment: str, values: Mapping[str, int]) -> list[Any]:
    """Keep what a member scored at a moment; a later score stands beside the earlier one."""
    course = find(Course, act.actor, course_id, "patient")
    if moment not in MOMENTS:
        raise Refused("Choose a moment: baseline, day 30, day 90 or day 180.")
    if not values:
        raise Refused("Nothing was scored. Choose at least one value.")
    member = Member.objects.get(pk=act.actor.member)
    rows = [
        keep_score(act, course, scale=scale, value=value, moment=moment, scored_by=member)
        for scale, value in values.items()
    ]
    write(act, "scored outcome", course, course.patient, {"moment": moment, "scales": sorted(values)})
    return rows
