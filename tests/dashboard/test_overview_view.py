"""Facts about what Overview shows first, as far as it needs no page."""

from contextlib import nullcontext
from types import SimpleNamespace

from dashboard import overview_view


def test_the_task_is_shown_before_there_is_any_data(monkeypatch):
    shown = []
    monkeypatch.setattr(overview_view, "show_task", lambda: shown.append("task"))
    monkeypatch.setattr(overview_view.st, "button", lambda label, **options: shown.append(label))
    overview_view.show_first_visit()
    assert shown == ["task", "Load the sample workouts", "Use my own file"]


def test_the_square_shows_the_pair_that_the_headline_speaks_of(monkeypatch):
    drawn = []
    result = SimpleNamespace(pair=("a", "c"), comparison=SimpleNamespace(obstacle=None))
    record = SimpleNamespace(config=SimpleNamespace(deciding_k=3))
    review = SimpleNamespace(result=result, record=record, contenders=("a", "b", "c"))
    monkeypatch.setattr(overview_view.progress_view, "is_active", lambda *args: False)
    monkeypatch.setattr(overview_view.review_context, "open_review", lambda *args: review)
    monkeypatch.setattr(overview_view.compare_view, "show_headline", lambda *args: None)
    monkeypatch.setattr(overview_view.compare_view, "show_hit_overlap", lambda review, pair, *args: drawn.append(pair))
    monkeypatch.setattr(overview_view.state, "next_button", lambda *args, **options: None)
    monkeypatch.setattr(overview_view.state, "workspace", lambda: None)
    monkeypatch.setattr(overview_view.st, "columns", lambda *args, **options: [nullcontext(), nullcontext()])
    overview_view.show_headline(SimpleNamespace(comparison="one"), None)
    assert drawn == [("a", "c")]
