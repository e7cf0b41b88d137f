"""What came of the order test of a log, and where is it stored?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from gru4rec_core.evaluation.order_share import OrderShare
from gru4rec_core.results.stored_json import read_if_current
from gru4rec_core.storage import make_folder, write_json
from gru4rec_core.workspace.checksums import write_checksums
from gru4rec_core.workspace.integrity import ORDER_RESULT
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace

VERSION = 1
"""Raised when the same log gives another result than before: stored ones are then computed again."""


@dataclass(frozen=True)
class OrderTest:
    """The share of order in a log, and what it was found from.

    Attributes:
        share: the figures with their intervals.
        k: list length.
        n_learned: events that both methods learned from.
        n_predictions, n_sessions: held-out events that were predicted, and the sessions they are in.
        n_used: sessions that were used, learned from or held out.
        n_offered: sessions of the training part, of which those used were drawn.
        longest: items of a history that were read at most.
        single: share of the predicted events with one item before them, where there is no order.
        seconds: that it took.
    """

    share: OrderShare
    k: int
    n_learned: int
    n_predictions: int
    n_sessions: int
    n_used: int
    n_offered: int
    longest: int
    single: float
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """In JSON's own types."""
        return {**asdict(self), "share": self.share.to_json()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` wrote; raises KeyError or TypeError for anything else."""
        return cls(**{**values, "share": OrderShare.from_json(values["share"])})


def find_result(workspace: Workspace, record: DatasetRecord) -> OrderTest | None:
    """The stored result of a log; None where there is none, it is damaged, or an older version computed it."""
    path = workspace.order_test_folder(record.id) / ORDER_RESULT
    return read_if_current(
        path, "an order test", _list_inputs(record), lambda stored: OrderTest.from_json(stored["result"])
    )


def store_result(workspace: Workspace, record: DatasetRecord, result: OrderTest) -> None:
    """Stores a result beside its log, with its checksum."""
    folder = workspace.order_test_folder(record.id)
    make_folder(folder)
    write_json(folder / ORDER_RESULT, {"inputs": _list_inputs(record), "result": result.to_json()})
    write_checksums(folder, [ORDER_RESULT])


def _list_inputs(record: DatasetRecord) -> list[Any]:
    return [VERSION, record.content_hash]
