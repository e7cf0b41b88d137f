"""The report is one file that runs nothing, loads nothing and shows every name as it is."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.verdict import Verdict
from gru4rec_core.report.glossary import OFFLINE_LIMITS
from gru4rec_core.report.html.page import render_report
from gru4rec_core.report.html.sessions import seed_of_examples
from tests.report.html.conftest import HOSTILE

VOID = {"meta", "br", "hr", "img", "input", "link"}
LOADING = {"src", "href", "xlink:href", "srcset", "data", "action", "poster", "background", "ping"}


class Reader(HTMLParser):
    """Collects tags, attributes and text; complains where tags do not close in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}>"

    def handle_data(self, data):
        self.text.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    return reader


@pytest.fixture(scope="module")
def html(contents) -> str:
    return render_report(contents)


@pytest.fixture(scope="module")
def page(html: str) -> Reader:
    return read(html)


def test_it_is_a_whole_page_whose_tags_close_in_order(html: str):
    assert html.startswith("<!DOCTYPE html>")
    reader = read(html)
    assert [tag for tag, _ in reader.tags].count("h1") == 1
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_it_has_no_script_and_loads_nothing(html: str, page: Reader):
    assert "script" not in {tag for tag, _ in page.tags}
    for tag, attributes in page.tags:
        assert not LOADING & attributes.keys(), (tag, attributes)
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
    assert "<script" not in html
    assert "@import" not in html
    assert not re.findall(r"url\((?!#)", html)
    addresses = set(re.findall(r"https?://[^\"' <)]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}  # names, not places


def test_its_own_policy_forbids_scripts_and_requests(page: Reader):
    policies = [a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_hostile_names_are_shown_letter_by_letter(contents, page: Reader, names):
    text = " ".join("".join(page.text).split())
    for name in HOSTILE:
        assert " ".join(name.split()) in text
    assert "1337" not in text  # 7 * 191, had a name been read as a template


def test_every_figure_of_the_verdict_stands_in_the_page(contents, page: Reader):
    text = "".join(page.text)
    for sentence in (*contents.verdict.sentences, *contents.verdict.limits):
        assert sentence in text


def test_a_seed_is_called_by_the_number_it_was_trained_with(contents, html: str):
    number = contents.seed_names[seed_of_examples(contents)]
    assert f"Guesses and ranks are those of seed {number};" in html


def test_a_tick_stands_beside_right_guesses_alone(html: str):
    ticks = html.count(" ✓</span>")
    assert ticks == html.count('<span class="true">') > 0
    assert html.count('<span class="chip came">') > 0
    assert "✓ marks it among the guesses" in html


def test_only_tables_that_fit_a_page_stay_in_one_piece(html: str):
    parts = html.split("<table")[1:]
    assert len(parts) > 3
    for part in parts:
        n_rows = part.partition("</table>")[0].count("<tr>") - 1
        assert part.startswith(' class="short"') == (n_rows <= 16)


def test_the_same_contents_give_the_same_page(contents, html: str):
    assert render_report(contents) == html


def test_one_model_and_models_that_cannot_be_compared_have_a_report_too(contents, single, undrawn):
    assert "One model was trained" in render_report(single)
    html = render_report(replace(single, left_out="TOP1, seed 0 is damaged and left out."))
    assert "One model can be read" in html
    assert "TOP1, seed 0 is damaged and left out." in html
    invalid = Verdict("invalid", None, None, ("These two cannot be compared.",), (), {}, None, None, "Re-test both.")
    html = render_report(replace(contents, verdict=invalid, pair=None))
    assert "Not comparable" in html
    assert "Re-test both." in html


def test_a_baseline_of_a_later_version_has_its_row(contents, undrawn):
    """Nobody here can say what it does."""
    comparison = contents.comparison
    models = [replace(one, name="later", label="Later") if one.kind == "baseline" else one for one in comparison.models]
    html = render_report(replace(contents, comparison=compare_models(models, comparison.config)))
    assert "Later" in html


def test_what_an_offline_test_is_stands_in_it_once(html: str):
    assert html.count(OFFLINE_LIMITS[0]) == 1


def test_it_is_small(html: str):
    assert len(html.encode()) < 400_000
