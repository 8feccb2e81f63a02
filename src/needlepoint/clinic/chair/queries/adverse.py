"""Adverse events as pages show them, and the draft of a report to the authority, which a clinician completes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.said import in_words
from needlepoint.clinic.chair.queries.course.case import core_patient
from needlepoint.clinic.models import (
    AdverseEvent,
    AdverseFollowUp,
    CartridgeUse,
    OwnedDevice,
    Session,
    SessionTopical,
)
from needlepoint.clinic.practice.queries.devices import knowledge_with
from needlepoint.course.instants import local_date
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.schema import Device

WORK_DAYS = 10
MOST_SHOWN = 200
OPEN = ""
BLANK = ""


@dataclass(frozen=True, slots=True)
class EventPage:
    """An event with its words, and what was added since."""

    event: AdverseEvent
    label: str
    serious: tuple[str, ...]
    follow_ups: list[AdverseFollowUp]

    @property
    def outcome(self) -> str:
        """Return how it ended, in the last word that was given; empty while it goes on."""
        return next((each.outcome for each in reversed(self.follow_ups) if each.outcome), OPEN)


def event_page(event: AdverseEvent) -> EventPage:
    """Return an event with what was added; one statement."""
    rows = AdverseFollowUp.objects.filter(event=event).select_related("member").order_by("at", "pk")
    return _page(event, list(rows))


def _page(event: AdverseEvent, follow_ups: list[AdverseFollowUp]) -> EventPage:
    known, kinds = packaged().serious_outcomes, packaged().adverse_kinds
    label = kinds[event.kind].label if event.kind in kinds else event.kind.replace("_", " ")
    serious = tuple(known[each].label if each in known else each for each in event.serious)
    return EventPage(event, label, serious, follow_ups)


def events(actor: Actor) -> list[EventPage]:
    """Return the clinic's latest events, those that go on first; two statements."""
    rows = AdverseEvent.objects.filter(clinic=actor.clinic)
    found = list(rows.select_related("patient", "cartridge").order_by("-reported_at", "-pk")[:MOST_SHOWN])
    added: dict[int, list[AdverseFollowUp]] = {}
    for each in AdverseFollowUp.objects.filter(event__in=found).order_by("at", "pk"):
        added.setdefault(each.event_id, []).append(each)
    pages = [_page(event, added.get(event.pk, [])) for event in found]
    return sorted(pages, key=lambda page: page.outcome != OPEN)


def sessions_before(actor: Actor, patient: Any) -> list[Session]:
    """Return the sessions that an event may have followed, the latest first."""
    rows = Session.objects.filter(clinic=actor.clinic, patient=patient, state__in=["under_way", "done"])
    return list(rows.select_related("course").order_by("-opened_at")[:50])


def cartridges_of(sessions: Sequence[Session]) -> list[tuple[CartridgeUse, str]]:
    """Return the cartridges of sessions that used several, those that failed first, with why each was replaced."""
    rows = CartridgeUse.objects.filter(session__in=list(sessions), voided_at=None)
    uses = list(rows.select_related("cartridge", "session").order_by("-used_at", "-id"))
    why = why_replaced(uses)
    several = {each.session_id for each in uses if each.replaces_id is not None}
    shown = [(each, why.get(each.pk, "")) for each in uses if each.session_id in several]
    return sorted(shown, key=lambda each: each[1] != "failed")


def suspects(session: Session) -> list[CartridgeUse]:
    """Return the cartridges of a session, first those that failed, then the one that was used last."""
    uses = CartridgeUse.objects.filter(session=session, voided_at=None).select_related("cartridge")
    rows = list(uses.order_by("-used_at", "-id"))
    failed = {each.replaces_id for each in rows if each.reason == "failed"}
    return sorted(rows, key=lambda each: each.pk not in failed)


def why_replaced(uses: Sequence[CartridgeUse]) -> dict[int, str]:
    """Return why another was taken in the place of each cartridge, by the key of its use."""
    return {each.replaces_id: each.reason for each in uses if each.replaces_id is not None}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the draft. An empty one is for the clinician; nothing is guessed."""

    label: str
    value: str = BLANK


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the draft."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known for the voluntary form 3500, and until when a user facility would have to send a 3500A."""

    name: str
    sections: tuple[Section, ...]
    mandatory_by: date | None
    notes: tuple[str, ...]


