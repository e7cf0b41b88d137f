"""The settings of a run, a test rule and a comparison: validated, immutable, stored as JSON.

How the model learns (`TrainingConfig`), the test rule, which cuts a log into training and test (`SplitConfig`), how
results are compared (`ComparisonConfig`), and on how many periods (`WindowConfig`). Forms and `--help` show each
field's description.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)

from gru4rec_core.errors import ConfigError

Loss = Literal["top1", "bpr", "top1-max", "bpr-max", "cross-entropy"]
Protocol = Literal["last-item", "time", "session-holdout"]

LOSS_LABELS: dict[str, str] = {
    "top1": "TOP1",
    "bpr": "BPR",
    "top1-max": "TOP1-max",
    "bpr-max": "BPR-max",
    "cross-entropy": "Cross-entropy",
}
"""What screens, charts and reports call the losses."""


def label_run(name: str) -> str:
    """What screens call the run of this name.

    >>> label_run("top1, seed 0"), label_run("night run")
    ('TOP1, seed 0', 'night run')
    """
    loss, comma, rest = name.partition(",")
    return LOSS_LABELS.get(loss, loss) + comma + rest


def name_comparison(losses: Iterable[str]) -> str:
    """What a comparison of these losses is called unless somebody names it.

    >>> name_comparison(["top1", "bpr", "top1"])
    'TOP1 against BPR'
    """
    return " against ".join(LOSS_LABELS[loss] for loss in dict.fromkeys(losses))


PROTOCOL_LABELS: dict[str, str] = {
    "last-item": "Last item",
    "time": "Later days",
    "session-holdout": "Other sessions",
}
"""What screens and reports call the protocols of a test rule."""

LIST_LENGTHS = (1, 3, 5, 10, 20)
"""Lengths k of recommendation lists that every table of results shows."""

DEFAULT_SEEDS = 3
"""Runs of each model where nothing else is chosen: one run cannot tell skill from luck."""

MAX_LIST_LENGTH = 20
"""The longest list that is kept of every prediction, and that charts and pages show."""

DECIDING_METRIC = "deciding"
"""When `early_stopping_metric` is this, early stopping watches the metric that decides the verdict."""

ALL_ITEMS_LIMIT = 2048
"""When `negatives` is "auto", training scores all items of a catalogue up to this size."""


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise _as_config_error(type(self).__name__, error) from None

    def replace(self, **changes: Any) -> Self:
        """A validated copy with some settings changed."""
        return type(self)(**{**self.model_dump(), **changes})

    def to_json(self) -> str:
        """The settings as text, for `from_json`."""
        return self.model_dump_json(indent=2)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Settings from text.

        Raises:
            ConfigError: the text is not a JSON object, or a setting is not allowed.
        """
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            raise ConfigError(
                "Settings are one JSON object.",
                found=f"invalid JSON at line {error.lineno}, column {error.colno}",
                remedy="Restore the file from the run it came from.",
            ) from None
        if not isinstance(values, dict):
            raise ConfigError("Settings are one JSON object.", found=f"a JSON {type(values).__name__}")
        return cls(**values)


