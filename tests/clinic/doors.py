"""Signing in as people do it: password, then a code of the app; and the code that an app would show now."""

import base64
import hmac
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

PASSWORD = "a-long-needle-2026"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_of(secret=SECRET, step=0):
    """The six digits of RFC 6238 for this half minute, or so many half minutes later."""
    counter = int(time.time()) // 30 + step
    told = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), "sha1")
    begins = told[-1] & 15
    number = int.from_bytes(told[begins : begins + 4], "big") & 0x7FFF_FFFF
    return f"{number % 1_000_000:06}"


def with_password(member, password=PASSWORD):
    member.set_password(password)
    member.save()
    return member


def with_codes(member, secret=SECRET):
    Authenticator.objects.create(user=member, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)})
    return member


def with_factor(member, secret=SECRET):
    return with_codes(with_password(member), secret)


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
