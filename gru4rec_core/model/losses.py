"""The loss functions, by name in LOSSES: how bad are a step's scores?

The ranking losses of GRU4Rec as pure formulas over the lanes of a mini-batch. Each formula takes

- `positive` float32 [B]: the score of each lane's true next item,
- `scores` float32 [C, B]: scores of the candidate items, candidates down, lanes across,
- `weights` float32 [C, B]: how many times each candidate counts as a negative of the lane; 0 leaves it out;

it returns the loss of each lane, float32 [B]. A candidate that occurs twice in a mini-batch is one row of weight 2,
which gives the same number as two rows. Masks and means over lanes are up to the caller. Candidates run down the rows
because the products with the item table are faster that way (benchmarks/LOG.md).

Sources: [1] Hidasi, Karatzoglou, Baltrunas, Tikk: Session-based recommendations with recurrent neural
networks, ICLR 2016. [2] Hidasi, Karatzoglou: Recurrent neural networks with top-k gains for session-based
recommendations, CIKM 2018.
"""

from collections.abc import Callable

import tensorflow as tf

Loss = Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]

TINY = 1e-30


def top1(positive: tf.Tensor, scores: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """Mean over negatives of σ(s - p) + σ(s²) ([1] section 3.2.2)."""
    return _mean(tf.sigmoid(scores - positive) + tf.sigmoid(tf.square(scores)), weights)


def bpr(positive: tf.Tensor, scores: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """Mean over negatives of -log σ(p - s) ([1] section 3.2.2)."""
    return _mean(tf.math.softplus(scores - positive), weights)


def top1_max(positive: tf.Tensor, scores: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """Σ softmax(s)·(σ(s - p) + σ(s²)), the softmax over the negatives only ([2] equation 6)."""
    heights = weights * tf.exp(tf.minimum(scores - _highest(scores, weights), 0.0))
    terms = tf.sigmoid(scores - positive) + tf.sigmoid(tf.square(scores))
    return tf.math.divide_no_nan(tf.reduce_sum(heights * terms, 0), tf.reduce_sum(heights, 0))


def bpr_max(positive: tf.Tensor, scores: tf.Tensor, weights: tf.Tensor, bpreg: float = 1.0) -> tf.Tensor:
    """-log Σ softmax(s)·σ(p - s) + bpreg·Σ softmax(s)·s², softmax over the negatives only ([2] equation 7).

    With m the highest negative and a = exp(s - m), softmax(s)·σ(p - s) is a / (1 + a·exp(m - p)) over the
    sum of a, or exp(p - m)·a / (a + exp(p - m)): whichever exponential is at most 1 is taken, so that no
    distance between p and m overflows, and no logarithm of 0 needs an epsilon.
    """
    highest = _highest(scores, weights)
    heights = tf.exp(tf.minimum(scores - highest, 0.0))
    above = highest > positive
    # -|m - p|, but with a gradient where they are equal: a negative may be the positive item itself.
    ratio = tf.exp(tf.minimum(highest - positive, positive - highest))
    constant = tf.where(above, tf.maximum(ratio, TINY), 1.0)
    slope = tf.where(above, tf.ones_like(ratio), ratio)
    weighted = weights * heights
    total = tf.maximum(tf.reduce_sum(weighted, 0), TINY)
    won = tf.maximum(tf.reduce_sum(weighted / (constant + slope * heights), 0), TINY)
    loss = tf.math.log(total) - tf.math.log(won) + tf.where(above, highest - positive, 0.0)
    return loss + bpreg * tf.reduce_sum(weighted * tf.square(scores), 0) / total


def cross_entropy(positive: tf.Tensor, scores: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """-log softmax of the true item among itself and its negatives ([2] section 3.1)."""
    highest = tf.maximum(_highest(scores, weights), tf.stop_gradient(positive))
    heights = weights * tf.exp(tf.minimum(scores - highest, 0.0))
    total = tf.exp(positive - highest) + tf.reduce_sum(heights, 0)
    return tf.math.log(total) + highest - positive


LOSSES: dict[str, Loss] = {
    "top1": top1,
    "bpr": bpr,
    "top1-max": top1_max,
    "bpr-max": bpr_max,
    "cross-entropy": cross_entropy,
}


def elu(scores: tf.Tensor, alpha: float) -> tf.Tensor:
    """Scores from 0 up unchanged, scores s below 0 as alpha·(exp(s) - 1); alpha 0 changes nothing ([2] section 3.3)."""
    if alpha == 0.0:
        return scores
    return tf.where(scores >= 0, scores, alpha * (tf.exp(tf.minimum(scores, 0.0)) - 1.0))


def TOP1(y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
    """TOP1 against all other items, as the notebook calls it.

    Args:
        y_true: one-hot true items, [B, n_items].
        y_pred: scores, float32 [B, n_items].

    Returns:
        Scalar: mean over the true negatives, then mean over rows.
    """
    return _against_all(top1, y_true, y_pred)


def BPR(y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
    """BPR against all other items; arguments and result as in `TOP1`."""
    return _against_all(bpr, y_true, y_pred)


def _against_all(loss: Loss, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
    scores = tf.transpose(tf.convert_to_tensor(y_pred, tf.float32))
    is_true = tf.transpose(tf.cast(y_true, tf.float32))
    positive = tf.reduce_sum(scores * is_true, 0)
    return tf.reduce_mean(loss(positive, scores, 1.0 - is_true))


def _mean(terms: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    # A lane without any negative (it is alone, and nothing is sampled) has loss 0.
    return tf.reduce_sum(weights * terms, 0) / tf.maximum(tf.reduce_sum(weights, 0), 1.0)


def _highest(scores: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """Highest negative of each lane, [B]: a shift against overflow, constant to the gradient."""
    return tf.stop_gradient(tf.reduce_max(tf.where(weights > 0, scores, tf.float32.min), 0))
