"""The day: who comes when, what is still missing, what burns; and the same on paper for when the network is down."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
import zxingcpp
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image, ImageDraw
from tests.clinic.practice import Practice
from tests.clinic.rows import row_of
from tests.clinic.test_pages import statements, stood_still
from tests.clinic.wings.chair.test_photos import picture

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.needling.numbing import start_numbing
from needlepoint.clinic.chair.queries.needling.session import next_session
from needlepoint.clinic.chair.queries.stock.codes import datamatrix
from needlepoint.clinic.desk.queries.day import day_columns
from needlepoint.clinic.desk.queries.day_sheet import day_sheet
from needlepoint.clinic.models import (
    AdverseEvent,
    AdverseFollowUp,
    Booking,
    Hold,
    RecordLine,
    Session,
)
from needlepoint.course.instants import local_date
from needlepoint.evidence.loader import packaged

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def live(db):
    return Practice.of_today("Harbour Skin")


def signed_in(practice, role=Role.MEDICAL_DIRECTOR):
    client = Client()
    client.force_login(practice.members[role], backend=BACKEND)
    return client


def cards(practice, by="room"):
    act = practice.act()
    columns = day_columns(act.actor, local_date(practice.at, act.actor.zone), practice.at, by)
    return {column.name: column.cards for column in columns}


def many(practice, number):
    """Visits of one course's sessions and of patients without one, in both rooms."""
    running = practice.planned(sessions=3)
    sessions = list(running.sessions.order_by("number"))
    first = practice.booked(running.patient, sessions[0])
    for each in range(1, number):
        Booking.objects.create(
            clinic=practice.clinic,
            public_id=uuid4(),
            patient=running.patient,
            session=sessions[each] if each < 3 else None,
            room=practice.rooms[each % 2],
            operator=first.operator,
            purpose=f"Visit {each}",
            starts_at=first.starts_at + timedelta(seconds=each),
            ends_at=first.starts_at + timedelta(seconds=each + 1),
        )


@pytest.mark.parametrize("name", ["day", "day_sheet"])
@pytest.mark.parametrize("by", ["room", "operator"])
def test_a_day_takes_ten_statements_whether_one_visit_is_booked_or_forty(live, name, by, monkeypatch):
    client = signed_in(live)
    told = []
    for number in (1, 40):
        Booking.objects.update(cancelled_at=live.at)
        Hold.objects.filter(released_at=None).update(released_at=live.at)
        live.catch_up()
        many(live, number)
        address = f"{reverse(name)}?by={by}"
        with stood_still(monkeypatch):
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                shown = client.get(address).content.decode()
        assert shown.count("<article" if name == "day" else "<section>") == number
        told.append(len(statements(asked)))
    assert max(told) <= 10, told
    assert told[0] == told[1]


def test_the_columns_are_rooms_or_people_as_one_likes(live):
    live.booked(live.patient())
    assert {name: len(found) for name, found in cards(live).items()} == {"Room 1": 1, "Room 2": 0}
    by_person = cards(live, "operator")
    assert len(by_person["nurse of Harbour Skin"]) == 1
    assert by_person["nurse of Harbour Skin"][0].beside == "Room 1"
    assert "front_desk of Harbour Skin" not in by_person
    shown = signed_in(live).get(f"{reverse('day')}?by=operator").content.decode()
    assert "nurse of Harbour Skin</h2>" in shown


def test_the_chips_follow_the_visit_step_by_step(live):
    running = live.planned()
    waiting = next_session(running)
    live.booked(running.patient, waiting)

    def done():
        [card] = cards(live)["Room 1"]
        return [chip.says for chip in card.chips if chip.done], card.next_step

    assert done() == ([], "Screen")
    live.consented(running)
    assert done() == (["screening", "consent"], "Open session")
    live.photographed(running.patient, picture())
    waiting.refresh_from_db()
    opened = live.opened(waiting)
    assert done() == (["screening", "consent", "photos", "cartridge"], "Go on")
    live.done(opened, minutes=0)
    assert done() == (["screening", "consent", "photos", "cartridge", "signed"], "Look at it")


def test_the_numbing_clock_stands_on_the_card_until_the_session_opens(live):
    waiting = live.consented()
    live.booked(waiting.patient, waiting)
    start_numbing(live.act(), session_id=waiting.public_id)
    assert cards(live.later(minutes=20))["Room 1"][0].numbing_minutes == 20
    live.opened(waiting)
    assert cards(live)["Room 1"][0].numbing_minutes is None


