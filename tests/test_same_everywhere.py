"""The same labelled quantity is equal to the last digit wherever it is shown: random results, one seed and several.

Figures are taken from the functions that feed the pages and the commands; ties and unknown items occur.
"""

import io
import json
import re
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.downloads import safe_csv
from gru4rec_core.config import LIST_LENGTHS, ComparisonConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.evaluation import metrics
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.comparison import compare_models, event_values
from gru4rec_core.evaluation.event_filters import Filters, find_matches
from gru4rec_core.evaluation.hit_overlap import find_hit_overlap
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.evaluation.seed_outcomes import explain_counts, hit_counts, is_hit, rate
from gru4rec_core.evaluation.slices import event_kinds, select_slice, slice_rates, whole_rates
from gru4rec_core.evaluation.verdict import build_verdict
from gru4rec_core.report.frames import accuracy as accuracy_frames
from gru4rec_core.report.frames import comparison as comparison_frames
from gru4rec_core.report.frames import session_steps
from gru4rec_core.report.frames import sessions as sessions_frames
from gru4rec_core.report.html import tables as report_tables
from gru4rec_core.results.model_table import build_row, row_to_json
from gru4rec_core.results.summary import summarise

N_ITEMS = 30
KS = st.sampled_from(LIST_LENGTHS)


@dataclass
class Case:
    """Two contenders and a baseline on the same random test."""

    models: tuple[ModelResults, ...]
    events: EvaluationSet

    @property
    def pair(self) -> tuple[ModelResults, ModelResults]:
        return self.models[0], self.models[1]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lengths = rng.integers(2, 6, draw(st.integers(1, 12)))
    session = np.repeat(np.arange(len(lengths)), lengths)
    items = rng.integers(0, N_ITEMS, session.size)
    log = pd.DataFrame({"session": session, "timestamp": np.arange(session.size), "item": items})
    events = EvaluationSet(SessionDataset(log), predict_from=np.ones(len(lengths), np.int64))
    unknown = rng.random(session.size) < draw(st.sampled_from([0.0, 0.3]))
    seeds = [draw(st.integers(1, 4)), draw(st.integers(1, 4)), 1]
    names = (("top1", "gru4rec"), ("bpr", "gru4rec"), ("popularity", "baseline"))
    models = tuple(
        ModelResults(name, name.upper(), kind, tuple(_evaluation(rng, events, unknown) for _ in range(n)))
        for (name, kind), n in zip(names, seeds, strict=True)
    )
    return Case(models, events)


def _evaluation(rng: np.random.Generator, events: EvaluationSet, unknown: np.ndarray) -> Evaluation:
    index = events.events()
    n = len(index.target)
    target = np.where(unknown[:n], -1, index.target).astype(np.int32)
    greater = np.where(target < 0, N_ITEMS, rng.integers(0, N_ITEMS - 3, n)).astype(np.int32)
    equal = np.where(target < 0, 0, rng.integers(0, 3, n)).astype(np.int32)
    top = np.array([rng.permutation(N_ITEMS)[:20] for _ in range(n)], np.int32).reshape(n, 20)
    session_id = np.asarray(events.dataset.session_ids)[index.session]
    scores = np.zeros((n, 20), np.float32)
    return Evaluation(index.session, session_id, index.position, target, greater, equal, top, scores, N_ITEMS)


def _stored_row(model: ModelResults) -> dict:
    """The model's row of results, its figures written to a file per seed and read again."""
    summaries = [json.loads(json.dumps(metrics.summarise(evaluation))) for evaluation in model.evaluations]
    return build_row(model, summaries, None, LIST_LENGTHS[0])


