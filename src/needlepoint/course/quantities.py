"""Numbers with a unit and two bounds: no NaN, no infinity, no value that a machine could not mean."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import total_ordering

from needlepoint.course.errors import InputError

# No cleared pen, roller or stamp reaches deeper than 2.5 mm; half a millimetre more leaves room for a new one
# and still catches micrometres typed as millimetres.
DEEPEST_MM = Decimal("3.00")


def exact(key: str, value: object, unit: str = "") -> Decimal:
    """Return `value` as a finite Decimal, or say what is wrong with it."""
    form = f"a plain number{f' in {unit}' if unit else ''}"
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise InputError(key, "%(value)r is not a number", form, value=value)
    # A number of thousands of digits cannot be written out, not even to say that it is wrong.
    if isinstance(value, int) and abs(value) >= 10**30:
        raise InputError(key, "is a number of more than 30 digits", form)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise InputError(key, "%(value)r is not a number", form, value=value) from None
    if not number.is_finite():
        raise InputError(key, "%(value)s is not a finite number", form, value=value)
    return number


def bounded(key: str, value: object, low: str, high: str, unit: str = "") -> Decimal:
    """Return `value` as a Decimal from `low` to `high`, both allowed."""
    number = exact(key, value, unit)
    if not Decimal(low) <= number <= Decimal(high):
        raise InputError(
            key,
            "%(number)s is out of bounds",
            "%(low)s to %(high)s%(f)s",
            number=number,
            low=low,
            high=high,
            f=f" {unit}" if unit else "",
        )
    return number


def optional(key: str, value: object, low: str, high: str, unit: str = "") -> Decimal | None:
    """Return None for None, else the bounded value."""
    return None if value is None else bounded(key, value, low, high, unit)


def whole(key: str, value: object, low: int, high: int, unit: str = "") -> int:
    """Return a whole number from `low` to `high`, both allowed."""
    if isinstance(value, bool) or not isinstance(value, int):
        form = f"{low} to {high}{f' {unit}' if unit else ''}"
        raise InputError(key, "%(value)r is not a whole number", form, value=value)
    return int(bounded(key, value, str(low), str(high), unit))


@total_ordering
@dataclass(frozen=True, slots=True)
class Depth:
    """A needle depth in millimetres, as set on the device: 0 to 3.00 mm, exact."""

    mm: Decimal

    def __post_init__(self) -> None:
        object.__setattr__(self, "mm", bounded("depth_mm", self.mm, "0", str(DEEPEST_MM), "mm"))

    def __lt__(self, other: object) -> bool:
        return self.mm < other.mm if isinstance(other, Depth) else NotImplemented

    def __str__(self) -> str:
        return f"{self.mm.normalize():f} mm"
