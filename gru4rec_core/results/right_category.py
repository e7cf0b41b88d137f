"""How often did each model of a comparison guess the right category, where an item table tells the categories?"""

from typing import Any

from gru4rec_core.config import MAX_LIST_LENGTH
from gru4rec_core.evaluation.categories import category_codes, category_rates
from gru4rec_core.results.comparison import ComparisonResult
from gru4rec_core.workspace.store import Workspace


def right_category(workspace: Workspace, result: ComparisonResult) -> dict[str, Any] | None:
    """First guesses and deciding top k that had the right category, as plain JSON values; None if it cannot be known.

    Args:
        workspace: where the comparison's dataset is, with its item table.
        result: the comparison.

    Returns:
        k, and one entry per model, the best first guesses first: name, how often the first guess was of the right
        category with the limits of that rate (first, first_low, first_high), the same of the top k (category, low,
        high), and hits of the item itself, each 0 to 1 (see `evaluation.categories.category_rates`).

    Raises:
        RunError: the item table is damaged.
    """
    k, categories = result.record.config.deciding_k, workspace.item_categories(result.dataset.id)
    if not categories or k > MAX_LIST_LENGTH:
        return None
    codes = category_codes(result.split.test.dataset.vocabulary, categories)
    rates = category_rates(result.comparison.models, codes, k, result.record.config.confidence)
    shares = ["first", "first_low", "first_high", "category", "low", "high", "item"]
    rates[shares] /= 100
    return {"k": k, "models": rates[["name", *shares]].to_dict("records")}
