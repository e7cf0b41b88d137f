"""Whatever a call raises becomes its answer."""

from typing import Any

from gru4rec_core.errors import DataError
from gru4rec_core.workspace.import_child import answer


def test_a_call_is_answered() -> None:
    sent: list[tuple[str, Any]] = []
    assert answer(max, (1, 2), False, sent.append) == ("result", 2)
    assert answer(int, ("x",), False, sent.append)[0] == "failure"
    assert not sent


def test_progress_is_sent_and_our_errors_stay_errors() -> None:
    sent: list[tuple[str, Any]] = []

    def work(on_progress: Any) -> None:
        on_progress(1, 2)
        raise DataError("Rule.")

    kind, error = answer(work, (), True, sent.append)
    assert (kind, str(error)) == ("error", "Rule.")
    assert sent == [("progress", (1, 2))]