def flagged(practice):
    return tuple(flag.says for flag in cards(practice)["Room 1"][0].flags)


def test_an_open_adverse_event_is_a_red_flag_until_its_outcome_is_known(live):
    of = live.patient()
    live.booked(of)
    assert flagged(live) == ()
    event = row_of(AdverseEvent, live.clinic)
    assert event.patient == of
    assert flagged(live) == ("adverse event open",)
    more = {
        "clinic": live.clinic,
        "event": event,
        "at": live.at,
        "member": live.members[Role.NURSE],
        "words": "Seen.",
    }
    AdverseFollowUp.objects.create(**more)
    assert flagged(live) == ("adverse event open",)
    assert "Adverse event still open" in chart(live, of)
    AdverseFollowUp.objects.create(**more, outcome="recovered")
    assert flagged(live) == ()
    assert "Adverse event still open" not in chart(live, of)


def chart(practice, of):
    return signed_in(practice).get(reverse("chart", args=[of.public_id])).content.decode()


def test_the_day_sheet_says_what_the_chair_needs_and_as_of_when(live):
    running = live.planned()
    live.booked(running.patient, next_session(running))
    drafted = live.course(live.patient(family_name="Zeta", allergies=""))
    live.booked(drafted.patient, minutes_from_now=60)
    before = RecordLine.objects.filter(act="saw day sheet").count()
    answer = signed_in(live, Role.NURSE).get(reverse("day_sheet"))
    shown = answer.content.decode()
    for words in (
        "Byron, Ada",
        "14 May 1990",
        "none known",
        "cheek left",
        "1.00 mm",
        "As of",
        "not written down, ask",
    ):
        assert words in shown, words
    assert answer["X-As-Of"]
    assert "<script" not in shown
    assert RecordLine.objects.filter(act="saw day sheet").count() == before + 1
    assert signed_in(live, Role.FRONT_DESK).get(reverse("day_sheet")).status_code == 403


def test_the_sheet_lists_the_questions_that_are_still_open(live):
    running = live.planned()
    live.booked(running.patient, next_session(running))
    act = live.act()
    on = local_date(act.at, act.actor.zone)
    [asked] = day_sheet(act.actor, on, act.at)
    assert asked.open_questions == []
    [grown_old] = day_sheet(act.actor, on, act.at + timedelta(days=2))
    assert grown_old.open_questions
    never = live.course(live.patient())
    live.booked(never.patient, row_of_session(never), minutes_from_now=60)
    [_, unasked] = day_sheet(act.actor, on, act.at)
    assert unasked.open_questions == [f"all {len(packaged().questions)} questions of the screening"]


def row_of_session(course):
    """A session of a course that nobody has screened, as an old diary may hold."""
    return Session.objects.create(
        clinic=course.clinic,
        public_id=uuid4(),
        patient=course.patient,
        course=course,
        number=1,
        state="planned",
        device=course.device,
    )


def test_whoever_is_signed_out_takes_what_was_kept_for_them_along(live):
    client = signed_in(live)
    assert "Clear-Site-Data" not in client.get(reverse("day")).headers
    assert client.post(reverse("account_logout")).headers["Clear-Site-Data"] == '"storage"'
    assert "Clear-Site-Data" not in client.get(reverse("account_login")).headers


def test_the_code_on_a_label_is_read_back_as_it_stands_there(live):
    pieces = live.stocked(pieces=3)
    shown = signed_in(live).get(f"{reverse('labels')}?lot=LOT7").content.decode()
    for piece in pieces:
        assert f"<strong>{piece.serial}</strong>" in shown
        code = datamatrix(piece.serial)
        assert f'd="{code.path}"' in shown
        assert zxingcpp.read_barcode(drawn(code)).text == piece.serial


def drawn(code, scale=6):
    image = Image.new("L", (code.side * scale,) * 2, 255)
    pen = ImageDraw.Draw(image)
    for square in code.path.split("M")[1:]:
        x, y = (int(each) for each in square.split("h")[0].split())
        pen.rectangle([x * scale, y * scale, (x + 1) * scale - 1, (y + 1) * scale - 1], fill=0)
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return Image.open(kept)


def test_a_visit_is_offered_for_cancelling_until_its_session_begins(live):
    waiting = live.consented()
    live.booked(waiting.patient, waiting)
    client = signed_in(live)
    assert "Cancel the visit" in client.get(reverse("day")).content.decode()
    live.opened(waiting)
    assert "Cancel the visit" not in client.get(reverse("day")).content.decode()
