"""A Display P3 profile, built here from its published primaries, so that no vendor's file is needed."""

import struct

import numpy as np

# Columns: primaries of Display P3 adapted to D50 (SMPTE EG 432-1 primaries, D65 white, Bradford).
P3_TO_D50 = np.array([[0.5151, 0.2920, 0.1571], [0.2412, 0.6922, 0.0666], [-0.0011, 0.0419, 0.7841]])
SRGB_TO_D50 = np.array([[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7142]])
P3_TO_SRGB = np.linalg.inv(SRGB_TO_D50) @ P3_TO_D50


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _built() -> bytes:
    curve = b"para\0\0\0\0\0\x03\0\0" + b"".join(
        _fixed(v) for v in (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    )
    name = "Display P3".encode("utf-16-be")
    parts = {
        b"desc": b"mluc\0\0\0\0" + struct.pack(">II4sII", 1, 12, b"enUS", len(name), 28) + name,
        **{
            sign: b"XYZ \0\0\0\0" + b"".join(_fixed(v) for v in column)
            for sign, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), P3_TO_D50.T, strict=True)
        },
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, body, at = b"", b"", 132 + 12 * len(parts)
    for sign, part in parts.items():
        padded = part + b"\0" * (-len(part) % 4)
        table += struct.pack(">4sII", sign, at + len(body), len(part))
        body += padded
    size = at + len(body)
    head = (
        struct.pack(">I4sI4s4s4s", size, b"none", 0x04000000, b"mntr", b"RGB ", b"XYZ ")
        + b"\0" * 12
        + b"acsp"
    )
    return head + b"\0" * (128 - len(head)) + struct.pack(">I", len(parts)) + table + body


DISPLAY_P3 = _built()
