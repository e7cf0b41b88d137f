"""How does a trained model recommend with NumPy alone?

The forward pass of `network.py` without TensorFlow, so a web process answers at once and needs a few megabytes.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import DataError, RunError
from gru4rec_core.evaluation.ranks import top_items
from gru4rec_core.evaluation.scoring import Scorer
from gru4rec_core.storage import damaged, load_arrays

CONFIG_FILE, VOCABULARY_FILE, WEIGHTS_FILE = "config.json", "vocabulary.json", "weights.npz"


class NumpyGru4Rec:
    """A trained GRU4Rec as a scorer.

    Args:
        arrays: weights under their official names, float32.
        config: the settings the model was trained with.
        vocabulary: items of the training part.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray], config: TrainingConfig, vocabulary: ItemVocabulary) -> None:
        self.arrays = dict(arrays)
        self.config = config
        self.vocabulary = vocabulary

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Reads what `Gru4Rec.save` wrote.

        Raises:
            RunError: a file is missing or damaged.
        """
        folder = Path(folder)
        arrays = load_arrays(folder / WEIGHTS_FILE)
        return cls(arrays, *read_settings(folder))

    @property
    def name(self) -> str:
        return self.config.loss

    @property
    def n_items(self) -> int:
        return len(self.arrays["Wy"])

    def final_states(self, sessions: Sequence[np.ndarray]) -> np.ndarray:
        """State of every layer after each history (int32 ids; -1 is skipped): float32 [n, sum(n_hidden)]."""
        known = [np.asarray(session)[np.asarray(session) >= 0] for session in sessions]
        lengths = np.array([len(session) for session in known], np.int64)
        # Longest first: the histories that have not ended are always the first rows.
        order = np.argsort(-lengths, kind="stable")
        states = [np.zeros((len(known), units), np.float32) for units in self.config.n_hidden]
        for t in range(int(lengths.max(initial=0))):
            active = int((lengths > t).sum())
            items = np.array([known[i][t] for i in order[:active]])
            for state, new in zip(states, self._advance(items, [state[:active] for state in states]), strict=True):
                state[:active] = new
        out = np.empty((len(known), sum(self.config.n_hidden)), np.float32)
        out[order] = np.concatenate(states, axis=1)
        return out

    def scores(self, sessions: Sequence[np.ndarray]) -> np.ndarray:
        """Scores of every item after each history, float32 [n, n_items]."""
        top = self.final_states(sessions)[:, -self.config.n_hidden[-1] :]
        return top @ self.arrays["Wy"].T + self.arrays["By"][:, 0]

    def recommend(self, items: Sequence[Any], k: int = 10) -> list[tuple[Any, float]]:
        """The k best next items after these, best first, with their scores.

        Raises:
            DataError: an item the model has never seen.
        """
        return recommend(self, self.vocabulary, items, k)

    def _advance(self, items: np.ndarray, states: list[np.ndarray]) -> list[np.ndarray]:
        arrays, mode = self.arrays, self.config.item_input
        below = arrays["E"][items] if mode == "separate" else arrays["Wy"][items] if mode == "shared" else None
        new_states = []
        for i, state in enumerate(states):
            units = state.shape[1]
            projected = arrays["gru0/Wx0"][items] if below is None else below @ arrays[f"gru{i}/Wx0"]
            projected = projected + arrays[f"gru{i}/Bh0"]
            gates = projected[:, units:] + state @ arrays[f"gru{i}/Wrz0"]
            bias = arrays[f"gru{i}/Rh0"] if self.config.reset_after else None
            gates = _sigmoid(gates if bias is None else gates + bias[:, units:])
            reset_gate, update_gate = gates[:, :units], gates[:, units:]
            if bias is None:
                recurrent = (reset_gate * state) @ arrays[f"gru{i}/Wh0"]
            else:
                recurrent = reset_gate * (state @ arrays[f"gru{i}/Wh0"] + bias[:, :units])
            candidate = projected[:, :units] + recurrent
            candidate = np.tanh(candidate) if self.config.activation == "tanh" else np.maximum(candidate, 0)
            below = state + update_gate * (candidate - state)
            new_states.append(below)
        return new_states


def read_settings(folder: Path) -> tuple[TrainingConfig, ItemVocabulary]:
    """Settings and vocabulary of a saved model.

    Raises:
        RunError: a file is missing or damaged.
        ConfigError: a setting is not allowed.
    """
    texts = [_read(folder / name) for name in (CONFIG_FILE, VOCABULARY_FILE)]
    try:
        return TrainingConfig.from_json(texts[0]), ItemVocabulary.from_json(texts[1])
    except (ValueError, TypeError) as error:
        raise damaged(folder / VOCABULARY_FILE, error) from None


def recommend(scorer: Scorer, vocabulary: ItemVocabulary, items: Sequence[Any], k: int) -> list[tuple[Any, float]]:
    """The k best next items after `items`, best first, with their scores; equal scores by lower id.

    Raises:
        DataError: an unknown item, or k below 1.
    """
    ids = vocabulary.encode(items)
    unknown = [item for item, known in zip(items, ids >= 0, strict=True) if not known]
    if unknown:
        raise DataError(
            "The model knows only the items of its training.",
            found=", ".join(repr(item) for item in unknown[:5]) + (", …" if len(unknown) > 5 else ""),
            remedy="Leave these items out, or train on a log that has them.",
        )
    if k < 1:
        raise DataError("At least one item is recommended.", found=f"k = {k}")
    scores = scorer.scores([ids])
    best, values = (part[0] for part in top_items(scores, min(k, scores.shape[1])))
    return [(item, float(value)) for item, value in zip(vocabulary.decode(best), values, strict=True)]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise damaged(path, error) from None
    except OSError as error:
        raise RunError(
            "A saved model is config.json, vocabulary.json and its weights.",
            found=str(error),
            where=path.name,
            remedy="Name the folder that Gru4Rec.save wrote.",
        ) from None


def _sigmoid(x: np.ndarray) -> np.ndarray:
    # tanh does not overflow, exp does.
    return 0.5 + 0.5 * np.tanh(0.5 * x)
