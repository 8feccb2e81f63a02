"""What the library says of signing in is heard here, and written down; a changed credential ends the other sessions."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as factors
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as django
from django.contrib.auth import update_session_auth_hash

from needlepoint.clinic.access.assurance import way_in
from needlepoint.clinic.practice.actions.door import sign_ins
from needlepoint.clinic.practice.queries.members import member_by_address
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.comings import ADDED_AT, FACTOR_SHOWN, SIGN_IN, begun, caller_of
from needlepoint.clinic.server.door import guesses

NAMES = {
    Authenticator.Type.TOTP: "one-time codes",
    Authenticator.Type.WEBAUTHN: "passkey",
    Authenticator.Type.RECOVERY_CODES: "recovery codes",
}


def listen() -> None:
    """Hear all of it."""
    account.user_logged_in.connect(_signed_in)
    account.password_changed.connect(_changed("changed password"))
    account.password_set.connect(_changed("set password"))
    account.password_reset.connect(_changed("reset password"))
    account.password_reset.connect(_guessed_no_more)
    factors.authenticator_added.connect(_factor("added {}"))
    factors.authenticator_removed.connect(_factor("removed {}"))
    factors.authenticator_reset.connect(_factor("made new {}"))
    factors.authentication_failed.connect(_wrong_factor)
    django.user_login_failed.connect(_failed)
    django.user_logged_out.connect(_left)


def _signed_in(request: Any, user: Any, **_: Any) -> None:
    begun(request, user, way_in(get_authentication_records(request, user)))


def _left(request: Any, user: Any, **_: Any) -> None:
    if request is not None and user is not None and request.session.session_key:
        how = getattr(request, "signed_out_how", "by themselves")
        sign_ins.leave(user, request.session.session_key, how, caller_of(request), clock.now())


def _failed(credentials: Any, request: Any = None, **_: Any) -> None:
    member = member_by_address(str(credentials.get("email") or ""))
    if request is None:
        return
    if member is None:
        sign_ins.failed_unknown(caller_of(request), clock.now())
    else:
        sign_ins.failed(member, "failed to sign in", caller_of(request), clock.now())


def _guessed_no_more(user: Any, **_: Any) -> None:
    guesses.forgotten(user.email)


def _wrong_factor(request: Any, user: Any, **_: Any) -> None:
    sign_ins.failed(user, "failed second factor", caller_of(request), clock.now())


def _changed(what: str) -> Any:
    def heard(request: Any, user: Any, **_: Any) -> None:
        _end_the_others(request, user, what)

    # Signals hold their receivers weakly; each of ours is made once, for good.
    _KEPT.append(heard)
    return heard


def _factor(what: str) -> Any:
    def heard(request: Any, user: Any, authenticator: Any, **_: Any) -> None:
        _end_the_others(request, user, what.format(NAMES[authenticator.type]))
        if what.startswith("added") and authenticator.type != Authenticator.Type.RECOVERY_CODES:
            # Whoever adds a factor has just shown it.
            request.session[FACTOR_SHOWN], request.session[ADDED_AT] = user.pk, time.time()

    _KEPT.append(heard)
    return heard


_KEPT: list[Any] = []


def _end_the_others(request: Any, user: Any, what: str) -> None:
    """End the member's sessions but for this one, which goes on under a new key."""
    mine = request.user.pk == user.pk
    keep = request.session.get(SIGN_IN) if mine else None
    sign_ins.credential_changed(user, what, caller_of(request), clock.now(), keep)
    if mine:
        request.user.refresh_from_db(fields=["door", "password"])
        update_session_auth_hash(request, request.user)
        if keep is not None:
            sign_ins.moved(keep, request.session.session_key)
