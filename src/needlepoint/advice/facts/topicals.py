"""Facts of what was put on the skin in the last session: recognised substances, allergies to them, the glide."""

from __future__ import annotations

from needlepoint.advice.moment import Moment
from needlepoint.advice.substances import glide, recognised
from needlepoint.course.answers import YesNo
from needlepoint.course.session import TopicalKind
from needlepoint.rules.conditions import NOT_APPLICABLE

NAMES = ("session.substances", "session.substance_allergy", "session.glide")


def topical_facts(moment: Moment) -> dict[str, object]:
    """Return the facts of the last session's topicals by substance; not applicable before the first session."""
    last = moment.last_session
    if last is None or not last.topicals:
        return dict.fromkeys(NAMES, NOT_APPLICABLE)
    found = frozenset[str]().union(*(recognised(each.name, moment.knowledge) for each in last.topicals))
    gels = [each.name for each in last.topicals if each.kind is TopicalKind.GLIDE]
    return {
        "session.substances": found,
        "session.substance_allergy": _allergy(moment, found),
        "session.glide": _glide(moment, last.device, gels),
    }


def _allergy(moment: Moment, found: frozenset[str]) -> object:
    """Return whether one of the substances has met its allergy; what is not known of one has a rule of its own."""
    asked = {moment.knowledge.substances[each].allergy for each in found} - {""}
    if not asked:
        return NOT_APPLICABLE
    return "yes" if YesNo.YES in {moment.case.answers.get(name) for name in asked} else "no"


def _glide(moment: Moment, device: str, gels: list[str]) -> object:
    said = {glide(name, device, moment.knowledge) for name in gels}
    return next((each for each in ("not_listed", "no_list", "listed") if each in said), NOT_APPLICABLE)
