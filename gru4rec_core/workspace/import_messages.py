"""What do a process that serves pages and the child that reads files for it say to each other?

Each message is a line of JSON. A hostile file may have taken the child over, so its parent trusts nothing that it says:
a message is at most `MAX_BYTES` long, has one of the forms below, and is only data. Nothing that it names is looked up,
imported or run.
"""

from collections.abc import Callable, Sequence
from typing import IO, Annotated, Any, Literal, Self, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from gru4rec_core.errors import (
    AccessError,
    Cancelled,
    ConfigError,
    DataError,
    DiskError,
    DiskFull,
    RunError,
    WorkbenchError,
)

R = TypeVar("R")

MAX_BYTES = 16 << 20
"""Of a message from the child. The preview of a file with 2,000 columns of ten characters takes 0.6 MB."""

Count = Annotated[int, Field(ge=0, lt=1 << 63)]

_ERRORS = {
    kind.__name__: kind for kind in (DataError, ConfigError, RunError, AccessError, DiskError, DiskFull, Cancelled)
}


class MalformedMessage(Exception):
    """A child sent what it must not send."""


class Message(BaseModel):
    """A line of JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, ser_json_inf_nan="constants")

    def to_line(self) -> bytes:
        return self.model_dump_json().encode() + b"\n"


class Call(Message):
    """From the parent: call a function. Its annotations say what the arguments and the result are.

    Attributes:
        function: "module:name".
        arguments: In order.
        wants_progress: The function takes `on_progress`, too.
    """

    function: str
    arguments: tuple[JsonValue, ...]
    wants_progress: bool = False

    @classmethod
    def of(cls, function: Callable[..., Any], arguments: Sequence[Any], wants_progress: bool) -> Self:
        return cls(
            function=f"{function.__module__}:{function.__qualname__}",
            arguments=tuple(to_jsonable_python(argument) for argument in arguments),
            wants_progress=wants_progress,
        )


class Progress(Message):
    """From the child, any number of times: how far the function is."""

    kind: Literal["progress"] = "progress"
    done: Count
    total: Count


class Result(Message):
    """From the child, at the end: what the function returned."""

    kind: Literal["result"] = "result"
    value: JsonValue

    @classmethod
    def of(cls, value: Any) -> Self:
        return cls(value=to_jsonable_python(value))

    def value_for(self, function: Callable[..., R]) -> R:
        """The value, of the type that the function's annotation names. Raises MalformedMessage for another one."""
        kind: TypeAdapter[R] = TypeAdapter(get_type_hints(function)["return"])
        try:
            return kind.validate_python(self.value)
        except (ValidationError, WorkbenchError) as error:
            raise MalformedMessage("a result that is not of the type asked for") from error


class Refusal(Message):
    """From the child, at the end: an error of ours that the function raised."""

    kind: Literal["refusal"] = "refusal"
    error: Literal["DataError", "ConfigError", "RunError", "AccessError", "DiskError", "DiskFull", "Cancelled"]
    rule: str
    found: str
    where: str
    remedy: str

    @classmethod
    def of(cls, error: WorkbenchError) -> Self:
        kind: Any = type(error).__name__
        return cls(error=kind, rule=error.rule, found=error.found, where=error.where, remedy=error.remedy)

    def to_error(self) -> WorkbenchError:
        return _ERRORS[self.error](self.rule, found=self.found, where=self.where, remedy=self.remedy)


class Breakdown(Message):
    """From the child, at the end: whatever else went wrong, in words."""

    kind: Literal["breakdown"] = "breakdown"
    cause: str


Final = Result | Refusal | Breakdown
"""What ends a call."""

_ANSWERS: TypeAdapter[Progress | Final] = TypeAdapter(Annotated[Progress | Final, Field(discriminator="kind")])


def read_answer(stream: IO[bytes]) -> Progress | Final | None:
    """The child's next message; None when it ended, be it in the middle of one.

    Raises:
        MalformedMessage: It is too long, or has none of the forms above.
    """
    line = stream.readline(MAX_BYTES + 1)
    if len(line) > MAX_BYTES:
        raise MalformedMessage(f"a message of more than {MAX_BYTES >> 20} MB")
    if not line.endswith(b"\n"):
        return None
    try:
        return _ANSWERS.validate_json(line)
    except ValidationError as error:
        raise MalformedMessage("a message of no known form") from error
