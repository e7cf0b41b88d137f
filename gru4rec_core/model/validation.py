"""How good is a network on its validation part?"""

from gru4rec_core.config import MAX_LIST_LENGTH
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.evaluation.metrics import hits, reciprocal_ranks
from gru4rec_core.evaluation.ranks import true_item_ranks
from gru4rec_core.model.ranking import Ranker


def validation_metrics(ranker: Ranker, events: EvaluationSet, watched: str = "") -> dict[str, float]:
    """Metrics in [0, 1] by name: "accuracy@1" to "accuracy@20", and "mrr@20"; exact over all items.

    Every k up to 20, because any of them may decide a comparison, and one made later too.

    Args:
        ranker: evaluates the network with its current weights.
        events: what to predict, at least one event.
        watched: the metric that early stopping watches; recorded as well where its k is larger.
    """
    counts = ranker.rank_counts(events, 1)
    ranks = true_item_ranks(counts.greater, counts.equal, events.events().target)
    lengths = set(range(1, MAX_LIST_LENGTH + 1))
    if watched.startswith("accuracy@"):
        lengths.add(int(watched.removeprefix("accuracy@")))
    metrics = {f"accuracy@{k}": float(hits(ranks, k).mean()) for k in sorted(lengths)}
    return metrics | {f"mrr@{MAX_LIST_LENGTH}": float(reciprocal_ranks(ranks, MAX_LIST_LENGTH).mean())}
