"""Facts about the screens and how they are reached."""

from pathlib import Path

from dashboard import navigation
from dashboard.navigation import PAGES

ROOT = Path(__file__).resolve().parents[2]


def test_every_page_exists_and_its_file_is_called_as_its_address():
    assert {path.stem for path in (ROOT / "pages").glob("[a-z]*.py")} == set(PAGES)
    for name, path in PAGES.items():
        assert (ROOT / path).stem == name


def test_the_screens_stand_in_the_order_of_the_work(monkeypatch):
    # Streamlit finds a page's file only beside the script that runs.
    monkeypatch.setattr(navigation.st, "Page", lambda path, title, **options: title)
    assert navigation.sections() == {
        "Prepare": ["Overview", "Data", "Train"],
        "Review": ["Compare", "Accuracy", "Sessions", "Try it"],
    }


def test_a_page_reached_past_the_entry_is_entered_once(monkeypatch):
    entered = []
    monkeypatch.setattr(navigation, "enter", lambda: entered.append(True))
    monkeypatch.setattr(navigation.st, "stop", lambda: None)
    monkeypatch.setattr(navigation.st, "session_state", {})
    navigation.ensure_entered()
    assert entered == [True]
    navigation.st.session_state[navigation._ENTERED] = True
    navigation.ensure_entered()
    assert entered == [True]
