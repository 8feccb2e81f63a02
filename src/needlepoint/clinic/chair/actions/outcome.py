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
from needlepoint.clinic.chair.queries.look_again import root_of
from needlepoint.clinic.models import Course, Member, OutcomeScore
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.evidence.follow_up import Scale
from needlepoint.evidence.loader import packaged

MOMENTS = ("baseline", "day_30", "day_90", "day_180", "yearly")


def keep_score(
    act: Act,
    course: Course,
    *,
    scale: str,
    value: Decimal | int,
    moment: str,
    scored_by: Member | None = None,
    blind: bool | None = None,
) -> OutcomeScore:
    """Keep one score in the caller's transaction; without `scored_by` it is the patient's own."""
    known = _scale(scale)
    if moment not in known.moments:
        raise Refused(
            "%(scale)s is not scored at %(moment)s.", scale=in_language(known.label), moment=in_words(moment)
        )
    _check_rater(known, scored_by, blind)
    who = scored_by.pk if scored_by is not None else "patient"
    return OutcomeScore.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for(f"score {scale} {moment} {who}"),
        patient=course.patient,
        course=course,
        scale=scale,
        value=known.scored_as(Decimal(value)),
        better=known.better,
        moment=moment,
        scored_at=act.at,
        scored_by=scored_by,
        blind=blind if scored_by is not None else False,
    )


def _check_rater(known: Scale, scored_by: Member | None, blind: bool | None) -> None:
    """Raise where a scale is not for this rater, or cannot be scored blind."""
    if known.scored_by == ("patient" if scored_by is not None else "clinician"):
        raise Refused(
            "%(scale)s is scored by the %(scored_by)s.",
            scale=in_language(known.label),
            scored_by=in_words(known.scored_by),
        )
    if blind and (scored_by is None or known.blind == "impossible"):
        raise Refused("Nobody can score %(scale)s blind.", scale=in_language(known.label))


def _scale(name: str) -> Scale:
    scales = packaged().scales
    if name not in scales:
        raise Refused("There is no scale %(name)r.", name=name)
    return scales[name]


@action(Permission.SCORE)
def score(
    act: Act,
    *,
    course_id: UUID,
    moment: str,
    values: Mapping[str, Decimal | int],
    by_patient: bool = False,
    blind: bool | None = None,
) -> list[Any]:
    """Keep what a member scored at a moment, or wrote down for the patient; a later score stands beside an earlier one.

    `blind` is the member's word that before and after were not told apart; it counts where a scale can be scored so.
    """
    # What keeps a result is scored at the course whose result it is.
    course = root_of(find(Course, act.actor, course_id, "patient"))
    if moment not in MOMENTS:
        raise Refused("Choose a moment: baseline, day 30, day 90, day 180 or yearly.")
    if not values:
        raise Refused("Nothing was scored. Choose at least one value.")
    member = None if by_patient else Member.objects.get(pk=act.actor.member)
    rows = [
        keep_score(
            act, course, scale=scale, value=value, moment=moment, scored_by=member, blind=_told(scale, blind)
        )
        for scale, value in values.items()
    ]
    told = {
        "moment": moment,
        "scales": sorted(values),
        "by": "patient" if by_patient else "member",
        "blind": blind,
    }
    write(act, "scored outcome", course, course.patient, told)
    return rows


def _told(scale: str, blind: bool | None) -> bool | None:
    return False if blind and _scale(scale).blind == "impossible" else blind
