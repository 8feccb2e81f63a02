"""Photos are measured in a process of their own, one pair at a time, with little claim to a core.

A measurement takes a core for seconds. In the worker's own process it would hold up who is sending alarms, and with an
equal claim to the cores whoever waits for a page.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime

# Not the least claim there is: what it writes in the end, it writes while others wait to write.
LITTLE_CLAIM = 10
# A pair takes seconds; whoever needs longer than this for a few of them hangs.
MOST_SECONDS = 600
COMMAND = [sys.executable, "-m", "needlepoint.clinic.server.work.measuring"]
# The threads of NumPy's algebra wait without rest, and would take the core that a page is made on.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}


def measure_beside(at: datetime) -> None:  # noqa: ARG001 (a tick is given the instant; the other process asks its own)
    """Measure what waits in a process of its own, where anything does, and wait for its end."""
    from needlepoint.clinic.chair.actions.photo import change as photo_change

    if photo_change.waits():
        subprocess.run(COMMAND, check=True, timeout=MOST_SECONDS, env=ONE_THREAD | os.environ)  # noqa: S603 (ours)


def main() -> None:
    """Measure a few pairs on one core, then end."""
    import cv2
    import django

    django.setup()
    cv2.setNumThreads(1)
    if hasattr(os, "nice"):
        os.nice(LITTLE_CLAIM)
    from django.conf import settings

    from needlepoint.clinic.chair.actions.photo import change as photo_change
    from needlepoint.clinic.practice.views.door import clock

    clock.keep(settings.CLOCK_FILE)
    photo_change.measure_waiting(clock.now())


if __name__ == "__main__":
    main()