def _figures(model: ModelResults, case: Case, k: int) -> dict[str, float]:
    """The model's hits in the top k per 100, by where they are shown."""
    ladder = comparison_frames.ladder(whole_rates(case.models, k, 0.95)).set_index("name")["hits"]
    overall = whole_rates(case.models, k, 0.95).set_index("name")["hits"]
    table = comparison_frames.metrics_table(case.models)
    downloaded = pd.read_csv(io.BytesIO(safe_csv(table)))
    curve = comparison_frames.curve([model]).set_index("k")["hits"]
    row = _stored_row(model)
    printed = json.loads(json.dumps(row_to_json(row)))
    return {
        "ladder": ladder[model.name],
        "Accuracy": overall[model.name],
        "table of Compare": table.set_index("method").loc[model.label, f"top {k}"],
        "its CSV": downloaded.set_index("method").loc[model.label, f"top {k}"],
        "curve": curve[k],
        "table of the command": 100 * row[f"accuracy@{k}"],
        "compare --json": 100 * printed["accuracy"][str(k)],
    }


@given(cases(), KS)
@settings(max_examples=60)
def test_the_rate_of_a_model_is_the_same_everywhere(case, k):
    for model in case.models:
        figures = _figures(model, case, k)
        assert set(figures.values()) == {100 * rate(model, f"accuracy@{k}")}, figures
        assert abs(rate(model, f"accuracy@{k}") - event_values(model, f"accuracy@{k}").mean()) < 1e-12


@given(cases(), KS)
@settings(max_examples=15)
def test_the_verdict_and_the_p_values_have_the_same_rates(case, k):
    comparison = compare_models(case.models, ComparisonConfig(deciding_k=k, n_bootstrap=200, n_permutations=200))
    pair = comparison.pair("top1", "bpr")
    rates = {model.name: rate(model, f"accuracy@{k}") for model in case.models}
    assert (pair.deciding.a_value, pair.deciding.b_value) == (rates["top1"], rates["bpr"])
    for difference in pair.exploratory:
        assert difference.a_value == rate(case.models[0], difference.metric)
    verdict = build_verdict(comparison)
    assert verdict.numbers["leader_value"] == rates[verdict.numbers["leader"]]
    assert verdict.numbers["other_value"] == rates[verdict.numbers["other"]]
    assert verdict.baselines.model_value == rates[verdict.baselines.model]
    assert verdict.baselines.strongest_value == verdict.baselines.best_sellers_value == rates["popularity"]
    line = summarise(SimpleNamespace(comparison=comparison, verdict=verdict, sentences=verdict.sentences, warnings=[]))
    assert (line.best.value, line.strongest.value) == (rates[line.best.name], rates["popularity"])  # as on Overview


@given(cases(), KS)
@settings(max_examples=15)
def test_the_tables_of_the_report_have_the_same_rates_to_the_digit_that_they_show(case, k):
    comparison = compare_models(case.models, ComparisonConfig(deciding_k=k, n_bootstrap=200, n_permutations=200))
    known = {"comparison": comparison, "models": case.models, "pair": case.pair, "unit": "events"}
    contents = SimpleNamespace(k=k, confidence=0.95, whole_rates=whole_rates(case.models, k, 0.95), **known)
    table = report_tables.model_table(contents)
    shown = {row[0]: dict(zip(table.header, row, strict=True)) for row in table.rows}
    for model in case.models:
        for length in LIST_LENGTHS:
            assert shown[model.label][f"Top {length}"] == f"{100 * rate(model, f'accuracy@{length}'):.1f}"
    differences = report_tables.difference_table(contents)
    assert set(differences.header[1:3]) == {model.label for model in case.pair}  # the leader stands second
    by_model = dict(zip(differences.header[1:3], differences.rows[0][1:3], strict=True))
    assert by_model == {model.label: shown[model.label][f"Top {k}"] for model in case.pair}
    first, second = (
        rate(model, f"accuracy@{k}") for label in differences.header[1:3] for model in case.pair if model.label == label
    )
    assert first <= second


