import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from gru4rec_core.model.losses import BPR, LOSSES, TOP1, bpr_max, cross_entropy, elu, top1_max

SCORES = np.array([[0.5, -1.0], [2.0, 0.0], [-0.5, 1.0], [1.0, 3.0]], np.float32)  # [candidates, lanes]
POSITIVE = np.array([0.5, 0.0], np.float32)
WEIGHTS = np.array([[0, 1], [1, 0], [1, 1], [1, 1]], np.float32)


def sigmoid(x):
    return 1 / (1 + np.exp(-np.asarray(x, np.float64)))


def by_hand(name: str, lane: int) -> float:
    s = SCORES[WEIGHTS[:, lane] > 0, lane].astype(np.float64)
    p = float(POSITIVE[lane])
    soft = np.exp(s) / np.exp(s).sum()
    return {
        "top1": np.mean(sigmoid(s - p) + sigmoid(s**2)),
        "bpr": -np.mean(np.log(sigmoid(p - s))),
        "top1-max": np.sum(soft * (sigmoid(s - p) + sigmoid(s**2))),
        "bpr-max": -np.log(np.sum(soft * sigmoid(p - s))) + np.sum(soft * s**2),
        "cross-entropy": -p + np.log(np.exp(p) + np.exp(s).sum()),
    }[name]


