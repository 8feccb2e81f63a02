"""Scores on named scales: with their direction, at their moments, beside what is expected."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
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

OPEN = {"goodman_baron", "lemperle", "gais", "sgais", "redness", "pain", "satisfaction"}
OPEN |= {"ecca", "mmasi", "line_100", "patient_scar"}


def scored(practice, course, moment="baseline", role=Role.NURSE, told=None, **values):
    return outcome.score(
        practice.act(role), course_id=course.public_id, moment=moment, values=values, **(told or {})
    )


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
    assert {scale.id for scale in due} == {"redness", "pain", "satisfaction", "sgais", "patient_scar"}
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
    assert "0 of 1 scores of the clinic were given blind" in " ".join(page.split())
    assert "Scored once by the clinic: 3 before the first session." in " ".join(page.split())
    assert page.count('<circle class="dot clinic"') == 2, "one in each size"
    assert "What may be expected" in page
    assert "awaiting a clinician" in page or "S0" in page or "verdict note" in page


def test_whether_the_rater_was_blind_is_kept_with_each_score_that_can_be_given_so(practice):
    course = practice.course()
    scored(practice, course, told={"blind": True}, goodman_baron=3, pain=1)
    scored(practice, course, "day_30", told={"blind": False}, goodman_baron=2)
    scored(practice, course, "day_90", goodman_baron=2)
    rows = OutcomeScore.objects.filter(scale="goodman_baron").order_by("pk")
    assert [each.blind for each in rows] == [True, False, None]
    # Nobody is kept from knowing what hurts.
    assert OutcomeScore.objects.get(scale="pain").blind is False
    (trend,) = queries.trends(course, [packaged().scales["goodman_baron"]])
    assert (trend.blind, trend.members) == (1, 3)


def test_no_patient_is_blind_and_the_database_knows_it_too(practice):
    course = practice.course()
    scored(practice, course, told={"by_patient": True, "blind": True}, patient_scar=6)
    row = OutcomeScore.objects.get()
    assert (row.scored_by, row.blind) == (None, False)
    with pytest.raises(Refused, match="Nobody can score Scar, by the patient blind"):
        outcome.keep_score(
            practice.act(), course, scale="patient_scar", value=6, moment="baseline", blind=True
        )
    row.pk, row.public_id, row.blind = None, practice.act().id_for("another"), True
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_member_writes_down_what_the_patient_says_and_does_not_score_for_them(practice):
    course = practice.course()
    scored(practice, course, "day_30", told={"by_patient": True}, sgais=2, line_100=Decimal(60))
    assert {each.scored_by for each in OutcomeScore.objects.all()} == {None}
    line = RecordLine.objects.get(act="scored outcome")
    assert (line.member_id, line.detail["by"]) == (practice.members[Role.NURSE].pk, "patient")
    with pytest.raises(Refused, match="is scored by the patient"):
        scored(practice, course, "day_30", sgais=2)
    with pytest.raises(Refused, match="is scored by the clinician"):
        scored(practice, course, "day_30", told={"by_patient": True}, gais=2)


def test_scales_with_parts_of_a_point_keep_them_and_refuse_what_lies_between(practice):
    course = practice.course(concern=Concern.HYPERPIGMENTATION)
    assert [each.id for each in queries.scales_of(course)][:2] == ["mmasi", "gais"]
    scored(practice, course, mmasi=Decimal("6.3"))
    scored(practice, course, "day_90", mmasi=Decimal("3.7"))
    (trend,) = queries.trends(course, [packaged().scales["mmasi"]])
    assert (trend.by_clinic.word, trend.by_clinic.first) == ("better", Decimal("6.3"))
    with pytest.raises(InputError, match="between two steps"):
        scored(practice, course, mmasi=Decimal("6.35"))


def test_the_page_keeps_the_raters_word_and_the_patients_scores_apart(practice):
    practice.at = datetime.now(UTC) - timedelta(minutes=2)
    course = practice.course(concern=Concern.HYPERTROPHIC_SCAR)
    client = signed_in(practice, Role.NURSE)
    where = reverse("outcomes", args=[course.public_id])
    told = {"patient": str(course.patient.public_id), "moment": "baseline"}
    mine = told | {"key": str(practice.act().key), "line_100": "40", "blind": "yes"}
    theirs = told | {"key": str(practice.act().key), "by": "patient", "line_100": "35,5", "patient_scar": "7"}
    assert client.post(where, mine).status_code == 302
    assert client.post(where, theirs).status_code == 400
    assert client.post(where, theirs | {"line_100": "35"}).status_code == 302
    rows = OutcomeScore.objects.order_by("pk")
    assert [(each.scale, each.value, each.scored_by is None, each.blind) for each in rows] == [
        ("line_100", 40, False, True),
        ("line_100", 35, True, False),
        ("patient_scar", 7, True, False),
    ]
    page = " ".join(client.get(where).content.decode().split())
    assert "Line from 0 to 100 from 0 to 100 mm, higher is better." in page
    assert "1 of 1 scores of the clinic were given blind" in page
