"""How are settings turned into command-line options, and options back into settings?

Options are made from the pydantic models, so that a new setting is an option at once, with its description as help.
"""

import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import typer

from gru4rec_core.config import (
    DEFAULT_SEEDS,
    PRESETS,
    ComparisonConfig,
    SplitConfig,
    TrainingConfig,
    WindowConfig,
    default_deciding_k,
)
from gru4rec_core.errors import ConfigError
from gru4rec_core.jobs.planning import DAYS_FOR_TIME_RULE, default_plan, propose_recheck_rule
from gru4rec_core.results.reproduction import Settings, name_option
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else on standard output.")]
Dataset = Annotated[
    str,
    typer.Argument(
        metavar="DATASET",
        help="A registered dataset's name or id, or a file, folder or object-store address to import.",
    ),
]
Preset = Annotated[str | None, typer.Option(help="Starting point: " + ", ".join(PRESETS) + ".", show_default="quick")]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run's id.")]

USUAL_SEEDS = f"{DEFAULT_SEEDS}; 1 for a generated sample"
"""What `--help` says of the number of seeds that `default_plan` chooses."""

Command = TypeVar("Command", bound=Callable[..., Any])

_CUT = frozenset(
    {"protocol", "test_days", "test_from", "test_until", "test_fraction"}
)  # settings that choose where a log is cut

# Defaults that depend on the dataset.
_DEFAULTS = {
    (SplitConfig, "protocol"): f"time where real dates span {DAYS_FOR_TIME_RULE} days or more, else last-item",
    (SplitConfig, "test_days"): "days that hold about the last tenth of the sessions",
    (ComparisonConfig, "deciding_k"): "3 up to 100 items, else 10",
    (WindowConfig, "windows"): "one test rule; 4 with another option of windows",
}


def settings_options(
    *models: Settings, without: tuple[str, ...] = (), of_the_run: tuple[Settings, ...] = ()
) -> Callable[[Command], Command]:
    """Adds every field of the models as an option; the command gets those that were given as one dict, `settings`.

    Args:
        models: settings whose fields become options.
        without: fields that the command asks for in its own way.
        of_the_run: models whose defaults are those of the run that the command works on.
    """

    def decorate(command: Command) -> Command:
        signature = inspect.signature(command)
        own = [parameter for parameter in signature.parameters.values() if parameter.name != "settings"]
        added = [
            _make_parameter(model, field, "the run's own" if model in of_the_run else _describe_default(model, field))
            for model in models
            for field in model.model_fields
            if field not in without
        ]

        def call(**values: Any) -> Any:
            settings = {parameter.name: values.pop(parameter.name) for parameter in added}
            return command(**values, settings={k: v for k, v in settings.items() if v is not None})

        parameters = [*own, *added]
        call.__name__, call.__doc__ = command.__name__, command.__doc__
        call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return call  # type: ignore[return-value]

    return decorate


def pick_fields(model: Settings, settings: dict[str, Any]) -> dict[str, Any]:
    """The options that are fields of `model`, under the names of the fields."""
    names = {name_option(model, field): field for field in model.model_fields}
    return {names[name]: _parse(names[name], value) for name, value in settings.items() if name in names}


def validate_test_rule(settings: dict[str, Any]) -> None:
    """Raises ConfigError when the options for the test rule contradict each other, before any file is read."""
    SplitConfig(**pick_fields(SplitConfig, settings))


def validate_judging(settings: dict[str, Any]) -> None:
    """Raises ConfigError when an option for comparing is out of range, before any file is read."""
    ComparisonConfig(**pick_fields(ComparisonConfig, settings))


def choose_windows(settings: dict[str, Any]) -> WindowConfig | None:
    """The windows that the options ask for; None where none does.

    Raises:
        ConfigError: a value is out of range, or another option says where to cut.
    """
    values = pick_fields(WindowConfig, settings)
    if not values:
        return None
    cuts = sorted(_CUT & pick_fields(SplitConfig, settings).keys())
    if cuts:
        raise ConfigError(
            "Windows say themselves where the log is cut.",
            found=", ".join(f"--{name.replace('_', '-')}" for name in cuts),
            where="--windows",
            remedy="Leave these options out, or compare under one test rule.",
        )
    return WindowConfig(**values)


@dataclass(frozen=True)
class PlanChoice:
    """Test rule and runs per loss; `reason` says why, as far as no option said so ("" when all was given)."""

    test_rule: SplitConfig
    n_seeds: int
    reason: str


