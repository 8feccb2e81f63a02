"""Who works here: taken on, shut out, let in again, given a role or relieved of it, given a new way in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.dispatch import Signal

from needlepoint.clinic.access.callers import Caller
from needlepoint.clinic.access.checks import NotHere, Refused
from needlepoint.clinic.access.roles import Permission, Role
from needlepoint.clinic.access.said import in_words
from needlepoint.clinic.access.spoken import check_spoken
from needlepoint.clinic.models import Clinic, Grant, Member, ShutOut, WayIn
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.door.sign_ins import note, turn_door
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.errors import InputError
from needlepoint.course.goals import OperatorRole
from needlepoint.exchange.mail_address import one_mailbox

WAY_IN_LASTS = timedelta(hours=72)
LONGEST_NAME = 120
# Said in the act that shuts somebody out or ends a role: what waits for them elsewhere is somebody else's from then on.
asked_no_more = Signal()


def enrol(
    clinic: Clinic,
    *,
    email: str,
    name: str,
    profession: OperatorRole,
    roles: Iterable[Role],
    password: str,
    at: datetime,
) -> Member:
    """Take somebody on with their roles; the sign-in address must be new on this server.

    Without a password nobody comes in until a one-time link has set one.
    """
    email, name = address(email), person_name(name)
    if Member.objects.filter(email=email).exists():
        raise Refused("%(email)s already signs in here. Use another address.", email=email)
    with transaction.atomic():
        member = Member(clinic=clinic, email=email, name=name, profession=profession.value)
        if password:
            check_password(member, password)
        member.set_password(password or None)
        member.save()
        EmailAddress.objects.create(user=member, email=email, verified=True, primary=True)
        for role in roles:
            Grant.objects.create(clinic=clinic, member=member, role=role.value, granted_at=at)
    return member


def address(typed: str) -> str:
    """Return an e-mail address as it is kept."""
    return one_mailbox("email", typed).lower()


def person_name(typed: str) -> str:
    """Return a person's name as it is kept."""
    kept = " ".join(typed.split())
    if not kept or len(kept) > LONGEST_NAME:
        raise InputError("person", "the name is empty or too long", "a name of up to 120 letters")
    return kept


def check_password(member: Member, password: str) -> None:
    """Raise unless a password is long and unlikely enough to be a member's."""
    try:
        validate_password(password, member)
    except ValidationError as error:
        raise InputError("password", " ".join(error.messages), "one that is longer or less usual") from None


@action(Permission.ADD_MEMBER)
def add_member(
    act: Act, *, email: str, name: str, profession: OperatorRole, roles: Iterable[Role]
) -> tuple[Member, str]:
    """Take on a member and write it into the record; return them with the token of their one-time link."""
    roles = tuple(roles)
    clinic = Clinic.objects.get(pk=act.actor.clinic)
    member = enrol(clinic, email=email, name=name, profession=profession, roles=roles, password="", at=act.at)
    token = make_way_in(member, act.at, by=act.actor.member)
    write(act, "added member", f"member:{member.pk}", detail={"roles": [role.value for role in roles]})
    return member, token


def make_way_in(member: Member, at: datetime, by: int | None = None) -> str:
    """Make a one-time link for a member in place of all earlier ones, and return its token; only a digest is kept."""
    WayIn.objects.filter(member=member, used_at=None, voided_at=None).update(voided_at=at)
    # Chance belongs to a way in.
    token = secrets.token_urlsafe(32)
    WayIn.objects.create(
        clinic_id=member.clinic_id,
        member=member,
        token_sha256=_digest(token),
        made_by_id=by,
        made_at=at,
        expires_at=at + WAY_IN_LASTS,
    )
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def way_in_of(token: str, at: datetime, *, for_update: bool = False) -> WayIn:
    """Return the one-time link with a token, while it holds; NotHere for any other."""
    rows = WayIn.objects.filter(token_sha256=_digest(token), used_at=None, voided_at=None, expires_at__gt=at)
    rows = rows.filter(member__is_active=True).select_related("member", "member__clinic")
    found = (rows.select_for_update(no_key=True, of=("self",)) if for_update else rows).first()
    if found is None:
        raise NotHere
    return found


def use_way_in(*, token: str, password: str, caller: Caller, at: datetime) -> Member:
    """Let a member set their password by a one-time link; the link is used up, and all their sessions end."""
    with transaction.atomic():
        way = way_in_of(token, at, for_update=True)
        member: Member = way.member
        check_password(member, password)
        member.set_password(password)
        member.save(update_fields=["password"])
        WayIn.objects.filter(pk=way.pk).update(used_at=at)
        turn_door(member, "a new way in was used", at)
        note(member, "used one-time link", caller, at)
    return member


