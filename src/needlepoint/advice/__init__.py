"""The one door to the core: `advise(case, at)` returns an `Advice`."""

from needlepoint.advice.document import Advice
from needlepoint.advice.door import advise

__all__ = ["Advice", "advise"]
