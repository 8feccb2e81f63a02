"""The screen of a session under way: the dose as one steps, two tabs on one session, lots by one tap."""

import os
import random
import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from tests.clinic.practice import GEL, Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.needling import session as actions
from needlepoint.clinic.chair.actions.needling.numbing import start_numbing
from needlepoint.clinic.chair.queries.course.advice import advice_on
from needlepoint.clinic.chair.queries.needling.session import draft_version
from needlepoint.clinic.models import Booking, CartridgeUse, Session, SessionDose, SessionPass, SessionTopical

# Each seed's; NEEDLEPOINT_STEPS sets more for a long run.
STEPS = int(os.environ.get("NEEDLEPOINT_STEPS", "150"))
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def live(db):
    return Practice.of_today("Harbour Skin")


@pytest.fixture
def opened(live):
    return live.opened()


def signed_in(practice, role=Role.PRESCRIBER):
    client = Client()
    client.force_login(practice.members[role], backend=BACKEND)
    return client


class Tab:
    """A page of a session as a browser holds it: whose form it is, and which draft it was loaded with."""

    def __init__(self, client, session):
        session.refresh_from_db()
        self.client, self.session, self.version = client, session, draft_version(session)
        self.key = uuid4()
        self.fields = {"zones": list(session.course.zones), "sharps_container": "SC-1"}
        for zone in session.course.zones:
            self.fields |= {f"depth_{zone}": "1.00", f"passes_{zone}": "2"}

    def sends(self, name, address=None, **more):
        hidden = {"key": self.key, "patient": self.session.patient.public_id, "version": self.version}
        where = reverse(name, args=[(address or self.session).public_id])
        return self.client.post(where, {**self.fields, **hidden, **more})

    def saves(self, **more):
        self.fields |= more
        answer = self.sends("save_draft")
        if answer.status_code == 200:
            self.version = answer.json()["version"]
        return answer


def test_the_dose_stands_beside_each_zone_as_the_core_computes_it(live, opened):
    tab = Tab(signed_in(live), opened)
    shown = tab.sends("dose", depth_cheek_left="1.50", passes_cheek_left="4").content.decode()
    done = live.done(opened, minutes=0)
    same = SessionDose.objects.get(session=done, zone="cheek_right")
    assert f"<strong>{same.channels_per_cm2:.0f}</strong> channels" in shown
    assert f"<strong>{same.depth_reached_mm:.2f} mm</strong> reached" in shown
    assert shown.count("</strong> reached") == 3
    assert not Session.objects.get(pk=done.pk).draft


def test_a_depth_beyond_the_limit_is_said_and_a_half_typed_one_is_borne(live, opened):
    tab = Tab(signed_in(live), opened)
    for typed, says in (
        ("2.9", "deeper than the limit"),
        ("1.", None),
        ("", None),
        ("x", None),
        ("NaN", None),
    ):
        answer = tab.sends("dose", depth_forehead=typed)
        assert answer.status_code == 200, typed
        if says:
            assert says in answer.content.decode()
    tab.fields["zones"] = ["no_such_zone", "cheek_left"]
    assert tab.sends("dose").content.decode().count("</strong> reached") == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (
            {"grams": "5", "strength_percent": "4", "area_cm2": "300", "on_minutes": "30"},
            ["hold 200 mg", "At most 180 g", "grams 3 %", "No rule on numbing cream fired"],
        ),
        (
            {"grams": "5", "strength_percent": "4"},
            ["Not judged, because it is not written down: skin covered, minutes", "anaesthetic.unmeasured"],
        ),
        (
            {"area_cm2": "401", "strength_percent": "4", "grams": "9"},
            ["anaesthetic.area", "more than 400 cm2"],
        ),
        ({"area_cm2": "100"}, ["grams and strength not written down"]),
    ],
)
def test_the_numbing_cream_is_judged_by_the_rulebook_and_what_is_unknown_is_said(live, opened, typed, says):
    tab = Tab(signed_in(live), opened)
    cream = {f"anaesthetic_{name}": value for name, value in typed.items()}
    shown = tab.sends("dose", anaesthetic_name="lidocaine cream", **cream).content.decode()
    for words in says:
        assert words in shown, shown


OVER = {"strength_percent": "4", "grams": "250", "area_cm2": "390", "on_minutes": "240"}


def test_too_much_cream_is_said_while_it_is_typed_for_a_prescriber_too(live, opened):
    cream = {f"anaesthetic_{name}": value for name, value in OVER.items()}
    for role in (Role.NURSE, Role.PRESCRIBER):
        shown = Tab(signed_in(live, role), opened).sends("dose", anaesthetic_name="lidocaine", **cream)
        assert "anaesthetic.too_much" in shown.content.decode()
        assert "grams 139 %" in shown.content.decode()


STRONG = {"anaesthetic_name": "BLT", "anaesthetic_strength_percent": "30", "anaesthetic_grams": "20"}


