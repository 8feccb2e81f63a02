"""What is read in one bundle is what each table's own reading gives, to the last digit."""

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.clinic.wings.chair.test_photos import picture

from needlepoint.clinic.models import Member, Session
from needlepoint.clinic.models.written import STANDS_FOR, Written
from needlepoint.clinic.practice.queries.bundle import Some, bundle


@pytest.fixture
def full(practice):
    """A clinic with rows in most tables."""
    done = practice.done()
    practice.healed(done)
    practice.photographed(done.patient, picture())
    practice.booked(done.patient)
    return practice


@pytest.mark.usefixtures("full")
def test_every_value_of_every_table_is_read_as_its_column_would_read_it():
    models = list(apps.get_app_config("clinic").get_models())
    with CaptureQueriesContext(connection) as asked:
        found = bundle(**{model.__name__: model.objects.all() for model in models})
    assert len(asked) == 1
    assert sum(map(bool, found.values())) > 20
    for model in models:
        for bundled, read in zip(found[model.__name__], model.objects.order_by("pk"), strict=True):
            for column in model._meta.concrete_fields:
                one, other = getattr(bundled, column.attname), getattr(read, column.attname)
                assert (one, type(one)) == (other, type(other)), (model, column.name)


@pytest.mark.usefixtures("full")
def test_a_statement_that_is_written_once_reads_every_column_as_django_does_with_whatever_a_row_refers_to():
    for model in apps.get_app_config("clinic").get_models():
        beside = tuple(each.name for each in model._meta.concrete_fields if each.is_relation)
        written = Written(
            lambda key, of=model: of.objects.filter(pk__gte=key).order_by("pk"),
            STANDS_FOR,
            together=beside,
        )
        read = list(model.objects.order_by("pk"))
        # The first time it is written, the second time asked as it stands.
        for _ in range(2):
            with CaptureQueriesContext(connection) as asked:
                found = written.objects(0)
                same = [values(each, beside) for each in found]
            assert same == [values(each, beside) for each in read], model
            assert len(asked) == 1


def values(row, beside=()):
    """Every value of a row with its kind, and of those that it refers to."""
    own = [
        (value, type(value)) for value in (getattr(row, each.attname) for each in row._meta.concrete_fields)
    ]
    others = (getattr(row, name) for name in beside)
    return own + [None if each is None else values(each) for each in others]


@pytest.mark.usefixtures("full")
def test_a_bundle_reads_only_the_columns_that_were_asked_for():
    found = bundle(
        people=Some.of(Member.objects.all(), "name"),
        done=Some.of(Session.objects.filter(state="done"), "number"),
    )
    assert found["people"][0].get_deferred_fields() >= {"password", "email"}
    assert [each.number for each in found["done"]] == [1]
    assert bundle(none=Session.objects.filter(state="unheard of"))["none"] == []
