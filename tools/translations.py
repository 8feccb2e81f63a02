"""Compile the translations that Django reads, from those that people write: `python tools/translations.py`."""

from __future__ import annotations

import ast
import struct
from pathlib import Path

LOCALE = Path(__file__).resolve().parents[1] / "src/needlepoint/clinic/locale"


def catalogue(text: str) -> dict[str, str]:
    """Return what a .po file says: each text with its translation, plurals joined as gettext joins them."""
    found: dict[str, str] = {}
    for block in text.strip().split("\n\n"):
        parts: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            name, _, rest = line.partition(" ") if line.startswith("msg") else (key, "", line)
            key = name
            parts[key] = parts.get(key, "") + ast.literal_eval(rest)
        if "msgid" in parts:
            several = [parts["msgid"], *([parts["msgid_plural"]] if "msgid_plural" in parts else [])]
            said = [parts[name] for name in sorted(parts) if name.startswith("msgstr")]
            found["\0".join(several)] = "\0".join(said)
    return found


def compiled(entries: dict[str, str]) -> bytes:
    """Return a .mo file: two tables of lengths and places, then the texts, sorted by their bytes."""
    pairs = sorted((key.encode(), value.encode()) for key, value in entries.items())
    start = 28 + 16 * len(pairs)
    tables, texts = b"", b""
    for column in (0, 1):
        for pair in pairs:
            tables += struct.pack("<II", len(pair[column]), start + len(texts))
            texts += pair[column] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + tables + texts


def main() -> None:
    """Write every .mo beside its .po."""
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        source.with_suffix(".mo").write_bytes(compiled(catalogue(source.read_text("utf-8"))))


if __name__ == "__main__":
    main()
