"""Facts about what Overview shows first, as far as it needs no page."""

from dashboard import overview_view


def test_the_task_is_shown_before_there_is_any_data(monkeypatch):
    shown = []
    monkeypatch.setattr(overview_view, "show_task", lambda: shown.append("task"))
    monkeypatch.setattr(overview_view.st, "button", lambda label, **options: shown.append(label))
    overview_view.show_first_visit()
    assert shown == ["task", "Load the sample workouts", "Use my own file"]
