"""What the lookup table predicts, worked out by hand."""

from gru4rec_core.baselines.markov import MarkovChain


def test_the_lookup_table_counts_what_followed_then_best_sellers(train, ranking):
    markov = MarkovChain().fit(train)
    assert ranking(markov, [4, 0]) == [1, 2, 0, 3, 4]
    assert ranking(markov, [0, 1]) == [0, 3, 1, 2, 4]
    assert ranking(markov, [3]) == [0, 1, 2, 3, 4], "nothing ever followed"
    assert markov.transitions.toarray()[0].tolist() == [0, 3, 1, 0, 0]


def test_no_transition_crosses_sessions(dataset_of):
    markov = MarkovChain().fit(dataset_of([[0, 1], [2, 3], [2]], 4))
    assert markov.transitions.nnz == 2


def test_a_follower_seen_once_stands_above_the_best_seller_never_seen_to_follow(dataset_of, ranking):
    train = dataset_of([[0]] * 1000 + [[1, 2]], 3)
    assert ranking(MarkovChain().fit(train), [1]) == [2, 0, 1]
