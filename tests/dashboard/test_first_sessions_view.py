"""The first sessions of an upload, and that a problem with them keeps it from being imported."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard import first_sessions_view, import_view
from dashboard.first_sessions_view import SOLVE_FIRST, reads_whole_file
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.session_preview import HEAD_BYTES, FirstSessions, PreviewSession
from gru4rec_core.errors import DataError
from gru4rec_core.workspace.importing import ImportSource

GOOD = "session,timestamp,item\n" + "".join(f"s{i // 4},{1_700_000_000 + 60 * i},i{i % 7}\n" for i in range(40))
NESTED = "".join(
    f'{{"session": "s{i // 4}", "timestamp": {1_700_000_000 + 60 * i}, "item": ["i{i % 7}"]}}\n' for i in range(40)
)


def written(app: AppTest) -> str:
    return "\n".join([*(html.body for html in app.get("html")), *(text.value for text in app.text)])


def test_a_problem_that_the_import_would_meet_keeps_it_from_starting_and_the_button_says_so(add) -> None:
    app = add("events.jsonl", NESTED)
    key = next(box.key for box in app.selectbox if box.label == "Item").removeprefix("Item-")
    for label in ("Session", "Time", "Item"):
        app.selectbox(key=f"{label}-{key}").set_value(
            {"Session": "session", "Time": "timestamp", "Item": "item"}[label]
        )
    app.run()
    assert 'role="alert"' in written(app)
    assert app.button(key="read-log").disabled
    assert app.button(key="read-log").help == SOLVE_FIRST


def test_why_an_import_failed_stays_beside_the_form_until_something_else_is_chosen(add, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise DataError("The disk is full.", remedy="Make space.")

    app = add("visits.csv", GOOD)
    monkeypatch.setattr(import_view, "import_apart", fail)
    app.button(key="read-log").click().run()
    assert "The import of visits.csv failed." in written(app)
    assert "The disk is full." in written(app)
    assert not app.button(key="read-log").disabled
    assert "s0: 4 events" in written(app)
    app.run()
    assert "The disk is full." in written(app)
    next(box for box in app.selectbox if box.label == "Name to show for an item").set_value("session").run()
    assert "The disk is full." not in written(app)


def test_what_a_preview_saw_of_a_file(tmp_path: Path) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(b"a")
    large.write_bytes(b"a" * HEAD_BYTES)
    assert reads_whole_file(small, "CSV")
    assert not reads_whole_file(small, "CSV, gzipped")
    assert not reads_whole_file(large, "CSV")
    assert reads_whole_file(large, "Excel, wide")


def test_before_the_import_too_visits_are_called_by_user_day_and_number(monkeypatch) -> None:
    drawn: list[str] = []
    times = ("2026-03-06 06:39:53", "2026-03-06 18:00:00")
    visits = [PreviewSession(f"ann#{time.replace(' ', 'T')}", 1, ("a",), (time,), time) for time in times]
    monkeypatch.setattr(
        first_sessions_view.cached, "first_sessions", lambda *_: FirstSessions(tuple(visits), True, 2, {})
    )
    monkeypatch.setattr(first_sessions_view, "session_strip", lambda heading, items: drawn.append(heading))
    monkeypatch.setattr(first_sessions_view.widgets, "sentence", lambda *_, **__: None)
    mapping = ColumnMapping(None, "timestamp", "item", user="user", session_gap_minutes=30)
    source = ImportSource(Path("log.csv"), mapping, name="log.csv")
    assert first_sessions_view.show_first_sessions(source, mapping, is_whole_file=True) == ""
    for number, time, heading in zip((1, 2), times, drawn, strict=True):
        assert f"ann, 2026-03-06, visit {number}: 1 event, {time}" in heading
