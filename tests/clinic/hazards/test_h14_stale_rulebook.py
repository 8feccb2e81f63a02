"""H14: a stale rulebook is used."""

from django.urls import reverse
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.queries.course import older_plans
from needlepoint.clinic.models import AdviceGiven, Plan, SignedTriage
from needlepoint.clinic.practice.queries.signed.triage import triage_of
from needlepoint.evidence.loader import packaged


def of_an_older_rulebook(practice, course, also=(), without=()):
    """The same plan once more, as if it had been agreed on under a rulebook of last year."""
    plan = Plan.objects.filter(course=course).order_by("-version").first()
    verdicts = [each for each in plan.advice.document["verdicts"] if each["rule"] not in without]
    verdicts += [{"rule": rule, "verdict": "stop"} for rule in also]
    advice = AdviceGiven.objects.create(
        clinic=practice.clinic,
        public_id=practice.act().id_for("older advice"),
        patient=course.patient,
        course=course,
        at=plan.advice.at,
        rulebook_version="2025.1",
        rulebook_sha256="0" * 64,
        case_snapshot=plan.advice.case_snapshot,
        document={**plan.advice.document, "verdicts": verdicts},
        verdict=plan.advice.verdict,
    )
    return Plan.objects.create(
        clinic=practice.clinic,
        public_id=practice.act().id_for("older plan"),
        patient=course.patient,
        course=course,
        advice=advice,
        version=plan.version + 1,
        sessions=3,
        interval_days=30,
        agreed_at=plan.agreed_at,
        agreed_by=plan.agreed_by,
    )


def test_a_plan_of_an_older_rulebook_is_judged_again_and_what_differs_is_told(bites, practice):
    course = practice.planned()
    fired = [each["rule"] for each in course.plans.get().advice.document["verdicts"]]
    assert fired
    plan = of_an_older_rulebook(practice, course, also=["a.rule_of_last_year"], without=fired[:1])

    def told():
        (found,) = older_plans.older_plans(practice.actor(Role.PRESCRIBER))
        assert found.plan == plan
        assert [each.partition(": ")[2] for each in found.says_now] == [fired[0].replace("_", " ")]
        assert found.said_then == ("stop: a.rule of last year",)

    bites(told, instead=lambda each: older_plans.OlderPlan(each, (), (), False))


def test_every_open_plan_of_an_older_rulebook_is_found(bites, practice):
    practice.planned()
    older = of_an_older_rulebook(practice, practice.planned(practice.course(practice.patient())))

    def found():
        assert [each.plan for each in older_plans.older_plans(practice.actor(Role.PRESCRIBER))] == [older]

    bites(found, instead=lambda _actor: Plan.objects.none())


def test_a_plan_agreed_on_anew_is_no_longer_listed(practice):
    course = practice.planned()
    of_an_older_rulebook(practice, course)
    actor = practice.actor(Role.PRESCRIBER)
    assert older_plans.count(actor) == 1
    assert older_plans.latest_under_older(course)
    newest = Plan.objects.get(course=course, version=1)
    Plan.objects.create(
        clinic=practice.clinic,
        public_id=practice.act().id_for("agreed anew"),
        patient=course.patient,
        course=course,
        advice=newest.advice,
        version=3,
        sessions=3,
        interval_days=30,
        agreed_at=newest.agreed_at,
        agreed_by=newest.agreed_by,
    )
    assert newest.advice.rulebook_sha256 == packaged().sha256
    assert older_plans.count(actor) == 0
    assert older_plans.latest_under_older(course) is None


def test_a_case_that_cannot_be_read_any_more_is_never_called_alike(practice):
    plan = of_an_older_rulebook(practice, practice.planned())
    plan.advice.case_snapshot["goal"]["zones"] = ["a zone of last year"]
    found = older_plans.judged_again(plan)
    assert found.unreadable
    assert not found.alike


def test_the_pages_say_that_a_plan_is_of_an_older_rulebook(live):
    course = live.planned()
    client = signed_in(live, Role.PRESCRIBER)
    where = [reverse("older_plans"), reverse("plan", args=[course.public_id]), chart_of(course)]
    before = [client.get(each).content.decode() for each in where]
    assert not any("2025.1" in each for each in before)
    of_an_older_rulebook(live, course)
    assert all("2025.1" in client.get(each).content.decode() for each in where)


def chart_of(course):
    return reverse("course_chart", args=[course.patient.public_id, course.public_id])


def test_no_row_stays_lowered_under_a_table_that_changed(bites, practice):
    delivered = packaged().triage["warmth.late"].level

    def signed_under_another():
        SignedTriage.objects.create(
            clinic=practice.clinic,
            sha256="0" * 64,
            levels={"warmth.late": "call_48h", "milia": "same_day"},
            signed_by=practice.members[Role.MEDICAL_DIRECTOR],
            signed_at=practice.at,
        )
        held = triage_of(practice.clinic.pk).triage
        assert held["milia"].level == "same_day"
        assert held["warmth.late"].level == delivered

    bites(signed_under_another, instead=lambda levels, _knowledge: dict(levels))
