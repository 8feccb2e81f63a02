"""What is read in one bundle is what each table's own reading gives, to the last digit."""

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.clinic.test_photos import picture

from needlepoint.clinic.models import Member, Session
from needlepoint.clinic.practice.queries.bundle import bundle


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
def test_a_bundle_reads_only_the_columns_that_were_asked_for():
    found = bundle(
        people=Member.objects.only("name"), done=Session.objects.filter(state="done").only("number")
    )
    assert found["people"][0].get_deferred_fields() >= {"password", "email"}
    assert [each.number for each in found["done"]] == [1]
    assert bundle(none=Session.objects.filter(state="unheard of"))["none"] == []