@pytest.mark.parametrize(
    "cream", [STRONG, {"anaesthetic_name": "lidocaine", "anaesthetic_compounded": "yes"}]
)
def test_a_strong_or_compounded_cream_is_not_signed_without_the_prescribers_reason(live, opened, cream):
    tab = Tab(signed_in(live), opened)
    refused = tab.sends("finish_session", **cream)
    assert refused.status_code == 409
    assert "write down which prescriber chose it" in refused.content.decode()
    assert cream["anaesthetic_name"] in refused.content.decode()
    opened.refresh_from_db()
    assert opened.state == "under_way"
    said = tab.sends("finish_session", **cream, anaesthetic_reason="Dr Roe: nothing weaker held")
    assert said.status_code == 302
    row = SessionTopical.objects.get(session=opened, kind="anaesthetic")
    assert row.reason == "Dr Roe: nothing weaker held"


def test_a_strong_cream_does_not_go_on_without_the_prescribers_reason(live):
    waiting = live.consented()
    tab = Tab(signed_in(live), waiting)
    refused = tab.sends("numbing", **STRONG)
    assert refused.status_code == 409
    assert 'value="BLT"' in refused.content.decode()
    assert tab.sends("numbing", **STRONG, anaesthetic_reason="Dr Roe: sore at 4 %").status_code == 302


def test_what_is_said_of_the_cream_reaches_the_next_sessions_rules(live, opened):
    more = {f"anaesthetic_{name}": value for name, value in OVER.items()}
    said = {**more, "anaesthetic_patient_kg": "61.5", "anaesthetic_occluded": "yes"}
    assert (
        Tab(signed_in(live), opened).sends("finish_session", anaesthetic_name="lidocaine", **said).status_code
        == 302
    )
    row = SessionTopical.objects.get(session=opened, kind="anaesthetic")
    assert (row.occluded, row.compounded, str(row.patient_kg)) == ("yes", "unknown", "61.5")
    shown = advice_on(opened.course, live.act().actor, live.at)
    assert {"anaesthetic.too_much", "anaesthetic.occluded"} <= {each.rule for each in shown.verdicts}


def test_a_strong_cream_needs_a_prescriber_and_the_source_is_named(live):
    waiting = live.consented()
    shown = Tab(signed_in(live, Role.NURSE), waiting).sends(
        "dose", anaesthetic_name="lidocaine cream", anaesthetic_strength_percent="7"
    )
    assert "anaesthetic.strength" in shown.content.decode()
    assert 'class="hint"' in shown.content.decode()


def test_what_was_said_of_the_cream_when_it_went_on_waits_on_the_session_screen(live):
    waiting = live.consented()
    cream = {"anaesthetic_name": "lidocaine cream", "anaesthetic_grams": "6"}
    start_numbing(live.act(), session_id=waiting.public_id, cream=cream)
    opened = live.later(minutes=25).opened(waiting)
    client = signed_in(live)
    shown = client.get(reverse("session", args=[opened.public_id])).content.decode()
    assert 'value="lidocaine cream"' in shown
    assert 'name="anaesthetic_grams" value="6"' in shown
    assert len(re.findall(r'name="zones" value="[a-z_]+" checked', shown)) == 3
    assert f'name="anaesthetic_on_minutes" value="{_minutes(opened)}"' in shown


def test_numbing_starts_its_clock_with_what_is_said_of_the_cream(live):
    waiting = live.consented()
    tab = Tab(signed_in(live), waiting)
    refused = tab.sends("numbing", anaesthetic_name="lidocaine cream", anaesthetic_grams="lots")
    assert refused.status_code == 400
    assert 'value="lots"' in refused.content.decode()
    assert tab.sends("numbing", anaesthetic_name="lidocaine cream", anaesthetic_grams="6").status_code == 302
    waiting.refresh_from_db()
    assert waiting.draft == {"anaesthetic_name": "lidocaine cream", "anaesthetic_grams": "6"}
    assert waiting.numbing_on_at is not None


