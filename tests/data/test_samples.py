"""Facts about the generated example logs."""

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.data.samples import SAMPLES, WORKOUTS, make_sample
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import ConfigError


@pytest.fixture(scope="module")
def workouts() -> pd.DataFrame:
    return make_sample("workouts")


@pytest.fixture(scope="module")
def shop() -> pd.DataFrame:
    return make_sample("shop")


def share_of_repeats(log: pd.DataFrame) -> float:
    dataset = SessionDataset(log)
    within = np.ones(dataset.n_events, bool)
    within[dataset.offsets[:-1]] = False
    same = np.r_[False, dataset.items[1:] == dataset.items[:-1]]
    return float(same[within].mean())


@pytest.mark.parametrize("name", list(SAMPLES))
def test_a_log_has_the_three_columns_and_no_gaps(name: str) -> None:
    log = make_sample(name, n_sessions=50)
    assert list(log.columns) == ["session", "timestamp", "item"]
    assert not log.isna().any().any()
    assert log.timestamp.dtype == np.int64


@pytest.mark.parametrize("name", list(SAMPLES))
def test_the_same_seed_gives_the_same_log_and_another_seed_another(name: str) -> None:
    first = make_sample(name, n_sessions=40, seed=3)
    pd.testing.assert_frame_equal(first, make_sample(name, n_sessions=40, seed=3))
    assert not first.equals(make_sample(name, n_sessions=40, seed=4))


@pytest.mark.parametrize("name", list(SAMPLES))
def test_sessions_stand_together_in_time_order_and_have_at_least_two_events(name: str) -> None:
    log = make_sample(name, n_sessions=300)
    assert log.session.ne(log.session.shift()).sum() == 300
    assert (log.groupby("session").timestamp.diff().dropna() > 0).all()
    assert log.groupby("session").size().min() >= 2


def test_workouts_have_1082_athletes_48_kinds_and_up_to_200_workouts(workouts: pd.DataFrame) -> None:
    assert workouts.session.nunique() == 1082
    assert set(workouts.item) == set(WORKOUTS)
    assert len(WORKOUTS) == 48
    assert workouts.groupby("session").size().max() == 200


def test_workouts_repeat_the_last_one_often_but_not_always(workouts: pd.DataFrame) -> None:
    assert 0.63 < share_of_repeats(workouts) < 0.75


def test_winter_workouts_are_done_in_winter(workouts: pd.DataFrame) -> None:
    month = pd.to_datetime(workouts.timestamp, unit="s").dt.month
    indoors = workouts.item == "indoor cycling"
    assert month[indoors].isin([11, 12, 1, 2, 3, 4]).mean() > 0.9


def test_an_athlete_trains_at_most_once_a_day(workouts: pd.DataFrame) -> None:
    day = workouts.timestamp // 86_400
    assert not pd.DataFrame({"session": workouts.session, "day": day}).duplicated().any()


def test_shop_has_short_visits_in_the_order_they_start(shop: pd.DataFrame) -> None:
    lengths = shop.groupby("session").size()
    assert len(lengths) == 20_000
    assert 5 < lengths.mean() < 6
    starts = shop.groupby("session").timestamp.min()
    assert starts.is_monotonic_increasing
    assert (starts.max() - starts.min()) / 86_400 < 60


def test_shop_has_a_few_best_sellers_and_a_long_tail(shop: pd.DataFrame) -> None:
    counts = shop.item.value_counts()
    assert 2_900 < len(counts) <= 3_000
    assert counts.iloc[:300].sum() > 0.3 * len(shop)
    assert counts.median() < counts.mean()


def test_shop_takes_any_size() -> None:
    log = make_sample("shop", n_sessions=2_000, n_items=20)
    assert log.session.nunique() == 2_000
    assert log.item.nunique() == 20


def test_names_of_a_large_shop_are_distinct() -> None:
    log = make_sample("shop", n_sessions=30_000, n_items=6_000)
    assert log.item.nunique() > 5_500


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"name": "music"}, "workouts, shop"),
        ({"name": "shop", "n_sessions": 0}, "at least one session"),
        ({"name": "shop", "n_items": 5}, "at least 20 items"),
        ({"name": "workouts", "n_items": 50}, "fixed list of items"),
    ],
)
def test_what_a_sample_cannot_be_is_said(arguments: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        make_sample(**arguments)  # type: ignore[arg-type]
