"""How is it checked whether a comparison's test can be trusted, once for the same content?

Only test events, stored predictions and stored weights are needed; the spoilt models are tested with NumPy.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.metrics import hits
from gru4rec_core.evaluation.scoring import evaluate
from gru4rec_core.evaluation.seed_outcomes import shown_seed
from gru4rec_core.evaluation.self_check import EventHits, HitsOfBlend, SelfCheck, carry_out_checks, visible_size
from gru4rec_core.model.inference import WEIGHTS_FILE, NumpyGru4Rec
from gru4rec_core.results.comparison import ComparisonResult
from gru4rec_core.results.stored_json import read_if_current
from gru4rec_core.storage import cache_json
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import Workspace

VERSION = 2
"""Raised when the same inputs give another answer than before: stored ones are then made again."""


def read_self_check(workspace: Workspace, result: ComparisonResult) -> SelfCheck | None:
    """What the self-check of a comparison found; None where it was not made, or its results have changed since."""
    if result.verdict is None or result.verdict.best is None:
        return None
    inputs = _hash_inputs(workspace, result)
    return read_if_current(
        self_check_file(workspace, result.record),
        "a self-check",
        inputs,
        lambda stored: SelfCheck.from_json(stored["found"]),
    )


def make_self_check(
    workspace: Workspace, result: ComparisonResult, on_step: Callable[[int], None] | None = None
) -> SelfCheck:
    """Checks a comparison's test with its best model; stored, and read where it was made before.

    Args:
        workspace: where the comparison is.
        result: its result.
        on_step: called before each model that is tested, with how many there were.

    Raises:
        RunError: the models cannot be compared, or the weights are missing or damaged.
    """
    if result.verdict is None or result.verdict.best is None:
        raise RunError(
            "A test is checked where it gives a verdict on two models.",
            found="no verdict",
            where=result.record.name,
            remedy="Compare two models on the same test events.",
        )
    known = read_self_check(workspace, result)
    if known is not None:
        return known
    model, config = _best(result), result.record.config
    k, half_width, centre = config.deciding_k, *(result.verdict.numbers[name] for name in ("half_width", "centre"))
    seeds = EventHits(
        model.evaluations[0].session, np.stack([hits(evaluation.ranks(), k) for evaluation in model.evaluations])
    )
    smallest = float("inf") if None in (half_width, centre) else visible_size(half_width, centre, config)
    found = carry_out_checks(model, seeds, _blend(workspace, result, on_step), smallest, config)
    cache_json(
        self_check_file(workspace, result.record), {"inputs": _hash_inputs(workspace, result), "found": found.to_json()}
    )
    return found


def self_check_folder(workspace: Workspace, comparison_id: str) -> Path:
    """Where the job that makes a comparison's self-check keeps its state and its log."""
    return workspace.comparison_folder(comparison_id) / "self-check"


def add_noise(arrays: dict[str, np.ndarray], noise: dict[str, np.ndarray], share: float) -> dict[str, np.ndarray]:
    """Weights of which a share, in [0, 1], is noise."""
    return {name: (1 - share) * array + share * noise[name] for name, array in arrays.items()}


def shuffle_weights(arrays: dict[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Noise as large as the weights: the values of each array in another order."""
    return {name: rng.permutation(array.ravel()).reshape(array.shape) for name, array in arrays.items()}


def _blend(workspace: Workspace, result: ComparisonResult, on_step: Callable[[int], None] | None) -> HitsOfBlend:
    k, events = result.record.config.deciding_k, result.split.test
    model = NumpyGru4Rec.load(_folder(workspace, result))
    noise = shuffle_weights(model.arrays, np.random.default_rng([result.record.config.seed, 2]))
    n_tested = 0

    def hits_of(share: float) -> np.ndarray:
        nonlocal n_tested
        if on_step:
            on_step(n_tested)
        n_tested += 1
        blended = NumpyGru4Rec(add_noise(model.arrays, noise, share), model.config, model.vocabulary)
        return hits(evaluate(blended, events, top_k=1).ranks(), k)

    return hits_of


def _best(result: ComparisonResult) -> ModelResults:
    assert result.verdict is not None
    return next(model for model in result.contenders if model.name == result.verdict.best)


def _folder(workspace: Workspace, result: ComparisonResult) -> Path:
    """Of the run whose weights are spoilt: that of the seed nearest the mean."""
    model = _best(result)
    seed = shown_seed(model, result.record.config.deciding_k)
    return workspace.run_folder(result.run_ids[model.name][seed])


def self_check_file(workspace: Workspace, record: ComparisonRecord) -> Path:
    """Where the answer is stored."""
    return workspace.comparison_folder(record.id) / "self_check.json"


def _hash_inputs(workspace: Workspace, result: ComparisonResult) -> str:
    """A hash of everything that the answer depends on; of the weights, which never change, their size and time."""
    assert result.verdict is not None
    model, weights = _best(result), (_folder(workspace, result) / WEIGHTS_FILE)
    stamp = (weights.stat().st_size, weights.stat().st_mtime_ns) if weights.exists() else ()
    half_width = result.verdict.numbers["half_width"]
    digest = hashlib.sha256(
        f"{VERSION}/{result.record.config.to_json()}/{half_width}/{model.test_key}/{stamp}".encode()
    )
    for evaluation in model.evaluations:
        for array in (evaluation.session, evaluation.target, evaluation.greater, evaluation.equal):
            digest.update(array.tobytes())
    return digest.hexdigest()