FACILITY = (
    "A physician's office is no user facility: it may report, on the voluntary form 3500.",
    "A user facility must report within 10 work days, on form 3500A: a death (FDA, maker), a serious injury (maker).",
    gettext_lazy(
        "The fields follow the voluntary form as it was recalled, not read: check them against the "
        "form in use."
    ),
    gettext_lazy(
        "Nothing is sent from here. An empty field is not known to this program; complete it and "
        "send the form yourself."
    ),
)


def draft(event: AdverseEvent, actor: Actor) -> Draft:
    """Return the draft for an event; a code stands for the patient, since the form must not name them."""
    page = event_page(event)
    code = f"{event.public_id.hex[:8]}"
    return Draft(
        name=f"adverse-event-{code}",
        sections=(
            Section(_("Patient"), tuple(_patient(event, code))),
            Section(_("What happened"), tuple(_happened(page, actor))),
            Section(_("Suspect device"), tuple(_device(event, actor))),
            Section(_("Other products on the skin"), tuple(_topicals(event))),
            Section(_("Reporter"), tuple(_reporter(event, actor))),
        ),
        mandatory_by=work_days_after(local_date(event.reported_at, actor.zone)) if event.serious else None,
        notes=FACILITY,
    )


def work_days_after(day: date, count: int = WORK_DAYS) -> date:
    """Return the day so many work days later, Monday to Friday; holidays are not known here."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _patient(event: AdverseEvent, code: str) -> Iterator[Field]:
    patient, began = event.patient, event.began_on
    yield Field(_("Identifier, in confidence"), code)
    yield Field(_("Age at the event"), _age(patient, began))
    yield Field(_("Sex"), BLANK if patient.sex == "unknown" else patient.sex)
    yield Field(_("Skin type (Fitzpatrick)"), BLANK if patient.skin_type == "unknown" else patient.skin_type)
    yield Field(_("Weight"))
    yield Field(_("Ethnicity and race"))


def _age(patient: Any, on: date) -> str:
    """Return how old somebody was, in years; a range where only the year or month of birth is known, else nothing."""
    born = core_patient(patient)
    if born.born_first is None or born.born_last is None:
        return BLANK
    young, old = (_years(day, on) for day in (born.born_last, born.born_first))
    return (
        _("%(old)s years") % {"old": old}
        if young == old
        else _("%(young)s to %(old)s years") % {"young": young, "old": old}
    )


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _happened(page: EventPage, actor: Actor) -> Iterator[Field]:
    event = page.event
    yield Field(_("Adverse event or product problem"), page.label)
    yield Field(_("Outcome attributed to it"), ", ".join(page.serious))
    yield Field(_("Severity, as judged here"), event.severity)
    yield Field(_("Began on"), event.began_on.isoformat())
    yield Field(_("Written down on"), local_date(event.reported_at, actor.zone).isoformat())
    yield Field(_("Description"), event.words)
    yield Field(_("What was done"), event.action_taken)
    for each in page.follow_ups:
        when = local_date(each.at, actor.zone).isoformat()
        ended = f" ({each.outcome.replace('_', ' ')})" if each.outcome else ""
        yield Field(_("Follow-up of %(when)s") % {"when": when}, f"{each.words}{ended}")
    yield Field(_("Tests and laboratory data"))
    yield Field(_("Allergies, as in the chart"), event.patient.allergies)
    yield Field(_("Other relevant history"))


def _make(owned: OwnedDevice | None, known: Device | None) -> str:
    """Return the make of a device; of one that the practice entered itself, that it did."""
    if owned is None:
        return BLANK
    named = known.name if known else owned.model
    return _("%(name)s (entered here)") % {"name": named} if owned.name else named


def _device(event: AdverseEvent, actor: Actor) -> Iterator[Field]:
    owned, cartridge = event.device, event.cartridge
    makes = knowledge_with(event.clinic_id, [owned.model]).devices if owned else {}
    known = makes.get(owned.model) if owned else None
    yield Field(_("Device"), _make(owned, known))
    yield Field(_("Serial number of the device"), owned.serial if owned else BLANK)
    yield Field(_("Maker"), known.maker if known else BLANK)
    yield Field(_("Cartridge, device identifier (GTIN)"), cartridge.gtin if cartridge else BLANK)
    yield Field(_("Cartridge, lot"), cartridge.lot if cartridge else BLANK)
    yield Field(_("Cartridge, serial number"), cartridge.serial if cartridge else BLANK)
    yield Field(_("Cartridge, expiry"), cartridge.expires_on.isoformat() if cartridge else BLANK)
    used_on = local_date(event.session.opened_at, actor.zone).isoformat() if event.session else BLANK
    yield Field(_("Used on"), used_on)
    yield Field(_("What was wrong with the cartridge"), _wrong(event))
    others = _other_cartridges(event)
    if others:
        yield Field(_("Further cartridges of that session"), ", ".join(others))
    yield Field(
        _("Reprocessed single-use device"), _("no: a cartridge serves one session") if cartridge else BLANK
    )
    yield Field(_("Is the device available for evaluation?"))


def _wrong(event: AdverseEvent) -> str:
    if event.session is None or event.cartridge_id is None:
        return BLANK
    uses = suspects(event.session)
    why = why_replaced(uses)
    mine = next((each.pk for each in uses if each.cartridge_id == event.cartridge_id), None)
    return _("failed in the session, and was replaced") if why.get(mine or 0) == "failed" else BLANK


def _other_cartridges(event: AdverseEvent) -> list[str]:
    if event.session_id is None:
        return []
    uses = CartridgeUse.objects.filter(session=event.session_id, voided_at=None).exclude(
        cartridge=event.cartridge_id
    )
    return [f"{lot} {serial}" for lot, serial in uses.values_list("cartridge__lot", "cartridge__serial")]


def _topicals(event: AdverseEvent) -> Iterator[Field]:
    rows = SessionTopical.objects.filter(session=event.session_id) if event.session_id else []
    for each in rows:
        amount = f", {each.grams.normalize():f} g" if each.grams is not None else ""
        yield Field(
            in_words(each.kind).capitalize(),
            _("%(name)s, lot %(each)s%(amount)s")
            % {"name": each.name, "each": each.lot or "not known", "amount": amount},
        )
    yield Field(_("Medicines taken at the time"))


def _reporter(event: AdverseEvent, actor: Actor) -> Iterator[Field]:
    clinic = event.clinic
    yield Field(_("Name"), event.reported_by.name)
    yield Field(_("Occupation"), in_words(event.reported_by.profession))
    yield Field(_("Clinic"), actor.clinic_name)
    yield Field(_("Phone"), clinic.phone)
    yield Field("E-mail", clinic.email)
    yield Field(
        _("Also told"), ", ".join(filter(None, (each.told for each in event.follow_ups.order_by("at"))))
    )
    yield Field(_("May FDA name you to the maker?"))


def draft_text(made: Draft) -> str:
    """Return the draft as plain text to be completed."""
    lines = [
        "DRAFT for a voluntary report (form FDA 3500). Complete every empty field; nothing was sent.",
        "",
    ]
    for section in made.sections:
        lines += [
            section.title.upper(),
            *(f"{each.label}: {each.value or '____'}" for each in section.fields),
        ]
        lines.append("")
    if made.mandatory_by:
        lines += [
            _("If this clinic is a user facility: form 3500A by %(made)s.")
            % {"made": made.mandatory_by.isoformat()},
            "",
        ]
    return "\n".join([*lines, *map(str, made.notes), ""])


def draft_document(made: Draft) -> dict[str, Any]:
    """Return the draft for programs; an empty field is null."""
    return {
        "form": "FDA 3500, draft",
        "sections": {
            section.title: {each.label: each.value or None for each in section.fields}
            for section in made.sections
        },
        "user_facility_3500a_by": made.mandatory_by.isoformat() if made.mandatory_by else None,
        "notes": [str(each) for each in made.notes],
    }
