"""How does a result read on a terminal?"""

from collections.abc import Mapping

from gru4rec_core.evaluation.metrics import DEFAULT_KS
from gru4rec_core.runs.results import ComparisonResult


def comparison_text(result: ComparisonResult) -> str:
    """The verdict's sentences, then a table of all models, best first by the deciding metric."""
    k = result.record.config.deciding_k
    verdict = result.verdict
    lines = [*verdict.sentences, *verdict.limits, ""] if verdict else []
    ks = DEFAULT_KS
    lines.append(f"{'hits per 100 in the top':28}" + "".join(f"{k:>8}" for k in ks) + f"{'MRR@20':>9}")
    order = min(ks, key=lambda one: abs(one - k))
    for row in result.models.sort_values(f"accuracy@{order}", ascending=False).to_dict("records"):
        hits = "".join(f"{100 * row[f'accuracy@{one}']:8.2f}" for one in ks)
        lines.append(f"{row['label']:28}{hits}{row['mrr@20']:9.4f}")
    return "\n".join(lines)


def rates(accuracy: Mapping[str, float | None]) -> str:
    """Hits per 100 for each list length, in one line."""
    return ", ".join(f"top {k}: {100 * (rate or 0.0):.2f} per 100" for k, rate in accuracy.items())
