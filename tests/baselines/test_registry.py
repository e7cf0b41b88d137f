"""The known figures of baselines on a real log."""

from gru4rec_core.baselines.registry import BASELINES
from gru4rec_core.config import SplitConfig
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.splits import split
from gru4rec_core.evaluation.metrics import accuracy_at
from gru4rec_core.evaluation.scoring import evaluate


def test_on_the_real_log_simple_counting_comes_to_its_known_figures(real_log):
    parts = split(read_log(real_log).dataset, SplitConfig(validation_fraction=0))
    found = {}
    for name in ("popularity", "last-item-again", "markov"):
        ranks = evaluate(BASELINES[name]().fit(parts.train), parts.test)
        assert ranks.n_events == 18_984
        found[name] = [round(accuracy_at(ranks, k), 3) for k in (1, 3)]
    assert found["popularity"] == [0.022, 0.047]
    assert found["last-item-again"][0] == 0.072
    assert found["markov"] == [0.077, 0.196]
