"""The report of a small comparison whose names try to break out of the page."""

from dataclasses import replace
from html import escape

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import ComparisonConfig, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning
from gru4rec_core.evaluation.verdict import build_verdict
from gru4rec_core.report.html import figures
from gru4rec_core.report.html.contents import ReportContents
from gru4rec_core.report.html.figures import Figure

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><svg onload=alert(1)>",
    "{{ 7 * 191 }}{% raw %}",
    "javascript:alert(1)",
    "</title></main></html>",
    "&lt;b&gt; ]]> <!--",
)
N_ITEMS = 30


@pytest.fixture(scope="session")
def names() -> list[str]:
    return [f"{HOSTILE[(i + 1) % len(HOSTILE)]} {i}" for i in range(N_ITEMS)]


@pytest.fixture(scope="session")
def contents(results, names: list[str]) -> ReportContents:
    """60 sessions of three events whose last is predicted; three seeds of two models, and best-sellers."""
    rows = [
        (f"{HOSTILE[s % 7]} {s}", t, names[s % N_ITEMS if t == 2 else (s + 7 * t) % N_ITEMS])
        for s in range(60)
        for t in range(3)
    ]
    dataset = SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))
    ranks = np.random.default_rng(7).integers(1, 25, (6, 60))
    models = [
        results("top1", *ranks[:3] + 3),
        results("bpr", *ranks[3:]),
        results("popularity", ranks[0] + 5, kind="baseline", label="Best-sellers"),
    ]
    config = ComparisonConfig(deciding_k=10, n_bootstrap=200, n_permutations=200)
    comparison = compare_models(models, config)
    warning = DiagnosticWarning("w", "warning", f"Title {HOSTILE[0]}", "5 of 9", f"Effect {HOSTILE[1]}", "Remedy.")
    return ReportContents(
        title="TOP1 against BPR",
        context=f"Data: {HOSTILE[5]}",
        comparison=comparison,
        verdict=build_verdict(comparison),
        warnings=(warning,),
        pair=(comparison.models[0], comparison.models[1]),
        seed_names=("5", "6", "7"),
        events=EvaluationSet(dataset, predict_from=np.full(60, 2, np.int32)),
        train_counts=np.arange(N_ITEMS),
        item_names={},
        trust={"Seeds": "3 per model"},
        configs={f"{HOSTILE[0]} {loss}": TrainingConfig(loss=loss) for loss in ("top1", "bpr")},
        provenance={"Data": {"file": HOSTILE[1], "content hash": "0123abcd"}},
        command="python -m gru4rec_core compare letters",
    )


@pytest.fixture(scope="session")
def single(contents: ReportContents) -> ReportContents:
    """The same with one trained model: no verdict and no pair."""
    models = (contents.models[1], contents.models[2])
    comparison = compare_models(models, contents.comparison.config)
    return replace(contents, title="BPR", comparison=comparison, verdict=None, pair=None)


@pytest.fixture(scope="session")
def drawn(contents: ReportContents) -> list[Figure]:
    """All pictures of the report, drawn once: square, ladder, the two of differences, curve, slices."""
    square = figures.draw_square(contents)
    assert square is not None
    differences, slices = figures.draw_differences(contents), figures.draw_slices(contents)
    return [square, figures.draw_ladder(contents), *differences, figures.draw_curve(contents), *slices]


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports have empty pictures: to draw them takes most of a report's time."""
    monkeypatch.setattr(figures, "chart_to_svg", lambda chart, alt, *more: f'<svg aria-label="{escape(alt)}"></svg>')
