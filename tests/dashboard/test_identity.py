"""Facts about name and mark."""

import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dashboard import identity

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("svg", [identity.icon(), identity.logo(False), identity.logo(True)])
def test_the_mark_is_an_image_without_a_request_or_a_script(svg: str):
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg")
    assert not [one for one in root.iter() if one.tag.endswith(("script", "image", "use"))]


def test_the_name_is_on_the_logo():
    assert identity.NAME == "GRU4Rec Workbench"
    assert identity.NAME in identity.logo(False)


def test_mark_and_buttons_have_one_accent():
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    assert {False: theme["light"]["primaryColor"], True: theme["dark"]["primaryColor"]} == identity.ACCENT
    assert theme["light"]["linkColor"] == theme["light"]["primaryColor"]
