"""What is typed about a member: who, with which profession and which roles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.course.errors import InputError
from needlepoint.course.goals import OperatorRole

PROFESSIONS = tuple(OperatorRole)


def newcomer(typed: Any) -> dict[str, Any]:
    """Return somebody who is to be taken on."""
    return {
        "email": text(typed, "email", 254, needed=True),
        "name": text(typed, "name", 120, needed=True),
        "profession": profession(text(typed, "profession", 30)),
        "roles": roles(typed.getlist("roles")),
    }


def profession(typed: str) -> OperatorRole:
    """Return a profession; the words of the refusal are those of the professions."""
    try:
        return OperatorRole(typed)
    except ValueError:
        known = ", ".join(OperatorRole)
        hint = (
            f"one of {known} (who neither needles nor prescribes is an aesthetician with the role front_desk)"
        )
        raise InputError("profession", "%(typed)r is no profession", hint, typed=typed) from None


def role(typed: str) -> Role:
    """Return a role."""
    try:
        return Role(typed)
    except ValueError:
        raise InputError(
            "role", "%(typed)r is no role", "one of %(role)s", typed=typed, role=", ".join(Role)
        ) from None


def roles(typed: Iterable[str]) -> list[Role]:
    """Return the roles, at least one."""
    found = [role(each) for each in dict.fromkeys(typed)]
    if not found:
        raise InputError("roles", "none is given", "at least one, since without a role nothing opens")
    return found
