"""H22: so many warnings that a real stop is passed over."""

import re
from pathlib import Path

from needlepoint import clinic
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.practice.queries import reports


def test_how_often_each_rule_is_set_aside_is_told(bites, practice):
    practice.planned()
    practice.planned(practice.course(practice.patient(given_name="Bea")))

    def told():
        found = reports.overrides(practice.actor(Role.MEDICAL_DIRECTOR), practice.at)
        assert found
        assert all(each.times == 2 for each in found)

    bites(told, instead=lambda *_: [])


def test_one_kind_of_page_alone_fills_the_screen():
    sources = [path.read_text() for path in Path(clinic.__file__).parent.rglob("views/**/*.py")]
    assert sum(len(re.findall(r'"refusal/stop\.jinja"', source)) for source in sources) == 1
