"""Whatever a statement that is written once gives, Django's own query gives too: the same values, of the same kinds."""

import sys
from datetime import timedelta
from importlib import import_module
from pkgutil import walk_packages

import pytest
from tests.clinic.queueing import checked_in, on_duty

import needlepoint.clinic as clinic
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.queries.rota import rota_of
from needlepoint.clinic.care.queries.triage import queue
from needlepoint.clinic.chair.queries.duplicates import like
from needlepoint.clinic.chair.queries.needling.session import content, planned_zones
from needlepoint.clinic.chair.queries.patient_list import patient_page
from needlepoint.clinic.chair.queries.stock.stock import exposed
from needlepoint.clinic.desk.queries.day import day_columns
from needlepoint.clinic.models.written import Written
from needlepoint.clinic.portal.queries.portal import last_session_id

APART = ("apps", "management", "migrations", "server", "templatetags")


def those_with_columns():
    """Every statement of the clinic that names its columns, by module and name."""
    for found in walk_packages(clinic.__path__, f"{clinic.__name__}."):
        if found.name.split(".")[2] not in APART:
            import_module(found.name)
    modules = [each for name, each in sys.modules.items() if name.startswith(clinic.__name__)]
    return {
        each: f"{module.__name__}.{name}"
        for module in modules
        for name, each in vars(module).items()
        if isinstance(each, Written) and each.columns
    }


class Beside:
    """What each statement was asked for, and which of its columns were ever full."""

    def __init__(self):
        self.full = {}

    def compare(self, written, given, found):
        query = written.build(*given)
        rows = query.values_list(*written.columns) if written.columns else query
        assert [told(each) for each in found] == [told(each) for each in rows], written.columns
        full = self.full.setdefault(written, set())
        for row in found:
            full |= {name for name, value in zip(written.columns, row, strict=False) if value is not None}


def told(row):
    """The values of a row, each with its kind."""
    return [(value, type(value)) for value in row]


@pytest.fixture
def beside(monkeypatch):
    """Every statement is asked as it is, and Django's own query beside it."""
    kept, rows, objects = Beside(), Written.rows, Written.objects

    def both(written, *given):
        found = rows(written, *given)
        kept.compare(written, given, found)
        return found

    def noted(written, *given):
        # Rows of a model are compared column by column in `test_bundle`.
        kept.full.setdefault(written, set()).update(written.columns)
        return objects(written, *given)

    monkeypatch.setattr(Written, "rows", both)
    monkeypatch.setattr(Written, "objects", noted)
    return kept


def a_full_day(practice):
    """A visit today of somebody with everything that a day warns of, and people on duty."""
    done = practice.done(minutes=0)
    practice.booked(done.patient)
    practice.photo_consent(done.patient)
    practice.adverse_event(done.patient, done)
    task = checked_in(practice, done, level="call_48h")
    task.due_at = practice.at + timedelta(hours=48)
    task.acknowledged_at, task.acknowledged_by = practice.at, practice.members[Role.NURSE]
    task.save()
    on_duty(practice)
    return done


def test_every_statement_that_names_its_columns_gives_what_django_gives(practice, beside):
    done = a_full_day(practice)
    for _ in range(2):
        # The first time it is written, the second time asked as it stands.
        asked_for_all(practice, done)
    names = those_with_columns()
    assert sorted(names[each] for each in names.keys() - beside.full.keys()) == []
    empty = {names[each]: {*each.flags, *each.instants} - beside.full[each] for each in names}
    assert not any(empty.values()), empty


def asked_for_all(practice, done):
    actor = practice.actor(Role.MEDICAL_DIRECTOR)
    day_columns(actor, practice.act().today, practice.at)
    queue(actor, practice.at)
    rota_of(actor.clinic)
    patient_page(actor, "", 1)
    patient_page(actor, "byron", 1)
    like(actor, done.patient)
    assert exposed(actor, "LOT7")
    assert planned_zones(done)
    content(done)
    last_session_id(practice.visitor(done.patient))
