"""Facts about what the script of the page is told; what it does is seen in a browser."""

import pytest

from dashboard import focus


@pytest.fixture
def session(monkeypatch) -> dict:
    state: dict = {}
    monkeypatch.setattr(focus.st, "session_state", state)
    return state


@pytest.fixture
def written(monkeypatch) -> list[str]:
    html: list[str] = []
    monkeypatch.setattr(focus.st, "html", html.append)
    return html


@pytest.fixture
def mounted(monkeypatch) -> list[dict]:
    told: list[dict] = []
    monkeypatch.setattr(focus, "_component", lambda key, data: told.append(data))
    return told


def test_before_any_action_there_is_nothing_to_say(session, mounted):
    focus.mount()
    assert mounted == [{"number": 0, "text": "", "place": ""}]


def test_each_action_has_a_number_of_its_own_so_that_the_same_words_are_said_again(session, mounted):
    focus.tell_action("Deleted.")
    focus.mount()
    focus.mount()  # drawn once more for another reason
    focus.tell_action("Deleted.", place="table")
    focus.mount()
    assert [told["number"] for told in mounted] == [1, 1, 2]
    assert mounted[-1] == {"number": 2, "text": "Deleted.", "place": "st-key-table"}


def test_a_text_of_a_progress_is_escaped_and_knows_its_pace(written):
    focus.tell_progress('2 of 6 of "<b>"', "training", mark=2)
    assert 'data-say="2 of 6 of &quot;&lt;b&gt;&quot;"' in written[0]
    assert 'data-key="training" data-mark="2" data-pace="10"' in written[0]
    assert "only-changes" not in written[0]


def test_what_is_only_said_when_it_changes_says_so(written):
    focus.tell_progress("1 of 3", "session", mark=1, only_changes=True)
    assert "data-only-changes" in written[0]


def test_the_open_row_is_named_by_the_class_of_its_button(written):
    focus.mark_current("open-7")
    assert 'data-current="st-key-open-7"' in written[0]
