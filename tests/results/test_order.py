"""The result of an order test is kept beside its log, and computed again where it cannot be read."""

import json

from gru4rec_core.results import order
from gru4rec_core.results.order import OrderTest, find_result, store_result
from gru4rec_core.workspace.integrity import ORDER_RESULT, find_damage
from tests.order_results import order_result


def test_what_was_stored_is_found(workspace, dataset) -> None:
    assert find_result(workspace, dataset) is None
    for result in (order_result(), order_result(share=None)):
        store_result(workspace, dataset, result)
        assert find_result(workspace, dataset) == result
        assert OrderTest.from_json(json.loads(json.dumps(result.to_json()))) == result
    assert find_damage(workspace) == []


def test_a_damaged_or_older_result_is_none(workspace, dataset, monkeypatch) -> None:
    store_result(workspace, dataset, order_result())
    monkeypatch.setattr(order, "VERSION", order.VERSION + 1)
    assert find_result(workspace, dataset) is None
    monkeypatch.undo()
    path = workspace.order_test_folder(dataset.id) / ORDER_RESULT
    whole = path.read_text()
    for damaged in ("", whole[:200], whole.replace("popularity", "fame")):
        path.write_text(damaged)
        assert find_result(workspace, dataset) is None
