"""Facts about the words of the Compare page."""

from types import SimpleNamespace

from dashboard import compare_view
from dashboard.compare_view import _outcome_params
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.report.export import TableSource
from tests.evaluation.conftest import model_of
from tests.evaluation.rank_lists import CONFIG, ranks

PAIR = (SimpleNamespace(name="top1", label="TOP1"), SimpleNamespace(name="bpr", label="BPR"))


def test_an_outcome_leads_to_its_sessions_with_the_same_pair():
    assert _outcome_params(PAIR, "only_b") == {"show": "only_b", "a": "top1", "b": "bpr"}


def test_with_six_models_every_pair_has_both_adjusted_p_values(monkeypatch):
    models = [model_of(f"m{i}", ranks(400 + 15 * i)) for i in range(6)]
    result = SimpleNamespace(comparison=compare_models(models, CONFIG))
    review = SimpleNamespace(result=result, record=SimpleNamespace(config=CONFIG))
    tables, captions = [], []
    monkeypatch.setattr(compare_view.review_context, "table_source", lambda *_: TableSource("log"))
    monkeypatch.setattr(compare_view.widgets, "section", lambda *_: None)
    monkeypatch.setattr(compare_view.st, "caption", captions.append)
    monkeypatch.setattr(compare_view.widgets, "show_table", lambda frame, **options: tables.append((frame, options)))
    compare_view.show_many_pairs(review)
    ((frame, options),) = tables
    assert len(frame) == 15
    assert list(frame.columns[:6]) == ["leader", "other", "difference", "p", "p (Holm)", "p (Benjamini-Hochberg)"]
    assert "M5" in options["shown"].to_html()
    assert "With Holm, the chance of even one false alarm" in captions[0]
    result.comparison = compare_models(models[:5], CONFIG)
    compare_view.show_many_pairs(review)
    assert len(tables) == 1
