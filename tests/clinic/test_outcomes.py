"""Scores on named scales: with their direction, at their moments, beside what is expected."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.checks import NotAllowed, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import outcome
from needlepoint.clinic.chair.queries import outcome as queries
from needlepoint.clinic.models import OutcomeScore, RecordLine
from needlepoint.course.errors import InputError
from needlepoint.course.goals import Concern
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.staff_words import staff_words

OPEN = {"goodman_baron", "lemperle", "gais", "redness", "pain", "satisfaction"}


def scored(practice, course, moment="baseline", role=Role.NURSE, **values):
    return outcome.score(practice.act(role), course_id=course.public_id, moment=moment, values=values)


def test_only_scales_that_may_be_used_are_here_each_with_its_direction_and_licence():
    assert set(packaged().scales) == OPEN
    for scale in packaged().scales.values():
        assert scale.better in ("lower", "higher")
        assert scale.licence
        assert scale.sources
        values = [step.value for step in scale.steps]
        assert (values[0], values[-1]) == (scale.low, scale.high)
        assert all(staff_words("es")[step.says] != step.says for step in scale.steps)
    assert packaged().scales["gais"].better == "lower"


def test_the_scale_fits_the_concern(practice):
    scars, wrinkles = practice.course(), practice.course(concern=Concern.FINE_LINES)
    assert "goodman_baron" in {scale.id for scale in queries.scales_of(scars)}
    assert "goodman_baron" not in {scale.id for scale in queries.scales_of(wrinkles)}
    assert "lemperle" in {scale.id for scale in queries.scales_of(wrinkles)}


def test_the_direction_is_kept_with_the_score_and_the_record_knows(practice):
    course = practice.course()
    scored(practice, course, goodman_baron=3, redness=0)
    row = OutcomeScore.objects.get(scale="goodman_baron")
    assert (row.value, row.better, row.moment) == (3, "lower", "baseline")
    assert RecordLine.objects.filter(act="scored outcome").count() == 1


@pytest.mark.parametrize(
    ("moment", "values", "error"),
    [
        ("baseline", {"goodman_baron": 5}, InputError),
        ("baseline", {"gais": 2}, Refused),
        ("day_30", {"satisfaction": 8}, Refused),
        ("day_31", {"redness": 1}, Refused),
        ("baseline", {"dlqi": 3}, Refused),
        ("baseline", {}, Refused),
    ],
)
def test_what_a_scale_does_not_allow_is_refused(practice, moment, values, error):
    course = practice.course()
    with pytest.raises(error):
        scored(practice, course, moment, **values)
    assert OutcomeScore.objects.count() == 0


def test_a_patient_scores_only_what_is_asked_of_patients(practice):
    course = practice.course()
    row = outcome.keep_score(practice.act(), course, scale="satisfaction", value=9, moment="day_30")
    assert row.scored_by is None
    with pytest.raises(Refused, match="scored by the clinician"):
        outcome.keep_score(practice.act(), course, scale="goodman_baron", value=2, moment="day_30")


def test_the_front_desk_does_not_score(practice):
    course = practice.course()
    with pytest.raises(NotAllowed):
        scored(practice, course, role=Role.FRONT_DESK, redness=1)


def test_moments_are_counted_from_the_last_session(practice):
    course = practice.course()
    actor = practice.actor(Role.NURSE)
    assert queries.moment_now(course, actor, practice.at) == "baseline"
    done = practice.done(practice.opened(practice.consented(practice.planned(course))))
    at = {
        day: queries.moment_now(course, actor, done.finished_at + timedelta(days=day))
        for day in (1, 30, 90, 180)
    }
    assert at == {1: "", 30: "day_30", 90: "day_90", 180: "day_180"}


def test_a_due_outcome_is_listed_until_somebody_has_scored_it(practice):
    done = practice.done()
    actor = practice.actor(Role.NURSE)
    practice.at = done.finished_at + timedelta(days=31)
    assert [each.moment for each in queries.due_outcomes(actor, practice.at)] == ["day_30"]
    due = queries.due_scores(done.course, actor, practice.at, by_patient=True)
    assert {scale.id for scale in due} == {"redness", "pain", "satisfaction"}
    scored(practice, done.course, "day_30", gais=2)
    assert queries.due_outcomes(actor, practice.at) == []


def test_a_trend_says_whether_it_is_better_as_the_scale_counts_and_apart_for_clinic_and_patient(practice):
    course = practice.course()
    scored(practice, course, goodman_baron=4, redness=1)
    scored(practice, course, "day_30", goodman_baron=2, redness=3)
    outcome.keep_score(practice.act(), course, scale="redness", value=2, moment="day_30")
    trends = {each.scale.id: each for each in queries.trends(course, queries.scales_of(course))}
    grade, redness = trends["goodman_baron"], trends["redness"]
    assert (grade.by_clinic.word, grade.by_clinic.first, grade.by_clinic.last) == ("better", 4, 2)
    assert redness.by_clinic.word == "worse"
    assert redness.by_patient.once
    assert grade.by_patient is None
    outcome.keep_score(practice.act(), course, scale="satisfaction", value=4, moment="day_30")
    outcome.keep_score(practice.act(), course, scale="satisfaction", value=7, moment="day_90")
    (satisfied,) = queries.trends(course, [packaged().scales["satisfaction"]])
    assert satisfied.by_patient.word == "better"


def test_of_two_scores_at_one_moment_the_later_one_counts(practice):
    course = practice.course()
    for value in (4, 3):
        scored(practice, course, goodman_baron=value)
    scored(practice, course, "day_90", goodman_baron=3)
    (trend,) = queries.trends(course, queries.scales_of(course))
    assert len(trend.points) == 3
    assert (trend.by_clinic.word, trend.by_clinic.first) == ("the same", 3)


def test_the_page_says_in_a_table_what_the_picture_shows_and_what_may_be_expected(practice):
    practice.at = datetime.now(UTC) - timedelta(minutes=2)
    course = practice.course()
    client = signed_in(practice, Role.NURSE)
    where = reverse("outcomes", args=[course.public_id])
    hidden = {"key": "11111111-1111-1111-1111-111111111111", "patient": str(course.patient.public_id)}
    refused = client.post(where, hidden | {"moment": "baseline", "goodman_baron": "9", "redness": "2"})
    assert refused.status_code == 400
    assert 'value="2" selected' in refused.content.decode()
    assert client.post(where, hidden | {"moment": "baseline", "goodman_baron": "3"}).status_code == 302
    page = client.get(where).content.decode()
    assert "3 of 4: Seen from 50 cm, flat when the skin is stretched" in page
    assert "Scored once by the clinic: 3 before the first session." in " ".join(page.split())
    assert page.count('<circle class="dot clinic"') == 2, "one in each size"
    assert "What may be expected" in page
    assert "awaiting a clinician" in page or "S0" in page or "verdict note" in page
