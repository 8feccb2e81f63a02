"""What a prescriber has to decide or to plan waits on their list; a decision that a rule asks for holds the session."""

from uuid import uuid4

import pytest
from django.urls import reverse
from tests.clinic.practice import Practice, healthy
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.checks import NotAllowed, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.course import course, waiting
from needlepoint.clinic.chair.actions.needling import session
from needlepoint.clinic.chair.queries.needling.session import next_session, standing
from needlepoint.clinic.chair.queries.patient import chart
from needlepoint.clinic.chair.queries.waiting import waiting_count, waiting_for
from needlepoint.clinic.models import Decision, RecordLine, Waiting
from needlepoint.clinic.portal.actions import home_screening
from needlepoint.evidence.loader import packaged

HERPES = "herpes.history"


@pytest.fixture
def practice(db):
    return Practice.found("Harbour Skin")


@pytest.fixture
def live(db):
    return Practice.of_today("Harbour Skin")


def open_kinds(of_course):
    return sorted(Waiting.objects.filter(course=of_course, closed_at=None).values_list("kind", flat=True))


def with_herpes(practice):
    """A course whose plan was agreed on before the patient told of herpes."""
    running = practice.planned()
    practice.screened(running, herpes_history="yes")
    return running


def decided(practice, running, words="Aciclovir from the day before.", role=Role.PRESCRIBER, **more):
    return course.decide_otherwise(
        practice.act(role), course_id=running.public_id, rule=HERPES, reason=words, **more
    )


# ------------------------------------------------------------------------------------ a decision that a rule asks for


def test_the_rules_that_ask_for_a_decision_say_so_as_data():
    asking = {rule.id for rule in packaged().rules.values() if rule.needs_decision}
    saying = {rule.id for rule in packaged().rules.values() if "belongs in the chart first" in rule.reason}
    assert asking == saying == {HERPES}
    assert all(packaged().rules[each].overridable_by == "prescriber" for each in asking)


def test_what_a_rule_asks_to_be_decided_is_not_said_to_be_decided_otherwise(practice):
    running = with_herpes(practice)
    made = decided(practice, running)
    told = chart(running.patient, practice.actor(Role.NURSE), practice.at).timeline
    says = next(each.says for each in told if each.at == made.decided_at)
    assert says == f"{made.decided_by.name} decided: Prevention of herpes"


def test_without_the_decision_the_session_does_not_take_place(practice):
    waits = next_session(with_herpes(practice))
    assert [each.rule for each in standing(waits, practice.actor(Role.NURSE), practice.at).held_by] == [
        HERPES
    ]
    with pytest.raises(Refused, match=HERPES):
        session.pass_screening(practice.act(), session_id=waits.public_id)


def test_a_decision_that_is_missing_is_never_called_nothing(live):
    waits = next_session(with_herpes(live))
    shown = signed_in(live, Role.NURSE).get(reverse("session", args=[waits.public_id])).content.decode()
    assert "nothing keeps the session from taking place" not in shown
    assert "Prevention of herpes" in shown
    live.catch_up()
    decided(live, waits.course)
    shown = signed_in(live, Role.NURSE).get(reverse("session", args=[waits.public_id])).content.decode()
    assert "nothing keeps the session from taking place" in shown


def test_a_session_that_passed_its_screening_before_is_not_opened(practice):
    waits = practice.consented()
    practice.screened(waits.course, herpes_history="yes")
    with pytest.raises(Refused, match=HERPES):
        practice.opened(waits)
    decided(practice, waits.course)
    assert practice.opened(waits).state == "under_way"


@pytest.mark.parametrize("role", [Role.NURSE, Role.AESTHETICIAN])
def test_only_a_prescriber_decides(practice, role):
    running = with_herpes(practice)
    with pytest.raises(NotAllowed):
        decided(practice, running, role=role)
    assert not Decision.objects.filter(rule=HERPES).exists()


def test_a_decision_needs_its_words(practice):
    with pytest.raises(Refused, match="what was decided"):
        decided(practice, with_herpes(practice), words="  ")


