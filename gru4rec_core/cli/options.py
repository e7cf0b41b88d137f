"""How do settings become options of a command, and options settings?

Made from the pydantic models, so that a new setting is an option at once, with its description as help.
"""

import inspect
import types
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import typer

from gru4rec_core.config import PRESETS, ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.errors import ConfigError

Settings = type[TrainingConfig] | type[SplitConfig] | type[ComparisonConfig]
Command = TypeVar("Command", bound=Callable[..., Any])

# Options of other models that would take a name twice.
_RENAMED = {
    (SplitConfig, "seed"): "split_seed",
    (ComparisonConfig, "seed"): "comparison_seed",
    (ComparisonConfig, "deciding_k"): "k",
}


def settings_options(*models: Settings, without: tuple[str, ...] = ()) -> Callable[[Command], Command]:
    """Adds every field of the models as an option; the command gets those given as one dict, `settings`.

    Args:
        models: settings whose fields become options.
        without: fields that the command asks for in its own way.
    """

    def decorate(command: Command) -> Command:
        signature = inspect.signature(command)
        own: list[inspect.Parameter] = [p for p in signature.parameters.values() if p.name != "settings"]
        added: list[inspect.Parameter] = [
            _parameter(model, field) for model in models for field in model.model_fields if field not in without
        ]

        def call(**values: Any) -> Any:
            settings = {one.name: values.pop(one.name) for one in added}
            return command(**values, settings={k: v for k, v in settings.items() if v is not None})

        parameters = [*own, *added]
        call.__name__, call.__doc__ = command.__name__, command.__doc__
        call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        call.__annotations__ = {one.name: one.annotation for one in parameters}
        return call  # type: ignore[return-value]

    return decorate


def given(model: Settings, settings: dict[str, Any]) -> dict[str, Any]:
    """Those of a command's options that are fields of `model`, as its fields."""
    names = {_option_name(model, field): field for field in model.model_fields}
    return {names[name]: _parsed(names[name], value) for name, value in settings.items() if name in names}


def names_test_rule(settings: dict[str, Any]) -> bool:
    """Whether the options choose the test rule themselves, rather than what is left out before the log is cut."""
    return not {"protocol", "test_days", "test_from", "test_fraction"}.isdisjoint(given(SplitConfig, settings))


def check_test_rule(settings: dict[str, Any]) -> None:
    """Raises ConfigError when the options for the test rule contradict each other, before any file is read."""
    SplitConfig(**given(SplitConfig, settings))


def training_config(settings: dict[str, Any], preset: str | None, **changes: Any) -> TrainingConfig:
    """A preset (quick if none is named) with the options given on top, and `changes` on top of these."""
    values = given(TrainingConfig, settings)
    return TrainingConfig.preset(preset or "quick", **{**values, **changes})


def preset_for(preset: str | None, loss: str) -> str | None:
    """The preset of a loss when each trains with its own: "paper" is paper-top1 or paper-bpr."""
    if preset != "paper":
        return preset
    name = f"paper-{loss}"
    if name not in PRESETS:
        raise ConfigError(
            "The papers' own settings are known for top1 and bpr.",
            found=f"loss {loss}",
            remedy="Choose another preset, or these losses.",
        )
    return name


def separated(text: str, option: str) -> list[str]:
    """The parts of "a,b,c".

    Raises:
        ConfigError: there is none.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise ConfigError(f"{option} takes names with commas between them.", found=repr(text), where=option)
    return parts


def _option_name(model: Settings, field: str) -> str:
    return _RENAMED.get((model, field), field)


def _parameter(model: Settings, field: str) -> inspect.Parameter:
    info = model.model_fields[field]
    name = _option_name(model, field)
    default = "" if info.default is None else f" [default: {_shown(info.default)}]"
    option = typer.Option(help=(info.description or "") + default, show_default=False, rich_help_panel=_panel(model))
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[_option_type(info.annotation) | None, option],
    )


def _panel(model: Settings) -> str:
    return {TrainingConfig: "Training", SplitConfig: "Test rule", ComparisonConfig: "Judging"}[model]


def _option_type(annotation: Any) -> Any:
    """int, float, bool and choices stay; what has several forms is read as text."""
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [one for one in get_args(annotation) if one is not types.NoneType]
        return _option_type(kinds[0]) if len(kinds) == 1 else str
    if get_origin(annotation) is Literal or annotation in (int, float, bool):
        return annotation
    return str


def _parsed(field: str, value: Any) -> Any:
    if field == "n_hidden":
        try:
            return tuple(int(part) for part in str(value).split(","))
        except ValueError:
            raise ConfigError(
                "Layer widths are whole numbers with commas between them.", found=repr(value), where="--n-hidden"
            ) from None
    if field == "test_from":
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _shown(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
