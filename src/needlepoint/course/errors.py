"""The one error that a person who typed something can mend."""

from __future__ import annotations


class InputError(ValueError):
    """Something given is wrong: `key` says where, `problem` what, `expected` what would be right.

    Where values are given, both texts hold their names as `%(name)s`; unfilled, they are what can be translated.
    """

    def __init__(self, key: str, problem: str, expected: str, **values: object) -> None:
        self.key = key
        self.problem_text, self.expected_text, self.values = problem, expected, values
        self.problem = problem % values if values else problem
        self.expected = expected % values if values else expected
        super().__init__(self.line)

    @property
    def line(self) -> str:
        """Return the one line that a person reads."""
        return f"{self.key}: {self.problem}; expected {self.expected}"

    def inside(self, parent: str) -> InputError:
        """Return the same error with its key seen from the surrounding table."""
        joint = "" if self.key.startswith("[") or not self.key else "."
        return InputError(f"{parent}{joint}{self.key}", self.problem_text, self.expected_text, **self.values)
