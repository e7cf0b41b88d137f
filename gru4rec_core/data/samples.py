"""Which example logs are available, and how are they generated?"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gru4rec_core.data.times import DAY_SECONDS
from gru4rec_core.errors import ConfigError

WORKOUTS_START = 1_640_995_200  # 2022-01-01 00:00 UTC
SHOP_START = 1_711_929_600  # 2024-04-01 00:00 UTC


@dataclass(frozen=True)
class Sample:
    """What a screen or a command says about a sample before it is generated."""

    name: str
    title: str
    text: str


SAMPLES: dict[str, Sample] = {
    "workouts": Sample(
        "workouts",
        "Workouts",
        "1,082 athletes, 48 kinds of workout, up to 200 workouts each over about three years: which comes next? "
        "Generated from a seed, so not comparable with published figures.",
    ),
    "shop": Sample(
        "shop",
        "Shop",
        "20,000 visits to a shop of 3,000 products over 60 days: short sessions, a few best-sellers, products that "
        "go together. Generated from a seed, so not comparable with published figures.",
    ),
}


def make_sample(name: str, n_sessions: int | None = None, n_items: int | None = None, seed: int = 0) -> pd.DataFrame:
    """Generate an example log.

    Args:
        name: A key of `SAMPLES`.
        n_sessions: How many sessions; None for the sample's own number.
        n_items: How many items exist; None for the sample's own number. Fixed at 48 for "workouts".
        seed: The same seed gives the same log.

    Returns:
        Columns session (str), timestamp (int64, seconds since 1970), item (str), one row per event; "workouts" is
        sorted by session, "shop" numbers its sessions in the order they start.

    Raises:
        ConfigError: An unknown name, or a size the sample cannot have.
    """
    if name not in SAMPLES:
        raise ConfigError(
            "There is no sample of that name.",
            found=repr(name),
            where="sample",
            remedy=f"Use one of {', '.join(SAMPLES)}.",
        )
    if n_sessions is not None and n_sessions < 1:
        raise ConfigError(
            "A sample needs at least one session.", found=str(n_sessions), where="sessions", remedy="Use 1 or more."
        )
    rng = np.random.default_rng(seed)
    makers: dict[str, Callable[[int | None, int | None, np.random.Generator], pd.DataFrame]] = {
        "workouts": _workouts,
        "shop": _shop,
    }
    return makers[name](n_sessions, n_items, rng)


# --- workouts ------------------------------------------------------------------------------------------------------

WORKOUTS: tuple[str, ...] = (
    "bike", "run", "mountain bike", "indoor cycling", "walk", "core training", "weight training", "swim",
    "treadmill run", "cross-country ski", "orienteering", "hike", "circuit training", "yoga", "row", "indoor row",
    "bike to work", "roller ski", "kayak", "stretching", "trail run", "skate", "climb", "boulder", "football",
    "downhill ski", "tennis", "badminton", "stair climber", "elliptical", "snowshoe", "pilates", "boxing",
    "martial arts", "basketball", "volleyball", "beach volleyball", "handball", "squash", "golf", "dance",
    "aerobics", "snowboard", "windsurf", "sail", "table tennis", "ice hockey", "gymnastics",
)  # fmt: skip


# An athlete does the main workout of the season several times in a row, then a side workout, then the main one again,
# and so on through the sides in turn; some change every time. Every programme has an order of its own for the same
# sides: which one comes next follows from the main workout and the side before it together, from neither alone; and
# many a main workout is another athlete's side.
PROGRAMMES: tuple[tuple[int, tuple[str, int, int], tuple[str, int, int]], ...] = (
    # share of athletes, summer and winter: the main workout, its times in a row, a side's times in a row
    (14, ("bike", 8, 2), ("indoor cycling", 8, 2)),
    (14, ("run", 8, 2), ("treadmill run", 8, 2)),
    (8, ("mountain bike", 7, 3), ("cross-country ski", 7, 3)),
    (8, ("trail run", 7, 2), ("run", 7, 2)),
    (8, ("swim", 7, 3), ("swim", 7, 3)),
    (7, ("roller ski", 8, 2), ("cross-country ski", 9, 2)),
    (6, ("walk", 9, 3), ("snowshoe", 7, 2)),
    (7, ("weight training", 7, 2), ("weight training", 7, 2)),
    (5, ("row", 7, 2), ("indoor row", 9, 3)),
    (5, ("hike", 7, 3), ("boulder", 7, 3)),
    (4, ("run", 1, 1), ("treadmill run", 1, 1)),
    (4, ("bike", 1, 1), ("indoor cycling", 1, 1)),
    (2, ("weight training", 1, 1), ("weight training", 1, 1)),
    (2, ("bike to work", 1, 1), ("walk", 1, 1)),
)
SUMMER_SIDES = ("run", "bike", "swim", "weight training", "core training", "yoga", "walk")
WINTER_SIDES = ("treadmill run", "indoor cycling", "swim", "weight training", "core training", "stretching", "walk")
ORDERS_SEED = 48  # of the sides; the same for every log
WHIM_SHARE = 0.03  # a workout outside the programme; the programme then goes on where it was
UNEVEN_SHARE = 0.1  # of the main blocks: one workout shorter or longer than planned


def _workouts(n_sessions: int | None, n_items: int | None, rng: np.random.Generator) -> pd.DataFrame:
    if n_items not in (None, len(WORKOUTS)):
        raise ConfigError(
            "The workouts sample has a fixed list of items.",
            found=f"{n_items} items",
            where="sample workouts",
            remedy=f"Leave the number of items out ({len(WORKOUTS)}), or use the sample shop.",
        )
    n = n_sessions or 1_082
    lengths = np.clip(np.rint(rng.lognormal(4.3, 0.9, n)), 2, 200).astype(np.int64)
    timestamps = _training_days(lengths, rng)
    winter = _is_winter(timestamps, rng)
    items = _follow_programmes(lengths, winter, rng)
    keep = np.arange(items.shape[1]) < lengths[:, None]  # [athletes, steps], row by row = session by session
    width = max(4, len(str(n)))
    names = pd.array([f"athlete {i + 1:0{width}d}" for i in range(n)], dtype="str")
    return pd.DataFrame(
        {
            "session": names.take(np.repeat(np.arange(n), lengths)),
            "timestamp": timestamps[keep],
            "item": pd.array(WORKOUTS, dtype="str").take(items[keep]),
        }
    )


def _training_days(lengths: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Seconds since 1970 [athletes, steps]: at most one workout per day, at about the same hour."""
    n, steps = len(lengths), int(lengths.max())
    days_between = rng.uniform(1.3, 4.0, n)
    gaps = rng.geometric(1 / days_between[:, None], (n, steps))
    first_day = rng.integers(0, 500, n)
    days = first_day[:, None] + np.cumsum(gaps, axis=1)
    hour = rng.choice([6.5, 12.2, 18.0], n, p=[0.3, 0.15, 0.55])
    seconds = 3_600 * (hour[:, None] + np.clip(rng.normal(0, 0.8, (n, steps)), -3, 3))
    return WORKOUTS_START + days * DAY_SECONDS + seconds.astype(np.int64)