def choose_plan(
    workspace: Workspace,
    record: DatasetRecord,
    settings: dict[str, Any],
    n_seeds: int | None,
    *,
    is_cut_chosen: bool = False,
) -> PlanChoice:
    """What the options say, and the dataset's default plan for the rest.

    Options that choose no cut, such as --unseen, change the default test rule. Where something else chooses the cut
    (`is_cut_chosen`), no reason is given for it.
    """
    plan = default_plan(workspace, record)
    values = pick_fields(SplitConfig, settings)
    chooses_cut = not _CUT.isdisjoint(values)
    test_rule = SplitConfig(**values) if chooses_cut else plan.test_rule.replace(**values)
    reasons = [] if chooses_cut or is_cut_chosen else [plan.test_rule_reason]
    if n_seeds is None:
        n_seeds, reasons = plan.n_seeds, [*reasons, plan.n_seeds_reason]
    return PlanChoice(test_rule, n_seeds, "; ".join(reasons))


def choose_judging(record: DatasetRecord, settings: dict[str, Any]) -> ComparisonConfig:
    """How results are compared: what the options say, and the dataset's usual list length."""
    return ComparisonConfig(
        **{"deciding_k": default_deciding_k(record.n_items), **pick_fields(ComparisonConfig, settings)}
    )


def choose_recheck_rule(
    workspace: Workspace, record: DatasetRecord, own: SplitConfig, settings: dict[str, Any]
) -> tuple[SplitConfig, str]:
    """How an older model is tested on a log, and why, where neither the options nor the model's own rule say so."""
    changes = pick_fields(SplitConfig, settings)
    if not _CUT.isdisjoint(changes):
        return change_test_rule(own, changes), ""
    proposed = propose_recheck_rule(workspace, record, own)
    return change_test_rule(proposed.test_rule, changes), proposed.reason


def change_test_rule(own: SplitConfig, changes: dict[str, Any]) -> SplitConfig:
    """A run's own test rule with some settings changed; another protocol or cut replaces its own cut."""
    cut = {"test_days", "test_from", "test_until"}
    replaces_cut = (
        not {"test_days", "test_from"}.isdisjoint(changes) or changes.get("protocol", own.protocol) != own.protocol
    )
    return own.replace(**{**dict.fromkeys(cut if replaces_cut else ()), **changes})


def build_training_config(settings: dict[str, Any], preset: str | None, **changes: Any) -> TrainingConfig:
    """A preset (quick if none is named) with the options given on top, and `changes` on top of these."""
    values = pick_fields(TrainingConfig, settings)
    return TrainingConfig.preset(preset or "quick", **{**values, **changes})


def resolve_preset(preset: str | None, loss: str) -> str | None:
    """The preset for a loss: "paper" becomes paper-top1 or paper-bpr, any other stays.

    Raises:
        ConfigError: there are no paper settings for this loss.
    """
    if preset != "paper":
        return preset
    name = f"paper-{loss}"
    if name not in PRESETS:
        raise ConfigError(
            "Settings from the papers are known for top1 and bpr.",
            found=f"loss {loss}",
            remedy="Choose another preset, or compare these two.",
        )
    return name


def split_names(text: str, option: str) -> list[str]:
    """The names in "a,b,c".

    Raises:
        ConfigError: there are none.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise ConfigError(f"{option} needs names separated by commas.", found=repr(text), where=option)
    return parts


def _make_parameter(model: Settings, field: str, default: str) -> inspect.Parameter:
    info = model.model_fields[field]
    name = name_option(model, field)
    text = (info.description or "") + (f" [default: {default}]" if default else "")
    option = typer.Option(help=text, show_default=False, rich_help_panel=_name_panel(model))
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[_choose_type(info.annotation) | None, option],
    )


def _name_panel(model: Settings) -> str:
    return {TrainingConfig: "Training", SplitConfig: "Test rule", ComparisonConfig: "Judging", WindowConfig: "Windows"}[
        model
    ]


def _choose_type(annotation: Any) -> Any:
    """The type Typer reads: int, float, bool and choices as they are, anything with several forms as text."""
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not types.NoneType]
        return _choose_type(kinds[0]) if len(kinds) == 1 else str
    if get_origin(annotation) is Literal or annotation in (int, float, bool):
        return annotation
    return str


def _parse(field: str, value: Any) -> Any:
    if field == "n_hidden":
        try:
            return tuple(int(part) for part in str(value).split(","))
        except ValueError:
            raise ConfigError(
                "Layer widths are whole numbers separated by commas.", found=repr(value), where="--n-hidden"
            ) from None
    if field in ("test_from", "test_until"):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _describe_default(model: Settings, field: str) -> str:
    """The default as `--help` shows it; "" where there is none."""
    value = model.model_fields[field].default
    if (model, field) in _DEFAULTS:
        return _DEFAULTS[model, field]
    if value is None:
        return ""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
