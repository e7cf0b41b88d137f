import itertools

import pytest

from gru4rec_core.baselines.names import BASELINE_LABELS, RETIRED_LABELS
from gru4rec_core.report.style import DARK, LIGHT, style, styles

LOSSES = ("top1", "bpr", "top1-max", "bpr-max", "cross-entropy")
BASELINES = (*BASELINE_LABELS, *RETIRED_LABELS)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two hex colours (WCAG 2.2)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_top1_and_bpr_have_their_fixed_colours():
    assert [style("top1").colour, style("bpr").colour] == ["#0072B2", "#D55E00"]
    assert [style("top1", dark=True).colour, style("bpr", dark=True).colour] == ["#56B4E9", "#E69F00"]


@pytest.mark.parametrize(("dark", "background"), [(False, "#FFFFFF"), (True, "#0E1117")])
def test_marks_stand_out_from_their_ground(dark, background):
    for name in LOSSES:
        assert contrast(style(name, dark=dark).colour, background) >= 3.0
    assert contrast((DARK if dark else LIGHT).baseline, background) >= 4.5
    assert contrast((DARK if dark else LIGHT).text, background) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_no_two_losses_share_a_colour_or_a_shape(dark):
    looks = [style(name, dark=dark) for name in LOSSES]
    assert len({look.colour for look in looks}) == len({look.shape for look in looks}) == len(LOSSES)


def test_baselines_are_grey_and_told_apart_by_their_dash():
    looks = [style(name, "baseline") for name in BASELINES]
    assert {look.colour for look in looks} == {LIGHT.baseline}
    assert len({look.dash for look in looks}) == len(BASELINES)
    assert (1, 0) not in {look.dash for look in looks}


def test_a_longer_name_keeps_the_colour_of_its_loss():
    assert style("bpr-max-wide").colour == style("bpr-max").colour
    assert style("bpr seed 2").colour == style("bpr").colour


def test_models_on_one_chart_never_share_a_colour():
    names = ["bpr", "bpr-wide", "bpr-deep", "top1", "mine"]
    looks = styles(names, ["gru4rec"] * 5)
    for one, other in itertools.combinations(names, 2):
        assert looks[one].colour != looks[other].colour
