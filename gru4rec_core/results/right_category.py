"""How often did each model of a comparison guess the right category, where an item table tells the categories?"""

from typing import Any

from gru4rec_core.config import MAX_LIST_LENGTH
from gru4rec_core.evaluation.categories import category_codes, category_rates
from gru4rec_core.results.comparison import ComparisonResult
from gru4rec_core.workspace.store import Workspace


def right_category(workspace: Workspace, result: ComparisonResult) -> dict[str, Any] | None:
    """Hits of the right category in the deciding top k, as plain JSON values; None where they cannot be known.

    Args:
        workspace: where the comparison's dataset is, with its item table.
        result: the comparison.

    Returns:
        k, and one entry per model, best first: name, hits of the category with the limits of their rate (low, high),
        and hits of the item itself, each 0 to 1 (see `evaluation.categories.category_rates`).

    Raises:
        RunError: the item table is damaged.
    """
    k, categories = result.record.config.deciding_k, workspace.item_categories(result.dataset.id)
    if not categories or k > MAX_LIST_LENGTH:
        return None
    codes = category_codes(result.split.test.dataset.vocabulary, categories)
    rates = category_rates(result.comparison.models, codes, k, result.record.config.confidence)
    rates[["item", "category", "low", "high"]] /= 100
    return {"k": k, "models": rates[["name", "category", "low", "high", "item"]].to_dict("records")}
