"""What tests read from the specification of a chart."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest


def chart_title(spec: dict[str, Any]) -> str:
    """Its title in one line, however it is broken."""
    text = spec["title"]["text"]
    return text if isinstance(text, str) else " ".join(text)


def charts(app: AppTest) -> dict[str, dict[str, Any]]:
    """The specifications of a page's charts by their title."""
    specs = [json.loads(element.proto.spec) for element in app.get("vega_lite_chart")]
    return {chart_title(spec): spec for spec in specs}