@pytest.mark.parametrize("name", LOSSES)
def test_each_loss_is_its_formula(name: str) -> None:
    expected = [by_hand(name, lane) for lane in range(2)]
    np.testing.assert_allclose(LOSSES[name](POSITIVE, SCORES, WEIGHTS), expected, rtol=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_a_candidate_of_weight_two_is_that_candidate_twice(name: str) -> None:
    twice = np.concatenate([SCORES, SCORES[2:3]])
    ones = np.concatenate([WEIGHTS, WEIGHTS[2:3]])
    weights = WEIGHTS.copy()
    weights[2] = 2
    np.testing.assert_allclose(LOSSES[name](POSITIVE, SCORES, weights), LOSSES[name](POSITIVE, twice, ones), rtol=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_a_candidate_of_weight_zero_has_no_say_and_no_gradient(name: str) -> None:
    scores = tf.Variable(SCORES)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(LOSSES[name](tf.constant(POSITIVE), scores, tf.constant(WEIGHTS)))
    gradient = tape.gradient(loss, scores).numpy()
    assert (gradient[WEIGHTS == 0] == 0).all()
    assert (gradient[WEIGHTS > 0] != 0).all()


def test_the_softmax_of_bpr_max_is_over_the_negatives_only() -> None:
    with_positive = np.array([[0.5], [2.0]], np.float32)
    alone = bpr_max(np.float32([0.5]), with_positive, np.float32([[0], [1]]), bpreg=0.0)
    np.testing.assert_allclose(alone, -np.log(sigmoid(0.5 - 2.0)), rtol=1e-6)


def test_bpreg_weighs_the_pull_to_zero() -> None:
    without = bpr_max(POSITIVE, SCORES, WEIGHTS, bpreg=0.0)
    half = bpr_max(POSITIVE, SCORES, WEIGHTS, bpreg=0.5)
    full = bpr_max(POSITIVE, SCORES, WEIGHTS, bpreg=1.0)
    np.testing.assert_allclose(half - without, (full - without) / 2, rtol=1e-5)


@pytest.mark.parametrize("name", LOSSES)
@given(
    far=st.floats(-3e4, 3e4),
    near=st.floats(-3e4, 3e4),
    positive=st.floats(-3e4, 3e4),
)
@settings(max_examples=40, deadline=None)
def test_no_distance_between_scores_overflows(name: str, far: float, near: float, positive: float) -> None:
    scores = tf.Variable(np.array([[far], [near], [0.0]], np.float32))
    p = tf.Variable(np.array([positive], np.float32))
    with tf.GradientTape() as tape:
        loss = LOSSES[name](p, scores, tf.ones([3, 1]))
    gradients = tape.gradient(loss, [scores, p])
    assert np.isfinite(loss.numpy()).all()
    assert all(np.isfinite(gradient.numpy()).all() for gradient in gradients)


@pytest.mark.parametrize("distance", [50.0, 200.0, 2000.0])
def test_far_behind_the_loss_grows_with_the_distance(distance: float) -> None:
    scores, ones = np.float32([[distance], [distance]]), np.ones((2, 1), np.float32)
    behind = np.float32([0.0])
    np.testing.assert_allclose(cross_entropy(behind, scores, ones), distance + np.log(2), rtol=1e-5)
    np.testing.assert_allclose(bpr_max(behind, scores, ones, bpreg=0.0), distance, rtol=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_a_lane_without_negatives_has_loss_zero(name: str) -> None:
    loss = LOSSES[name](np.float32([1.5]), np.float32([[1.5], [9.0]]), np.zeros((2, 1), np.float32))
    np.testing.assert_allclose(loss, 0.0, atol=1e-6)


def test_elu_bends_only_what_is_below_zero_and_zero_means_linear() -> None:
    x = np.float32([-2.0, -0.1, 0.0, 3.0])
    np.testing.assert_allclose(elu(x, 0.5), [0.5 * (np.exp(-2) - 1), 0.5 * (np.exp(-0.1) - 1), 0, 3], rtol=1e-5)
    assert elu(x, 0.0) is x


def test_the_public_losses_average_over_the_other_items_then_over_rows() -> None:
    scores = np.float32([[0.5, 2.0, -0.5], [1.0, 0.0, 3.0]])
    one_hot = np.float32([[1, 0, 0], [0, 0, 1]])
    bpr = np.mean([np.mean(-np.log(sigmoid([0.5 - 2.0, 1.0]))), np.mean(-np.log(sigmoid([2.0, 3.0])))])
    assert float(BPR(one_hot, scores)) == pytest.approx(bpr, rel=1e-6)
    first = np.mean(sigmoid([1.5, -1.0]) + sigmoid([4.0, 0.25]))
    second = np.mean(sigmoid([-2.0, -3.0]) + sigmoid([1.0, 0.0]))
    assert float(TOP1(one_hot, scores)) == pytest.approx((first + second) / 2, rel=1e-6)


def test_top1_max_looks_at_the_highest_negative_most() -> None:
    high = top1_max(np.float32([0.0]), np.float32([[9.0], [-9.0]]), np.ones((2, 1), np.float32))
    np.testing.assert_allclose(high, sigmoid(9.0) + sigmoid(81.0), rtol=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_the_gradient_is_that_of_the_formula_even_where_a_negative_equals_the_positive(name: str) -> None:
    scores = np.array([[0.75], [0.25], [-1.0]], np.float32)
    ones = np.ones((3, 1), np.float32)

    def value(p: float, s: np.ndarray) -> float:
        with_float64 = s[:, 0].astype(np.float64)
        soft = np.exp(with_float64) / np.exp(with_float64).sum()
        pulls = sigmoid(with_float64 - p) + sigmoid(with_float64**2)
        return {
            "top1": np.mean(pulls),
            "bpr": -np.mean(np.log(sigmoid(p - with_float64))),
            "top1-max": np.sum(soft * pulls),
            "bpr-max": -np.log(np.sum(soft * sigmoid(p - with_float64))) + np.sum(soft * with_float64**2),
            "cross-entropy": -p + np.log(np.exp(p) + np.exp(with_float64).sum()),
        }[name]

    with tf.GradientTape() as tape:
        variables = tf.Variable([0.75]), tf.Variable(scores)
        loss = LOSSES[name](*variables, tf.constant(ones))
    gradients = tape.gradient(loss, variables)
    step = 1e-5
    wanted = (value(0.75 + step, scores) - value(0.75 - step, scores)) / (2 * step)
    assert float(gradients[0][0]) == pytest.approx(wanted, abs=1e-4)
    for j in range(3):
        up, down = scores.astype(np.float64), scores.astype(np.float64)
        up[j], down[j] = up[j] + step, down[j] - step
        wanted = (value(0.75, up) - value(0.75, down)) / (2 * step)
        assert float(gradients[1][j, 0]) == pytest.approx(wanted, abs=1e-4)
