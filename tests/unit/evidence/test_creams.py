"""Numbing creams: each has its limits, told from the youngest on."""

import msgspec
import pytest

from needlepoint.evidence.loader import packaged

CREAMS = list(packaged().creams.values())


@pytest.mark.parametrize("cream", CREAMS, ids=lambda each: each.id)
def test_a_cream_without_limits_or_with_limits_in_no_order_is_refused(cream):
    with pytest.raises(ValueError, match="its limits are missing or do not go up by age"):
        msgspec.structs.replace(cream, limits=())
    elder = msgspec.structs.replace(cream.limits[0], from_years=cream.limits[-1].from_years + 1)
    with pytest.raises(ValueError, match="its limits are missing or do not go up by age"):
        msgspec.structs.replace(cream, limits=(elder, *cream.limits))
