"""Facts about the tabs of Compare."""

from dashboard import compare_tabs


def test_only_the_open_tab_is_drawn(monkeypatch):
    from streamlit.testing.v1 import AppTest

    drawn = []
    for name in ("show_how_sure", "show_where", "show_details"):
        monkeypatch.setattr(compare_tabs, name, lambda shown, name=name: drawn.append(name))

    def show() -> None:
        from dashboard import compare_tabs

        compare_tabs.show_tabs(None)

    app = AppTest.from_function(show)
    app.run()
    assert drawn == ["show_how_sure"]
    app.query_params["tab"] = "Where"
    app.run()
    assert drawn == ["show_how_sure", "show_where"]
