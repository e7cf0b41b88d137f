"""What tests read from the specification of a chart."""

from typing import Any


def chart_title(spec: dict[str, Any]) -> str:
    """Its title in one line, however it is broken."""
    text = spec["title"]["text"]
    return text if isinstance(text, str) else " ".join(text)
