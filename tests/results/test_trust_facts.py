"""Facts about what a verdict rests on."""

from types import SimpleNamespace

import pytest

from gru4rec_core.evaluation.convergence import TOO_FEW
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.results.trust_facts import describe_end_of_training, trust_facts


def test_a_comparison_says_what_its_verdict_rests_on(trained):
    home, comparison = trained
    result = build_comparison_result(home, comparison.id)
    facts = trust_facts(result, [home.run(run_id) for run_id in comparison.run_ids])
    assert facts["Seeds"] == "1 per model; the effect of luck is unknown"
    assert facts["Training"] == TOO_FEW
    assert facts["Settings"] == "the same except for the loss"
    assert facts["Test"] == "last item, 120 sessions"
    assert facts["Deciding metric"] == "accuracy@3, chosen before training"


@pytest.mark.parametrize(
    ("improving", "too_few", "validation_fraction", "text"),
    [
        ([False, True], [False, False], 0.1, "still improving when stopped: BPR"),
        ([False, False], [False, False], 0.1, "no longer improving when stopped"),
        ([False, False], [True, True], 0.1, TOO_FEW),
        ([False, True], [True, False], 0.1, f"still improving when stopped: BPR; {TOO_FEW}: TOP1"),
        ([False, False], [False, False], 0.0, "whether still improving is not known, without validation sessions"),
    ],
)
def test_what_is_said_about_the_end_of_training_is_known(improving, too_few, validation_fraction, text):
    contenders = [
        SimpleNamespace(label=label, still_improving=rises, too_few_epochs=is_open)
        for label, rises, is_open in zip(("TOP1", "BPR"), improving, too_few, strict=True)
    ]
    record = SimpleNamespace(split=SimpleNamespace(validation_fraction=validation_fraction))
    assert describe_end_of_training(SimpleNamespace(contenders=contenders, record=record)) == text
