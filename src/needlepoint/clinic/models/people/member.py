"""The people who work here, and which roles they were granted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from needlepoint.clinic.models.people.clinic import Clinic, Row
from needlepoint.clinic.models.written import Written


class Members(BaseUserManager):
    """Finds a member by the address they sign in with, and by key, as every request does."""

    def get(self, *args: Any, **asked: Any) -> Any:
        """Return the one member asked for; by key alone with a statement that is written once."""
        if args or list(asked) != ["pk"] or not isinstance(asked["pk"], int):
            return super().get(*args, **asked)
        found = _BY_KEY.first(asked["pk"])
        if found is None:
            raise Member.DoesNotExist
        return found

    def get_by_natural_key(self, email: str) -> Any:
        """Return the member with that address, whatever its capitals."""
        return self.get(email__iexact=email)


class Member(AbstractBaseUser):
    """One person with one sign-in of their own; nobody shares one.

    `phone` (E.164) is where alarms reach them, `language` that of their pages, empty for that of the practice.
    """

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    frozen = False
    fixed = ("clinic_id",)
    closed = ""
    tied: dict[str, tuple[str, ...]] = {}
    apart: tuple[str, ...] = ()

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    profession = models.CharField(max_length=30)
    phone = models.CharField(max_length=16, blank=True, default="")
    language = models.CharField(max_length=5, blank=True, default="")
    is_active = models.BooleanField(default=True)
    # Goes up with every change of a credential; sessions that were begun before fit no longer.
    door = models.PositiveIntegerField(default=0)

    objects = Members()

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """Return what a session must hold to be this member's; a new password or a turned door makes it another."""
        return salted_hmac("needlepoint door", f"{self.door} {self.password}", algorithm="sha256").hexdigest()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Return none: there is one key, and a session from before it was changed is over."""
        return iter(())


_BY_KEY = Written(lambda key: Member.objects.filter(pk=key))


class Grant(Row):
    """A role given to a member, until it is ended."""

    fixed = ("member_id", "role", "granted_at")
    closed = "OLD.ended_at IS NOT NULL"

    member = models.ForeignKey(Member, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=30)
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "role"], condition=models.Q(ended_at=None), name="role_granted_once"
            )
        ]
