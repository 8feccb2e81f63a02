"""Reports: figures of groups and never of a person; the recall's sheet; what is listed in stock."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import outcome
from needlepoint.clinic.chair.actions.course.course import decide_otherwise
from needlepoint.clinic.chair.actions.stock import recall
from needlepoint.clinic.chair.queries.stock import stock
from needlepoint.clinic.models import Cartridge
from needlepoint.clinic.practice.queries import reports
from needlepoint.clinic.practice.queries.review import TICKS, finished_since, to_review


def scored(practice, number, change):
    """A patient with a course that went from a value to another."""
    course = practice.course(practice.patient(given_name=f"P{number}"))
    for moment, value in (("baseline", 4), ("day_90", 4 - change)):
        outcome.score(
            practice.act(), course_id=course.public_id, moment=moment, values={"goodman_baron": value}
        )
    return course


def test_a_group_shows_its_median_and_the_middle_half(practice):
    for number, change in enumerate((0, 1, 1, 2, 3)):
        scored(practice, number, change)
    actor = practice.actor(Role.AUDITOR)
    with CaptureQueriesContext(connection) as asked:
        found = reports.outcomes(actor)
    assert len(asked) == 1
    assert set(found) == {"goal", "device", "skin_type"}
    (group,) = found["goal"].shown
    assert (group.of, group.people, group.middle, group.band) == ("acne_scars", 5, 1, (1, 2))


def test_better_is_up_whichever_way_the_scale_runs(practice):
    for number in range(5):
        scored(practice, number, change=1)
    (group,) = reports.outcomes(practice.actor(Role.AUDITOR))["device"].shown
    assert group.middle == 1


def test_a_group_of_four_people_shows_no_figures(practice):
    for number in range(reports.SMALLEST_GROUP - 1):
        scored(practice, number, change=1)
    groups = reports.outcomes(practice.actor(Role.AUDITOR))["skin_type"]
    assert (groups.shown, groups.small) == ([], 1)


def test_several_courses_of_one_person_are_one_person(practice):
    of = practice.patient()
    for _ in range(reports.SMALLEST_GROUP):
        course = practice.course(of)
        for moment, value in (("baseline", 4), ("day_90", 3)):
            outcome.score(
                practice.act(), course_id=course.public_id, moment=moment, values={"goodman_baron": value}
            )
    groups = reports.outcomes(practice.actor(Role.AUDITOR))["goal"]
    assert (groups.shown, groups.small) == ([], 1)


def test_overrides_are_counted_by_rule(practice):
    course = practice.course()
    practice.screened(course, nsaid="current")
    from needlepoint.clinic.chair.queries.course.advice import advice_on, open_verdicts

    act = practice.act()
    rules = [each.rule for each in open_verdicts(course, advice_on(course, act.actor, act.at))]
    assert rules
    for rule in rules:
        decide_otherwise(practice.act(), course_id=course.public_id, rule=rule, reason="Weighed.")
    found = reports.overrides(practice.actor(Role.AUDITOR), practice.at)
    assert {(row.rule, row.times, row.people) for row in found} == {(rule, 1, 1) for rule in rules}
    assert reports.overrides(practice.actor(Role.AUDITOR), practice.at + timedelta(days=366)) == []


def test_completeness_counts_each_of_the_six_ticks(practice):
    practice.done()
    found = reports.completeness(practice.actor(Role.AUDITOR), practice.at)
    assert (found.sessions, found.complete) == (1, 0)
    assert dict(found.ticks) == {
        "consent": 1,
        "photo before": 0,
        "cartridge": 1,
        "lots of topicals": 1,
        "sharps container": 1,
        "healing looked at": 0,
    }
    assert tuple(name for name, _ in found.ticks) == TICKS


def test_sessions_to_review_are_read_in_one_statement(practice):
    done = practice.done()
    practice.healed(done)
    actor = practice.actor(Role.MEDICAL_DIRECTOR)
    with CaptureQueriesContext(connection) as asked:
        (row,) = to_review(actor)
        assert str(row.session.patient)
    assert len(asked) == 1
    assert [each.session for each in finished_since(actor, practice.at - timedelta(days=30))] == [row.session]


def test_other_clinics_count_nowhere(practice, other_practice):
    for number in range(5):
        scored(other_practice, number, change=1)
    other_practice.done()
    assert reports.outcomes(practice.actor(Role.AUDITOR)) == dict.fromkeys(reports.BY, reports.Groups([], 0))
    assert reports.completeness(practice.actor(Role.AUDITOR), practice.at).sessions == 0


@pytest.mark.parametrize("role", [Role.MEDICAL_DIRECTOR, Role.CLINIC_ADMIN, Role.AUDITOR])
def test_the_page_of_reports_names_nobody(db, role):
    practice = Practice.of_today("Harbour Skin")
    of = practice.patient(family_name="Zyx-Secret")
    practice.done(practice.opened(practice.consented(practice.planned(practice.course(of)))))
    client = Client()
    client.force_login(practice.members[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    shown = client.get(reverse("reports")).content.decode()
    assert "0 of 1" in shown
    assert "Zyx-Secret" not in shown


def test_the_recall_sheet_says_how_each_patient_is_reached(practice):
    reached = [
        ("phone", "202-555-0100", "a@b.example"),
        ("e-mail", "", "a@b.example"),
        ("write a letter", "", ""),
    ]
    for number, (_, phone, email) in enumerate(reached):
        of = practice.patient(given_name=f"P{number}", phone=phone, email=email)
        practice.done(practice.opened(practice.consented(practice.planned(practice.course(of)))))
    rows = stock.exposed(practice.actor(Role.CLINIC_ADMIN), "LOT7")
    assert [says in row.reach_by for (says, _, _), row in zip(reached, rows, strict=True)] == [True] * 3
    heading, *lines = stock.sheet(practice.actor(Role.CLINIC_ADMIN), rows)
    assert {len(line) for line in lines} == {len(heading)}


def test_the_sheet_to_print_carries_the_reason_of_the_recall(db):
    practice = Practice.of_today("Harbour Skin")
    practice.done()
    recall.recall(
        practice.act(Role.CLINIC_ADMIN), lot="LOT7", gtin="", reason="The maker found unsealed pouches."
    )
    client = Client()
    client.force_login(
        practice.members[Role.CLINIC_ADMIN], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    shown = client.get(reverse("recall_print") + "?lot=LOT7").content.decode()
    assert "unsealed pouches" in shown
    assert "Byron, Ada" in shown


def test_lots_long_expired_are_listed_only_where_they_were_recalled(practice):
    practice.stocked(lot="NEW")
    for lot in ("OLD", "BLOCKED"):
        practice.stocked(lot=lot, expires_on=date(2026, 3, 20))
    recall.recall(practice.act(Role.CLINIC_ADMIN), lot="BLOCKED", gtin="", reason="Unsealed.")
    later = date(2026, 3, 20) + stock.LISTED + timedelta(days=1)
    listed = {row.lot: row for row in stock.lots(practice.actor(Role.NURSE), later)}
    assert set(listed) == {"NEW", "BLOCKED"}
    assert listed["BLOCKED"].recalled
    assert Cartridge.objects.filter(lot="OLD").exists()