def test_a_decision_stands_for_the_next_session_or_for_the_course(practice):
    waits = next_session(with_herpes(practice))
    decided(practice, waits.course)
    session.pass_screening(practice.act(), session_id=waits.public_id)
    from needlepoint.clinic.chair.actions import consent

    consent.consent_to_session(practice.act(), session_id=waits.public_id, signed=practice.signed())
    practice.healed(practice.done(practice.opened(waits)))
    practice.later(days=40)
    practice.screened(waits.course, herpes_history="yes")
    after = next_session(waits.course)
    held = standing(after, practice.actor(Role.NURSE), practice.at).held_by
    assert HERPES in [each.rule for each in held]
    decided(practice, waits.course, for_course=True)
    assert HERPES not in [
        each.rule for each in standing(after, practice.actor(Role.NURSE), practice.at).held_by
    ]


def test_only_what_a_rule_asks_for_is_decided_for_a_whole_course(practice):
    running = practice.course()
    practice.screened(running, keloid_history="yes")
    with pytest.raises(Refused, match="next session only"):
        course.decide_otherwise(
            practice.act(), course_id=running.public_id, rule="keloid.history", reason="x", for_course=True
        )


def test_the_chart_shows_the_decision_with_who_and_when_and_the_record_names_the_rule(live):
    running = with_herpes(live)
    client = signed_in(live, Role.PRESCRIBER)
    where = reverse("chart", args=[running.patient.public_id])
    assert "Write the decision down" in client.get(where).content.decode()
    sent = {
        "key": uuid4(),
        "patient": running.patient.public_id,
        "rule": HERPES,
        "reason": "Valaciclovir, two days before.",
        "for_course": "yes",
    }
    assert client.post(reverse("decide", args=[running.public_id]), sent).status_code == 302
    shown = client.get(where).content.decode()
    assert "Valaciclovir, two days before." in shown
    assert "for all sessions" in shown
    assert "prescriber of Harbour Skin" in shown
    assert RecordLine.objects.get(act="decided").detail["rule"] == HERPES


# ------------------------------------------------------------------------------------------------- waiting for you


def test_after_a_screening_the_plan_waits_for_a_prescriber_until_it_is_agreed(practice):
    running = practice.course()
    practice.screened(running)
    assert "plan" in open_kinds(running)
    assert "plan" in [each.kind for each in waiting_for(practice.actor(Role.PRESCRIBER))]
    assert waiting_for(practice.actor(Role.NURSE)) == []
    practice.planned(running)
    assert open_kinds(running) == []
    assert Waiting.objects.get(kind="plan").outcome == "Plan 1 agreed."


def test_a_screening_that_is_not_complete_puts_nothing_on_the_list(practice):
    running = practice.course()
    given = healthy()
    course.screen(
        practice.act(Role.NURSE), course_id=running.public_id, given={"pregnant": "no"}, names=["pregnant"]
    )
    assert given
    assert open_kinds(running) == []


def test_what_only_a_prescriber_decides_waits_for_them_and_is_off_once_decided(practice):
    running = with_herpes(practice)
    assert open_kinds(running) == ["decision"]
    assert Waiting.objects.get(course=running, closed_at=None).words == "Prevention of herpes"
    decided(practice, running)
    assert open_kinds(running) == []


def test_asked_again_it_waits_once(practice):
    running = practice.course()
    practice.screened(running, herpes_history="yes")
    practice.screened(running, herpes_history="yes")
    assert open_kinds(running) == ["decision", "plan"]


def test_once_the_answer_is_taken_back_nothing_is_left_to_decide(practice):
    running = with_herpes(practice)
    practice.screened(running)
    assert open_kinds(running) == []


def test_a_colleague_can_ask_and_only_a_prescriber_takes_it_off(practice):
    running = practice.planned()
    asked = waiting.ask(practice.act(Role.NURSE), course_id=running.public_id, words="A scab at the chin.")
    assert open_kinds(running) == ["asked"]
    with pytest.raises(Refused, match="waits already"):
        waiting.ask(practice.act(Role.NURSE), course_id=running.public_id, words="Again.")
    with pytest.raises(Refused, match="prescriber"):
        waiting.done(practice.act(Role.NURSE), waiting_id=asked.public_id, outcome="Seen.")
    with pytest.raises(Refused, match="what was done"):
        waiting.done(practice.act(), waiting_id=asked.public_id, outcome=" ")
    waiting.done(practice.act(), waiting_id=asked.public_id, outcome="Looked at it: wait a week.")
    with pytest.raises(Refused, match="already"):
        waiting.done(practice.act(), waiting_id=asked.public_id, outcome="Again.")
    with pytest.raises(NotAllowed):
        waiting.ask(practice.act(Role.FRONT_DESK), course_id=running.public_id, words="x")


