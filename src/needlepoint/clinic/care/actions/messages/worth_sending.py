"""Whether a message may go out now, later or never: holds, reasons that have gone, consent, the hour, the daily one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from needlepoint.clinic.access.checks import WENT
from needlepoint.clinic.care.actions.messages import quiet_hours
from needlepoint.clinic.care.actions.messages.reminders import matter_of, still_wanted, visit_of
from needlepoint.clinic.chair.actions.outbox.contact import dialled, names_address, said_stop
from needlepoint.clinic.chair.actions.outbox.message_words import AT_LEAST_ONCE, URGENT, group_of
from needlepoint.clinic.models import ContactConsent, Message, MessageStep, Patient, SendingHold, TriageTask
from needlepoint.course.instants import time_zone

# So soon is looked again whether a consent names the new address.
ASKED_AGAIN = timedelta(hours=1)


def stopped(row: Message) -> bool:
    """Say whether somebody holds back all messages of the clinic, as after a restore."""
    return SendingHold.objects.filter(clinic=row.clinic_id, lifted_at=None).exists()


def useless(row: Message, at: datetime) -> str:
    """Return why a message must not be sent at all any more; empty where it may."""
    if row.useless_after is not None and at > row.useless_after:
        return gettext_noop("too late to be of use")
    if not still_wanted(row, at):
        return gettext_noop("there is no reason for it any more")
    gone = row.patient.gone_as if row.patient is not None else ""
    # What safety needs reaches those who left; the dead are written to about nothing.
    if gone == "died" or (gone and row.purpose not in URGENT):
        return gettext_noop("the patient %(went)s") % {"went": WENT[gone]}
    if row.purpose in AT_LEAST_ONCE:
        return _needless(row)
    if row.patient_id is None or not group_of(row.purpose):
        return ""
    consents = ContactConsent.objects.filter(
        patient=row.patient_id, purpose=group_of(row.purpose), channel=row.channel
    )
    latest = consents.order_by("-at", "-pk").first()
    if latest is None or not latest.agreed:
        return gettext_noop("the patient has not agreed to it")
    if row.patient is not None:
        row.address = dialled(row.patient, row.channel) or row.address
    return ""


def _needless(row: Message) -> str:
    """Return why an alarm has lost its reason; it goes to where somebody is written to now, with no consent asked."""
    if row.about is not None and _looked_at(row, row.about):
        return gettext_noop("somebody has looked meanwhile")
    if row.member is not None and not row.member.is_active:
        return gettext_noop("this member was shut out")
    if row.patient is not None and row.channel == "sms" and said_stop(row.patient):
        return gettext_noop("the patient answered STOP to text messages")
    row.address = dialled(row.member or row.patient, row.channel) or row.address
    return ""


def _looked_at(row: Message, task: TriageTask) -> bool:
    """Say whether whoever would be rung up, or somebody for them, has looked; what is given on is new to its owner."""
    given_on = row.member_id is not None and row.member_id == task.owner_id != task.acknowledged_by_id
    return task.closed_at is not None or (task.acknowledged_at is not None and not given_on)


def later(row: Message, at: datetime) -> datetime:
    """Return when a message may go: now, or in the morning, or when the patient has had few enough."""
    if row.purpose in URGENT or row.patient_id is None:
        return at
    if _waits_for_consent(row):
        return at + ASKED_AGAIN
    # The patient's row is held, so that two workers do not both send the one message of the day.
    Patient.objects.select_for_update(no_key=True).get(pk=row.patient_id)
    zone = time_zone(row.clinic.time_zone)
    morning = quiet_hours.next_by_day(at, zone)
    if morning > at:
        return morning
    # Whoever is not reminded of a visit misses it; the other questions can wait for a day, and count this one.
    if _had_enough(row, at, quiet_hours.start_of_day(at, zone)) and visit_of(row) is None:
        tomorrow = at.astimezone(zone).date() + timedelta(days=1)
        return quiet_hours.morning(tomorrow, zone)
    return at


def _had_enough(row: Message, at: datetime, today: datetime) -> bool:
    """Say whether the patient was written to about enough other matters today, or within seven days.

    A matter that goes by text and by mail is one: the copy is neither held up by the first nor counted beside it.
    """
    week = at - timedelta(days=7)
    steps = MessageStep.objects.filter(state="sending", message__patient=row.patient_id, at__gt=week)
    told = steps.exclude(message__purpose__in=URGENT).values_list(
        "at", "message__once_key", "message__channel"
    )
    mine = matter_of(row.once_key, row.channel)
    others = [(when, about) for when, *key in told if (about := matter_of(*key)) != mine]
    this_day = {about for when, about in others if when >= today}
    return len(this_day) >= quiet_hours.A_DAY or len({about for _, about in others}) >= quiet_hours.A_WEEK


def _waits_for_consent(row: Message) -> bool:
    """Say whether the consent names another address than the chart: the old one is no longer the patient's to read.

    The new one is nobody's yes so far; the message waits, until somebody asks or it is of no use any more.
    """
    asked = ContactConsent.objects.filter(
        patient=row.patient_id, purpose=group_of(row.purpose), channel=row.channel
    )
    latest = asked.order_by("-at", "-pk").first()
    return latest is not None and row.patient is not None and not names_address(latest, row.patient)
