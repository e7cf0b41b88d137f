"""How does a chart become a picture inside an HTML page: still, named, and readable on light and dark?

The chart is drawn once, in the colours for a light background. `dark_rules` turns these into the dark ones by CSS.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import vl_convert

from gru4rec_core.report.charts.specs import spec_with_values
from gru4rec_core.report.style import LIGHT, colour_pairs

_SVG = "http://www.w3.org/2000/svg"
_FONT = "Arial, Liberation Sans, Helvetica, sans-serif"  # the widths that the chart is laid out with
_COLOURED = ("fill", "stroke")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")

ElementTree.register_namespace("", _SVG)

# What Streamlit's theme does for the charts on screen.
_THEME: dict[str, Any] = {
    "font": _FONT,
    "title": {"color": LIGHT.text},
    "axis": {
        "domainColor": LIGHT.muted,
        "tickColor": LIGHT.muted,
        "gridColor": LIGHT.grid,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
    "legend": {"labelFontSize": 12, "columnPadding": 6},
    "view": {"stroke": None},
}


def chart_to_svg(chart: Any, alt: str, name: str, width: int | None = None) -> str:
    """An Altair chart as an SVG element: no script, no link, no request; without a dark background of its own.

    Args:
        chart: in the colours for a light background.
        alt: what it shows, in words.
        name: unique on the page; the element's ids begin with it.
        width: of the whole picture in px; the chart's own where it is None.
    """
    spec = spec_with_values(chart if width is None else chart.properties(width=width))
    spec["config"] = _merged(_THEME, spec.get("config", {}))
    spec["background"] = None
    text = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    root = ElementTree.fromstring(text)
    _strip(root, name)
    root.set("role", "img")
    root.set("aria-label", alt)
    return ElementTree.tostring(root, encoding="unicode")


def dark_rules() -> str:
    """CSS that gives the pictures their colours on a dark background."""
    return "".join(
        f'svg [{part}="{light}"]{{{part}:{dark}}}' for light, dark in colour_pairs().items() for part in _COLOURED
    )


def _merged(base: dict[str, Any], on_top: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in on_top.items():
        known = merged.get(key)
        merged[key] = _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def _strip(root: ElementTree.Element, name: str) -> None:
    """Leaves what is drawn: no roles of single marks (the picture has one), no pointers, ids of its own."""
    for element in root.iter():
        for attribute in list(element.attrib):
            if attribute.startswith("aria-") or attribute in {"role", "class", "pointer-events", "cursor"}:
                del element.attrib[attribute]
        if "style" in element.attrib:
            element.set("style", element.attrib["style"].replace("cursor: pointer;", "").strip())
        if "id" in element.attrib:
            element.set("id", f"{name}-{element.attrib['id']}")
        for attribute, value in element.attrib.items():
            element.set(attribute, _REFERENCE.sub(rf"url(#{name}-\1)", value))