@given(cases(), KS)
def test_outcomes_are_counted_alike_in_square_chips_and_lists(case, k):
    a, b = case.pair
    overlap = find_hit_overlap(a, b, k)
    n_events = a.n_events
    for outcome, count in overlap.counts.items():
        assert len(sessions_frames.choose(outcome, n_events, overlap.labels)) == count
    assert sum(overlap.counts.values()) == n_events
    assert len(sessions_frames.missed_by(a, k)) == overlap.counts["only_b"] + overlap.counts["neither"]
    assert len(sessions_frames.missed_by(b, k)) == overlap.counts["only_a"] + overlap.counts["neither"]
    cells = comparison_frames.square(overlap.counts).drop_duplicates("outcome").set_index("outcome")["n"]
    assert cells.to_dict() == {outcome: overlap.counts[outcome] for outcome in cells.index}


@given(cases(), KS)
def test_the_words_beside_counts_name_the_same_counts_and_rates(case, k):
    a, b = case.pair
    words = explain_counts(case.pair, k)
    assert bool(words) == (max(a.n_seeds, b.n_seeds) > 1)
    if words:
        counts = [int(number) for number in re.findall(r"hit (\d+)", words)]
        assert counts == [a.n_events - len(sessions_frames.missed_by(model, k)) for model in (a, b)]
        overall = whole_rates(case.pair, k, 0.95)["hits"]
        assert f"TOP1 {overall[0]:.1f}, BPR {overall[1]:.1f} per 100" in words


@given(cases(), KS)
def test_with_one_seed_counts_and_rates_are_the_same_thing(case, k):
    for model in case.models:
        if model.n_seeds == 1:
            assert is_hit(model, k).sum() / model.n_events == rate(model, f"accuracy@{k}")
            assert (hit_counts(model, k) == is_hit(model, k)).all()


@given(cases(), KS)
@settings(max_examples=30)
def test_the_misses_of_a_slice_are_those_that_its_link_lists(case, k):
    counts = np.arange(1, N_ITEMS + 1)
    model = case.models[1]
    kinds = event_kinds(model.evaluations[0], case.events, counts)
    for row in slice_rates([model], case.events, counts, k, 0.95).itertuples():
        kind = select_slice(kinds, row.slice, row.value)
        missed = sessions_frames.missed_by(model, k)
        listed = missed[find_matches([model], case.events, k, Filters(kind=kind))[missed]]
        said = accuracy_frames.misses_sentence(model, kind, k)
        assert f"missed {len(listed)} of {row.n_events} such" in said
        by_seed = [100 * (evaluation.ranks()[kind] <= k).mean() for evaluation in model.evaluations]
        assert abs(row.hits - np.mean(by_seed)) < 1e-9


@given(cases(), KS, st.integers(0, 3))
@settings(max_examples=40)
def test_rank_and_guess_of_an_event_are_those_of_one_seed_in_list_and_steps(case, k, seed):
    n_events = case.models[0].n_events
    rows = sessions_frames.prediction_rows(np.arange(n_events), case.pair, case.events, seed)
    table = sessions_frames.guesses_table(rows, case.pair, k, seed, str)
    evaluation, trained = case.models[0].evaluations[0], np.zeros(case.events.dataset.n_events, bool)
    for event, row in enumerate(rows.to_dict("records")):
        position, session = int(evaluation.position[event]), int(evaluation.session[event])
        step = session_steps.list_steps(session, case.events, trained, case.pair, seed)[position]
        guesses = session_steps.guesses_of_test(event, case.pair, k, seed)
        for model in case.pair:
            one = model.evaluations[min(seed, model.n_seeds - 1)]
            assert row[f"rank:{model.name}"] == step.ranks[model.name] == one.ranks()[event]
            assert row[f"rank:{model.name}"] == guesses[model.name].rank
            assert row[f"guess:{model.name}"] == guesses[model.name].items[0] == one.top_items[event, 0]
            if model.n_seeds > 1:
                assert table[f"{model.label}: seeds with a hit"][event] == hit_counts(model, k)[event]
