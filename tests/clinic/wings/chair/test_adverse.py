"""Adverse events: written down once with what the session knows, followed up beside it, drafted for the authority."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from tests.clinic.practice import Practice

from needlepoint.clinic.access.checks import NotAllowed, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import adverse
from needlepoint.clinic.chair.queries import adverse as queries
from needlepoint.clinic.chair.queries.patient import chart
from needlepoint.clinic.models import AdverseEvent, RecordLine
from needlepoint.evidence.loader import packaged


@pytest.fixture
def live(db):
    return Practice.of_today("Harbour Skin")


def signed_in(practice, role=Role.MEDICAL_DIRECTOR):
    client = Client()
    client.force_login(practice.members[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def typed(of, **told):
    return {
        "key": str(uuid4()),
        "patient": str(of.public_id),
        "kind": "granuloma",
        "severity": "moderate",
        "began_on": "2026-03-02",
        "words": "Firm bumps on the chin.",
    } | told


def test_device_and_cartridge_come_from_the_session_it_followed(practice):
    (piece,) = practice.stocked()
    done = practice.done(practice.opened(piece=piece))
    event = practice.adverse_event(done.patient, done)
    assert (event.device, event.cartridge) == (practice.device, piece)
    line = RecordLine.objects.order_by("-number").first()
    assert (line.act, line.detail["kind"]) == ("reported adverse event", "dark_patch")
    assert "brown patch" not in str(line.detail)


def test_the_draft_names_the_day_of_the_session_by_the_clock_of_the_clinic(practice):
    practice.at = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
    done = practice.done()
    event = practice.adverse_event(done.patient, done)
    told = queries.draft(event, practice.actor(Role.MEDICAL_DIRECTOR))
    fields = [field for section in told.sections for field in section.fields]
    assert [each.value for each in fields if each.label == "Used on"] == ["2026-03-02"]


def test_an_event_without_a_session_names_no_device(practice):
    event = practice.adverse_event(practice.patient())
    assert (event.session, event.device, event.cartridge) == (None, None, None)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"kind": "something"}, "Choose what happened"),
        ({"severity": "very"}, "how severe"),
        ({"serious": ("death", "boredom")}, "what makes it serious"),
        ({"words": "  "}, "Describe"),
        ({"began_on": date(2030, 1, 1)}, "future"),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_on(practice, told, words):
    of = practice.patient()
    with pytest.raises(Refused, match=words):
        practice.adverse_event(of, **told)
    assert not AdverseEvent.objects.exists()


def test_it_follows_a_session_of_the_same_patient_that_took_place(practice):
    done = practice.done()
    other = practice.patient(given_name="Bea")
    with pytest.raises(Refused, match="of this patient"):
        practice.adverse_event(other, done)
    with pytest.raises(Refused, match="before that session"):
        practice.adverse_event(done.patient, done, began_on=done.opened_at.date() - timedelta(days=2))


def test_a_follow_up_stands_beside_it_and_an_outcome_ends_it(practice):
    event = practice.adverse_event(practice.patient())
    adverse.follow_up(practice.act(Role.NURSE), event_id=event.public_id, words="Paler. Sunscreen again.")
    assert queries.event_page(event).outcome == queries.OPEN
    adverse.follow_up(
        practice.act(), event_id=event.public_id, words="Gone.", outcome="recovered", told="the maker"
    )
    page = queries.event_page(event)
    assert (page.outcome, [each.words for each in page.follow_ups]) == (
        "recovered",
        ["Paler. Sunscreen again.", "Gone."],
    )
    with pytest.raises(Refused, match="from the list"):
        adverse.follow_up(practice.act(), event_id=event.public_id, words="x", outcome="fine")


def test_the_front_desk_reports_no_event(practice):
    of = practice.patient()
    happened = adverse.Happened(kind="burn", severity="mild", began_on=date(2026, 3, 1), words="A burn.")
    with pytest.raises(NotAllowed):
        adverse.report(practice.act(Role.FRONT_DESK), patient_id=of.public_id, happened=happened)


def test_it_shows_on_the_chart_until_it_has_ended(practice):
    of = practice.patient()
    event = practice.adverse_event(of)
    seen = chart(of, practice.actor(Role.NURSE), practice.at)
    assert any("Adverse event still open" in flag.says for flag in seen.flags)
    assert any("dark patch" in moment.says for moment in seen.timeline)
    adverse.follow_up(practice.act(), event_id=event.public_id, words="Gone.", outcome="recovered")
    assert chart(of, practice.actor(Role.NURSE), practice.at).flags == []


def test_those_that_go_on_come_first_in_the_list(practice):
    of = practice.patient()
    open_one, ended = practice.adverse_event(of), practice.adverse_event(of, kind="burn")
    adverse.follow_up(practice.act(), event_id=ended.public_id, words="Healed.", outcome="recovered")
    assert [row.event for row in queries.events(practice.actor(Role.NURSE))] == [open_one, ended]


def test_the_draft_names_no_patient_and_guesses_nothing(practice):
    (piece,) = practice.stocked(lot="LOT9")
    done = practice.done(practice.opened(piece=piece))
    event = practice.adverse_event(done.patient, done, serious=("intervention",), action_taken="Sunscreen.")
    made = queries.draft(event, practice.actor(Role.NURSE))
    text = queries.draft_text(made)
    for there in ("LOT9", piece.serial, piece.gtin, "Sunscreen.", "hyaluronic gel", "G-12", "35 years"):
        assert there in text
    for absent in (done.patient.family_name, done.patient.given_name, done.patient.email, done.patient.phone):
        assert absent not in text
    assert "Weight: ____" in text
    document = queries.draft_document(made)
    assert document["sections"]["Patient"]["Weight"] is None
    assert document["user_facility_3500a_by"] is not None


def test_only_a_serious_event_has_a_last_day_for_user_facilities(practice):
    made = queries.draft(practice.adverse_event(practice.patient()), practice.actor(Role.NURSE))
    assert made.mandatory_by is None


@pytest.mark.parametrize(
    ("from_day", "by"),
    [
        (date(2026, 11, 20), date(2026, 12, 4)),
        (date(2026, 11, 21), date(2026, 12, 4)),
        (date(2026, 11, 23), date(2026, 12, 7)),
    ],
)
def test_ten_work_days_pass_over_two_week_ends(from_day, by):
    assert queries.work_days_after(from_day) == by


def test_the_form_offers_every_kind_and_gives_back_what_was_typed(live):
    done = live.done()
    client, of = signed_in(live, Role.NURSE), done.patient
    address = reverse("report_adverse", args=[of.public_id])
    shown = client.get(f"{address}?session={done.public_id}").content.decode()
    assert all(kind.label in shown for kind in packaged().adverse_kinds.values())
    assert f'value="{done.public_id}" selected' in shown
    refused = client.post(address, typed(of, began_on="2999-01-01"))
    assert refused.status_code == 400
    assert "Firm bumps on the chin." in refused.content.decode()
    assert not AdverseEvent.objects.exists()


def test_from_the_form_to_the_draft(live):
    done = live.done()
    client, of = signed_in(live, Role.NURSE), done.patient
    began = live.act().today.isoformat()
    taken = client.post(
        reverse("report_adverse", args=[of.public_id]),
        typed(of, session=str(done.public_id), serious=["intervention"], began_on=began),
    )
    event = AdverseEvent.objects.get()
    assert taken.url == reverse("adverse_event", args=[event.public_id])
    assert "Firm bumps on the chin." in client.get(taken.url).content.decode()
    follow = reverse("follow_adverse", args=[event.public_id])
    assert client.post(follow, typed(of, words="", outcome="recovered")).status_code == 409
    assert client.post(follow, typed(of, words="Gone.", outcome="recovered")).url == taken.url
    assert (
        "Nothing is sent from here"
        in client.get(reverse("medwatch", args=[event.public_id])).content.decode()
    )
    attached = client.get(reverse("medwatch_text", args=[event.public_id]))
    assert attached["Content-Disposition"].startswith("attachment")
    told = client.get(reverse("medwatch_json", args=[event.public_id])).json()
    assert told["sections"]["What happened"]["Description"] == "Firm bumps on the chin."
    assert told["user_facility_3500a_by"] is not None
    assert of.family_name in client.get(reverse("adverse_events")).content.decode()


def test_a_look_at_an_event_is_recorded(live):
    event = live.adverse_event(live.patient())
    client = signed_in(live, Role.NURSE)
    for name, act in (
        ("adverse_event", "saw adverse event"),
        ("medwatch_text", "saw draft for the authority"),
    ):
        client.get(reverse(name, args=[event.public_id]))
        assert RecordLine.objects.order_by("-number").first().act == act