@action(Permission.ADD_MEMBER)
def new_way_in(act: Act, *, member_key: object) -> tuple[Member, str]:
    """Give a member a new way in: password and factors hold no longer, and a one-time link sets them anew."""
    member = member_of(act, member_key)
    if not member.is_active:
        raise Refused("%(member)s is shut out. Let them in again first.", member=member)
    member.set_unusable_password()
    member.save(update_fields=["password"])
    gone, _each = Authenticator.objects.filter(user=member).delete()
    turn_door(member, "a new way in was given", act.at)
    token = make_way_in(member, act.at, by=act.actor.member)
    write(act, "gave new way in", f"member:{member.pk}", detail={"factors_removed": gone})
    return member, token


def member_of(act: Act, key: object) -> Member:
    """Return a member of the actor's clinic, held until the act is done, with the roles of all of it."""
    # Two administrators who relieve one another at once must not both succeed.
    Clinic.objects.select_for_update(no_key=True).get(pk=act.actor.clinic)
    typed = str(key)
    known = typed.isascii() and typed.isdigit() and len(typed) < 19
    found = Member.objects.filter(clinic=act.actor.clinic, pk=int(typed)).first() if known else None
    if found is None:
        raise NotHere
    return found


@action(Permission.SIGN_IN)
def choose_language(act: Act, *, language: str) -> None:
    """Choose the language of one's own pages; none for that of the practice."""
    chosen = check_spoken(language) if language else ""
    Member.objects.filter(pk=act.actor.member).update(language=chosen)
    write(act, "chose language", f"member:{act.actor.member}", detail={"language": chosen})


@action(Permission.ADD_MEMBER)
def member_shown(act: Act, *, member_key: object) -> Member:
    """Return a member of the actor's clinic, to be looked at."""
    return member_of(act, member_key)


def _not_the_last_admin(member: Member) -> None:
    grants = Grant.objects.filter(clinic=member.clinic, role=Role.CLINIC_ADMIN.value, ended_at=None)
    admins = set(grants.filter(member__is_active=True).values_list("member", flat=True))
    if admins == {member.pk}:
        raise Refused(
            "%(member)s is the last administrator of this clinic. Give somebody else the role clinic "
            "admin first.",
            member=member,
        )


@action(Permission.ADD_MEMBER)
def shut_out(act: Act, *, member_key: object, reason: str) -> Member:
    """Shut a member out: no way in, and every session ends at once; nothing that they did is taken away."""
    member = member_of(act, member_key)
    if not reason.strip():
        raise InputError("reason", "is missing", "why they may not come in any more")
    if not member.is_active:
        raise Refused("%(member)s is shut out already.", member=member)
    _not_the_last_admin(member)
    Member.objects.filter(pk=member.pk).update(is_active=False)
    ShutOut.objects.create(
        clinic_id=act.actor.clinic,
        member=member,
        by_id=act.actor.member,
        at=act.at,
        reason=reason.strip()[:200],
    )
    WayIn.objects.filter(member=member, used_at=None, voided_at=None).update(voided_at=act.at)
    turn_door(member, "was shut out", act.at)
    asked_no_more.send(Member, act=act, member=member)
    write(act, "shut out member", f"member:{member.pk}")
    return member


@action(Permission.ADD_MEMBER)
def let_in(act: Act, *, member_key: object) -> Member:
    """Let a member in again who was shut out; they sign in anew."""
    member = member_of(act, member_key)
    if member.is_active:
        raise Refused("%(member)s is not shut out.", member=member)
    Member.objects.filter(pk=member.pk).update(is_active=True)
    ShutOut.objects.filter(member=member, ended_at=None).update(ended_at=act.at)
    turn_door(member, "was let in again", act.at)
    write(act, "let member in again", f"member:{member.pk}")
    return member


@action(Permission.ADD_MEMBER)
def give_role(act: Act, *, member_key: object, role: Role) -> Member:
    """Give a member one more role."""
    member = member_of(act, member_key)
    if Grant.objects.filter(member=member, role=role.value, ended_at=None).exists():
        raise Refused("%(member)s has the role %(role)s already.", member=member, role=in_words(role.value))
    Grant.objects.create(clinic_id=act.actor.clinic, member=member, role=role.value, granted_at=act.at)
    write(act, "gave role", f"member:{member.pk}", detail={"role": role.value})
    return member


@action(Permission.ADD_MEMBER)
def end_role(act: Act, *, member_key: object, role: Role) -> Member:
    """Relieve a member of a role, from now on."""
    member = member_of(act, member_key)
    rows = Grant.objects.filter(member=member, role=role.value, ended_at=None)
    if not rows.exists():
        raise Refused("%(member)s does not have the role %(role)s.", member=member, role=in_words(role.value))
    if role is Role.CLINIC_ADMIN:
        _not_the_last_admin(member)
    rows.update(ended_at=act.at)
    asked_no_more.send(Member, act=act, member=member)
    write(act, "ended role", f"member:{member.pk}", detail={"role": role.value})
    return member


@action(Permission.ADD_MEMBER)
def sign_out_everywhere(act: Act, *, member_key: object) -> Member:
    """End every session of a member; they may sign in again."""
    member = member_of(act, member_key)
    ended = turn_door(member, "was signed out everywhere", act.at)
    write(act, "signed member out everywhere", f"member:{member.pk}", detail={"sessions": ended})
    return member
