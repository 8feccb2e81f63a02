"""A clinic stands in a country and a region; what is typed is kept as the standards spell it."""

import pytest

from needlepoint.clinic.practice.actions.clinic import place
from needlepoint.course.errors import InputError


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (("de", "DE-BY"), ("DE", "BY")),
        ((" us ", "ca"), ("US", "CA")),
        (("mx", ""), ("MX", "")),
        (("", ""), ("", "")),
    ],
)
def test_what_is_typed_is_kept_as_the_standards_spell_it(typed, kept):
    assert place(*typed) == kept


@pytest.mark.parametrize("typed", [("Germany", ""), ("XX", ""), ("DE", "Bavaria"), ("", "CA")])
def test_what_no_standard_knows_is_refused_in_plain_words(typed):
    with pytest.raises(InputError, match=r"no (country|region)"):
        place(*typed)
