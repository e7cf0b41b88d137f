"""Facts about the two lists of Try it."""

import re

from dashboard.list_html import GuessList, draw_lists

NASTY = "<img src=x onerror=alert(1)>"
TOP1 = GuessList("TOP1", "#0072B2", [1, 2, 3], ["run", NASTY, "swim"], [100.0, 40.2, 0.0])
BPR = GuessList("BPR", "#D55E00", [3, 1, 9], ["swim", "run", "bike"], [100.0, 60.0, 10.0])


def rows(html: str, label: str) -> list[str]:
    section = re.search(rf'aria-label="{label}">(.*?)</section>', html)[1]
    return re.findall(r"<li.*?</li>", section)


def test_an_item_in_both_lists_has_a_line_and_says_its_other_place():
    html = draw_lists([TOP1, BPR], None)
    assert html.count("<i ") == 2
    assert [re.search(r'class="also">(.*?)<', row)[1] for row in rows(html, "TOP1") if "also" in row] == [
        "BPR 2",
        "BPR 1",
    ]
    assert "only here" in rows(html, "TOP1")[1]
    assert "only here" in rows(html, "BPR")[2]


def test_a_line_leads_from_the_middle_of_one_row_to_that_of_the_other():
    # From the first row, 80 px to the side and one row of 36 px down.
    assert 'style="top:18px;width:87.7px;transform:rotate(24.23deg)"' in draw_lists([TOP1, BPR], None)


def test_what_came_is_marked_in_both():
    html = draw_lists([TOP1, BPR], 3)
    assert html.count('class="true"') == html.count("swim ✓") == 2


def test_one_model_alone_has_no_lines():
    html = draw_lists([TOP1], None)
    assert "<i " not in html
    assert "only here" not in html


def test_names_are_escaped_and_bars_have_their_length():
    html = draw_lists([TOP1, BPR], None)
    assert "<img" not in html
    assert "--w:40%" in rows(html, "TOP1")[1]
