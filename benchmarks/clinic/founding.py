"""The practice that is asked, and the signed-in prescriber who asks."""

from __future__ import annotations

from django.core.management import call_command
from django.test import Client
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import Grant


def found() -> tuple[Practice, str]:
    """Return a new practice of today and the cookie of somebody who may do everything."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    practice = Practice.of_today("Bench Skin")
    prescriber = practice.members[Role.PRESCRIBER]
    for role in (Role.MEDICAL_DIRECTOR, Role.CLINIC_ADMIN):
        Grant.objects.create(
            clinic=practice.clinic, member=prescriber, role=role.value, granted_at=practice.at
        )
    client = Client()
    client.force_login(prescriber)
    return practice, client.cookies["sessionid"].value
