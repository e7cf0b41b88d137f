"""What the review pages share, as far as it needs no page."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import widgets


@pytest.mark.parametrize(
    "name", ["![x](http://a/b.png)", "**bold**", "a_b_c", "[link](http://a)", "$x$", ":smile:", "# h"]
)
def test_a_label_keeps_no_markup_active(name):
    label = widgets.plain_label(name)
    assert label.replace("\\", "") == name
    assert all(label[i - 1] == "\\" for i, letter in enumerate(label) if letter in "![]()*_$:#")


def test_a_label_is_one_short_line_and_never_blank():
    assert "\n" not in widgets.plain_label("a\nb")
    assert len(widgets.plain_label("x" * 100)) == 40
    assert widgets.plain_label("  ").replace("\\", "") == "(blank)"


def test_a_cell_is_escaped():
    assert widgets.cell("<b>&") == "&lt;b&gt;&amp;"
    assert widgets.cell("<b>", strong=True) == "<strong>&lt;b&gt;</strong>"
    assert len(widgets.cell("x" * 100)) == 60


def baseline_leads_page() -> None:
    from dashboard.widgets import verdict_block
    from gru4rec_core.evaluation.verdict import Verdict

    verdict = Verdict(
        kind="undecided",
        better=None,
        best="bpr",
        sentences=("Neither. The lookup table had 78.5.", "Between the models: Not decided."),
        limits=(),
        numbers={},
        baselines=None,
        sessions_needed=None,
        baseline_leads=True,
        next_steps=("Train for more epochs.", "Try the preset “modern”."),
    )
    verdict_block(verdict, "Decided by the top 3.")


def test_where_a_baseline_leads_the_card_says_so_and_what_to_do_now():
    app = AppTest.from_function(baseline_leads_page).run()
    written = "\n".join([*(one.body for one in app.get("html")), *(one.value for one in app.markdown)])
    places = [
        written.index(text) for text in ("Neither. The", "Decided by the top 3.", "What now?", "more epochs", "modern")
    ]
    assert places == sorted(places)
    assert "A baseline leads" in written
    assert "Undecided" not in written
