"""What a patient agreed to be written to about, on which channel and where; a STOP is kept like any other answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.outbox.message_words import GROUPS, agreed
from needlepoint.clinic.models import Clinic, ContactConsent, Member, Patient, Visitor
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.clinic.practice.actions.version import Version, check_version
from needlepoint.evidence.languages import first_language
from needlepoint.exchange.mail_address import MailFault, mailbox
from needlepoint.exchange.phone import Alike, Phone, PhoneFault, alike, digits, e164

CHANNELS = ("email", "sms")
EVERYTHING = "all"
"""Stands where a group would: STOP ends what nobody has to agree to as well."""

# Fewer digits say nothing about whose number it is.
FEWEST_END = 5


def wording(group: str, language: str = "") -> str:
    """Return the digest of what was agreed to, word for word."""
    return hashlib.sha256(agreed(group, language).encode()).hexdigest()


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
    held = {address_of(patient, row.channel)} | ({patient.phone} if row.channel == "sms" else set())
    country = patient.clinic.country
    return not row.address or any(same_address(row.channel, row.address, each, country) for each in held)


def same_address(channel: str, one: str, other: str, country: str) -> bool:
    """Say whether two spellings are one address: a number with its country or without, a mail in any letters."""
    if channel != "sms":
        return one.strip().casefold() == other.strip().casefold()
    return Alike.SAME in (alike(one, other, country), alike(other, one, country))


def dialled(whom: Patient | Member | None, channel: str) -> str:
    """Return where somebody is written to in the form that a gateway knows: one mailbox, or a number in E.164."""
    if whom is None:
        return ""
    return as_sent(channel, address_of(whom, channel), whom.clinic.country)


def as_sent(channel: str, address: str, country: str) -> str:
    """Return an address as it is handed over; what cannot be read stays as it was typed."""
    if channel == "sms":
        phone = e164(address, country)
        return phone.e164 if isinstance(phone, Phone) else address.strip()
    found = mailbox(address)
    return address.strip() if isinstance(found, MailFault) else found


def unfit(channel: str, address: str, country: str) -> str:
    """Return why nothing can be handed over to an address; empty where it can be tried."""
    if channel == "email":
        found = mailbox(address)
        return f"the address is no mailbox: {found.value}" if isinstance(found, MailFault) else ""
    phone = e164(address, country)
    if phone in (PhoneFault.NOT_A_NUMBER, PhoneFault.TWO_NUMBERS):
        return f"the number cannot be dialled: {str(phone).replace('_', ' ')}"
    # One without its country, or of a town, may be known to the gateway.
    return "" if len(digits(address)) >= FEWEST_END else "the number cannot be dialled: too short"


def to_ask_again(patient: Patient) -> list[ContactConsent]:
    """Return the consents that name another address than the chart: until they are asked for again, messages wait."""
    return [row for row in latest(patient).values() if row.agreed and not names_address(row, patient)]


def language_of(patient: Patient) -> str:
    """Return the language in which to write to a patient: the portal's, where it is open to them."""
    rows = Visitor.objects.filter(patient=patient, closed_at=None)
    return rows.values_list("language", flat=True).first() or first_language()


def keep_contact_consent(
    act: Act,
    patient: Patient,
    *,
    group: str,
    channel: str,
    agreed: bool,
    address: str = "",
    language: str = "",
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
                raise Refused(
                    "There is no %(channel)s address to write to. Add it to the contact first.",
                    channel=channel,
                )
            keep_contact_consent(
                act,
                patient,
                group=group,
                channel=channel,
                agreed=yes,
                address=address,
                taken_by=taker,
                language=act.actor.language,
            )
            changed += 1
    write(act, "took contact consent", patient, patient, {"changed": changed})
    return changed


@dataclass(frozen=True, slots=True)
class Stopped:
    """To how many people messages were ended, and how many more it might have been."""

    patients: int
    unsure: int = 0


def stop(act: Act, number: str, *, sure: bool = True) -> Stopped:
    """End all text messages to a number; every patient of the clinic who was written to there says no from now on.

    Where nobody has just this number, it is the one whose number ends alike; of several nobody is taken for the other,
    unless a person has looked (`sure` is False).
    """
    same, like = _at_number(act.actor.clinic, number)
    found = same or (like if len(like) == 1 or not sure else {})
    for patient in found.values():
        for group in (*GROUPS, EVERYTHING):
            before = latest(patient).get((group, "sms"))
            if before is None or before.agreed or group == EVERYTHING:
                _say_no(act, patient, group, number)
        write(act, "stopped messages", patient, patient)
    return Stopped(len(found), len(like) if not found else 0)


def _say_no(act: Act, patient: Patient, group: str, number: str) -> None:
    ContactConsent.objects.create(
        clinic_id=act.actor.clinic,
        patient=patient,
        purpose=group,
        channel="sms",
        agreed=False,
        address=number[:254],
        wording=hashlib.sha256(b"STOP").hexdigest(),
        at=act.at,
    )


def _at_number(clinic: int, number: str) -> tuple[dict[int, Patient], dict[int, Patient]]:
    """Return whose number it surely is, and whose it may be; a chart may have held it earlier."""
    end = digits(number)[-FEWEST_END:]
    if len(end) < FEWEST_END:
        return {}, {}
    country = Clinic.objects.values_list("country", flat=True).get(pk=clinic)
    asked = ContactConsent.objects.filter(clinic=clinic, channel="sms").values_list("patient_id", "address")
    charts = Patient.objects.filter(clinic=clinic).exclude(phone="")
    held_now = [
        (key, held) for key, *both in charts.values_list("pk", "phone", "phone_e164") for held in both
    ]
    how: dict[int, Alike] = {}
    for key, held in [*asked, *held_now]:
        if digits(held)[-FEWEST_END:] == end and how.get(key) is not Alike.SAME:
            came = alike(number, held, country)
            how[key] = how.get(key, came) if came is Alike.NO else came
    people = Patient.objects.in_bulk([key for key, each in how.items() if each is not Alike.NO])
    same = {key: people[key] for key, each in how.items() if each is Alike.SAME}
    return same, {key: people[key] for key, each in how.items() if each is Alike.MAYBE}


def said_stop(patient: Patient) -> bool:
    """Say whether the number on a chart has answered STOP and its owner has agreed to nothing since."""
    for row in ContactConsent.objects.filter(patient=patient, channel="sms").order_by("-at", "-pk"):
        if row.agreed:
            return False
        if (
            row.purpose == EVERYTHING
            and alike(row.address, patient.phone, patient.clinic.country) is not Alike.NO
        ):
            return True
    return False
