"""The report of a comparison: one page that needs nothing else, with slider, flicker, heat maps and every number."""

from __future__ import annotations

import base64
from html import escape
from importlib import resources
from typing import Any

from needlepoint.evidence.languages import first_language
from needlepoint.exchange.measurement_document import NAMES, document, place
from needlepoint.photo import pictures
from needlepoint.photo.change import Repeatability
from needlepoint.photo.compare import Comparison

_COLUMNS = (
    ("Measure", ""), ("Before", ' class="n"'), ("After", ' class="n"'), ("Change", ' class="n"'),
    ("95 % interval", ' class="n"'), ("Detectable from", ' class="n"'), ("Verdict", ""),
)  # fmt: skip
_HEAT_TITLES = {"haemoglobin": "Change of haemoglobin", "melanin_index": "Change of pigment"}


def report(comparison: Comparison, table: Repeatability) -> str:
    """Return the page as HTML with every picture inside it; nothing is loaded from anywhere."""
    told = document(comparison, table)
    parts = [_top(told), _quality(told)]
    if not comparison.refused:
        parts += [_pictures(comparison), _tables(told), _how(told)]
    parts.append("".join(f'<p class="soft">{escape(note)}</p>' for note in told["notes"]))
    return (
        f'<!doctype html><html lang="{first_language()}"><head><meta charset="utf-8"><title>Photo comparison</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_style()}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _style() -> str:
    return resources.files("needlepoint.photo").joinpath("data/report.css").read_text()


def _top(told: dict[str, Any]) -> str:
    if "why" in told:
        return f'<h1>These photos cannot be compared</h1><p class="refuse">{escape(told["why"])}</p>'
    limits = told["repeatability"]["words"]
    return (
        f"<h1>What changed in the skin</h1><p>{escape(told['headline'])}.</p>"
        f'<p class="soft">Judged by {escape(limits)}.</p>'
    )


def _quality(told: dict[str, Any]) -> str:
    said = [check for check in told["quality"] if check["level"] != "ok"]
    if not said:
        return '<p class="soft">Both photos passed every check.</p>'
    lines = "".join(
        f'<li class="{check["level"]}"><b>{escape(check["photo"])}</b>: {escape(check["says"])}</li>'
        for check in said
    )
    return f"<h2>About the photos</h2><ul>{lines}</ul>"


def _pictures(comparison: Comparison) -> str:
    before, after = (_image(pictures.jpeg(frame)) for frame in pictures.frames(comparison))
    slider = (
        f'<div class="slider" id="s"><img src="{after}" alt="after">'
        f'<div class="top"><img src="{before}" alt="before"></div></div>'
        '<input type="range" min="0" max="100" value="50" aria-label="before and after"'
        " oninput=\"document.getElementById('s').style.setProperty('--at',this.value+'%')\">"
        '<p class="soft">Left of the line: before. Right of it: after, laid over it and made equally bright.</p>'
    )
    shown = [
        _figure(pictures.jpeg(pictures.heat(comparison, measure)), _ends(measure)) for measure in _HEAT_TITLES
    ]
    shown.append(_figure(pictures.flicker(comparison), "Before and after in turn", "gif"))
    shown.append(_figure(pictures.jpeg(pictures.zones(comparison.before)), "The zones that were measured"))
    legend = '<div class="ends"><span>less</span><span>no change</span><span>more</span></div>'
    return (
        f'<div class="pair"><section><h2>Before and after</h2>{slider}</section>'
        f'<section><h2>Where it changed</h2><div class="bar"></div>{legend}'
        f'<div class="row">{"".join(shown)}</div></section></div>'
    )


def _figure(content: bytes, caption: str, form: str = "jpeg") -> str:
    return f'<figure><img src="{_image(content, form)}" alt=""><figcaption>{escape(caption)}</figcaption></figure>'


def _ends(measure: str) -> str:
    end, unit = pictures.HEATS[measure]
    return f"{_HEAT_TITLES[measure]}: the scale ends at ±{end:g} ({unit})"


def _image(content: bytes, form: str = "jpeg") -> str:
    return f"data:image/{form};base64,{base64.b64encode(content).decode()}"


def _tables(told: dict[str, Any]) -> str:
    """Return what changed and stands, and behind a fold every number."""
    stands = [line for line in told["zones"] if line["stands"]]
    first = f"<h2>What stands</h2>{_table(stands)}" if stands else ""
    chance = sum(line["verdict"] == "not_counted" for line in told["zones"])
    others = (
        f'<p class="soft">Not counted: {chance} of the {len(told["zones"])} numbers are beyond their own scatter too;'
        " so many may be by chance, or they are measures that never stand alone.</p>"
        if chance
        else ""
    )
    every = (
        f"<details><summary>Every number ({len(told['zones'])})</summary>{_table(told['zones'])}</details>"
    )
    return first + others + every


def _table(lines: list[dict[str, Any]]) -> str:
    head = "".join(f"<th{kind}>{name}</th>" for name, kind in _COLUMNS)
    rows, zones = "", list(dict.fromkeys(line["zone"] for line in lines))
    for zone in zones:
        own = [line for line in lines if line["zone"] == zone]
        unseen = {line.get("why", "") for line in own if line["change"] is None}
        rows += (
            f'<tr class="zone"><th colspan="{len(_COLUMNS)}" scope="colgroup">{escape(place(zone))}</th></tr>'
        )
        if len(unseen) == 1 and all(line["change"] is None for line in own):
            rows += (
                f'<tr><td>not measurable</td><td colspan="6" class="soft">{escape(unseen.pop())}</td></tr>'
            )
        else:
            rows += "".join(_row(line) for line in own)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(line: dict[str, Any]) -> str:
    name = f"<td>{NAMES[line['measure']]}</td>"
    verdict = escape(line["verdict"].replace("_", " "))
    if line["change"] is None:
        return f'<tr>{name}<td colspan="5" class="soft">{escape(line.get("why", ""))}</td><td>{verdict}</td></tr>'
    way = ("up" if line["change"] > 0 else "down") if line["verdict"] == "changed" else ""
    low, high = line["ci95"]
    numbers = "".join(
        f'<td class="n {kind}" data-name="{head}">{_signed(text)}</td>'
        for (head, _), kind, text in zip(
            _COLUMNS[1:6], ("", "", way, "", ""),
            (f"{line['before']:.3f}", f"{line['after']:.3f}", f"{line['change']:+.3f}",
             f"{low:+.3f} to {high:+.3f}", f"{line['smallest_detectable']:.3f}"),
            strict=True,
        )
    )  # fmt: skip
    doubted = line["verdict"] in {"not_measurable", "not_counted"}
    why = f'<br><span class="soft">{escape(line["why"])}</span>' if doubted else ""
    return f'<tr class="{line["verdict"]}">{name}{numbers}<td>{verdict}{why}</td></tr>'


def _signed(number: str) -> str:
    return number.replace("-", "\N{MINUS SIGN}")


def _how(told: dict[str, Any]) -> str:
    card = "with the card in both photos" if all(told["card"].values()) else "without the card"
    scatter = told["repeatability"]
    says = (
        f"Measured {card}; scale {told['scale_px_per_mm']:.1f} pixels a millimetre, from the {told['scale_from']};"
        f" laying one photo over the other agreed with itself to {told['registration_median_mm']:.2f} mm."
        f" Limits: {scatter['words']}: {scatter['source']} ({scatter['basis']}). Units: haemoglobin in optical density;"
        " indices in 100 log10; lines and roughness in 100 ln of luminance."
    )
    return f'<h2>How it was measured</h2><p class="soft">{escape(says)}</p>'
