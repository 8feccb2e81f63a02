"""Facts of the patient, the goal, the operator and the device planned."""

from __future__ import annotations

from needlepoint.advice.moment import Moment
from needlepoint.course.goals import Patient, SkinType
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN, Between


def standing_facts(moment: Moment) -> dict[str, object]:
    """Return what stands before the first session: who, what for, by whom and with what."""
    patient, goal = moment.case.patient, moment.case.goal
    return {
        "patient.born_on": _born(patient),
        "patient.skin_type": _known(patient.skin_type),
        "goal.concern": goal.concern.value,
        "goal.zone_kinds": frozenset(zone.kind for zone in goal.zones),
        "goal.parts": frozenset(zone.part.value for zone in goal.zones),
        "operator": moment.operator.id,
        "operator.authority": moment.operator.authority,
        "operator.may_use_device": "yes" if moment.may_use_device else "no",
        "operator.by_law": _by_law(moment),
        "device.kind": moment.device.kind,
        "device.setting": moment.device.setting,
        "device.clears_skin_type": _clears_skin_type(moment, patient.skin_type),
    }


def _by_law(moment: Moment) -> object:
    """Return what the place says of this operator with this device; not applicable where no place is on record."""
    if not moment.case.clinic.place:
        return NOT_APPLICABLE
    said = {law.may for law in moment.laws}
    return next((each for each in ("not", "to_depth", "proposed") if each in said), "not_on_file")


def _born(patient: Patient) -> object:
    first, last = patient.born_first, patient.born_last
    if first is None or last is None:
        return UNKNOWN
    return first if first == last else Between(first, last)


def _known(skin_type: SkinType) -> object:
    return UNKNOWN if skin_type is SkinType.UNKNOWN else skin_type.value


def _clears_skin_type(moment: Moment, skin_type: SkinType) -> object:
    concern = moment.case.goal.concern.value
    named = [clearance.skin_types for clearance in moment.device.cleared if concern in clearance.concerns]
    if not named:
        return NOT_APPLICABLE
    if skin_type is SkinType.UNKNOWN:
        return UNKNOWN
    return "yes" if any(skin_type.value in types for types in named) else "no"
