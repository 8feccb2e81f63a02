import re

import pytest

from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.healing import (
    FOLDER,
    calibration_rows,
    held_out_rows,
    load_healing,
    packaged_healing,
)
from needlepoint.evidence.loader import packaged


def sources():
    evidence = packaged_healing()
    tables = (evidence.parameters, evidence.limits, evidence.studies, calibration_rows(), held_out_rows())
    for table in tables:
        for key, row in table.items():
            yield from ((key, source) for source in row.sources)
    for key, row in (*evidence.skin_types.items(), *evidence.parts.items()):
        for cited in (getattr(row, name) for name in row.__struct_fields__):
            yield from ((key, source) for source in getattr(cited, "sources", ()))


def test_every_source_of_the_forecast_is_known():
    assert {(key, source) for key, source in sources() if source not in packaged().sources} == set()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("low = 0.2", "lower = 0.2"), "unknown field"),
        (("value = 0.5", "value = 99.0"), "outside its own range"),
        (("log_sd = 0.25", ""), "log-sd above 0"),
        (("low = 0.2", "low = 0.0"), "a lognormal spread needs a range above 0"),
        (("fitted = true", ""), "what the calibration fits is calibrated"),
        (('basis = "calibrated"', 'basis = "guessed"'), "Invalid enum value"),
        (('symbol = "k_DN"', 'symbol = "k_D"'), "used twice"),
        (("[review]", "[preview]"), "not readable"),
    ],
)
def test_a_constant_that_is_not_in_order_is_refused(tmp_path, change, says):
    for path in FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text())
    text = (FOLDER / "parameters.toml").read_text()
    assert change[0] in text
    (tmp_path / "parameters.toml").write_text(text.replace(*change, 1))
    with pytest.raises(EvidenceError, match=re.escape(says)):
        load_healing(tmp_path)


def test_every_constant_of_the_equations_is_in_the_table():
    from needlepoint.healing.population import columns

    elsewhere = {"a": "a_80", "c": "c_age", "f_skin": "k_P"}
    assert {elsewhere.get(name, name) for name in columns()} <= set(packaged_healing().parameters)


def test_what_is_assumed_says_so_in_its_basis():
    for row in packaged_healing().parameters.values():
        assert row.basis != "retrieved" or row.sources != ("NP",)
