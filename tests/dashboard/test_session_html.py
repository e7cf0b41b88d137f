"""Facts about the strips that sessions are drawn as."""

from dashboard.session_html import chip, strip_html

NASTY = '<img src=x onerror="alert(1)"> ![x](http://example.com/x.png)'


def test_a_name_is_escaped():
    html = chip(NASTY)
    assert "<img" not in html
    assert "&lt;img" in html


def test_a_strip_shows_every_item_in_order_and_marks_the_last():
    html = strip_html(["run", "bike", "swim"], last="next")
    assert html.index("run") < html.index("bike") < html.index("swim")
    assert html.count("2px solid") == 1
    assert html.index("2px solid") > html.index("bike")
