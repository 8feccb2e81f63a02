"""Facts of what needled the patient elsewhere, with a device that nobody here knows."""

from __future__ import annotations

from needlepoint.advice.moment import Moment
from needlepoint.course.answers import YesNo
from needlepoint.course.session import Session
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN


def elsewhere_facts(moment: Moment) -> dict[str, object]:
    """Return with which kinds of device since the last session here, when last with heat, and whether it healed."""
    known = moment.knowledge.elsewhere
    heated = [each for each in moment.elsewhere if known[each.device].kind == "rf"]
    kinds = frozenset(known[each.device].kind for each in moment.elsewhere if _is_new(moment, each))
    return {
        "elsewhere.kinds": kinds or NOT_APPLICABLE,
        "elsewhere.rf_on": moment.case.day_of(heated[-1].started_at) if heated else NOT_APPLICABLE,
        "elsewhere.last_healed": _healed(moment),
    }


def _is_new(moment: Moment, session: Session) -> bool:
    """Say whether nobody here has needled since: whoever did has looked at the skin then."""
    return moment.last_session is None or session.started_at > moment.last_session.started_at


def _healed(moment: Moment) -> object:
    if not moment.elsewhere or not _is_new(moment, moment.elsewhere[-1]):
        return NOT_APPLICABLE
    healed = moment.elsewhere[-1].healed
    return UNKNOWN if healed is YesNo.UNKNOWN else healed.value
