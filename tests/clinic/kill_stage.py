"""What the killing tests do in processes of their own: lay out a clinic, and look at what is left of it.

python -m tests.clinic.kill_stage found SESSIONS
python -m tests.clinic.kill_stage photographed
python -m tests.clinic.kill_stage look
python -m tests.clinic.kill_stage ticks
python -m tests.clinic.kill_stage again
"""

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from tests.clinic.practice import Practice  # noqa: E402

from needlepoint.clinic.access.roles import Role  # noqa: E402
from needlepoint.clinic.models import (  # noqa: E402
    CartridgeUse,
    Clinic,
    Member,
    Patient,
    RecordLine,
    Session,
    SessionPass,
    Signature,
    Submission,
    guards,
)
from needlepoint.clinic.practice.queries.door.work import last_ends  # noqa: E402
from needlepoint.clinic.practice.queries.record import latest, record_faults  # noqa: E402


def found(sessions: str) -> dict[str, object]:
    """A clinic with sessions that wait for their cartridge, and somebody signed in."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    practice = Practice.of_today("Harbour Skin")
    waiting = []
    for piece in practice.stocked(int(sessions)):
        one = practice.consented()
        waiting.append(
            {
                "session": str(one.public_id),
                "patient": str(one.patient.public_id),
                "serial": piece.serial,
                "zones": one.course.zones,
            }
        )
    return {"cookie": _signed_in(practice.members[Role.PRESCRIBER]), "waiting": waiting}


def photographed() -> dict[str, object]:
    """A clinic with a patient who agreed to photos, and somebody signed in."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    practice = Practice.of_today("Harbour Skin")
    of = practice.patient()
    practice.photo_consent(of)
    return {"cookie": _signed_in(practice.members[Role.NURSE]), "patient": str(of.public_id)}


def _signed_in(member: object) -> str:
    session = SessionStore()
    session["_auth_user_id"] = str(member.pk)
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session["_auth_user_hash"] = member.get_session_auth_hash()
    # Longer than any clock is moved by the tests.
    session.set_expiry(timedelta(days=900))
    session.create()
    return session.session_key


def look() -> dict[str, object]:
    """What is there, and every way in which it is not whole."""
    clinic = Clinic.objects.get()
    return {
        "patients": list(Patient.objects.order_by("pk").values_list("family_name", flat=True)),
        "states": {str(key): state for key, state in Session.objects.values_list("public_id", "state")},
        "forms": Submission.objects.count(),
        "lines": RecordLine.objects.count(),
        "faults": record_faults(clinic) + _halves() + sorted(guards.missing(connection)) + _broken_files(),
    }


def again() -> dict[str, object]:
    """Sign somebody in once more."""
    return {"cookie": _signed_in(Member.objects.get(email__startswith="prescriber@"))}


def ticks() -> dict[str, object]:
    """When each watched tick ended last, and where the record stands."""
    ends = {name: ended.isoformat() for name, ended in last_ends().items()}
    return {"ends": ends, "stands_at": latest().isoformat(), "faults": record_faults(Clinic.objects.get())}


def _halves() -> list[str]:
    """Everything of a session is there, or nothing of it."""
    found = []
    for session in Session.objects.all():
        begun = session.state in ("under_way", "done")
        there = {
            "cartridge": (CartridgeUse.objects.filter(session=session).count(), begun),
            "line of its opening": (_lines(session, "opened session"), begun),
            "passes": (bool(SessionPass.objects.filter(session=session)), session.state == "done"),
            "signature": (Signature.objects.filter(session=session).count(), session.state == "done"),
            "line of its end": (_lines(session, "finished session"), session.state == "done"),
        }
        found += [
            f"{session.state} session {session.pk}: {name} {number}"
            for name, (number, wanted) in there.items()
            if number != int(wanted)
        ]
    for patient in Patient.objects.all():
        if RecordLine.objects.filter(act="registered patient", patient=patient).count() != 1:
            found.append(f"patient {patient.pk} is not once in the record")
    return found


def _lines(session: Session, act: str) -> int:
    return RecordLine.objects.filter(act=act, about=f"session:{session.public_id}").count()


def _broken_files() -> list[str]:
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        return [row[0] for row in cursor.fetchall() if row[0] != "ok"]


if __name__ == "__main__":
    print(
        json.dumps(
            {"found": found, "photographed": photographed, "look": look, "ticks": ticks, "again": again}[
                sys.argv[1]
            ](*sys.argv[2:])
        )
    )
