"""A phone number as it is looked for, whatever people write between its digits."""

from __future__ import annotations

from functools import reduce
from typing import Any

from django.db.models import CharField, Func

PHONE_DIGITS = 9
BETWEEN_DIGITS = (" ", "-", "(", ")", ".", "/", "+")
_LAST = {"sqlite": "SUBSTR({text}, -{count})", "postgresql": "RIGHT({text}, {count})"}


def phone_end(vendor: str, column: str) -> str:
    """Return the SQL of a number's last digits.

    It holds no parameter: a database uses an index on an expression only where it is asked in the very same words.
    """
    bare = reduce(lambda text, each: f"REPLACE({text}, '{each}', '')", BETWEEN_DIGITS, column)
    return _LAST[vendor].format(text=bare, count=PHONE_DIGITS)


class PhoneEnd(Func):
    """The last digits of a number, by the index that migration 0006 makes."""

    output_field = CharField()

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, tuple[()]]:
        """Write the expression as the index has it."""
        column, _ = compiler.compile(self.source_expressions[0])
        return phone_end(connection.vendor, column), ()
