"""Steps of an implementation that is known to be right, against those of the production training step."""

import json
import os
from pathlib import Path

import numpy as np

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.batching import Schedule
from gru4rec_core.model.batch_builder import BatchBuilder
from gru4rec_core.model.network import Gru4RecNetwork
from gru4rec_core.model.step import TrainingLoop


def config_of(case: dict, n_lanes: int, *, reset_after: bool = False) -> TrainingConfig:
    separate = case.get("embedding", 0)
    optional = {name: case[name] for name in ("bpreg", "elu_param", "logq") if name in case}
    return TrainingConfig(
        loss=case["loss"],
        n_hidden=tuple(case["layers"]),
        item_input="shared" if case["constrained_embedding"] else "separate" if separate else "one-hot",
        embedding_size=separate or 1,
        negatives="sampled" if case["n_sample"] else "in-batch",
        n_sample=case["n_sample"] or 1,
        sample_alpha=case["sample_alpha"],
        optimizer="adagrad",
        learning_rate=case["learning_rate"],
        momentum=case["momentum"],
        batch_size=n_lanes,
        reset_after=reset_after,
        **optional,
    )


def read_steps(variable: str, file: str) -> tuple[dict, dict[str, np.ndarray]]:
    """The description and the arrays of all cases.

    Args:
        variable: environment variable that may name another .npz, with its .json beside it.
        file: name of the .npz in tests/reference.
    """
    path = Path(os.environ.get(variable, Path(__file__).parent / "reference" / file))
    with np.load(path) as archive:
        return json.loads(path.with_suffix(".json").read_text(encoding="utf-8")), dict(archive)


def check_steps(description: dict, numbers: dict[str, np.ndarray], name: str) -> None:
    """Compares the losses, weights, states and scores of a case of reference/README.md with the stored ones.

    Args:
        description: the JSON beside the arrays.
        numbers: the arrays of all cases.
        name: of the case.
    """
    arrays = _weights(numbers, f"{name}/")
    case, reset_after = description["cases"][name], description.get("reset_after", False)
    config = config_of(case, description["batch_size"], reset_after=reset_after)
    n_steps = len(arrays["inputs"])
    network = Gru4RecNetwork(description["n_items"], config)
    network.set_arrays(_weights(arrays, "before/"))
    steps = Schedule(arrays["inputs"], arrays["targets"], arrays["reset"], np.ones_like(arrays["reset"]))
    # A chunk longer than the steps: the padding must not count.
    builder = BatchBuilder(config, arrays["popularity"], chunk_steps=n_steps + 3)
    batches = builder.build(steps, np.random.default_rng(0), arrays["negatives"])

    loop = TrainingLoop(network, config)
    result = loop.run(batches, n_steps, 0)

    np.testing.assert_allclose(result.losses, arrays["loss"], rtol=1e-5)
    trained = network.arrays()
    expected = _weights(arrays, "after/")
    assert trained.keys() == expected.keys()
    for weight, value in expected.items():
        np.testing.assert_allclose(trained[weight], value, atol=1e-4, rtol=1e-4, err_msg=weight)
        assert np.abs(value - arrays[f"before/{weight}"]).max() > 1e-3, f"{weight} did not move: nothing was tested"
    states = [state.numpy() for state in loop.hidden]
    for layer, state in enumerate(states):
        np.testing.assert_allclose(state, arrays[f"hidden/{layer}"], atol=1e-5, rtol=1e-4)
    scores, _ = network(arrays["score_input"], states)
    np.testing.assert_allclose(scores.numpy(), arrays["scores"], atol=1e-4, rtol=1e-4)


def _weights(arrays: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {key.removeprefix(prefix): value for key, value in arrays.items() if key.startswith(prefix)}
