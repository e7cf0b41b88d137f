"""A run that looks trained: its weights are random. For the benchmark of the pages, and for their tests."""

from pathlib import Path

import numpy as np

from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.storage import save_arrays, write_text


def store_random_model(folder: Path, vocabulary: ItemVocabulary, width: int, generator: np.random.Generator) -> None:
    """Writes a model of one layer into a run's folder, as training would leave it.

    Args:
        folder: the run's.
        vocabulary: its items.
        width: units of the layer.
        generator: draws the weights.
    """
    n = len(vocabulary.items)
    shapes = {"gru0/Wx0": (n, 3 * width), "gru0/Wrz0": (width, 2 * width), "gru0/Wh0": (width, width)}
    shapes |= {"gru0/Bh0": (1, 3 * width), "Wy": (n, width), "By": (n, 1)}
    arrays = {name: generator.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    save_arrays(folder / "weights.npz", arrays)
    write_text(folder / "vocabulary.json", vocabulary.to_json())
