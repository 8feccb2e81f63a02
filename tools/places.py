"""Whether a stranger finds their way in the wings: ten subjects, and how near the guesses were where each lies.

    python tools/places.py               the subjects that the stored seed draws, each with its number
    python tools/places.py guesses.txt   for each line "3 desk/actions/booking.py", the guess beside the truth

Who guesses has read docs/where-things-go.md and opened none of the files.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from pathlib import Path

SEED, PLACES = 20261130, 10
CLINIC = Path(__file__).resolve().parents[1] / "src" / "needlepoint" / "clinic"
WINGS = ("portal", "desk", "care", "chair", "practice")


def subjects() -> dict[Path, str]:
    """Return each file of the wings, by its path in `clinic/`, with the sentence that says what it is about."""
    found = {}
    for wing in WINGS:
        for path in sorted((CLINIC / wing).rglob("*.py")):
            says = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            if path.name != "__init__.py":
                found[path.relative_to(CLINIC)] = says.split("\n\n")[0].replace("\n", " ")
    return found


def drawn() -> list[tuple[Path, str]]:
    """Return the ten places that the stored seed draws: a file keeps its lot whatever files come and go beside it."""
    return sorted(subjects().items(), key=lambda each: _lot(each[0]))[:PLACES]


def _lot(path: Path) -> str:
    return hashlib.sha256(f"{SEED} {path.as_posix()}".encode()).hexdigest()


def compared(guesses: dict[int, Path]) -> list[tuple[str, ...]]:
    """Return a row for each place: its number, the guess, the truth, and how near that was."""
    rows: list[tuple[str, ...]] = []
    for number, (path, _) in enumerate(drawn(), 1):
        guess = guesses.get(number, Path("?"))
        rows.append((str(number), str(guess), str(path), _nearness(guess, path)))
    return rows


def _nearness(guess: Path, path: Path) -> str:
    if guess == path:
        return "the file"
    if guess.parts[:2] == path.parts[:2]:
        return "wing and floor"
    return "wing" if guess.parts[:1] == path.parts[:1] else "no"


def main(arguments: list[str]) -> None:
    """Print the subjects, or the table of guesses."""
    if not arguments:
        print("\n".join(f"{number}. {says}" for number, (_, says) in enumerate(drawn(), 1)))
        return
    lines = [
        line.split() for line in Path(arguments[0]).read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    print("| n | guessed | lies | found |\n|---|---|---|---|")
    for row in compared({int(number): Path(guess) for number, guess in lines}):
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main(sys.argv[1:])
