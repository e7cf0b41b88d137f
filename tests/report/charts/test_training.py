"""Facts about the curves of a training."""

import pandas as pd

from gru4rec_core.report.charts.training import loss_curve, validation_curve
from gru4rec_core.report.style import style


def epochs(*seeds: int) -> pd.DataFrame:
    rows = [
        {
            "name": name,
            "label": name.upper(),
            "seed": seed,
            "epoch": epoch,
            "hits": 10.0 * epoch + seed,
            "loss": 1 / epoch,
        }
        for name in ("top1", "bpr")
        for seed in seeds
        for epoch in (1, 2)
    ]
    return pd.DataFrame(rows)


def encoding(chart) -> dict:
    """How the chart's first layer is drawn."""
    return chart.to_dict()["layer"][0]["encoding"]


def test_each_loss_keeps_its_colour():
    colour = encoding(validation_curve(epochs(0), 3, 10))["color"]["scale"]
    assert colour == {"domain": ["TOP1", "BPR"], "range": [style("top1").colour, style("bpr").colour]}


def test_the_axis_ends_where_training_will_end():
    assert encoding(validation_curve(epochs(0), 3, 10))["x"]["scale"]["domain"] == [1, 10]


def test_seeds_are_thin_lines_behind_their_mean():
    several = validation_curve(epochs(0, 2), 3, 10)
    assert [layer.mark.strokeWidth for layer in several.layer[:2]] == [1, 2.5]
    assert several.layer[1].data.query("name == 'top1'")["hits"].tolist() == [11.0, 21.0]
    assert len(validation_curve(epochs(0), 3, 10).layer) == 2


def test_a_loss_has_its_own_axis_named_after_it():
    frame = epochs(0).query("name == 'bpr'")
    assert encoding(loss_curve(frame, 10))["y"]["title"] == "BPR loss (own unit)"


def test_every_chart_of_training_has_a_title_and_says_its_unit():
    hits = validation_curve(epochs(0, 1), 3, 10).to_dict()
    loss = loss_curve(epochs(0).query("name == 'bpr'"), 10).to_dict()
    assert hits["title"]["text"] == "Validation hits, epoch by epoch"
    assert "Thick: mean of the seeds" in hits["title"]["subtitle"]
    assert hits["layer"][0]["encoding"]["y"]["title"] == "hits in the top 3 per 100"
    assert hits["layer"][0]["encoding"]["x"]["title"] == "epoch"
    assert hits["layer"][0]["encoding"]["color"]["legend"]["symbolOpacity"] == 1  # not as faint as single seeds
    assert loss["title"]["text"] == "BPR loss on training data"


def test_one_seed_speaks_of_no_mean():
    assert "Thick: mean of the seeds" not in validation_curve(epochs(0), 3, 10).to_dict()["title"]["subtitle"]


def test_a_single_epoch_stands_inside_a_scale_with_round_labels():
    first = epochs(0).query("epoch == 1").assign(hits=46.585290, loss=0.693147)
    for chart, value in ((validation_curve(first, 3, 10), 46.585290), (loss_curve(first.head(1), 10), 0.693147)):
        low, high = encoding(chart)["y"]["scale"]["domain"]
        assert low < value < high
        assert high - low >= 0.019 * value
