"""Facts about the sessions of a report."""

from gru4rec_core.report.html.sessions import build_examples, shown_models


def test_a_session_shows_what_was_seen_what_came_and_all_guesses(contents):
    examples = build_examples(contents)
    assert len(examples) == 10
    for example in examples:
        assert len(example.seen) == 2
        assert example.n_hidden == 0
        assert example.session.startswith("Session ")
        assert [guesses.label for guesses in example.guesses] == ["TOP1", "BPR"]
        assert all(len(guesses.items) == 10 for guesses in example.guesses)


def test_only_the_item_that_came_is_marked(contents):
    for example in build_examples(contents):
        for guesses in example.guesses:
            marked = [name for name, came in guesses.items if came]
            assert len(marked) <= 1
            if guesses.rank == "● 1":
                assert marked == [guesses.items[0][0]]


def test_with_several_seeds_it_says_in_how_many_the_item_was_hit(contents):
    example = next(example for example in build_examples(contents) if example.reason == "both hit")
    assert all(guesses.seeds in {"hit in 2 of 3 seeds", "hit in 3 of 3 seeds"} for guesses in example.guesses)


def test_one_model_is_shown_alone(single):
    assert [model.name for model in shown_models(single)] == ["bpr"]
    assert {len(example.guesses) for example in build_examples(single)} == {1}