def _minutes(session):
    return int((session.opened_at - session.numbing_on_at).total_seconds() // 60)


def test_the_lots_at_hand_are_one_tap_away_but_never_filled_in_by_themselves(live):
    live.done(minutes=0)
    second = live.opened(live.consented(live.planned(live.course())), live.stocked(lot="LOT8")[0])
    shown = signed_in(live).get(reverse("session", args=[second.public_id])).content.decode()
    assert f'data-name="{GEL.topical.name}" data-lot="{GEL.lot}"' in shown
    assert 'name="glide_lot" value=""' in shown


def test_a_stale_tab_is_told_who_saved_when_and_keeps_what_was_typed(live, opened):
    first, second = Tab(signed_in(live), opened), Tab(signed_in(live, Role.MEDICAL_DIRECTOR), opened)
    assert first.saves(note="from the first").status_code == 200
    told = second.saves(note="from the second")
    assert told.status_code == 409
    assert "prescriber of Harbour Skin saved this session at" in told.json()["problem"]
    assert ["note", "from the first", "from the second"] in told.json()["differences"]
    opened.refresh_from_db()
    assert opened.draft["note"] == "from the first"
    # Having seen it, the second may keep its own; then the first is the stale one.
    second.version = told.json()["version"]
    assert second.saves().status_code == 200
    assert first.saves().status_code == 409


def test_a_page_whose_answer_was_lost_is_not_told_that_another_tab_saved(live, opened):
    tab = Tab(signed_in(live), opened)
    shown = tab.version
    assert tab.saves(note="half").status_code == 200
    tab.version = shown
    assert tab.saves(note="half of it all").status_code == 200
    tab.version = shown
    assert tab.sends("finish_session").status_code == 302


def test_nobody_signs_over_a_draft_that_they_have_not_seen(live, opened):
    first, second = Tab(signed_in(live), opened), Tab(signed_in(live), opened)
    first.saves(note="bled more than last time")
    told = second.sends("finish_session", note="all as usual")
    shown = told.content.decode()
    assert told.status_code == 409
    assert "You saved this session at" in shown
    for words in ("bled more than last time", "all as usual"):
        assert words in shown
    opened.refresh_from_db()
    assert opened.state == "under_way"
    assert first.sends("finish_session").status_code == 302


def test_two_drafts_of_one_instant_are_still_two(live, opened):
    act = live.act()
    actions.save_draft(act, session_id=opened.public_id, draft={"note": "one"})
    opened.refresh_from_db()
    version = draft_version(opened)
    actions.save_draft(act, session_id=opened.public_id, draft={"note": "two"}, seen=actions.Seen(version))
    with pytest.raises(actions.StaleTab):
        actions.save_draft(
            act, session_id=opened.public_id, draft={"note": "three"}, seen=actions.Seen(version)
        )


def test_a_draft_of_another_patients_page_is_refused(live, opened):
    other = live.opened(
        live.consented(live.planned(live.course(live.patient(given_name="Bea")))), live.stocked(lot="L8")[0]
    )
    tab = Tab(signed_in(live), opened)
    tab.fields["note"] = "of Ada"
    for name in ("save_draft", "dose", "finish_session"):
        assert tab.sends(name, other).status_code == 409, name
    other.refresh_from_db()
    assert other.draft == {}


@pytest.mark.parametrize("seed", range(3))
def test_five_tabs_in_any_order_never_write_under_the_wrong_patient_nor_over_one_another(live, seed):
    """Each note says whose page it was typed on and which save it follows; the drafts must tell one unbroken story."""
    dice = random.Random(seed)
    sessions = [
        live.opened(
            live.consented(live.planned(live.course(live.patient(given_name=name)))),
            live.stocked(lot=f"L{name}")[0],
        )
        for name in ("Ada", "Bea")
    ]
    live.catch_up()
    roles = (Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)
    clients = [signed_in(live, role) for role in roles]
    tabs = [Tab(dice.choice(clients), dice.choice(sessions)) for _ in range(5)]
    last = {each.pk: "" for each in sessions}
    refused = 0
    for step in range(STEPS):
        place = dice.randrange(5)
        tab, address = tabs[place], dice.choice(sessions)
        roll = dice.random()
        if roll < 0.15:
            tabs[place] = Tab(dice.choice(clients), dice.choice(sessions))
        elif roll < 0.25:
            answer = tab.sends("dose", address)
            assert answer.status_code == (200 if address == tab.session else 409)
        elif roll < 0.28:
            tab.fields["sharps_container"] = ""
            assert tab.sends("finish_session", address).status_code == 409
            tab.fields["sharps_container"] = "SC-1"
        else:
            seen = tab.version
            tab.fields["note"] = f"{tab.session.patient.given_name} step {step}"
            answer = tab.sends("save_draft", address)
            fits = address == tab.session and seen == last[address.pk]
            assert answer.status_code == (200 if fits else 409), (seed, step)
            if fits:
                tab.version = last[address.pk] = answer.json()["version"]
            refused += not fits
        for each in sessions:
            each.refresh_from_db()
            assert each.state == "under_way"
            assert each.draft.get("note", each.patient.given_name).startswith(each.patient.given_name)
            assert draft_version(each) == last[each.pk], (seed, step)
    assert refused > STEPS / 10
    for each in sessions:
        tab = Tab(clients[0], each)
        tab.fields["note"] = f"{each.patient.given_name} signed"
        assert tab.sends("finish_session").status_code == 302
        each.refresh_from_db()
        assert each.note == f"{each.patient.given_name} signed"
    for model in (SessionPass, SessionTopical, SessionDose, CartridgeUse):
        assert set(model.objects.values_list("session", flat=True)) <= {each.pk for each in sessions}
    assert SessionPass.objects.count() == 6
    assert not Booking.objects.exists()
