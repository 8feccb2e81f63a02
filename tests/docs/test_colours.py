"""Every colour that words or edges have stands out from what lies below it, in the light and in the dark."""

import re
from pathlib import Path

import pytest

LOOK = Path(__file__).parents[2] / "src/needlepoint/clinic/static/clinic/look"
ROLES = ("stop", "refer", "wait", "change", "note", "normal")
TEXT = (
    *(
        (ink, ground)
        for ink in ("ink", "ink-2", "ink-3")
        for ground in ("paper", "portal-paper", "card", "sunk")
    ),
    ("ink-3", "raised"),
    ("accent", "paper"),
    ("accent", "portal-paper"),
    ("accent", "card"),
    ("accent", "accent-soft"),
    ("ink", "accent-soft"),
    ("ink-2", "accent-soft"),
    ("on-accent", "accent"),
    ("on-stop", "stop-fill"),
    *((role, f"{role}-soft") for role in ROLES),
    *((role, "card") for role in ROLES),
    *((role, ground) for role in ROLES for ground in ("paper", "portal-paper")),
    *(("ink", f"{role}-soft") for role in ROLES),
)
EDGES = (
    ("line-firm", "card"),
    ("line-firm", "paper"),
    ("line-firm", "portal-paper"),
    ("focus", "paper"),
    ("focus", "portal-paper"),
    ("focus", "card"),
    ("fig-line", "fig-skin"),
    ("depth-5", "fig-skin"),
    *(("fig-hatch", f"depth-{step}") for step in range(1, 6)),
)


def themes():
    """The tokens by theme: as they stand first, and in the block for the dark."""
    text = (LOOK / "tokens.css").read_text()
    light, dark = text.split("@media (prefers-color-scheme: dark)")
    return {
        "light": dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", light)),
        "dark": dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", dark)),
    }


def brightness(colour):
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_stand_out_by_four_and_a_half_and_edges_by_three(theme):
    colours = themes()[theme]
    weak = {
        pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2)
        for least, pairs in ((4.5, TEXT), (3, EDGES))
        for pair in pairs
        if contrast(colours[pair[0]], colours[pair[1]]) < least
    }
    assert weak == {}


def test_only_the_tokens_name_a_colour():
    white_or_black = {"#fff", "#000", "#7c0d30", "#000c"}
    for file in LOOK.glob("*.css"):
        if file.name not in ("tokens.css", "print.css"):
            assert set(re.findall(r"#[0-9a-f]{3,8}\b", file.read_text())) <= white_or_black, file.name
