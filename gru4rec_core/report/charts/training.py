"""Charts of training progress, epoch by epoch."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gru4rec_core.report.charts.drawing import Size, titled
from gru4rec_core.report.style import styles


def validation_curve(epochs: pd.DataFrame, k: int, last_epoch: int, dark: bool = False) -> alt.LayerChart:
    """Hits per 100 on validation data over epochs; the test part stays unseen.

    Args:
        epochs: `frames.training.epoch_frame`, with a value in every row of `hits`.
        k: length of the list in which a hit counts; for the title of the axis.
        last_epoch: end of the x axis, which shows how far training is.
        dark: colours for a dark background.

    Returns:
        x epoch, y hits per 100; colour and point shape by loss; seeds thin, their mean thick.
    """
    several = epochs.groupby("name")["seed"].nunique().max() > 1
    lines = [
        "On validation data; the test part stays unseen",
        "Thick: mean of the seeds" if several else "",
    ]
    layers = _curves(epochs, "hits", f"hits in the top {k} per 100", last_epoch, dark)
    return titled(layers, "Validation hits, epoch by epoch", lines, Size(230, legend=True), dark)


def loss_curve(epochs: pd.DataFrame, last_epoch: int, dark: bool = False) -> alt.LayerChart:
    """The value of one loss over epochs, in a panel of its own: values of two losses cannot be compared.

    Args:
        epochs: columns `name`, `label`, `seed`, `epoch`, `loss` of one loss.
        last_epoch: end of the x axis.
        dark: colours for a dark background.
    """
    label = str(epochs["label"].iloc[0]) if len(epochs) else ""
    layers = _curves(epochs, "loss", f"{label} loss (own unit)", last_epoch, dark, legend=False)
    return titled(layers, f"{label} loss on training data", "", Size(140), dark)


def _curves(
    epochs: pd.DataFrame,
    value: str,
    title: str,
    last_epoch: int,
    dark: bool,
    legend: bool = True,
) -> alt.LayerChart:
    names = list(dict.fromkeys(epochs["name"]))
    labels = [str(epochs.loc[epochs["name"] == name, "label"].iloc[0]) for name in names]
    looks = styles(names, ["gru4rec"] * len(names), dark)
    # Else it is as faint as the lines of single seeds.
    key = alt.Legend(orient="top", symbolOpacity=1) if legend else None
    colour = alt.Color(
        "label:N",
        title=None,
        scale=alt.Scale(domain=labels, range=[looks[name].colour for name in names]),
        legend=key,
    )
    shape = alt.Shape(
        "label:N",
        title=None,
        scale=alt.Scale(domain=labels, range=[looks[name].shape for name in names]),
        legend=key,
    )
    ends = alt.Scale(domain=[1, max(last_epoch, 2)], nice=False)
    x = alt.X("epoch:Q", title="epoch", scale=ends, axis=alt.Axis(tickMinStep=1, format="d"))
    y = alt.Y(f"{value}:Q", title=title, scale=_around(epochs[value]), axis=alt.Axis(tickCount=4))
    tooltip = [
        alt.Tooltip("label:N", title="loss"),
        alt.Tooltip("epoch:Q", title="epoch"),
        alt.Tooltip(f"{value}:Q", title=title, format=".4~f" if value == "loss" else ".1f"),
    ]
    mean = epochs.groupby(["name", "label", "epoch"], as_index=False, observed=True)[value].mean()
    thick = alt.Chart(mean).mark_line(strokeWidth=2.5).encode(x=x, y=y, color=colour, tooltip=tooltip)
    points = (
        alt.Chart(mean)
        .mark_point(size=45, filled=True, opacity=1)
        .encode(x=x, y=y, color=colour, shape=shape, tooltip=tooltip)
    )
    if epochs.groupby("name")["seed"].nunique().max() > 1:
        thin = (
            alt.Chart(epochs)
            .mark_line(strokeWidth=1, opacity=0.55)
            .encode(
                x=x,
                y=y,
                color=colour,
                detail="seed:N",
                tooltip=[alt.Tooltip("seed:N", title="seed"), *tooltip],
            )
        )
        return thin + thick + points
    return thick + points


def _around(values: pd.Series) -> alt.Scale:
    """A scale that holds the values; at least 2 % of them wide, so that a single one does not become its only label."""
    low, high = float(values.min()), float(values.max())
    room = max(0.05 * (high - low), 0.01 * abs(high), 1e-6)
    return alt.Scale(domain=[low - room, high + room], nice=True, zero=False)
