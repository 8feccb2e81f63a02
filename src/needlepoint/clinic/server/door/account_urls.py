"""The library's pages that are wanted, by name: what is not listed here does not exist."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.practice.views.members import asked_again


def change_password(request: Any) -> HttpResponse:
    """Change one's password; whoever has none comes in by a one-time link and sets it there."""
    if not request.user.has_usable_password():
        return redirect("mfa_index")
    answer: HttpResponse = asked_again(account.password_change)(request)
    return answer


def reset_password(request: Any) -> HttpResponse:
    """Send a link for a new password; where no mail can go out, say whom to ask instead of promising one."""
    if not settings.EMAIL_HOST:
        return render(request, "account/no_mail.jinja")
    answer: HttpResponse = account.password_reset(request)
    return answer


_ANYONE, _ENROL, _IN = Permission.ANYONE, Permission.ENROL, Permission.SIGN_IN
# Where, which view, its name, and who may open it.
PAGES: tuple[tuple[str, Any, str, Permission], ...] = (
    ("login/", account.login, "account_login", _ANYONE),
    ("logout/", account.logout, "account_logout", _ANYONE),
    ("inactive/", account.account_inactive, "account_inactive", _ANYONE),
    ("reauthenticate/", account.reauthenticate, "account_reauthenticate", _ENROL),
    ("password/change/", change_password, "account_change_password", _IN),
    ("password/reset/", reset_password, "account_reset_password", _ANYONE),
    ("password/reset/done/", account.password_reset_done, "account_reset_password_done", _ANYONE),
    (
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        "account_reset_password_from_key_done",
        _ANYONE,
    ),
    ("second-factor/", factors.index, "mfa_index", _ENROL),
    ("second-factor/authenticate/", factors.authenticate, "mfa_authenticate", _ANYONE),
    ("second-factor/reauthenticate/", factors.reauthenticate, "mfa_reauthenticate", _IN),
    ("second-factor/totp/activate/", totp.activate_totp, "mfa_activate_totp", _ENROL),
    ("second-factor/totp/deactivate/", totp.deactivate_totp, "mfa_deactivate_totp", _IN),
    ("second-factor/recovery-codes/", codes.view_recovery_codes, "mfa_view_recovery_codes", _IN),
    (
        "second-factor/recovery-codes/generate/",
        codes.generate_recovery_codes,
        "mfa_generate_recovery_codes",
        _IN,
    ),
    (
        "second-factor/recovery-codes/download/",
        codes.download_recovery_codes,
        "mfa_download_recovery_codes",
        _IN,
    ),
    ("second-factor/webauthn/", passkeys.list_webauthn, "mfa_list_webauthn", _IN),
    ("second-factor/webauthn/add/", passkeys.add_webauthn, "mfa_add_webauthn", _ENROL),
    ("second-factor/webauthn/login/", passkeys.login_webauthn, "mfa_login_webauthn", _ANYONE),
    (
        "second-factor/webauthn/reauthenticate/",
        passkeys.reauthenticate_webauthn,
        "mfa_reauthenticate_webauthn",
        _IN,
    ),
    ("second-factor/webauthn/keys/<int:pk>/edit/", passkeys.edit_webauthn, "mfa_edit_webauthn", _IN),
    ("second-factor/webauthn/keys/<int:pk>/remove/", passkeys.remove_webauthn, "mfa_remove_webauthn", _IN),
)


def _declared(view: Any, permission: Permission) -> Any:
    view.permission = permission
    return view


urlpatterns = [
    *(path(where, _declared(view, permission), name=name) for where, view, name, permission in PAGES),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        _declared(account.password_reset_from_key, _ANYONE),
        name="account_reset_password_from_key",
    ),
]
