"""What the tests of a lost network do in processes of their own: lay out a clinic, look at what is left, let time pass.

python -m tests.browser.cut_stage found SESSIONS
python -m tests.browser.cut_stage look SESSION
python -m tests.browser.cut_stage idle
"""

import json
import sys
from datetime import UTC, date, datetime, timedelta

import django

django.setup()

from django.contrib.sessions.models import Session as SignedIn  # noqa: E402
from django.core.management import call_command  # noqa: E402
from tests.browser.desk import PASSWORD  # noqa: E402
from tests.clinic.practice import Practice  # noqa: E402

from needlepoint.clinic.access.roles import Role  # noqa: E402
from needlepoint.clinic.models import CartridgeUse, RecordLine, Session, Signature  # noqa: E402
from needlepoint.clinic.practice.queries.record import record_faults  # noqa: E402
from needlepoint.clinic.server.door.sessions import SessionStore  # noqa: E402
from needlepoint.clinic.server.middleware import LAST_ACT  # noqa: E402

ACTS = ("started numbing", "opened session", "added cartridge", "finished session", "left out what was kept")


def found(sessions: str) -> dict[str, object]:
    """A clinic with sessions that wait to be opened, two pieces for each, and people who can sign in."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    practice = Practice.of_today("Harbour Skin")
    for role in (Role.MEDICAL_DIRECTOR, Role.NURSE):
        practice.members[role].set_password(PASSWORD)
        practice.members[role].save()
    pieces = practice.stocked(2 * int(sessions))
    waiting = []
    for place in range(int(sessions)):
        of = practice.patient(given_name=f"Ada{place}", born_on=date(1950 + place, 5, 14))
        one = practice.consented(practice.planned(practice.course(of)))
        codes = [each.serial for each in pieces[2 * place : 2 * place + 2]]
        waiting.append({"session": str(one.public_id), "codes": codes, "zones": one.course.zones})
    return {"waiting": waiting}


def look(session_id: str) -> dict[str, object]:
    """All that is there of a session."""
    session = Session.objects.get(public_id=session_id)
    about = RecordLine.objects.filter(about=f"session:{session_id}")
    uses = CartridgeUse.objects.filter(session=session, voided_at=None).order_by("id")
    return {
        "state": session.state,
        "note": session.note,
        "pain": session.pain,
        "passes": {each.zone: [str(each.depth_mm), each.endpoint] for each in session.passes.all()},
        "number": session.passes.count(),
        "pieces": list(uses.values_list("cartridge__serial", flat=True)),
        "numbed": session.numbing_on_at is not None,
        "told": sorted(session.told),
        "signed": Signature.objects.filter(session=session).count(),
        "acts": {act: about.filter(act=act).count() for act in ACTS},
        "faults": record_faults(session.clinic),
    }


def idle() -> dict[str, object]:
    """Nobody has touched anything for a day, as far as the server knows."""
    long_ago = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    for row in SignedIn.objects.all():
        store = SessionStore(row.session_key)
        if LAST_ACT in store:
            store[LAST_ACT] = long_ago
            store.save()
    return {}


if __name__ == "__main__":
    print(json.dumps({"found": found, "look": look, "idle": idle}[sys.argv[1]](*sys.argv[2:])))
