"""The table of triage in the clinic: read, corrected within its floors, signed, and in force from then on."""

import re
from copy import copy
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from django.test import Client
from tests.clinic.portal import Home, key_of, now, reachable
from tests.clinic.practice import Practice

from needlepoint.clinic.access.checks import NotAllowed, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import chart_link
from needlepoint.clinic.chair.queries.course.advice import advice_on
from needlepoint.clinic.chair.queries.course.case import course_rows
from needlepoint.clinic.chair.queries.course.linked import said_beside
from needlepoint.clinic.chair.queries.needling.added import advice_with
from needlepoint.clinic.chair.queries.needling.live import live
from needlepoint.clinic.models import CheckIn, Course, RecordLine, SignedTriage
from needlepoint.clinic.practice.actions.signed import triage as action
from needlepoint.clinic.practice.queries.signed import triage as query
from needlepoint.course.session import Topical, TopicalKind
from needlepoint.evidence import triage_table
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.triage_table import choices, corrections, digest, only_raised

LEVELS = {rule.id: rule.level for rule in packaged().triage.values()}
SIGNED_IT = "has read and signed it"


pytestmark = pytest.mark.django_db


@pytest.fixture
def practice():
    return Practice.of_today("Harbour Skin")


@pytest.fixture
def home(practice):
    ada = practice.patient()
    practice.done(practice.opened(practice.consented(practice.planned(practice.course(ada)))))
    reachable(practice)
    return Home(practice).enter(ada)


def sent(home, *signs):
    """Report quiet skin with these signs, and return the address of the answer."""
    typed = {"redness": "0", "swelling": "0", "pain": "0", "none": "all", "sign": list(signs)}
    answer = home.post("check-in/", key=key_of(home.get("check-in/")), **typed)
    assert answer.status_code == 302, answer.content.decode()
    return answer.url


def director(practice):
    client = Client()
    member = practice.members[Role.MEDICAL_DIRECTOR]
    client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def sign(practice, role=Role.MEDICAL_DIRECTOR, sha256="", **otherwise):
    chosen = LEVELS | {name.replace("__", "."): level for name, level in otherwise.items()}
    return action.sign_triage(practice.act(role), sha256=sha256 or digest(packaged()), chosen=chosen)


def changed():
    """Return the packaged table after an update: one row says something else."""
    rows = dict(packaged().triage)
    rows["milia"] = msgspec.structs.replace(rows["milia"], says="Small white bumps.")
    return replace(packaged(), triage=rows)


def updated(monkeypatch):
    after = changed()
    for room in (action, query):
        monkeypatch.setattr(room, "packaged", lambda: after)


def test_a_table_that_was_signed_as_delivered_changes_nothing(practice):
    assert not query.triage_signed(practice.clinic.pk)
    sign(practice)
    assert query.triage_signed(practice.clinic.pk)
    assert query.triage_of(practice.clinic.pk) is packaged()
    assert not query.triage_signed(Practice.of_today("Hill Skin").clinic.pk)


def test_a_row_that_was_raised_judges_the_next_report(practice, home):
    sent(home, "milia")
    practice.catch_up()
    sign(practice, milia="same_day")
    sent(home, "milia")
    levels = CheckIn.objects.order_by("at").values_list("level", flat=True)
    assert list(levels) == ["routine", "same_day"]


def test_the_next_screening_is_judged_by_the_same_table(practice, home):
    sent(home, "milia")
    running = Course.objects.get()
    nurse = practice.actor(Role.NURSE)
    assert advice_on(running, nurse, now()).check_in.level == "routine"
    practice.catch_up()
    sign(practice, milia="same_day")
    told = advice_on(running, nurse, now())
    assert told.check_in.level == "same_day"
    assert any(each.rule == "reaction.emergency" for each in told.verdicts)


def test_a_linked_chart_a_zone_to_add_and_a_session_under_way_are_judged_by_the_same_table(practice, home):
    sent(home, "milia")
    there = CheckIn.objects.get().session
    here = practice.course(practice.patient(given_name="Adah"))
    practice.screened(here)
    director = practice.act(Role.MEDICAL_DIRECTOR)
    chart_link.link(
        director,
        patient_id=here.patient.public_id,
        chart_number=there.patient.chart_number,
        reason="passport",
    )
    assert _levels(practice, there, here) == {"routine"}
    practice.catch_up()
    sign(practice, milia="same_day")
    assert _levels(practice, there, here) == {"same_day"}


def _levels(practice, there, here):
    """Return the levels that the pages tell of what was reported on the other chart."""
    asks, rows = practice.actor(Role.NURSE), course_rows(here)
    next_one = copy(there)
    next_one.opened_at = there.opened_at + timedelta(seconds=1)
    cream = Topical(TopicalKind.ANAESTHETIC, "lidocaine")
    beside = said_beside(here, asks, now(), advice_on(here, asks, now(), rows), rows)
    told = [
        *(each.advice for each in beside),
        advice_with(there, asks, now(), ["nose"])[0],
        live(next_one, asks, now(), (), (cream,)).advice,
    ]
    assert len(told) > 2
    return {each.check_in.level for each in told}