class TrainingConfig(_Settings):
    """How GRU4Rec learns (Hidasi et al. 2016; Hidasi & Karatzoglou 2018)."""

    loss: Loss = Field(
        "top1", description="What training minimises; each loss compares the true next item with others in its own way."
    )
    n_hidden: tuple[int, ...] = Field(
        (64,), min_length=1, max_length=8, description="Units per GRU layer (1 to 4,096): one number for each layer."
    )
    activation: Literal["tanh", "relu"] = Field(
        "tanh", description="Activation of the candidate state: the papers use tanh, the notebook relu."
    )
    reset_after: bool = Field(
        False,
        description="Whether the reset gate acts after the recurrent product, with a second bias, as in Keras (so the"
        " notebook) and PyTorch, instead of before it, as in the paper.",
    )
    item_input: Literal["one-hot", "separate", "shared"] = Field(
        "one-hot",
        description="How an item enters the network: one-hot (a row of the first layer), a separate embedding, or the"
        " embedding shared with the output.",
    )
    embedding_size: int = Field(
        64, ge=1, le=4096, description="Width of the item embedding (separate item input only)."
    )
    negatives: Literal["auto", "all", "in-batch", "sampled"] = Field(
        "auto",
        description="Items that the true one is compared with: all others, the targets of the other lanes (in-batch),"
        f" or those and random samples (sampled). Auto takes all for up to {ALL_ITEMS_LIMIT:,} items, else sampled.",
    )
    n_sample: int = Field(
        2048,
        ge=1,
        le=1_000_000,
        description="Extra negative samples per step, shared by all lanes (sampled negatives only).",
    )
    sample_alpha: float = Field(
        0.5, ge=0, le=1, description="Samples are drawn by popularity to this power: 0 is uniform, 1 is by popularity."
    )
    logq: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Strength of the correction for how often popular items serve as negatives (cross-entropy only).",
    )
    elu_param: float = Field(
        0.5,
        ge=0,
        le=10,
        description="How far the ELU lets scores fall below 0 (bpr-max only); 0 leaves scores unchanged.",
    )
    bpreg: float = Field(
        1.0, ge=0, le=100, description="How strongly negative scores are pulled towards 0 (bpr-max only)."
    )
    dropout_input: float = Field(0.0, ge=0, lt=1, description="Share of the item input that is dropped in training.")
    dropout_hidden: float = Field(
        0.0, ge=0, lt=1, description="Share of each layer's output that is dropped in training."
    )
    optimizer: Literal["adam", "adagrad"] = Field(
        "adam", description="The rule that turns gradients into changes of the weights."
    )
    learning_rate: float = Field(0.001, gt=0, le=10, description="Step size of the optimiser.")
    momentum: float = Field(0.0, ge=0, lt=1, description="Share of the last step that is carried over (Adagrad only).")
    batch_size: int = Field(32, ge=1, le=8192, description="Lanes: sessions trained side by side in each mini-batch.")
    epochs: int = Field(10, ge=1, le=10_000, description="Number of epochs to train.")
    steps_per_epoch: int | None = Field(
        None, ge=1, le=100_000_000, description="Mini-batches per epoch; by default one pass over all sessions."
    )
    order: Literal["shuffled", "time"] = Field(
        "shuffled", description="Order of the sessions in a pass: shuffled anew for each pass, or by start time."
    )
    early_stopping: bool = Field(
        False, description="Stop when the validation metric stops improving, and keep the best epoch."
    )
    early_stopping_metric: str = Field(
        DECIDING_METRIC,
        pattern=rf"^({DECIDING_METRIC}|accuracy@[1-9]\d{{0,2}}|accuracy@1000|mrr@{MAX_LIST_LENGTH})$",
        description="The validation metric that early stopping watches: deciding is the one that decides the verdict,"
        f" accuracy@k with its k; or accuracy@ and any k, or mrr@{MAX_LIST_LENGTH}.",
    )
    patience: int = Field(3, ge=1, le=1000, description="Epochs without improvement before training stops early.")
    seed: int = Field(
        0,
        ge=0,
        lt=2**31,
        description="Seed of everything random: the same seed, machine and thread count give the same run.",
    )

    @field_validator("n_hidden", mode="before")
    @classmethod
    def _as_tuple(cls, value: object) -> object:
        return (value,) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("n_hidden")
    @classmethod
    def _width_range(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        for width in value:
            if not 1 <= width <= 4096:
                raise ValueError(f"a layer has 1 to 4,096 units, not {width}")
        return value

    @field_validator("early_stopping_metric")
    @classmethod
    def _watched_by_early_stopping_alone(cls, value: str, info: ValidationInfo) -> str:
        """Without early stopping nothing is watched: runs that differ in this alone are the same."""
        return value if info.data.get("early_stopping") else DECIDING_METRIC

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.logq and self.loss != "cross-entropy":
            raise ValueError(f"logq corrects cross-entropy only; with loss {self.loss} leave it at 0")
        if self.momentum and self.optimizer != "adagrad":
            raise ValueError("momentum belongs to adagrad; with adam leave it at 0")
        if self.negatives == "in-batch" and self.batch_size < 2:
            raise ValueError("in-batch negatives need batch_size 2 or more")
        return self

    @property
    def n_layers(self) -> int:
        return len(self.n_hidden)

    def resolved(self, n_items: int) -> Self:
        """These settings for a catalogue of `n_items`: "auto" becomes "all" or "sampled", "deciding" a metric."""
        changed = self.watching(default_deciding_k(n_items))
        if changed.negatives != "auto":
            return changed
        return changed.replace(negatives="all" if n_items <= ALL_ITEMS_LIMIT else "sampled")

    def watching(self, deciding_k: int) -> Self:
        """These settings where accuracy@`deciding_k` decides: early stopping watches it unless another was chosen."""
        if not self.early_stopping or self.early_stopping_metric != DECIDING_METRIC:
            return self
        return self.replace(early_stopping_metric=f"accuracy@{deciding_k}")

    @classmethod
    def preset(cls, name: str, **changes: Any) -> Self:
        """The settings of a preset (see `PRESETS`), with changes on top.

        Raises:
            ConfigError: no such preset, or a change that is not allowed.
        """
        if name not in PRESETS:
            raise ConfigError(
                "A preset is one of " + ", ".join(PRESETS) + ".",
                found=repr(name),
                remedy="Choose one of these.",
            )
        return cls(**{**PRESETS[name], **changes})


PRESETS: dict[str, dict[str, Any]] = {
    "quick": {},
    "notebook": {
        "activation": "relu",
        "reset_after": True,
        "batch_size": 8,
        "negatives": "all",
        "epochs": 5,
        "steps_per_epoch": 10_000,
    },
    "paper-top1": {
        "loss": "top1",
        "n_hidden": (100,),
        "batch_size": 50,
        "negatives": "in-batch",
        "dropout_hidden": 0.5,
        "optimizer": "adagrad",
        "learning_rate": 0.01,
        "order": "time",
    },
    "paper-bpr": {
        "loss": "bpr",
        "n_hidden": (100,),
        "batch_size": 50,
        "negatives": "in-batch",
        "dropout_hidden": 0.2,
        "optimizer": "adagrad",
        "learning_rate": 0.05,
        "momentum": 0.2,
        "order": "time",
    },
    "modern": {
        "loss": "cross-entropy",
        "n_hidden": (100,),
        "item_input": "shared",
        "negatives": "sampled",
        "n_sample": 2048,
        "sample_alpha": 0.75,
        "logq": 1.0,
        "dropout_input": 0.1,
        "optimizer": "adagrad",
        "learning_rate": 0.05,
    },
}
"""Named starting points. The paper's are Hidasi et al. 2016, table 2; `modern` follows Hidasi & Karatzoglou 2018, and
nearly what its authors publish for a log of 17,000 items. `quick` and `modern` are chosen by validation data of three
logs (docs/decisions/0039)."""


class SplitConfig(_Settings):
    """The test rule: how a log is cut into training, validation and test."""

    protocol: Protocol = Field(
        "last-item",
        description="last-item: predict the last item of each session; time: train before a cut, test after it;"
        " session-holdout: test on sessions drawn at random.",
    )
    test_days: float | None = Field(
        None, gt=0, description="Time rule: number of days at the end of the log that are the test."
    )
    test_from: float | str | None = Field(
        None,
        description="Time rule: sessions that start at or after this moment are the test (an ISO date, or a number in"
        " the log's own unit).",
    )
    test_until: float | str | None = Field(
        None,
        description="Time rule: sessions that start at or after this moment are left out (written as test_from is,"
        " which it needs).",
    )
    test_fraction: float = Field(
        0.1, gt=0, lt=1, description="Session hold-out: share of the sessions that are the test."
    )
    unseen: Literal["miss", "drop"] = Field(
        "miss", description="Test items that training never saw: count them as misses, or drop them."
    )
    validation_fraction: float = Field(
        0.1,
        ge=0,
        lt=1,
        description="Share of the training part that is set aside to watch training; never part of the test.",
    )
    collapse_repeats: bool = Field(False, description="Count an item that occurs several times in a row once.")
    min_item_support: int = Field(
        1, ge=1, description="Leave out items with fewer events than this in the whole log, the test included."
    )
    min_session_length: int = Field(2, ge=1, description="Leave out sessions with fewer events than this.")
    seed: int = Field(0, ge=0, lt=2**31, description="Seed of the hold-out and of the validation part.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.test_days is not None and self.test_from is not None:
            raise ValueError("give test_days or test_from, not both")
        if self.test_until is not None and self.test_from is None:
            raise ValueError("test_until ends a test that test_from begins: give both")
        if self.protocol != "time" and (self.test_days is not None or self.test_from is not None):
            raise ValueError(f"test_days and test_from belong to the time rule, not to {self.protocol}")
        return self

    @model_serializer(mode="wrap")
    def _as_before(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A rule without an end is written as it was before there were ends: its key names folders on disk."""
        values: dict[str, Any] = serialise(self)
        if values.get("test_until", "") is None:  # left out already where defaults are
            del values["test_until"]
        return values

    def without_validation(self) -> Self:
        """The rule with the same test, whose training has the validation part as well."""
        return self.replace(validation_fraction=0.0)

    def key(self) -> str:
        """A short name shared by equal test rules (12 hexadecimal digits)."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]


class ComparisonConfig(_Settings):
    """How models are compared; chosen before training."""

    deciding_k: int = Field(
        10, ge=1, le=1000, description="Number of items your page shows: accuracy@k with this k decides the verdict."
    )
    margin: float = Field(
        0.05,
        gt=0,
        lt=1,
        description="The smallest relative difference that matters to you; below it models count as equal.",
    )
    confidence: float = Field(0.95, gt=0.5, lt=1, description="Confidence level of the intervals, for example 0.95.")
    n_bootstrap: int = Field(2000, ge=200, le=100_000, description="Bootstrap samples of sessions.")
    n_permutations: int = Field(2000, ge=200, le=100_000, description="Permutations that flip whole sessions.")
    seed: int = Field(0, ge=0, lt=2**31, description="Seed of the bootstrap and of the permutations.")

    @property
    def shown_k(self) -> int:
        """The list length that screens show at first: the one that decides, or the longest that they can show."""
        return min(self.deciding_k, MAX_LIST_LENGTH)


class WindowConfig(_Settings):
    """Rolling windows at the end of a log: each is tested on by models trained on what came before it."""

    windows: int = Field(
        4,
        ge=2,
        le=12,
        description="Test on this many periods, one after another at the end of the log, each by models trained on what"
        " came before it.",
    )
    window_days: float = Field(7.0, gt=0, description="Length of each period in days.")
    window_sessions: int = Field(
        100, ge=1, description="Fewest sessions that a period is tested on, and that its models are trained on."
    )


def default_deciding_k(n_items: int) -> int:
    """The deciding k unless the user chooses one: 3 for a catalogue of up to 100 items, else 10."""
    return 3 if n_items <= 100 else 10


def _as_config_error(settings: str, error: ValidationError) -> ConfigError:
    problems = error.errors()
    first = problems[0]
    name = ".".join(str(part) for part in first["loc"])
    rule = first["msg"].removeprefix("Value error, ")
    more = f" ({len(problems) - 1} more settings are not allowed)" if len(problems) > 1 else ""
    return ConfigError(
        f"{name or settings}: {rule}.{more}",
        found=repr(first["input"]) if name else "",
        where=f"{settings}.{name}" if name else settings,
        remedy="Correct this setting; its description has the allowed values.",
    )
