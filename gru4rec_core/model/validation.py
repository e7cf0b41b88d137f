"""How good is a network on its validation part?"""

from gru4rec_core.config import LIST_LENGTHS, MAX_LIST_LENGTH
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.evaluation.metrics import hits, reciprocal_ranks
from gru4rec_core.evaluation.ranks import true_item_ranks
from gru4rec_core.model.ranking import Ranker


def validation_metrics(ranker: Ranker, events: EvaluationSet) -> dict[str, float]:
    """Metrics in [0, 1] by name: "accuracy@k" for each of `LIST_LENGTHS`, and "mrr@20"; exact over all items.

    Args:
        ranker: evaluates the network with its current weights.
        events: what to predict, at least one event.
    """
    counts = ranker.rank_counts(events, 1)
    ranks = true_item_ranks(counts.greater, counts.equal, events.events().target)
    metrics = {f"accuracy@{k}": float(hits(ranks, k).mean()) for k in LIST_LENGTHS}
    return metrics | {f"mrr@{MAX_LIST_LENGTH}": float(reciprocal_ranks(ranks, MAX_LIST_LENGTH).mean())}
