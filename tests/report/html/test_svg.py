"""Facts about charts as pictures inside a page."""

import re
from xml.etree import ElementTree

import altair as alt
import pandas as pd
import pytest

from gru4rec_core.report.html.svg import chart_to_svg, dark_rules


@pytest.fixture
def chart():
    frame = pd.DataFrame({"a": ['<script>alert("x")</script>', "b"], "n": [1, 2]})
    return alt.Chart(frame).mark_bar(color="#0072B2").encode(x="n:Q", y="a:N")


def test_a_picture_is_named_and_its_marks_are_not(chart):
    root = ElementTree.fromstring(chart_to_svg(chart, "Two <bars>", "bars", 300))
    assert (root.get("role"), root.get("aria-label")) == ("img", "Two <bars>")
    assert not [e for e in root.iter() if e is not root and ("role" in e.attrib or "aria-label" in e.attrib)]


def test_names_in_a_chart_stay_text(chart):
    svg = chart_to_svg(chart, "", "bars", 300)
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg


def test_ids_do_not_clash_with_those_of_another_picture(drawn):
    ids = [found for figure in drawn for found in re.findall(r'\bid="([^"]+)"', figure.svg)]
    assert len(ids) == len(set(ids))
    referred = [name for figure in drawn for name in re.findall(r"url\(#([^)]+)\)", figure.svg)]
    assert set(referred) <= set(ids)


def test_a_chart_may_load_nothing(chart):
    remote = chart.properties(data=alt.UrlData("https://example.com/x.json"))
    with pytest.raises(ValueError, match=r"(?i)not allowed|denied|disallowed|allowed_base_urls"):
        chart_to_svg(remote, "", "remote")


def test_every_colour_of_the_reports_charts_has_a_counterpart_on_dark(drawn):
    rules = dark_rules()
    for figure in drawn:
        for part, colour in re.findall(r'\b(fill|stroke)="([^"]*)"', figure.svg):
            known = colour in {"none", "transparent"} or f'[{part}="{colour}"]' in rules or colour.startswith("url(#")
            assert known, f"{figure.name}: {part} {colour}"
