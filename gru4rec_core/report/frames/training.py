"""The table behind the training curves: validation hits and loss per epoch."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from gru4rec_core.config import LOSS_LABELS, TrainingConfig

_COLUMNS = ["name", "label", "seed", "epoch", "hits", "loss"]


def epoch_frame(runs: Iterable[tuple[TrainingConfig, pd.DataFrame]], k: int) -> pd.DataFrame:
    """One row per run and epoch.

    Args:
        runs: the settings of each run and its epochs so far: epoch, loss, and `validation_accuracy@k` (0 to 1) where
            the run has a validation part. A run without epochs adds no row.
        k: list length in which a hit counts.

    Returns:
        Columns name (of the loss), label, seed, epoch (from 1), hits (per 100 on validation data, NaN without a
        validation part), loss (on training data, in the loss's own unit).
    """
    parts = []
    for config, epochs in runs:
        if epochs.empty:
            continue
        hits = epochs.get(f"validation_accuracy@{k}", pd.Series(float("nan"), index=epochs.index))
        parts.append(
            pd.DataFrame(
                {
                    "name": config.loss,
                    "label": LOSS_LABELS[config.loss],
                    "seed": config.seed,
                    "epoch": epochs["epoch"],
                    "hits": 100 * hits.astype(float),
                    "loss": epochs["loss"],
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)
