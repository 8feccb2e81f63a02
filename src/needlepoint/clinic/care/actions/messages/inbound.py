"""What the SMS gateway tells us: an answer such as STOP, or what became of a message. Only what it signed is read."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from needlepoint.clinic.care.actions.messages.answers import hear
from needlepoint.clinic.care.actions.messages.sending import delivered
from needlepoint.clinic.models import Clinic
from needlepoint.clinic.practice.actions.act import by_itself

LONGEST_BYTES = 4096
OLDEST = timedelta(minutes=5)
MOST_A_MINUTE = 600


def signature(secret: str, timestamp: str, slug: str, raw: bytes) -> str:
    """Return what the gateway must send along: over the time, the clinic and every byte."""
    return hmac.new(secret.encode(), f"{timestamp}.{slug}.".encode() + raw, hashlib.sha256).hexdigest()


def take_in(slug: str, raw: bytes, timestamp: str, signed: str, at: datetime) -> bool:
    """Do what a signed, fresh and new word asks; anything else changes nothing. Say whether it counted."""
    if not _genuine(slug, raw, timestamp, signed, at):
        return False
    clinic = Clinic.objects.filter(slug=slug).first()
    told = _plain(raw)
    if clinic is None or told is None or _too_many(slug, at):
        return False
    with transaction.atomic():
        if not _new(signed):
            return False
        return _do(clinic, told, signed, at)


def _genuine(slug: str, raw: bytes, timestamp: str, signed: str, at: datetime) -> bool:
    """Look at the signature before anything else; this touches no database."""
    secret = settings.HOOK_SECRET
    if not secret or len(raw) > LONGEST_BYTES or not timestamp.isascii() or not timestamp.isdigit():
        return False
    wanted = signature(secret, timestamp, slug, raw)
    if len(timestamp) > 11 or not hmac.compare_digest(wanted.encode(), signed.encode()):
        return False
    return abs(at - datetime.fromtimestamp(int(timestamp), UTC)) <= OLDEST


def _plain(raw: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _too_many(slug: str, at: datetime) -> bool:
    counted = f"hook {slug} {at:%Y%m%d%H%M}"
    return not cache.add(counted, 1, timeout=120) and cache.incr(counted) > MOST_A_MINUTE


def _new(signed: str) -> bool:
    """Say whether this word was never heard; it is remembered for as long as it could count as fresh."""
    return bool(cache.add(f"hook {signed}", 1, timeout=2 * OLDEST.total_seconds() + 60))


def _do(clinic: Clinic, told: dict[str, Any], signed: str, at: datetime) -> bool:
    if told.get("kind") == "answer":
        act = by_itself(clinic, at, uuid5(NAMESPACE_URL, signed))
        return hear(act, sender=_said(told, "from"), words=_said(told, "text"))
    if told.get("kind") == "report" and told.get("state") in ("delivered", "failed"):
        return delivered(clinic.pk, _said(told, "id"), told["state"] == "delivered", at)
    return False


def _said(told: dict[str, Any], name: str) -> str:
    # PostgreSQL keeps no nought byte, and would refuse the whole answer.
    return str(told.get(name, "")).replace("\x00", "")
