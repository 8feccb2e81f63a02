"""The shapes of the zones on the chart of the face and the body, in the view of somebody who faces the patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template

from needlepoint.course.zones import Zone, ZonePart

register = template.Library()

_FACE_PARTS = (ZonePart.FACE, ZonePart.PERIORBITAL, ZonePart.EYELID, ZonePart.NECK)
# The patient's right lies on the viewer's left; right-hand shapes are drawn, left-hand ones are their mirror.
_MIDDLE = {
    "forehead": "M92 92 Q150 40 208 92 L200 118 Q150 102 100 118 Z",
    "glabella": "M138 114 L162 114 L158 146 L142 146 Z",
    "nose": "M141 150 L159 150 L172 214 Q150 228 128 214 Z",
    "upper_lip": "M124 230 Q150 222 176 230 L172 244 Q150 238 128 244 Z",
    "perioral": "M112 246 Q150 240 188 246 L182 276 Q150 290 118 276 Z",
    "chin": "M122 284 Q150 296 178 284 L172 320 Q150 332 128 320 Z",
    "neck": "M112 340 Q150 356 188 340 L192 412 L108 412 Z",
    "chest": "M100 76 L200 76 L196 142 L104 142 Z",
    "abdomen": "M112 148 L188 148 L184 226 L116 226 Z",
    "back": "M330 76 L430 76 L418 226 L342 226 Z",
}
_RIGHT = {
    "temple": "M82 100 L98 122 L92 160 L76 160 Q74 128 82 100 Z",
    "periorbital": "M98 124 Q120 116 136 126 L136 164 Q116 178 96 164 Z",
    "eyelid": "M104 140 Q118 130 132 140 Q118 154 104 140 Z",
    "cheek": "M76 166 L94 170 Q116 186 132 172 L124 214 L110 246 L96 250 Q80 214 76 166 Z",
    "jawline": "M92 256 L108 256 L118 284 L126 322 Q104 302 92 256 Z",
    "flank": "M102 148 L110 148 L114 226 L106 226 Z",
    "upper_arm": "M76 78 L96 82 L92 150 L74 150 Z",
    "forearm": "M73 156 L91 156 L86 226 L70 226 Z",
    "hand": "M70 232 L86 232 L84 264 L66 264 Z",
    "thigh": "M108 236 L146 236 L142 320 L112 320 Z",
    "lower_leg": "M113 328 L141 328 L136 408 L118 408 Z",
}
_FACE_OUTLINE = "M150 30 Q84 34 72 120 Q66 250 120 326 Q150 346 180 326 Q234 250 228 120 Q216 34 150 30 Z"
_BODY_OUTLINE = "M150 20 m-24 24 a24 24 0 1 0 48 0 a24 24 0 1 0 -48 0"


@dataclass(frozen=True, slots=True)
class Shape:
    """A zone as a path; `mirrored` ones are drawn in a mirrored frame."""

    zone: str
    path: str
    mirrored: bool


def _shape(zone: Zone) -> Shape:
    if zone.kind in _MIDDLE:
        return Shape(zone.value, _MIDDLE[zone.kind], False)
    return Shape(zone.value, _RIGHT[zone.kind], zone.value.endswith("_left"))


SHAPES = tuple(_shape(zone) for zone in Zone)


@register.inclusion_tag("plan/_figure.html")
def figure(rows: Any, taps: bool = False, mark: str = "") -> dict[str, Any]:
    """Draw the face, the body, or both, whichever the rows lie on; `mark` keeps a second figure's ids apart."""
    zones = {Zone(str(row.zone)) for row in rows}
    on_face = [shape for shape in SHAPES if Zone(shape.zone).part in _FACE_PARTS]
    on_body = [shape for shape in SHAPES if Zone(shape.zone).part not in _FACE_PARTS]
    figures = []
    if any(zone.part in _FACE_PARTS for zone in zones):
        figures.append(("Face and neck", _FACE_OUTLINE, "0 20 300 400", on_face))
    if any(zone.part not in _FACE_PARTS for zone in zones):
        figures.append(("Body, front and back", _BODY_OUTLINE, "50 10 400 410", on_body))
    return {"figures": figures, "rows": rows, "taps": taps, "mark": mark}