def at_home(practice, running, **answers):
    begun = home_screening.begin(practice.as_patient(running.patient), course_id=running.public_id)
    for name, said in (healthy() | answers).items():
        home_screening.answer(
            practice.as_patient(running.patient), screening_id=begun.public_id, name=name, given={name: said}
        )
    return home_screening.send(practice.as_patient(running.patient), screening_id=begun.public_id)


@pytest.mark.parametrize(
    "answers", [{"pregnant": "yes"}, {"herpes_active": "yes"}, {"keloid_history": "yes"}]
)
def test_a_screening_at_home_that_speaks_against_the_session_waits_for_the_practice(practice, answers):
    running = practice.planned()
    told = at_home(practice, running, **answers)
    assert told.verdict in ("stop", "refer", "wait")
    for role in (Role.NURSE, Role.PRESCRIBER):
        assert [each.kind for each in waiting_for(practice.actor(role))] == ["home"]
    practice.screened(running)
    assert waiting_for(practice.actor(Role.NURSE)) == []


def test_a_screening_at_home_with_nothing_against_it_asks_nobody(practice):
    running = practice.planned()
    at_home(practice, running)
    assert open_kinds(running) == []


def test_a_nurse_takes_off_what_came_from_home(practice):
    running = practice.planned()
    at_home(practice, running, pregnant="yes")
    row = Waiting.objects.get(kind="home")
    waiting.done(practice.act(Role.NURSE), waiting_id=row.public_id, outcome="Rang her: the session is off.")
    assert open_kinds(running) == []


@pytest.mark.parametrize("how", ["stop", "complete"])
def test_a_course_that_ends_waits_for_nobody(practice, how):
    running = practice.planned()
    waiting.ask(practice.act(Role.NURSE), course_id=running.public_id, words="x")
    course.end(practice.act(), course_id=running.public_id, how=how, reason="x")
    assert open_kinds(running) == []


def test_a_patient_who_is_gone_waits_for_no_plan(practice):
    running = practice.planned()
    practice.screened(running, herpes_history="yes")
    practice.gone(running.patient)
    assert open_kinds(running) == []


def test_the_head_of_every_page_counts_what_waits_for_whoever_looks(live):
    from needlepoint.clinic.care.queries.watch import forget

    running = with_herpes(live)
    waiting.ask(live.act(Role.NURSE), course_id=running.public_id, words="x")
    at_home(live, running, pregnant="yes")
    counts = waiting_count(live.clinic.pk)
    assert (counts.prescriber, counts.home) == (2, 1)
    shown = {}
    for role in (Role.PRESCRIBER, Role.NURSE, Role.FRONT_DESK):
        forget()
        shown[role] = signed_in(live, role).get(reverse("watch")).content.decode()
    assert "3 waiting for you" in shown[Role.PRESCRIBER]
    assert "1 waiting for you" in shown[Role.NURSE]
    assert "waiting for you" not in shown[Role.FRONT_DESK]


def test_the_nurses_page_says_who_is_next_and_that_it_is_on_their_list(live):
    running = live.course()
    live.screened(running)
    shown = (
        signed_in(live, Role.NURSE).get(reverse("chart", args=[running.patient.public_id])).content.decode()
    )
    assert "Next: a prescriber agrees on a plan." in shown
    assert "On the prescribers’ list since" in " ".join(shown.split())
    listed = signed_in(live, Role.PRESCRIBER).get(reverse("waiting")).content.decode()
    assert reverse("plan", args=[running.public_id]) in listed


def test_by_the_pages_alone_a_question_goes_to_the_list_and_off_it(live):
    running = live.planned()
    nurse, doctor = signed_in(live, Role.NURSE), signed_in(live, Role.PRESCRIBER)
    hidden = {"patient": running.patient.public_id}
    asked = nurse.post(
        reverse("ask_prescriber", args=[running.public_id]), hidden | {"key": uuid4(), "words": "A scab."}
    )
    assert asked.status_code == 302
    assert "A scab." in doctor.get(reverse("waiting")).content.decode()
    where = reverse("waiting_done", args=[Waiting.objects.get(kind="asked").public_id])
    assert doctor.post(where, hidden | {"key": uuid4(), "outcome": ""}).status_code == 409
    assert doctor.post(where, hidden | {"key": uuid4(), "outcome": "Seen."}).status_code == 302
    assert "Nothing waits for you" in doctor.get(reverse("waiting")).content.decode()
