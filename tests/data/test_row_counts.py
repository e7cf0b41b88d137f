"""The rows of a file add up: kept, of other kinds, outside the sample, and rejected by reason."""

from pathlib import Path

import pytest

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.row_counts import RowCounts


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (RowCounts(1_204, 1_200, 0, 0, {"no item": 3, "no session": 1}),
         "1,200 of 1,204 rows are events; 4 were left out."),
        (RowCounts(9, 6, 3, 0, {}), "6 of 9 rows are events; 3 are events of kinds you did not keep."),
        (RowCounts(4, 1, 1, 1, {"no item": 1}),
         "1 of 4 rows is an event; 1 was left out, 1 is an event of a kind you did not keep, "
         "1 is of a session outside the sample."),
        (RowCounts(9, 9, 0, 0, {}), "All 9 rows are events."),
    ],
)  # fmt: skip
def test_what_became_of_the_rows_in_one_sentence(counts: RowCounts, sentence: str) -> None:
    assert counts.describe() == sentence


def test_a_dataset_without_a_file_has_no_rows() -> None:
    assert RowCounts.from_summary({}) is None


@pytest.mark.parametrize("sample", [1.0, 0.3])
@pytest.mark.parametrize("gap", [None, 30.0])
def test_rows_of_every_fate_add_up(tmp_path: Path, sample: float, gap: float | None) -> None:
    rows = [f"u{i // 6},{1_700_000_000 + i},{'view' if i % 4 else 'buy'},a{i % 7}" for i in range(600)]
    rows[10], rows[50], rows[90], rows[200] = "u1,,view,a1", ",1700000001,view,a1", "u3,soon,view,a1", "too,few"
    path = tmp_path / "log.csv"
    path.write_text("user,time,kind,item\n" + "\n".join(rows) + "\n", encoding="utf-8")
    owner = {"session": "user"} if gap is None else {"session": None, "user": "user", "session_gap_minutes": gap}
    mapping = ColumnMapping(**owner, timestamp="time", item="item", event_column="kind", keep_events=("view",))
    summary = read_log(path, mapping, options=ReadingOptions(sample=sample)).summary
    counts = RowCounts.from_summary(summary.to_json())
    assert counts is not None
    assert counts.read == 600
    assert counts.read == counts.kept + counts.filtered + counts.outside_sample + counts.n_rejected
    assert (counts.outside_sample > 0) == (sample < 1)
    assert counts.filtered > 0
    assert counts.n_rejected >= 2  # a row that names no session, or cannot be taken apart, is in no sample


def test_one_row_is_no_plural() -> None:
    assert RowCounts(1, 1, 0, 0, {}).describe() == "The only row is an event."
    assert RowCounts(1, 0, 0, 0, {"no item": 1}).describe().startswith("0 of 1 row ")
