"""Laws of the screening over generated cases: what is added never makes a verdict softer."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.science.test_advice_laws import ANYBODY, answering, cases, rank
from tests.unit.factories import AT, TODAY, passes, session

from needlepoint.advice import advise
from needlepoint.course.answers import Chosen, Happened, Medicine, Presence, Procedure, Use, YesNo
from needlepoint.course.goals import Patient
from needlepoint.course.instants import months_after
from needlepoint.course.session import Topical, TopicalKind
from needlepoint.evidence.loader import packaged

pytestmark = pytest.mark.no_cover

KNOWLEDGE = packaged()
ALLERGIES = sorted(each.name for each in KNOWLEDGE.questions.values() if each.group == "allergies")
LATER = sorted(each.name for each in KNOWLEDGE.questions.values() if each.since and each.kind != "number")
NOT_SURE = {
    "yes_no": YesNo.UNKNOWN,
    "medicine": Medicine(Use.UNKNOWN),
    "procedure": Procedure(Happened.UNKNOWN),
    "presence": Presence.UNKNOWN,
    "choice": Chosen("unknown"),
}
# From here on no rule of age speaks, and every adult dose of a cream counts.
GROWN = 22


@given(cases(), st.sampled_from(ALLERGIES))
def test_an_allergy_more_never_softens_the_verdict(case, name):
    assert rank(answering(case, name, YesNo.YES)) >= rank(answering(case, name, YesNo.NO))


@given(cases(), st.sampled_from(LATER))
def test_not_sure_is_never_softer_than_not_asked_nor_that_than_no(case, name):
    question = KNOWLEDGE.questions[name]
    unsure = rank(answering(case, name, NOT_SURE[question.kind]))
    assert unsure >= rank(answering(case, name, None))


@given(cases(), st.sampled_from(sorted(KNOWLEDGE.substances)), st.sampled_from(TopicalKind))
def test_a_substance_more_never_softens_the_verdict(case, substance, kind):
    assume(case.sessions)
    # Of a cream that was not measured less is known; that has rules of its own.
    assume(kind is not TopicalKind.ANAESTHETIC)
    *before, last = case.sessions
    more = Topical(kind, KNOWLEDGE.substances[substance].named[0])
    longer = replace(case, sessions=(*before, replace(last, topicals=(*last.topicals, more))))
    assert rank(longer) >= rank(case)


@given(cases(born=ANYBODY), st.integers(1, 30))
def test_a_year_of_age_more_never_softens_the_verdict_of_a_grown_up(case, years):
    born = case.patient.born_on
    older = max(born.replace(day=1, year=born.year - years), date(1900, 1, 1))
    assume(months_after(born, 12 * GROWN) <= TODAY)
    aged = replace(case, patient=Patient(older, case.patient.skin_type, case.patient.sex))
    assert rank(aged) >= rank(case)


@given(cases())
def test_what_was_not_asked_is_listed_where_it_would_have_mattered(case):
    plain = case
    for name in LATER:
        plain = answering(plain, name, None)
    unanswered = set(advise(plain, AT).unanswered)
    # Each of these is read by a rule that looks at nothing else.
    assert {"vitiligo", "lichen_planus", "koebner_other", "steel_reaction", "dark_marks"} <= unanswered


@given(cases(), st.sampled_from(sorted(KNOWLEDGE.elsewhere)), st.integers(0, 400), st.booleans())
def test_a_session_elsewhere_never_softens(case, device, days, deep):
    done = session(days, device=device, passes=passes("2.0" if deep else "0.25"), topicals=(), cartridge=None)
    assume(case.patient.born_first is None or case.day_of(done.started_at) >= case.patient.born_first)
    told = replace(case, elsewhere=(done,))
    before, after = advise(case, AT), advise(told, AT)
    assert rank(told) >= rank(case)
    assert before.earliest_on is None or after.earliest_on is None or after.earliest_on >= before.earliest_on
