"""How does a result read on a terminal?"""

from collections.abc import Mapping, Sequence
from typing import Any

from gru4rec_core.results.comparison import ComparisonResult
from gru4rec_core.results.model_table import ks_of
from gru4rec_core.results.recheck import Recheck


def comparison_text(result: ComparisonResult) -> str:
    """The verdict's sentences, then a table of all models, best first by the deciding metric."""
    lines = [*result.verdict.sentences, *result.verdict.limits, ""] if result.verdict else []
    ordered = result.models.sort_values(f"accuracy@{result.record.config.deciding_k}", ascending=False)
    return "\n".join(lines + _table(ordered.to_dict("records")))


def _table(rows: Sequence[Mapping[Any, Any]]) -> list[str]:
    ks = ks_of(rows[0])
    lines = [f"{'hits per 100 in the top':28}" + "".join(f"{k:>8}" for k in ks) + f"{'MRR@20':>9}"]
    for row in rows:
        hits = "".join(f"{100 * row[f'accuracy@{k}']:8.2f}" for k in ks)
        lines.append(f"{row['label']:28}{hits}{row['mrr@20']:9.4f}")
    return lines


def recheck_text(found: Recheck) -> str:
    """How the old model did, beside the others, over all and week by week."""
    lines = [found.counting.sentence, f"Unknown to the old model: {100 * found.unknown:.1f} of 100 items.", ""]
    lines += _table(sorted(found.models, key=lambda row: -row[f"accuracy@{found.comparison.config.deciding_k}"]))
    if len(found.by_week):
        lines += ["", f"{'week of':12}{'events':>8}{'unknown':>9}  hits per 100: " + found.comparison.models[0].label]
        for row in found.by_week.to_dict("records"):
            share, hits = 100 * row["unknown"], 100 * row[found.comparison.models[0].name]
            lines.append(f"{row['week']:%Y-%m-%d}  {row['n_events']:>8,}{share:>8.1f}%  {hits:.2f}")
    return "\n".join(lines)


def rates(accuracy: Mapping[str, float | None]) -> str:
    """Hits per 100 for each list length, in one line."""
    return ", ".join(f"top {k}: {100 * (rate or 0.0):.2f} per 100" for k, rate in accuracy.items())
