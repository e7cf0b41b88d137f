"""The table of two models seed by seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from gru4rec_core.evaluation.metrics import accuracy_at
from gru4rec_core.evaluation.seed_outcomes import rate

if TYPE_CHECKING:
    from gru4rec_core.evaluation.comparability import ModelResults

MEAN = "mean"
"""What the last row of a table by seed is called."""


def seed_table(pair: tuple[ModelResults, ModelResults], k: int, names: Sequence[str]) -> pd.DataFrame:
    """Hits in the top `k` per 100, a row per seed: seed, each model under its label, difference (second less first).

    The last row holds the means over seeds, as all other tables have them. Where one model has fewer seeds, its cells
    are NaN below its last one.

    Args:
        pair: two models, the base first.
        k: list length.
        names: what each seed is called, as many as the model with more of them has.
    """
    columns = {model.label: [100 * accuracy_at(one, k) for one in model.evaluations] for model in pair}
    table = pd.DataFrame({label: pd.Series(values, dtype="float64") for label, values in columns.items()})
    table.loc[len(table)] = [100 * rate(model, f"accuracy@{k}") for model in pair]
    table.insert(0, "seed", [*names, MEAN])
    return table.assign(difference=table[pair[1].label] - table[pair[0].label])
