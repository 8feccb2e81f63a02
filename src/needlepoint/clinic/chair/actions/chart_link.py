"""Saying that two charts are of one person, or that they are not; both stay as they are."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.queries.course.linked import links_of
from needlepoint.clinic.models import ChartLink, Clinic, Patient
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write


@action(Permission.LINK_CHARTS)
def link(act: Act, *, patient_id: UUID, chart_number: int, reason: str) -> int:
    """Say that a chart and another of the clinic are of one person; return how many pairs that links.

    Whoever is linked with either is then linked with both, so that each chart reads all the others at once.
    """
    patient, other = _pair(act, patient_id, chart_number)
    ours, theirs = {patient.pk, *links_of(patient.pk)}, {other.pk, *links_of(other.pk)}
    if other.pk in ours:
        raise Refused("These charts are linked already.")
    return _say(act, ((one, two) for one in ours for two in theirs), True, reason)


@action(Permission.LINK_CHARTS)
def unlink(act: Act, *, patient_id: UUID, chart_number: int, reason: str) -> int:
    """Say that another chart is of somebody else after all; return how many pairs that parts.

    It is parted from every chart that it was linked with, since all of those are of the one person.
    """
    patient, other = _pair(act, patient_id, chart_number)
    linked = links_of(other.pk)
    if patient.pk not in linked:
        raise Refused("These charts are not linked.")
    return _say(act, ((other.pk, key) for key in linked), False, reason)


@action(Permission.LINK_CHARTS)
def keep_apart(act: Act, *, patient_id: UUID, chart_number: int, reason: str) -> int:
    """Say that two charts that look like one person's are of two people, so that they are not proposed again."""
    patient, other = _pair(act, patient_id, chart_number)
    if other.pk in links_of(patient.pk):
        raise Refused("These charts are linked. Unlink them instead.")
    return _say(act, [(patient.pk, other.pk)], False, reason)


def _pair(act: Act, patient_id: UUID, chart_number: int) -> tuple[Patient, Patient]:
    # The clinic's row is held, so that two at once do not leave a group half linked.
    Clinic.objects.select_for_update(no_key=True).get(pk=act.actor.clinic)
    patient = find(Patient, act.actor, patient_id)
    # One of somebody who left or died may be linked too: what it knows protects just as well.
    other = Patient.objects.filter(clinic=act.actor.clinic, chart_number=chart_number).first()
    if other is None:
        raise Refused(
            "There is no chart %(chart_number)s in this clinic. Look at the number.",
            chart_number=chart_number,
        )
    if other.pk == patient.pk:
        raise Refused("That is the number of this chart. Write down the number of the other one.")
    return patient, other


def _say(act: Act, pairs: Iterable[tuple[int, int]], holds: bool, reason: str) -> int:
    if not reason.strip():
        raise Refused("Write the reason: whoever reads the charts later needs it.")
    rows = [
        ChartLink.objects.create(
            clinic_id=act.actor.clinic,
            public_id=act.id_for(f"link {one} {other}"),
            one_id=one,
            other_id=other,
            holds=holds,
            reason=reason.strip(),
            decided_at=act.at,
            decided_by_id=act.actor.member,
        )
        for one, other in sorted((min(pair), max(pair)) for pair in pairs)
    ]
    charts = Patient.objects.in_bulk({key for row in rows for key in (row.one_id, row.other_id)})
    for row in rows:
        for patient, other in ((row.one_id, row.other_id), (row.other_id, row.one_id)):
            told = {"other": str(charts[other].public_id)}
            write(act, "linked charts" if holds else "kept charts apart", row, charts[patient], told)
    return len(rows)
