"""What slows healing in other wounds and no study of needling followed: the forecast says that it does not know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from needlepoint.course.answers import Chosen, Medicine, Use, YesNo
from needlepoint.course.case import Case

# By the question whose answer tells of it.
NOBODY_FOLLOWED: Mapping[str, str] = MappingProxyType(
    {
        "diabetes_controlled": "diabetes",
        "diabetes_uncontrolled": "diabetes or wounds that heal badly",
        "immunosuppression": "medicine that weakens the defences",
        "chemotherapy": "chemotherapy",
        "smoking": "smoking",
    }
)


_SMOKES = ("daily", "sometimes")


def unlike_those_studied(case: Case) -> Iterator[str]:
    """Yield for each circumstance of this patient that no study followed, that the forecast knows nothing about it."""
    for question, says in NOBODY_FOLLOWED.items():
        if question in case.answers and _is_so(case.answers[question]):
            yield f"{says}: no study of needling says what it changes, so this is a forecast of people without it"
    if case.elsewhere:
        yield "needled elsewhere with a device that nobody here knows: what that left behind is not in this forecast"


def _is_so(answer: object) -> bool:
    if isinstance(answer, Medicine):
        return answer.use is Use.CURRENT
    if isinstance(answer, Chosen):
        return answer.value in _SMOKES
    return answer is YesNo.YES
