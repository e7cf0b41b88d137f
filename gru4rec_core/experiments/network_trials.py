"""What does a trial of GRU4Rec do? TensorFlow is loaded here."""

import gc
from typing import Any

import keras

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.experiments.network_settings import change, flatten
from gru4rec_core.experiments.search import Method, Watch
from gru4rec_core.experiments.search_space import search_space
from gru4rec_core.experiments.threads import limit_threads
from gru4rec_core.model.gru4rec import Gru4Rec
from gru4rec_core.model.reports import EpochReport
from gru4rec_core.workspace.tunings import TuningRecord

EPOCHS = 20
"""The most epochs of a trial, whatever the method's own settings say: how many are best is found out."""

PATIENCE = 2
"""Epochs without improvement after which a trial ends; its best epoch counts."""


def prepare_loss(tuning: TuningRecord, loss: str, train: SessionDataset, validation: EvaluationSet) -> Method:
    """The trials of a loss: each trains a network of its own, watched on the validation part after each epoch.

    All trials have the same seed; the winner is trained again with others before it is tested.
    """
    limit_threads(1)  # as jobs have: the same trials give the same values to the bit
    config = tuning.config_of(loss).resolved(train.n_items)
    space = search_space(loss, train.n_events, flatten(config))

    def run(settings: dict[str, Any], watch: Watch) -> None:
        changed = change(config, settings).replace(
            epochs=EPOCHS, early_stopping=True, early_stopping_metric=tuning.metric, patience=PATIENCE
        )
        model = Gru4Rec.from_config(train.n_items, changed, train.vocabulary)

        def on_epoch(report: EpochReport) -> None:
            assert report.validation is not None
            watch.report(report.validation[tuning.metric])

        def should_stop() -> bool:
            watch.check()
            return False

        try:
            model.fit(train, validation=validation, on_epoch=on_epoch, should_stop=should_stop)
        finally:
            # What was compiled for this trial would stay in memory until the process ends.
            keras.backend.clear_session(free_memory=False)
            del model
            gc.collect()

    return Method(loss, space, flatten(config), run)
