"""The patient's way in: somebody knocks, a link and a code go out, the link opens once, and a stay begins behind it.

Nothing here tells whether an address is known: a knock is only stored, and answered afterwards by `answer_knocks`.
The database holds digests; link and code are computed from a seed and the key outside it.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, Sum

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find, find_for_patient_here
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.visitor import IDLE, Visitor, sha256_of
from needlepoint.clinic.care.actions.messages.portal_links import code_of, keyed, open_words, token_of
from needlepoint.clinic.chair.actions.outbox.message import enqueue
from needlepoint.clinic.models import Clinic, Knock, Patient, SignInLink, Stay
from needlepoint.clinic.models import Visitor as VisitorRow
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.passing import Passed
from needlepoint.clinic.practice.actions.record import write
from needlepoint.exchange.names import asked_words, words_of
from needlepoint.exchange.phone import Phone, digits, e164

ASKED_FOR = timedelta(minutes=15)
INVITED_FOR = timedelta(hours=72)
HOUR = timedelta(hours=1)
MOST_TRIES = 5
MOST_LINKS_AN_HOUR = 5
FEWEST_DIGITS = 7


def knock(clinic: Clinic, *, address: str, browser: str, language: str, at: datetime) -> None:
    """Keep that somebody asked, from which browser; the same one statement for every address."""
    Knock.objects.create(
        clinic=clinic,
        address=address.strip()[:254],
        browser_sha256=sha256_of(browser),
        language=language,
        made_at=at,
    )


def answer_knocks(at: datetime) -> int:
    """Send a link to everybody who knocked at an address of theirs; return how many were sent."""
    waiting = Knock.objects.filter(answered_at=None).order_by("made_at").values_list("pk", flat=True)
    passed: Passed[int] = Passed()
    sent = sum(passed.each(list(waiting[:200]), lambda key: _answer(key, at)))
    passed.end()
    return sent


def _answer(key: int, at: datetime) -> int:
    with transaction.atomic():
        rows = Knock.objects.filter(pk=key, answered_at=None)
        # Several workers may look at once; whoever holds the row answers, the others pass on.
        locked = (
            rows.select_for_update(no_key=True, skip_locked=True)
            if connection.vendor == "postgresql"
            else rows
        )
        asked = locked.first()
        if asked is None:
            return 0
        address, asked.address, asked.answered_at = asked.address, "", at
        asked.save(update_fields=["address", "answered_at"])
        if at - asked.made_at > ASKED_FOR or _asked_again(asked, address):
            return 0
        return sum(_send(asked, each, address, at) for each in _visitors_at(asked.clinic_id, address))


def _asked_again(asked: Knock, address: str) -> bool:
    """Say whether the same browser asked for the same once more while nobody answered: one link is enough."""
    rows = Knock.objects.filter(clinic=asked.clinic_id, address=address, browser_sha256=asked.browser_sha256)
    return rows.filter(answered_at=None, pk__gt=asked.pk).exists()


def _visitors_at(clinic: int, address: str) -> list[VisitorRow]:
    """Return whose address it is; a family may share one, and the date of birth tells them apart."""
    rows = VisitorRow.objects.filter(clinic=clinic, closed_at=None, patient__gone_at=None)
    rows = rows.select_related("patient", "clinic")
    if "@" in address:
        return list(rows.filter(patient__email__iexact=address))
    country = Clinic.objects.values_list("country", flat=True).get(pk=clinic)
    number = e164(address, country)
    if isinstance(number, Phone):
        known = list(rows.filter(patient__phone_e164=number.e164))
        if known:
            return known
    # Noughts in front are dialled and belong to nobody: alone they would be the end of every number.
    bare = digits(address).lstrip("0")
    if len(bare) < FEWEST_DIGITS:
        return []
    # Written in the chart as in another country than the clinic's, or in a clinic whose country is not known.
    return list(rows.filter(patient__phone_e164__endswith=bare))


def _send(asked: Knock, visitor: VisitorRow, address: str, at: datetime) -> int:
    recent = SignInLink.objects.filter(visitor=visitor, knock__isnull=False, made_at__gt=at - HOUR).count()
    if recent >= MOST_LINKS_AN_HOUR:
        return 0
    # Chance belongs to the key of the act here: the seed of a link must not be guessed from what is known.
    act = Act(Visitor.of(visitor), at, uuid4())
    made = _link(act, visitor, at + ASKED_FOR, asked)
    _enqueue(act, visitor.patient, made, "email" if "@" in address else "sms", asked.language)
    return 1


def _link(act: Act, visitor: VisitorRow, expires_at: datetime, asked: Knock | None = None) -> SignInLink:
    seed = act.id_for("link")
    return SignInLink.objects.create(
        clinic_id=visitor.clinic_id,
        visitor=visitor,
        seed=seed,
        knock=asked,
        token_sha256=sha256_of(token_of(seed)),
        code_sha256=_code_sha256(seed, code_of(seed)) if asked else "",
        browser_sha256=asked.browser_sha256 if asked else "",
        made_at=act.at,
        expires_at=expires_at,
    )


def _enqueue(act: Act, patient: Patient, link: SignInLink, channel: str, language: str) -> None:
    enqueue(
        act,
        purpose="sign_in" if link.code_sha256 else "invitation",
        channel=channel,
        to=patient,
        once_key=f"sign_in {link.seed} {channel}",
        useless_after=link.expires_at,
        link=f"sign-in:{link.seed}",
        language=language,
    )


def _code_sha256(seed: UUID, code: str) -> str:
    # A million codes are quickly tried, so their digest is keyed too.
    return keyed(f"portal code digest {seed} {code}").hex()


def link_in_example(made: SignInLink | None, at: datetime) -> tuple[str, str]:
    """Return the address and the code of a link for the page that shows them in the example, which sends nothing.

    A practice never sees them: whoever held them could come in as the patient.
    """
    if not settings.EXAMPLE_PRACTICE or made is None or made.seed is None:
        return "", ""
    if made.used_at is not None or made.expires_at <= at:
        return "", ""
    return open_words(f"sign-in:{made.seed}")


# --------------------------------------------------------------------------------------------------------- the way in


def link_at(clinic: Clinic, token: str, browser: str, at: datetime) -> SignInLink | None:
    """Return the link if this browser may use it now; looking at it changes nothing."""
    found = _living(clinic, at).filter(token_sha256=sha256_of(token)).first()
    if found is None or found.browser_sha256 not in ("", sha256_of(browser)):
        return None
    return found


def _living(clinic: Clinic, at: datetime) -> QuerySet[SignInLink]:
    rows = SignInLink.objects.filter(clinic=clinic, used_at=None, expires_at__gt=at)
    rows = rows.filter(wrong_tries__lt=MOST_TRIES, visitor__closed_at=None)
    return rows.filter(visitor__patient__gone_at=None).select_related("visitor__patient")


def open_link(clinic: Clinic, *, token: str, browser: str, at: datetime) -> bool:
    """Bind the link to this browser, which then has to know the date of birth; say whether it could be."""
    found = link_at(clinic, token, browser, at)
    return found is not None and _bind(found, browser, at)


def _bind(link: SignInLink, browser: str, at: datetime) -> bool:
    mine = sha256_of(browser)
    rows = SignInLink.objects.filter(pk=link.pk, used_at=None, browser_sha256__in=("", mine))
    return rows.update(browser_sha256=mine, opened_at=at) == 1


def open_by_code(clinic: Clinic, *, code: str, browser: str, at: datetime) -> bool:
    """Open the link whose code was typed in the browser that asked; a wrong one counts, whoever had knocked."""
    rows = Knock.objects.filter(clinic=clinic, browser_sha256=sha256_of(browser))
    asked = rows.filter(made_at__gt=at - ASKED_FOR).order_by("-made_at", "-pk").first()
    if asked is None or asked.wrong_tries >= MOST_TRIES:
        return False
    for link in _living(clinic, at).filter(knock=asked):
        if hmac.compare_digest(link.code_sha256, _code_sha256(link.seed, code)):
            return _bind(link, browser, at)
    Knock.objects.filter(pk=asked.pk).update(wrong_tries=F("wrong_tries") + 1)
    return False


def waits_for_birth_date(clinic: Clinic, browser: str, at: datetime) -> bool:
    """Say whether this browser has opened a link that still needs the date of birth."""
    return _opened(clinic, browser, at) is not None


def _opened(clinic: Clinic, browser: str, at: datetime) -> SignInLink | None:
    rows = _living(clinic, at).filter(browser_sha256=sha256_of(browser), opened_at__isnull=False)
    return rows.order_by("-opened_at", "-pk").first()


def asks_first_name(clinic: Clinic, browser: str, at: datetime) -> bool:
    """Say whether the first name is asked too: somebody else who shares the address was born on the same day."""
    link = _opened(clinic, browser, at)
    return link is not None and _has_twin(link.visitor.patient)


def _has_twin(patient: Patient) -> bool:
    shared = Q(email__iexact=patient.email) if patient.email else Q(pk=None)
    shared |= Q(phone_e164=patient.phone_e164) if patient.phone_e164 else Q(pk=None)
    others = Patient.objects.filter(shared, clinic=patient.clinic_id, born_on=patient.born_on)
    return others.exclude(pk=patient.pk).exists()


def enter(clinic: Clinic, *, browser: str, born_on: date, at: datetime, first_name: str = "") -> str | None:
    """Begin a stay where the date of birth is right, and return the key for its cookie; of many at once one wins.

    Where another patient shares address and day of birth, the first name must be right too.
    """
    link = _opened(clinic, browser, at)
    if link is None or _tries_of(link.visitor, at) >= MOST_TRIES:
        return None
    if not _is_theirs(link, born_on, first_name):
        SignInLink.objects.filter(pk=link.pk, used_at=None).update(wrong_tries=F("wrong_tries") + 1)
        return None
    with transaction.atomic():
        if SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=at) != 1:
            return None
        return _begin(link.visitor, at)


def _is_theirs(link: SignInLink, born_on: date, first_name: str) -> bool:
    patient = link.visitor.patient
    if patient.born_on != born_on:
        return False
    return not _has_twin(patient) or _is_called(patient, first_name)


def _is_called(patient: Patient, first_name: str) -> bool:
    """Say whether somebody is called so: every word typed is one of the given names, in whatever spelling."""
    names, asked = set(words_of(patient.given_name or patient.family_name)), asked_words(first_name)
    return bool(asked) and all(names.intersection(ways) for ways in asked)


def _tries_of(visitor: VisitorRow, at: datetime) -> int:
    recent = SignInLink.objects.filter(visitor=visitor, made_at__gt=at - HOUR)
    return recent.aggregate(tries=Sum("wrong_tries"))["tries"] or 0


def _begin(row: VisitorRow, at: datetime) -> str:
    # Chance belongs to the key of a sign-in: nobody may guess it.
    key = secrets.token_urlsafe(32)
    stay = Stay.objects.create(
        clinic_id=row.clinic_id, visitor=row, key_sha256=sha256_of(key), begun_at=at, seen_at=at
    )
    write(Act(Visitor.of(row), at, uuid4()), "signed in to portal", stay)
    return key


def stays_on(stay: Stay, at: datetime) -> None:
    """Keep that the visitor is there, at most once a minute; whoever was away too long signs in again."""
    if timedelta(minutes=1) < at - stay.seen_at < IDLE:
        Stay.objects.filter(pk=stay.pk, ended_at=None).update(seen_at=at)


@action(Permission.PATIENT)
def leave(act: Act, *, stay: Stay) -> None:
    """End the stay."""
    if Stay.objects.filter(pk=stay.pk, ended_at=None).update(ended_at=act.at):
        write(act, "left portal", stay)


@action(Permission.PATIENT)
def speak(act: Act, *, language: str) -> None:
    """Keep the language that the visitor has chosen, for pages and messages."""
    VisitorRow.objects.filter(patient=act.actor.patient, closed_at=None).update(language=language)
    write(act, "chose language", f"language:{language}")


# ---------------------------------------------------------------------------------------------------- the staff's side


@action(Permission.EDIT_PATIENT)
def invite(act: Act, *, patient_id: UUID, language: str) -> SignInLink:
    """Let a patient come to the portal, and send a link that opens it once within three days."""
    patient = find_for_patient_here(Patient, act.actor, patient_id)
    if patient.born_on is None:
        raise Refused(
            "The portal asks for the date of birth, and it is not known. Write it down first, then invite."
        )
    channels = [name for name, held in (("email", patient.email), ("sms", patient.phone_e164)) if held]
    if not channels:
        raise Refused(
            "There is no e-mail address and no number that texts can go to. Add one first, then invite."
        )
    row = VisitorRow.objects.filter(patient=patient).select_related("clinic").first()
    if row is None:
        row = VisitorRow(clinic_id=act.actor.clinic, patient=patient, begun_at=act.at)
    row.language, row.closed_at = language, None
    row.save()
    link = _link(act, row, act.at + INVITED_FOR)
    _enqueue(act, patient, link, channels[0], language)
    write(act, "invited to portal", patient, patient, {"channel": channels[0]})
    return link


@action(Permission.EDIT_PATIENT)
def close(act: Act, *, patient_id: UUID) -> None:
    """Shut the portal for a patient: whoever is in is out at once, and no link opens any more."""
    patient = find(Patient, act.actor, patient_id, for_update=True)
    shut = VisitorRow.objects.filter(patient=patient, closed_at=None).update(closed_at=act.at)
    if not shut:
        raise Refused("The portal is not open for this patient.")
    Stay.objects.filter(visitor__patient=patient, ended_at=None).update(ended_at=act.at)
    write(act, "closed portal", patient, patient)
