"""Facts about the charts of a report."""

from dataclasses import replace

from gru4rec_core.report.html import figures
from gru4rec_core.report.html.tables import difference_table


def test_each_picture_says_in_words_what_it_shows(drawn):
    square, ladder, deciding, others = drawn[:4]
    assert 'aria-label="Of 60 test sessions: both hit' in square.svg
    assert "3 methods by hits in the top 10" in ladder.svg
    assert "BPR against TOP1: accuracy@10 (decides)" in deciding.svg
    assert "(decides)" not in others.svg
    assert "MRR@20" in others.svg


def test_differences_are_the_leaders_as_in_the_sentence(contents, drawn):
    turned = replace(contents, pair=contents.pair[::-1])
    assert contents.verdict.numbers["leader"] == "bpr"
    for one, other in zip(drawn[2:4], figures.draw_differences(turned), strict=True):
        assert "BPR against TOP1" in one.svg
        assert one.svg == other.svg
    assert difference_table(turned) == difference_table(contents)
    assert difference_table(turned).caption.startswith("BPR against TOP1")


def test_nothing_in_a_report_asks_for_a_click(drawn):
    assert "Click" not in drawn[0].svg


def test_one_model_has_no_square_and_no_forest(single):
    assert figures.draw_square(single) is None
    assert not list(figures.draw_differences(single))
    assert figures.draw_ladder(single).svg


def test_slices_that_tell_nothing_apart_are_left_out(drawn):
    names = [figure.name for figure in drawn]
    assert "slice-length" not in names  # every session has three events
    assert "slice-popularity" in names
