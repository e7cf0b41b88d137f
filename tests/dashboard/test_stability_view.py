"""The strip says in text what it shows in colour."""

import re

from dashboard.stability_view import describe_signs, draw_rows
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.results.stability import Cell, Row
from tests.evaluation.conftest import model_of
from tests.evaluation.rank_lists import CONFIG, ranks

PAIR = compare_models(
    [model_of("top1", ranks(4, 9), label="TOP1"), model_of("bpr", ranks(6, 9), label="BPR")], CONFIG
).pair("top1", "bpr")


def test_each_cell_has_its_label_its_answer_its_sign_and_its_figure() -> None:
    cells = (
        Cell("top 1", "leader", True, "+5 (2 to 8) %", "BPR better"),
        Cell("top 3", "other", False, "−1 (−4 to 2) %", "TOP1 ahead, undecided"),
        Cell("top 5", "even", True, "0 (−1 to 1) %", "equivalent"),
    )
    html = draw_rows((Row("By list length", cells),), PAIR, dark=False)
    shown = [re.sub("<[^>]+>", " ", cell).split() for cell in re.findall("<li.*?</li>", html)]
    assert [" ".join(words) for words in shown] == [
        "top 1 ▲ BPR better +5 (2 to 8) %",
        "top 3 ▽ TOP1 ahead, undecided −1 (−4 to 2) %",
        "top 5 = equivalent 0 (−1 to 1) %",
    ]
    assert html.count('aria-hidden="true"') == 3  # the words beside them say the same


def test_a_row_without_cells_says_why_and_names_are_escaped() -> None:
    html = draw_rows((Row("By <b>", (), "None & nothing."),), PAIR, dark=True)
    assert "By &lt;b&gt;" in html
    assert "None &amp; nothing." in html
    assert "<ul" not in html


def test_the_caption_names_both_models_and_each_sign() -> None:
    text = describe_signs(PAIR)
    assert "BPR against TOP1" in text
    assert all(sign in text for sign in "▲△▼▽=")
