"""What a patient agreed to be written to about, on which channel and where; a STOP is kept like any other answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.actions.act import Act, action
from needlepoint.clinic.actions.message_words import GROUPS
from needlepoint.clinic.actions.record import write
from needlepoint.clinic.actions.version import Version, check_version
from needlepoint.clinic.models import ContactConsent, Member, Patient, Visitor

CHANNELS = ("email", "sms")
WORDINGS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("visits", "en"): "You may write to me about my appointments. I can end this at any time.",
        ("visits", "es"): "Pueden escribirme sobre mis citas. Puedo terminarlo en cualquier momento.",
        ("follow_up", "en"): "You may write to me to ask how I am after a visit. I can end this at any time.",
        ("follow_up", "es"): "Pueden escribirme para preguntar cómo estoy después de una visita. "
        "Puedo terminarlo en cualquier momento.",
    }
)


def wording(group: str, language: str = "en") -> str:
    """Return the digest of what was agreed to, word for word."""
    return hashlib.sha256(WORDINGS[group, language].encode()).hexdigest()


def latest(patient: Patient) -> dict[tuple[str, str], ContactConsent]:
    """Return what counts now, by group and channel."""
    rows = ContactConsent.objects.filter(patient=patient).order_by("at", "pk")
    return {(row.purpose, row.channel): row for row in rows}


def address_of(whom: Patient | Member, channel: str) -> str:
    """Return where somebody is written to: what the chart or the member says now; empty where it says nothing.

    A text goes to the number as it is dialled; where what was typed is no number, none goes.
    """
    if channel == "email":
        return str(whom.email)
    return str(whom.phone_e164 if isinstance(whom, Patient) else whom.phone)


def names_address(row: ContactConsent, patient: Patient) -> bool:
    """Say whether an answer was given for the address that the chart names now; one that names none counts for any."""
    now = {address_of(patient, row.channel)} | ({patient.phone} if row.channel == "sms" else set())
    return not row.address or bare(row.channel, row.address) in {bare(row.channel, each) for each in now}


def bare(channel: str, address: str) -> str:
    """Return an address without what people write differently: a number's digits, a mail address in small letters."""
    return digits(address) if channel == "sms" else address.strip().casefold()


def to_ask_again(patient: Patient) -> list[ContactConsent]:
    """Return the consents that name another address than the chart: until they are asked for again, messages wait."""
    return [row for row in latest(patient).values() if row.agreed and not names_address(row, patient)]


def language_of(patient: Patient) -> str:
    """Return the language in which to write to a patient: the portal's, where it is open to them."""
    rows = Visitor.objects.filter(patient=patient, closed_at=None)
    return rows.values_list("language", flat=True).first() or "en"


def keep_contact_consent(
    act: Act,
    patient: Patient,
    *,
    group: str,
    channel: str,
    agreed: bool,
    address: str = "",
    language: str = "en",
    taken_by: Member | None = None,
) -> ContactConsent:
    """Keep one answer, in the caller's transaction."""
    if group not in GROUPS or channel not in CHANNELS:
        raise Refused("That cannot be agreed to. Load the page anew.")
    return ContactConsent.objects.create(
        clinic_id=act.actor.clinic,
        patient=patient,
        purpose=group,
        channel=channel,
        agreed=agreed,
        address=(address or address_of(patient, channel)).strip(),
        wording=wording(group, language),
        at=act.at,
        taken_by=taken_by,
    )


_ASKED = tuple((group, channel) for group in GROUPS for channel in CHANNELS)


def held_consents(patient: Patient) -> dict[str, object]:
    """Return for each group and channel what the patient said last, and for which address, as a form shows it."""
    told = latest(patient)
    return {
        f"{group} {channel}": _yes(_stands(told.get((group, channel)), patient)) for group, channel in _ASKED
    }


def _stands(row: ContactConsent | None, patient: Patient) -> bool:
    return row is not None and row.agreed and names_address(row, patient)


def _yes(agreed: bool) -> str:
    return "yes" if agreed else "no"


@action(Permission.EDIT_PATIENT)
def take_contact_consent(
    act: Act, *, patient_id: UUID, agreed: Iterable[tuple[str, str]], seen: Version | None = None
) -> int:
    """Write down to which groups and channels the patient said yes; all others are a no. Return what changed.

    `seen` is what the page showed: where the patient answered otherwise since, with a STOP say, Changed is raised.
    """
    patient = find(Patient, act.actor, patient_id, for_update=True)
    wanted, now = set(agreed), latest(patient)
    if seen is not None:
        said = {f"{group} {channel}": _yes((group, channel) in wanted) for group, channel in _ASKED}
        check_version(seen, held_consents(patient), said)
    taker = Member.objects.get(pk=act.actor.member)
    changed = 0
    for group in GROUPS:
        for channel in CHANNELS:
            yes = (group, channel) in wanted
            before = now.get((group, channel))
            if (before is not None and before.agreed) == yes and (
                before is None or names_address(before, patient)
            ):
                continue
            address = address_of(patient, channel)
            if yes and not address:
                raise Refused(f"There is no {channel} address to write to. Add it to the contact first.")
            keep_contact_consent(
                act, patient, group=group, channel=channel, agreed=yes, address=address, taken_by=taker
            )
            changed += 1
    write(act, "took contact consent", patient, patient, {"changed": changed})
    return changed


def digits(number: str) -> str:
    """Return a phone number without what people write between its digits."""
    return re.sub(r"\D", "", number)


def stop(act: Act, number: str) -> int:
    """End all text messages to a number; every patient of the clinic who was written to there says no from now on."""
    wanted = digits(number)
    if len(wanted) < 5:
        return 0
    numbers = ContactConsent.objects.filter(clinic=act.actor.clinic, channel="sms").select_related("patient")
    by_chart = Patient.objects.filter(clinic=act.actor.clinic).exclude(phone="")
    found = {row.patient_id: row.patient for row in numbers if digits(row.address) == wanted}
    found |= {row.pk: row for row in by_chart if digits(row.phone) == wanted}
    for patient in found.values():
        for group in GROUPS:
            before = latest(patient).get((group, "sms"))
            if before is None or before.agreed:
                keep_contact_consent(act, patient, group=group, channel="sms", agreed=False, address=number)
        write(act, "stopped messages", patient, patient)
    return len(found)
