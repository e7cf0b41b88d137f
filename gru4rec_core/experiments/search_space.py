"""Which settings of a method are searched, and in which ranges?

They are data, each with its reason: search_spaces.json.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from gru4rec_core.config import LOSS_LABELS

if TYPE_CHECKING:
    from optuna import Trial
    from optuna.distributions import BaseDistribution

Values = dict[str, Any]
"""What a trial tries: the value of each searched setting, by its name in the space."""


@dataclass(frozen=True)
class Setting:
    """A setting that is searched.

    Attributes:
        name: in the space.
        kind: of its values.
        why: the reason for its range, a sentence or two.
        sets: the setting of the method that it gives the value of; its own name as a rule.
        low, high: the range of a number, ends included.
        step: of a number; None for any.
        log: whether a number is drawn on a logarithmic scale.
        values: of a choice.
        only: the setting counts only where these others have one of these values.
    """

    name: str
    kind: Literal["int", "float", "choice"]
    why: str
    sets: str
    low: float = 0
    high: float = 0
    step: float | None = None
    log: bool = False
    values: tuple[Any, ...] = ()
    only: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    def applies(self, known: Mapping[str, Any]) -> bool:
        """Whether it counts, given the settings that are `known`; one that is not known rules nothing out."""
        return all(name not in known or known[name] in values for name, values in self.only.items())

    def tidy(self, value: Any) -> Any:
        """A value as people would write it: a multiple of the step, or three digits where there is none."""
        if not isinstance(value, float):
            return value
        return round(value, 10) if self.step else min(max(float(f"{value:.3g}"), self.low), self.high)

    def holds(self, value: Any) -> bool:
        """Whether a value is in its range, and on its grid."""
        if self.kind == "choice":
            return value in self.values
        if not self.low <= value <= self.high:
            return False
        steps = (value - self.low) / self.step if self.step else 0.0
        return abs(steps - round(steps)) < 1e-9

    def distribution(self) -> "BaseDistribution":
        """The same for Optuna."""
        from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

        if self.kind == "choice":
            return CategoricalDistribution(self.values)
        if self.kind == "int":
            return IntDistribution(int(self.low), int(self.high), log=self.log, step=int(self.step or 1))
        return FloatDistribution(self.low, self.high, log=self.log, step=self.step)

    def suggest(self, trial: "Trial") -> Any:
        """The value that Optuna proposes for a trial."""
        if self.kind == "choice":
            return trial.suggest_categorical(self.name, self.values)
        if self.kind == "int":
            return trial.suggest_int(self.name, int(self.low), int(self.high), log=self.log, step=int(self.step or 1))
        return trial.suggest_float(self.name, self.low, self.high, log=self.log, step=self.step)


@dataclass(frozen=True)
class SearchSpace:
    """The settings of one method that are searched, in the order in which they are chosen."""

    settings: tuple[Setting, ...]

    def suggest(self, trial: "Trial") -> Values:
        """What Optuna proposes for a trial: those settings that count, given the others."""
        values: Values = {}
        for setting in self.settings:
            if setting.applies(values):
                values[setting.name] = setting.suggest(trial)
        return values

    def distributions(self, values: Values) -> "dict[str, BaseDistribution]":
        """The distributions of what a trial tried."""
        return {setting.name: setting.distribution() for setting in self.settings if setting.name in values}

    def to_settings(self, values: Values) -> dict[str, Any]:
        """The settings of the method that a trial's values stand for."""
        by_name = {setting.name: setting for setting in self.settings}
        return {by_name[name].sets: by_name[name].tidy(value) for name, value in values.items()}

    def holds(self, values: Values) -> bool:
        """Whether these are values that the space could have given a trial."""
        by_name = {setting.name: setting for setting in self.settings}
        return all(name in by_name and by_name[name].holds(value) for name, value in values.items())

    def locate(self, settings: Mapping[str, Any]) -> Values | None:
        """The values that stand for given settings of the method; None where one of them is outside the space."""
        values: Values = {}
        for setting in self.settings:
            if not setting.applies(values):
                continue
            if not setting.holds(settings[setting.sets]):
                return None
            values[setting.name] = settings[setting.sets]
        return values


def tunable_methods() -> tuple[str, ...]:
    """The methods that have a search space: every loss, then the baselines with settings that matter."""
    return (*LOSS_LABELS, *(name for name in _read() if name not in ("network", "small_log")))


def search_space(method: str, n_train_events: int, fixed: Mapping[str, Any]) -> SearchSpace:
    """The search space of a method.

    Args:
        method: a loss or the name of a baseline (see `tunable_methods`).
        n_train_events: of the training part; small logs have narrower ranges.
        fixed: settings that are not searched, such as the loss and the negatives: what they rule out is left out.
    """
    data = _read()
    is_small = n_train_events < data["small_log"]["events"]
    found = []
    for name, values in data["network" if method in LOSS_LABELS else method].items():
        narrower = values.get("small", {}) if is_small else {}
        given = {key: value for key, value in values.items() if key != "small"} | narrower
        given["only"] = {other: tuple(allowed) for other, allowed in given.get("only", {}).items()}
        given["values"] = tuple(given.get("values", ()))
        found.append(Setting(**{"sets": name, **given}, name=name))
    searched = {setting.sets for setting in found}
    known = {name: value for name, value in fixed.items() if name not in searched}
    return SearchSpace(tuple(setting for setting in found if setting.applies(known)))


@cache
def _read() -> dict[str, Any]:
    return dict(json.loads((files("gru4rec_core.experiments") / "search_spaces.json").read_text("utf-8")))
