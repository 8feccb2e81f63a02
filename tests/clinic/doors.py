"""Signing in as people do it: password, then a code of the app; and the code that an app would show now."""

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

PASSWORD = "a-long-needle-2026"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_of(secret=SECRET, step=0):
    counter = next(iter(yield_hotp_counters_from_time())) + step
    return format_hotp_value(hotp_value(secret, counter))


def with_password(member, password=PASSWORD):
    member.set_password(password)
    member.save()
    return member


def with_factor(member, secret=SECRET):
    TOTP.activate(with_password(member), secret)
    return member


def sign_in(member, password=PASSWORD, secret=SECRET, client=None, **headers):
    """Sign in with a password, and with a code where one is asked for."""
    client = client or Client()
    asked = {"login": member.email, "password": password}
    answer = client.post(reverse("account_login"), asked, **headers)
    if answer.status_code == 302 and answer.url == reverse("mfa_authenticate"):
        # A code opens once; the app of a test has another one ready at once.
        cache.clear()
        answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}, **headers)
    return client, answer


def is_in(client, page="day"):
    return client.get(reverse(page)).status_code == 200
