"""Facts about the styles of the whole page."""

import pytest

from dashboard import theme


@pytest.mark.parametrize("dark", [False, True])
def test_only_the_dark_theme_gets_dark_text_on_primary_buttons(monkeypatch: pytest.MonkeyPatch, dark: bool):
    written: list[str] = []
    monkeypatch.setattr(theme, "is_dark", lambda: dark)
    monkeypatch.setattr(theme.st, "html", written.append)
    theme.apply()
    assert ("stBaseButton-primary" in written[0]) == dark
    assert "Download as CSV" in written[0]
    assert "stElementToolbar]{top:auto" in written[0]
    assert ":focus-visible" in written[0]
    assert "min-height:44px" in written[0]
