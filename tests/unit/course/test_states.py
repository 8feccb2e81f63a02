"""The state tables: what is not listed is refused, and the diagram is the table."""

import pytest

from needlepoint.course.errors import InputError
from needlepoint.course.states import COURSE, SESSION, CourseState, SessionState

TABLES = [(COURSE, CourseState), (SESSION, SessionState)]


@pytest.mark.parametrize(
    ("table", "state", "act", "reached"),
    [
        (COURSE, "drafted", "start", "active"),
        (COURSE, "paused", "resume", "active"),
        (SESSION, "consented", "open", "under_way"),
        (SESSION, "consented", "screening expires", "planned"),
        (SESSION, "under_way", "finish", "done"),
    ],
)
def test_an_act_leads_from_one_state_to_the_next(table, state, act, reached):
    assert table.after(state, act) == reached


def test_a_refused_act_names_the_open_ones():
    with pytest.raises(InputError) as refusal:
        SESSION.after("under_way", "call off")
    assert (
        str(refusal.value) == "session: 'call off' is not possible while 'under_way'; expected finish, void"
    )


def test_nothing_leads_out_of_a_final_state():
    with pytest.raises(InputError, match="expected nothing: this state is final"):
        COURSE.after("stopped", "resume")


def test_needles_never_meet_skin_without_screening_and_consent():
    def ways(state, seen):
        if state == "under_way":
            return [seen]
        return [
            way
            for act in SESSION.acts_from(state)
            if act not in seen
            for way in ways(SESSION.after(state, act), (*seen, act))
        ]

    found = ways("planned", ())
    assert found
    assert all({"screen", "consent"} <= set(way) for way in found)


@pytest.mark.parametrize(("table", "states"), TABLES)
def test_every_state_is_reached_and_every_state_is_known(table, states):
    named = {table.start, *table.steps.values()}
    assert named == {state.value for state in states}
    assert {held for held, _ in table.steps} | table.final == named


@pytest.mark.parametrize(
    ("table", "final"), [(COURSE, {"completed", "stopped"}), (SESSION, {"done", "called_off"})]
)
def test_the_final_states_are_the_ones_meant(table, final):
    assert table.final == final


@pytest.mark.parametrize(("table", "states"), TABLES)
def test_the_diagram_draws_every_step_once(table, states):
    lines = table.diagram().splitlines()
    assert lines[:2] == ["stateDiagram-v2", f"    [*] --> {table.start}"]
    assert len(lines) == 2 + len(table.steps) + len(table.final)
    assert "    under_way --> done: finish" in SESSION.diagram().splitlines()
