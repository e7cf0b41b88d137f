"""What does a chart look like in Vega-Lite, with its data as frames or as plain values?

Altair's theme and its way with data are global to all threads of a process, and a dashboard draws for several viewers
while it writes a report: one lock makes sure that each gets its own.
"""

from __future__ import annotations

import hashlib
import threading
from typing import Any

import altair as alt
import pandas as pd

_ALTAIR = threading.Lock()
_FRAMES = "frames"


def spec_with_frames(chart: Any) -> dict[str, Any]:
    """A chart's specification, without a theme; its data are frames under `datasets`, by names that tell the content.

    Args:
        chart: of Altair.
    """
    frames: dict[str, pd.DataFrame] = {}
    with _ALTAIR, alt.theme.enable("none"), alt.data_transformers.enable(_FRAMES, frames=frames):
        spec = chart.to_dict()
    return {**spec, "datasets": {**spec.get("datasets", {}), **frames}}


def spec_with_values(chart: Any) -> dict[str, Any]:
    """A chart's specification in JSON's own types, with Altair's default theme.

    Args:
        chart: of Altair, on at most 5,000 rows.
    """
    with _ALTAIR, alt.theme.enable("default"), alt.data_transformers.enable("default"):
        return dict(chart.to_dict())


def _keep_frame(data: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> dict[str, str]:
    """A transformer of data for Altair: sets a frame aside, and says under which name."""
    rows = pd.util.hash_pandas_object(data, index=False).to_numpy().tobytes()
    name = hashlib.sha256(repr(list(data.columns)).encode() + rows).hexdigest()[:32]
    frames[name] = data
    return {"name": name}


alt.data_transformers.register(_FRAMES, _keep_frame)