def _is_winter(timestamps: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Whether an athlete is on the winter programme, bool [athletes, steps]; each changes over on their own date."""
    day_of_year = (timestamps - WORKOUTS_START) / DAY_SECONDS % 365.25
    change = rng.normal(0, 15, (len(timestamps), 1))
    return (day_of_year < 85 + change) | (day_of_year > 300 + change)


def _follow_programmes(lengths: np.ndarray, winter: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Item ids [athletes, steps]; the loop is over steps, all athletes at once."""
    item_of, times_of, blocks_of = _programme_tables()
    n, steps = winter.shape
    shares = np.array([share for share, _, _ in PROGRAMMES])
    programme = rng.choice(len(PROGRAMMES), n, p=shares / shares.sum())
    season = winter[:, 0].astype(np.int64)
    block = rng.integers(0, blocks_of[programme, season])
    left = rng.integers(1, times_of[programme, season, block] + 1)
    whims = rng.choice(len(WORKOUTS), (n, steps), p=_zipf(len(WORKOUTS), 0.8))
    is_whim = rng.random((n, steps)) < WHIM_SHARE
    uneven = rng.choice([-1, 0, 1], (n, steps), p=[UNEVEN_SHARE / 2, 1 - UNEVEN_SHARE, UNEVEN_SHARE / 2])
    items = np.empty((n, steps), np.int64)
    for step in range(steps):
        over = left == 0
        block = np.where(over, (block + 1) % blocks_of[programme, season], block)
        turned = over & (season != winter[:, step])  # seasons change between blocks, with the first block of the other
        season = np.where(turned, winter[:, step], season)
        block = np.where(turned, 0, block)
        planned = times_of[programme, season, block]
        planned = planned + np.where((block % 2 == 0) & (planned > 1), uneven[:, step], 0)
        left = np.where(over, planned, left)
        items[:, step] = np.where(is_whim[:, step], whims[:, step], item_of[programme, season, block])
        left = left - ~is_whim[:, step]
    return items


def _programme_tables() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Items and times [programmes, 2 seasons, blocks], number of blocks [programmes, 2 seasons]."""
    ids = {name: i for i, name in enumerate(WORKOUTS)}
    rng = np.random.default_rng(ORDERS_SEED)
    n_sides = len(SUMMER_SIDES)
    item_of = np.zeros((len(PROGRAMMES), 2, 2 * n_sides), np.int64)
    times_of = np.zeros_like(item_of)
    blocks_of = np.zeros(item_of.shape[:2], np.int64)
    for p, (_, *mains) in enumerate(PROGRAMMES):
        for s, ((main, times, side_times), pool) in enumerate(zip(mains, (SUMMER_SIDES, WINTER_SIDES), strict=True)):
            sides = [side for side in rng.permutation(pool) if side != main]
            blocks_of[p, s] = 2 * len(sides)
            item_of[p, s, ::2], times_of[p, s, ::2] = ids[main], times
            times_of[p, s, 1::2] = side_times
            item_of[p, s, 1 : 2 * len(sides) : 2] = [ids[side] for side in sides]
    return item_of, times_of, blocks_of


def _zipf(n: int, exponent: float) -> np.ndarray:
    weights = 1 / np.arange(1, n + 1) ** exponent
    return weights / weights.sum()


# --- shop ----------------------------------------------------------------------------------------------------------

STYLES: tuple[str, ...] = ("classic", "nordic", "vintage", "sport", "basic")
BASIC = 4  # goes with every style, and so tells nothing of the visitor's
GOODS: tuple[str, ...] = (
    "jacket", "trousers", "shirt", "jumper", "dress", "skirt", "T-shirt", "coat", "shorts", "socks", "scarf", "hat",
    "gloves", "belt", "trainers", "boots", "sandals", "slippers", "backpack", "handbag", "wallet", "watch",
    "sunglasses", "umbrella", "towel", "bathrobe", "blanket", "cushion", "duvet", "curtain", "rug", "lamp", "chair",
    "table", "shelf", "mirror", "vase", "candle", "clock", "picture frame", "mug", "plate", "bowl", "glass", "pan",
    "knife", "kettle", "teapot", "apron", "bottle", "lunch box", "notebook", "pen", "desk", "bike light", "helmet",
    "yoga mat", "tent", "sleeping bag", "ball",
)  # fmt: skip
MIN_SHOP_ITEMS = 20
N_COMPLEMENTS = 3  # categories that go with a category
N_ALSO_VIEWED = 4  # items shown beside an item
CONCENTRATION = 1.5  # of demand on a cluster's best-sellers; 1 would be Zipf's law

# What a visitor does next: looks at something beside the item, goes on to what goes with it, goes back to the item
# before, starts anew.
STEP_SHARES = (0.15, 0.70, 0.05, 0.10)
STYLE_SHARES = (0.55, 0.40, 0.05)  # an item in the visitor's style, a basic one, one of any style


@dataclass(frozen=True)
class _Catalogue:
    """Items by cluster (a category in one style), the best-seller of each cluster first.

    Attributes:
        category, cluster: int64 [n_items].
        first, size: int64 [clusters], where a cluster's items begin in `members`, and how many they are.
        members: int64 [n_items].
        also_viewed: int64 [n_items, N_ALSO_VIEWED], of the same cluster.
        complements: int64 [categories, N_COMPLEMENTS].
        demand: float64 [categories], adds up to 1.
    """

    category: np.ndarray
    cluster: np.ndarray
    first: np.ndarray
    size: np.ndarray
    members: np.ndarray
    also_viewed: np.ndarray
    complements: np.ndarray
    demand: np.ndarray
    names: list[str]

    def draw(self, clusters: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """An item of each cluster; the share of the r-th best-seller falls a little faster than 1 / r."""
        rank = np.floor((self.size[clusters] + 1.0) ** rng.random(len(clusters)) ** CONCENTRATION).astype(np.int64) - 1
        return self.members[self.first[clusters] + np.minimum(rank, self.size[clusters] - 1)]


def _shop(n_sessions: int | None, n_items: int | None, rng: np.random.Generator) -> pd.DataFrame:
    n_items = 3_000 if n_items is None else n_items
    if n_items < MIN_SHOP_ITEMS:
        raise ConfigError(
            f"The shop sample has at least {MIN_SHOP_ITEMS} items.",
            found=str(n_items),
            where="sample shop, items",
            remedy=f"Use {MIN_SHOP_ITEMS} or more.",
        )
    catalogue = _build_catalogue(n_items, rng)
    n = n_sessions or 20_000
    lengths = np.minimum(1 + rng.geometric(1 / 4.5, n), 60)
    items = _visits(catalogue, lengths, rng)
    width = len(str(n))
    names = pd.array([f"visit {i + 1:0{width}d}" for i in range(n)], dtype="str")
    return pd.DataFrame(
        {
            "session": names.take(np.repeat(np.arange(n), lengths)),
            "timestamp": _visit_times(lengths, rng),
            "item": pd.array(catalogue.names, dtype="str").take(items),
        }
    )


def _build_catalogue(n_items: int, rng: np.random.Generator) -> _Catalogue:
    n_categories = round(np.sqrt(n_items))
    n_clusters = n_categories * len(STYLES)
    demand = rng.permutation(_zipf(n_categories, 0.7))
    # One item for each cluster while they last, the others where the demand is.
    category = np.r_[np.arange(n_clusters) // len(STYLES), rng.choice(n_categories, n_items, p=demand)][:n_items]
    style = np.r_[np.arange(n_clusters) % len(STYLES), rng.integers(0, len(STYLES), n_items)][:n_items]
    cluster = category * len(STYLES) + style
    size = np.bincount(cluster, minlength=n_clusters)
    first = np.cumsum(size) - size
    members = np.argsort(cluster, kind="stable")
    complements = np.stack([rng.permutation(n_categories) for _ in range(N_COMPLEMENTS)], axis=1)
    number = np.empty(n_items, np.int64)
    number[members] = np.arange(n_items) - np.repeat(first, size) + 1
    names = [f"{STYLES[s]} {_goods(c)} {k}" for c, s, k in zip(category, style, number, strict=True)]
    bare = _Catalogue(category, cluster, first, size, members, np.empty(0), complements, demand, names)
    beside = np.stack([bare.draw(cluster, rng) for _ in range(N_ALSO_VIEWED)], axis=1)
    return _Catalogue(category, cluster, first, size, members, beside, complements, demand, names)


def _goods(category: int) -> str:
    return GOODS[category % len(GOODS)] + ("" if category < len(GOODS) else f" no. {category // len(GOODS) + 1}")


def _visits(catalogue: _Catalogue, lengths: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Item ids, session by session, int64 [n_events]; the loop is over steps, all visits at once.

    What goes with an item depends on the category looked at before, too: who came to shirts from trousers goes on to
    belts, who came from jackets to scarves. And a visitor keeps to a style over the whole visit, which basic items do
    not tell.
    """
    offsets = np.cumsum(lengths) - lengths
    out = np.empty(lengths.sum(), np.int64)
    n = len(lengths)
    style = rng.integers(0, BASIC, n)
    category = rng.choice(len(catalogue.demand), n, p=catalogue.demand)
    came_from = rng.integers(0, N_COMPLEMENTS, n)  # stands for the category before the first
    item = catalogue.draw(category * len(STYLES) + style, rng)
    visitors = _Visitors(style, item, item.copy(), came_from)
    active = np.arange(n)
    for step in range(int(lengths.max())):
        active = active[lengths[active] > step]
        if step:
            kind = rng.choice(len(STEP_SHARES), len(active), p=STEP_SHARES)
            following, came = _next_items(catalogue, kind, visitors.take(active), rng)
            visitors.before[active] = visitors.item[active]
            visitors.item[active], visitors.came_from[active] = following, came
        out[offsets[active] + step] = visitors.item[active]
    return out


@dataclass(frozen=True)
class _Visitors:
    """What each visitor looks at, int64 [n] each.

    Attributes:
        style: The visitor's style, for the whole visit.
        item: Looked at now.
        before: Looked at before.
        came_from: The category before the present one.
    """

    style: np.ndarray
    item: np.ndarray
    before: np.ndarray
    came_from: np.ndarray

    def take(self, chosen: np.ndarray) -> "_Visitors":
        return _Visitors(self.style[chosen], self.item[chosen], self.before[chosen], self.came_from[chosen])


def _next_items(
    catalogue: _Catalogue, kind: np.ndarray, visitors: _Visitors, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The items that follow by the kinds of step, and the category each visitor came from after it."""
    n = len(visitors.item)
    category = catalogue.category[visitors.item]
    beside = catalogue.also_viewed[visitors.item, np.floor((N_ALSO_VIEWED + 1) ** rng.random(n)).astype(np.int64) - 1]
    chosen = rng.choice(len(STYLE_SHARES), n, p=STYLE_SHARES)
    shown_style = np.choose(chosen, [visitors.style, np.full(n, BASIC), rng.integers(0, len(STYLES), n)])
    complement = catalogue.complements[category, visitors.came_from % N_COMPLEMENTS]
    anew = rng.choice(len(catalogue.demand), n, p=catalogue.demand)
    goes_with = catalogue.draw(complement * len(STYLES) + shown_style, rng)
    other = catalogue.draw(anew * len(STYLES) + shown_style, rng)
    following = np.choose(kind, [beside, goes_with, visitors.before, other])
    return following, np.where(catalogue.category[following] != category, category, visitors.came_from)


def _visit_times(lengths: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Seconds since 1970 [n_events]; visits in the order they start, within 60 days, more of them in the evening."""
    hours = np.arange(24)
    busy = 0.15 + np.exp(-0.5 * ((hours - 20) / 2.5) ** 2) + 0.6 * np.exp(-0.5 * ((hours - 12.5) / 2.5) ** 2)
    hour = rng.choice(24, len(lengths), p=busy / busy.sum())
    starts = np.sort(
        rng.integers(0, 60, len(lengths)) * DAY_SECONDS + hour * 3_600 + rng.integers(0, 3_600, len(lengths))
    )
    gaps = 2 + rng.exponential(45, int(lengths.sum())).astype(np.int64)
    firsts = np.cumsum(lengths) - lengths
    gaps[firsts] = 0
    elapsed = np.cumsum(gaps)
    return SHOP_START + np.repeat(starts - elapsed[firsts], lengths) + elapsed
