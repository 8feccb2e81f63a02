"""Any answer to a question of the screening, as a strategy."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st
from tests.unit.factories import CHOICES, TODAY

from needlepoint.course.answers import Chosen, Happened, Medicine, Procedure, Use


def optional(strategy):
    return st.none() | strategy


def ago(most=400):
    return st.integers(0, most).map(lambda days: TODAY - timedelta(days=days))


def answer_to(question):
    kind = question.kind
    if kind == "choice":
        return st.sampled_from([Chosen(each) for each in (*question.choices, "unknown")])
    if kind == "number":
        return st.integers(round(question.low), round(question.high)).map(Decimal)
    if kind == "medicine":
        dated = st.builds(Medicine, st.sampled_from((Use.CURRENT, Use.PAST)), optional(ago()))
        return dated | st.sampled_from((Medicine(Use.NEVER), Medicine(Use.UNKNOWN)))
    if kind == "procedure":
        dated = st.builds(Procedure, st.just(Happened.PAST), optional(ago()))
        return dated | st.sampled_from((Procedure(Happened.NEVER), Procedure(Happened.UNKNOWN)))
    if kind == "months":
        return st.integers(0, 240).map(Decimal)
    return st.sampled_from(CHOICES[kind])
