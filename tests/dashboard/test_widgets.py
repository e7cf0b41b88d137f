"""What the review pages share, as far as it needs no page."""

import pytest

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
