"""Letters without what stands above or below them."""

import pytest

from needlepoint.course.letters import unaccented


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("fièvre", "fievre"),
        ("Ağrı", "Agrı"),
        ("ﬁebre", "fiebre"),
        ("ＡＬＴＯ", "ALTO"),
        ("ñandú", "nandu"),
        ("", ""),
    ],
)
def test_a_letter_is_the_letter_whatever_stands_above_it(typed, plain):
    assert unaccented(typed) == plain
