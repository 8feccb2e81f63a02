"""What was done without a network is taken once, at the time that the device told, and never lost where it clashes."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.stock import recall
from needlepoint.clinic.chair.queries.needling.session import session_page
from needlepoint.clinic.models import CartridgeUse, RecordLine
from needlepoint.clinic.practice.views import without_network
from needlepoint.clinic.server.door.device_seal import COOKIE

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def live(db):
    return Practice.of_today("Harbour Skin")


@pytest.fixture
def tablet(live):
    return signed_in(live)


def signed_in(live, role=Role.PRESCRIBER):
    client = Client()
    client.force_login(live.members[role], backend=BACKEND)
    return client


def told(minutes, clock_is_off=timedelta(0)):
    """The headers of an act that a device did so many minutes ago, by its own clock."""
    now = datetime.now(UTC) + clock_is_off
    then = now - timedelta(minutes=minutes)
    return {"X-Kept": "yes", "X-Told-At": then.isoformat(), "X-Told-Now": now.isoformat()}


def numbed(client, session, minutes, key=None, **headers):
    typed = {"key": key or uuid4(), "patient": session.patient.public_id}
    where = reverse("numbing", args=[session.public_id])
    return client.post(where, typed, headers=told(minutes) | headers)


def another(client, session, piece, minutes=5, **more):
    typed = {"key": uuid4(), "patient": session.patient.public_id, "code": piece.serial, "reason": "blunt"}
    where = reverse("add_cartridge", args=[session.public_id])
    return client.post(where, typed | more, headers=told(minutes))


def ago(instant):
    return (datetime.now(UTC) - instant).total_seconds() / 60


def lines(act):
    return RecordLine.objects.filter(act=act)


def test_the_numbing_clock_starts_when_the_device_says_that_it_did(live, tablet):
    session = live.consented()
    assert numbed(tablet, session, 20).status_code == 302
    session.refresh_from_db()
    assert ago(session.numbing_on_at) == pytest.approx(20, abs=1)
    assert "numbing_on_at" in session.told
    assert "told_by_the_device" in lines("started numbing").get().detail
    assert (
        "as told by the tablet" in tablet.get(reverse("session", args=[session.public_id])).content.decode()
    )


@pytest.mark.parametrize("hours", [-30, 400])
def test_a_device_whose_clock_is_wrong_tells_the_right_time(live, tablet, hours):
    session = live.consented()
    assert numbed(tablet, session, 20, **told(20, timedelta(hours=hours))).status_code == 302
    session.refresh_from_db()
    assert ago(session.numbing_on_at) == pytest.approx(20, abs=1)


@pytest.mark.parametrize("minutes", [0, -600])
def test_what_lies_ahead_of_now_or_was_only_on_its_way_happens_now_and_is_not_marked(live, tablet, minutes):
    session = live.consented()
    numbed(tablet, session, minutes)
    session.refresh_from_db()
    assert ago(session.numbing_on_at) == pytest.approx(0, abs=1)
    assert session.told == {}


@pytest.mark.parametrize("headers", [told(13 * 60), {"X-Told-At": "yesterday"}, {"X-Told-Now": "2026-01-01"}])
def test_a_time_that_no_device_can_tell_is_refused(live, tablet, headers):
    session = live.consented()
    assert numbed(tablet, session, 5, **headers).status_code == 409
    session.refresh_from_db()
    assert session.numbing_on_at is None


def test_what_is_handed_in_again_is_answered_alike_and_done_once(live, tablet):
    session, key = live.consented(), uuid4()
    answers = [numbed(tablet, session, minutes, key) for minutes in (5, 6, 90)]
    assert {(each.status_code, each.url) for each in answers} == {
        (302, reverse("session", args=[session.public_id]))
    }
    assert lines("started numbing").count() == 1


def test_a_checklist_of_half_an_hour_ago_opens_no_session(live, tablet):
    session, piece = live.consented(), live.stocked()[0]
    where = reverse("open_session", args=[session.public_id])
    typed = {"patient": session.patient.public_id, "code": piece.serial}
    typed |= {f"check_{place}": "yes" for place in range(6)}
    refused = tablet.post(where, typed | {"key": uuid4()}, headers=told(31))
    assert refused.status_code == 409
    assert "31 minutes ago" in refused.json()["problem"]
    assert tablet.post(where, typed | {"key": uuid4()}, headers=told(20)).status_code == 302
    session.refresh_from_db()
    assert ago(session.opened_at) == pytest.approx(0, abs=1), "a session is open once the server has said so"


def test_no_piece_was_used_before_its_session_was_open_and_none_is_finished_before(live, tablet):
    live.catch_up()
    session = live.opened()
    assert another(tablet, session, live.stocked()[0], minutes=300).status_code == 302
    uses = CartridgeUse.objects.filter(session=session).order_by("id")
    assert uses.last().used_at == session.opened_at
    zones = {f"depth_{zone}": "1.00" for zone in session.course.zones}
    zones |= {f"passes_{zone}": "2" for zone in session.course.zones}
    typed = {"key": uuid4(), "patient": session.patient.public_id, "zones": session.course.zones}
    typed |= {"sharps_container": "SC-1", "version": "", **zones}
    finish = reverse("finish_session", args=[session.public_id])
    assert tablet.post(finish, typed, headers=told(300)).status_code == 302
    session.refresh_from_db()
    assert session.finished_at == session.opened_at
    assert session_page(session).unaltered
    shown = tablet.get(reverse("session", args=[session.public_id])).content.decode()
    assert shown.count("as told by the tablet") == 2


def test_a_recalled_lot_is_said_to_the_script_and_not_taken(live, tablet):
    session, piece = live.opened(), live.stocked(lot="LOT9")[0]
    recall.recall(live.act(Role.MEDICAL_DIRECTOR), lot="LOT9", gtin="", reason="The maker calls it back.")
    refused = another(tablet, session, piece)
    assert (refused.status_code, refused.json()["problem"][:8]) == (409, "Recalled")


def test_a_depth_beyond_the_limit_comes_back_with_what_else_was_saved_meanwhile(live, tablet):
    session = live.opened()
    where = reverse("save_draft", args=[session.public_id])
    elsewhere = {
        "patient": session.patient.public_id,
        "key": uuid4(),
        "version": "",
        "note": "from elsewhere",
    }
    assert tablet.post(where, elsewhere).status_code == 200
    typed = elsewhere | {"key": uuid4(), "note": "from here"}
    refused = tablet.post(reverse("finish_session", args=[session.public_id]), typed, headers=told(5))
    assert refused.status_code == 409
    assert ["note", "from elsewhere", "from here"] in refused.json()["differences"]


def test_what_a_person_leaves_out_stands_in_the_record_once(live, tablet):
    session = live.opened()
    typed = {
        "key": uuid4(),
        "patient": session.patient.public_id,
        "what": "Cartridge S1",
        "because": "Used before",
    }
    where = reverse("left_out", args=[session.public_id])
    assert {tablet.post(where, typed, headers=told(5)).status_code for _ in range(2)} == {302}
    line = lines("left out what was kept").get()
    assert (line.detail["what"], line.detail["because"]) == ("Cartridge S1", "Used before")


@pytest.mark.parametrize(
    "asked", [{"X-By-Itself": "yes"}, {"Sec-Fetch-Mode": "cors"}, {"HX-Request": "true"}]
)
def test_an_answer_to_a_script_wipes_nothing_that_a_newer_session_keeps(live, tablet, asked):
    tablet.get(reverse("day"))
    tablet.cookies["sessionid"] = "of-a-session-that-is-over"
    late = tablet.get(reverse("still_in"), headers=asked)
    assert late.status_code in (302, 401)
    assert "Clear-Site-Data" not in late.headers
    assert COOKIE not in late.cookies
    wiped = tablet.get(reverse("account_login"))
    assert wiped.headers["Clear-Site-Data"] == '"storage"'
    assert wiped.cookies[COOKIE].value == ""


def test_whoever_is_idle_is_wiped_by_the_page_they_go_to_and_not_by_a_script(live, tablet, settings):
    tablet.get(reverse("day"))
    settings.IDLE_AFTER = timedelta(seconds=-1)
    assert "Clear-Site-Data" not in tablet.get(reverse("still_in"), headers={"X-By-Itself": "yes"}).headers
    assert tablet.get(reverse("account_login")).headers["Clear-Site-Data"] == '"storage"'


def test_a_scanned_code_comes_back_after_signing_in_and_the_code_of_an_app_never_does(live):
    nurse = signed_in(live, Role.NURSE)
    nurse.get(reverse("day"))
    nurse.cookies["sessionid"] = "over"
    for action in ("/sessions/1/cartridge/", "/sign-in/second-factor/authenticate/"):
        sent = {
            "page": f"/of{action}",
            "action": action,
            "fields": '[["code", "NP000012"], ["reason", "blunt"]]',
        }
        assert nurse.post(reverse("keep_typed"), sent).status_code == 204
    nurse.force_login(live.members[Role.NURSE], backend=BACKEND)

    def given_back(page):
        (form,) = nurse.get(reverse("kept"), {"page": page}).json()["forms"]
        return dict(form["fields"])

    assert given_back("/of/sessions/1/cartridge/") == {"code": "NP000012", "reason": "blunt"}
    assert given_back("/of/sign-in/second-factor/authenticate/") == {"reason": "blunt"}


@pytest.fixture
def fresh():
    forget = (without_network._digest, without_network._parts)
    yield lambda: [each.cache_clear() for each in forget]
    for each in forget:
        each.cache_clear()


@pytest.mark.parametrize("name", ["vault.js", "look/tokens.css", "session.js"])
def test_the_worker_is_another_as_soon_as_any_script_or_style_changes(
    tablet, monkeypatch, tmp_path, fresh, name
):
    files = list(without_network._files())
    monkeypatch.setattr(without_network, "_files", lambda: iter(files))
    fresh()
    before = tablet.get(reverse("worker")).content
    fresh()
    assert tablet.get(reverse("worker")).content == before
    changed = tmp_path / "changed"
    changed.write_bytes(b"// changed")
    files[:] = [(each, changed if each == f"clinic/{name}" else path) for each, path in files]
    fresh()
    assert tablet.get(reverse("worker")).content != before