@pytest.mark.parametrize("rule", packaged().triage.values(), ids=lambda each: each.id)
def test_any_row_may_be_raised_and_none_lowered_below_its_floor(rule):
    order = list(packaged().levels)
    allowed = choices(rule, packaged())
    assert allowed == tuple(order[order.index(rule.floor) :])
    assert rule.level in allowed
    for level in order:
        if level in allowed:
            assert corrections({rule.id: level}, packaged()) == (
                {} if level == rule.level else {rule.id: level}
            )
        else:
            with pytest.raises(triage_table.EvidenceError, match="lies below"):
                corrections({rule.id: level}, packaged())


def test_a_level_under_the_floor_is_refused_in_words_and_nothing_is_signed(practice):
    with pytest.raises(Refused, match="the least that the evidence allows"):
        sign(practice, breathing_difficulty="same_day")
    assert not SignedTriage.objects.exists()


def test_a_row_that_is_not_there_and_a_table_with_a_row_missing_are_refused(practice):
    with pytest.raises(Refused, match="Not every row"):
        sign(practice, moon="routine")
    with pytest.raises(Refused, match="Not every row"):
        action.sign_triage(practice.act(Role.MEDICAL_DIRECTOR), sha256=digest(packaged()), chosen={})
    with pytest.raises(triage_table.EvidenceError, match="no row 'moon'"):
        corrections({"moon": "routine"}, packaged())


def test_only_whoever_answers_for_the_practice_signs(practice):
    for role in set(Role) - {Role.MEDICAL_DIRECTOR}:
        with pytest.raises(NotAllowed):
            sign(practice, role)


def test_every_signature_is_a_version_and_the_record_names_its_rows(practice):
    sign(practice)
    practice.catch_up()
    sign(practice, milia="this_week", warmth__late="call_48h")
    table = query.table_of(practice.clinic.pk)
    rows = (("milia", "this_week"), ("warmth.late", "call_48h"))
    assert [each.rows for each in table.versions] == [rows, ()]
    assert [each.holds for each in table.versions] == [True, False]
    line = RecordLine.objects.filter(clinic=practice.clinic, act="signed triage").order_by("-number").first()
    assert line.detail["rows"] == dict(rows)


def test_a_table_that_changed_asks_for_signing_again_and_holds_nothing_lower_till_then(practice, monkeypatch):
    sign(practice, milia="same_day", warmth__late="call_48h")
    assert query.triage_of(practice.clinic.pk).triage["warmth.late"].level == "call_48h"
    updated(monkeypatch)
    assert not query.triage_signed(practice.clinic.pk)
    assert query.table_of(practice.clinic.pk).signed is None
    held = query.triage_of(practice.clinic.pk).triage
    assert held["milia"].level == "same_day"
    assert held["warmth.late"].level == packaged().triage["warmth.late"].level
    with pytest.raises(Refused, match="changed since the page was loaded"):
        sign(practice)


def test_what_an_older_table_knew_and_this_one_does_not_is_left_behind():
    assert only_raised({"moon": "emergency", "milia": "emergency"}, packaged()) == {"milia": "emergency"}


def test_patients_read_that_their_practice_signed_only_once_it_did(practice, home, monkeypatch):
    address = sent(home, "fine_flaking")
    assert SIGNED_IT not in home.browser.get(address).content.decode()
    practice.catch_up()
    sign(practice)
    assert f"{practice.clinic.name} {SIGNED_IT}" in home.browser.get(address).content.decode()
    updated(monkeypatch)
    assert SIGNED_IT not in home.browser.get(address).content.decode()


def test_the_page_shows_every_row_with_its_reason_and_takes_the_signature(practice):
    browser = director(practice)
    html = browser.get("/triage-table/").content.decode()
    for rule in packaged().triage.values():
        assert f'name="row.{rule.id}"' in html
    assert html.count("Our judgement, no document.") == sum(
        rule.sources == ("NP",) for rule in packaged().triage.values()
    )
    fields = dict(re.findall(r'<input type="hidden" name="(key|sha256)" value="([^"]+)"', html))
    typed = {f"row.{name}": level for name, level in LEVELS.items()} | {"row.milia": "this_week"}
    assert browser.post("/triage-table/", fields | typed).status_code == 302
    after = browser.get("/triage-table/").content.decode()
    assert "Patients read under their report" in after
    assert "milia → this week" in after
    assert SignedTriage.objects.get().levels == {"milia": "this_week"}


def test_the_page_says_when_a_changed_table_waits_for_a_signature(practice, monkeypatch):
    sign(practice)
    updated(monkeypatch)
    html = director(practice).get("/triage-table/").content.decode()
    assert "The table has changed since it was signed." in html
