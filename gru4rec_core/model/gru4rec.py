"""GRU4Rec as its users see it: fit, recommend, save, load."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import ConfigError, RunError
from gru4rec_core.evaluation.ranks import RankCounts
from gru4rec_core.model.inference import CONFIG_FILE, VOCABULARY_FILE, WEIGHTS_FILE, read_settings, recommend
from gru4rec_core.model.losses import BPR, TOP1
from gru4rec_core.model.network import Gru4RecNetwork
from gru4rec_core.model.ranking import Ranker
from gru4rec_core.model.reports import EpochReport, Hooks, TrainingProgress
from gru4rec_core.model.training import Trainer
from gru4rec_core.storage import load_arrays, make_folder, new_file, save_arrays, write_text

KERAS_WEIGHTS_FILE = "weights.weights.h5"

LossFunction = Callable[[Any, Any], Any]


class Gru4Rec:
    """A session-based recommender.

    Made as in the Keras notebook, it has the settings of the preset "notebook"; `from_config` takes any settings.

    Args:
        n_classes: number of items.
        n_layers: number of GRU layers.
        n_hidden: units per layer: one number, or one number for each layer.
        loss: `TOP1`, `BPR`, or the name of a loss.
        batch_size: lanes: sessions trained side by side.
        config: all settings; n_layers, n_hidden, loss and batch_size are then ignored.
        vocabulary: items of the training part; `fit` sets it.

    Attributes:
        network: the weights, a keras.Model.
        config: the settings.
        vocabulary: items of the training part, None before `fit`.

    Raises:
        ConfigError: a setting out of its range.
    """

    def __init__(
        self,
        n_classes: int,
        n_layers: int = 1,
        n_hidden: int | Sequence[int] = 64,
        loss: LossFunction | str = TOP1,
        batch_size: int = 8,
        *,
        config: TrainingConfig | None = None,
        vocabulary: ItemVocabulary | None = None,
    ) -> None:
        if n_classes < 1:
            raise ConfigError("A model has at least one item to recommend.", found=str(n_classes), where="n_classes")
        if config is None:
            widths = (n_hidden,) * n_layers if isinstance(n_hidden, int) else tuple(n_hidden)
            changes: dict[str, Any] = {"n_hidden": widths, "loss": _loss_name(loss), "batch_size": batch_size}
            config = TrainingConfig.preset("notebook", **changes)
        self.n_items = n_classes
        self.config = config
        self.vocabulary = vocabulary
        self.network = Gru4RecNetwork(n_classes, config)
        self._ranker = Ranker(self.network)

    @classmethod
    def from_config(cls, n_items: int, config: TrainingConfig, vocabulary: ItemVocabulary | None = None) -> Self:
        """An untrained model with any settings."""
        return cls(n_items, config=config, vocabulary=vocabulary)

    @property
    def name(self) -> str:
        return self.config.loss

    def fit(
        self,
        dataset: SessionDataset,
        steps_per_epoch: int | None = None,
        epochs: int | None = None,
        *,
        validation: EvaluationSet | None = None,
        on_epoch: Callable[[EpochReport], None] | None = None,
        on_progress: Callable[[TrainingProgress], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
        checkpoint_folder: Path | str | None = None,
        resume: bool = False,
    ) -> list[EpochReport]:
        """Trains, starting from the current weights.

        Args:
            dataset: training sessions; its vocabulary becomes the model's.
            steps_per_epoch: mini-batches per epoch; None takes the setting, which is one pass unless it says otherwise.
            epochs: None takes the setting.
            validation: events predicted after each epoch; needed for early stopping.
            on_epoch: called with each epoch's report.
            on_progress: called after each chunk of steps, several times a second.
            should_stop: asked before each chunk; True ends training.
            checkpoint_folder: where each epoch leaves a checkpoint.
            resume: continue from the checkpoint there, bit-identically, if there is one.

        Returns:
            The report of every epoch, including those before a resume.

        Raises:
            DataError: no session has two events, or the items are not the model's.
            ConfigError: settings that do not go together.
            RunError: the loss became NaN, or the checkpoint belongs to other settings.
            Cancelled: `should_stop` returned True.
        """
        changes = {"steps_per_epoch": steps_per_epoch, "epochs": epochs}
        config = self.config.replace(**{name: value for name, value in changes.items() if value is not None})
        hooks = Hooks(on_epoch, on_progress, should_stop)
        folder = None if checkpoint_folder is None else Path(checkpoint_folder)
        trainer = Trainer(self.network, config, dataset, validation, folder, hooks)
        self._ranker = trainer.ranker  # so that an evaluation uses what validation has compiled
        self.vocabulary = dataset.vocabulary
        return trainer.run(resume)

    def summary(self, print_fn: Callable[[str], Any] | None = None) -> None:
        """Layers and parameters as Keras prints them."""
        self.network.summary(print_fn=print_fn)

    def scores(self, sessions: Sequence[np.ndarray]) -> np.ndarray:
        """Scores of every item after each history of ids (see `Scorer`), float32 [n, n_items]."""
        return self._ranker.scores(self._states(sessions))

    def rank_counts(
        self, events: EvaluationSet, top_k: int, on_progress: Callable[[int, int], None] | None = None
    ) -> RankCounts:
        """Exact ranks over all items, compiled (see `FastScorer`)."""
        return self._ranker.rank_counts(events, top_k, on_progress)

    def final_states(self, sessions: SessionDataset | EvaluationSet) -> np.ndarray:
        """Each session's state after its last event, layers side by side: float32 [n_sessions, sum(n_hidden)]."""
        dataset = sessions if isinstance(sessions, SessionDataset) else sessions.dataset
        return self._ranker.final_states(dataset.items, dataset.offsets)

    def recommend(self, items: Sequence[Any], k: int = 10) -> list[tuple[Any, float]]:
        """The k best next items after these, best first, with their scores.

        Raises:
            DataError: an item the model has never seen.
            RunError: the model has no vocabulary yet.
        """
        if self.vocabulary is None:
            raise RunError("A model recommends once it knows its items.", remedy="Train it, or load a trained one.")
        return recommend(self, self.vocabulary, items, k)

    def save(self, folder: Path | str) -> None:
        """Writes settings, vocabulary and weights (HDF5 for Keras, .npz for NumPy) into a folder."""
        folder = Path(folder)
        make_folder(folder)
        vocabulary = self.vocabulary if self.vocabulary is not None else ItemVocabulary(range(self.n_items))
        write_text(folder / CONFIG_FILE, self.config.to_json())
        write_text(folder / VOCABULARY_FILE, vocabulary.to_json())
        with new_file(folder / KERAS_WEIGHTS_FILE) as temporary:
            self.network.save_weights(temporary)
        save_arrays(folder / WEIGHTS_FILE, self.network.arrays())

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Reads what `save` wrote.

        Raises:
            RunError: a file is missing, or the weights do not fit the settings.
        """
        folder = Path(folder)
        config, vocabulary = read_settings(folder)
        model = cls.from_config(len(vocabulary), config, vocabulary)
        model.network.set_arrays(load_arrays(folder / WEIGHTS_FILE))
        return model

    def _states(self, sessions: Sequence[np.ndarray]) -> np.ndarray:
        offsets = np.r_[0, np.cumsum([len(session) for session in sessions])].astype(np.int64)
        items = np.concatenate([np.empty(0, np.int32), *sessions]).astype(np.int32)
        return self._ranker.final_states(items, offsets)


def _loss_name(loss: LossFunction | str) -> str:
    if isinstance(loss, str):
        return loss
    names = {TOP1: "top1", BPR: "bpr"}
    if loss not in names:
        raise ConfigError(
            "A loss is TOP1, BPR or a name.",
            found=getattr(loss, "__name__", repr(loss)),
            where="loss",
            remedy='Use TOP1, BPR, "top1-max", "bpr-max" or "cross-entropy".',
        )
    return names[loss]
