"""What does the workspace record about a dataset, a run, a comparison?"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.data.times import UNITS, are_dates
from gru4rec_core.errors import ConfigError, RunError
from gru4rec_core.storage import RESTORE, read_json, write_text

SCHEMA = 2
"""Version of everything in the workspace; raised when an older reader could not understand it."""

READABLE = (1, SCHEMA)
"""Versions that this one reads; opening a workspace rewrites older records (see migration.py)."""

Source = Literal["upload", "file", "sample", "frame", "derived"]
"""How a log came: through the dashboard, from a file, from a generator, from a frame in memory, from another log."""


_MOST_KEPT = 10_000  # records in memory, of some kilobytes each
_SETTLED_AFTER = 0.1  # seconds without a change; a younger file may change again without a new time

R = TypeVar("R", bound="Record")
_kept: dict[tuple[Path, ...], tuple[list[tuple[int, int, int]], "Record"]] = {}


def now() -> datetime:
    return datetime.now(UTC)


def read_once(paths: tuple[Path, ...], read: Callable[[], R]) -> R:
    """What `read` makes of some files, kept in memory until one of them changes.

    Overview with 200 runs reads 2,000 records; to ask whether a file has changed takes a twentieth of reading it.
    """
    try:
        found = [path.stat() for path in paths]
    except OSError:
        return read()  # which says what is missing
    stamps = [(one.st_mtime_ns, one.st_size, one.st_ino) for one in found]
    kept = _kept.get(paths)
    if kept is not None and kept[0] == stamps:
        return cast(R, kept[1])
    record = read()
    if time.time() - max(one.st_mtime for one in found) > _SETTLED_AFTER:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[paths] = stamps, record
    return record


class Record(BaseModel):
    """A small JSON file of the workspace that says its schema version."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, ser_json_inf_nan="null")
    owner: ClassVar[str] = "a record"
    """Whose file it is, for messages."""

    schema_version: int = Field(SCHEMA, alias="schema")

    def to_json(self) -> str:
        return self.model_dump_json(indent=2, by_alias=True) + "\n"

    def write(self, path: Path) -> None:
        write_text(path, self.to_json())

    @classmethod
    def read(cls, path: Path) -> Self:
        """The record in a file.

        Raises:
            RunError: missing, broken, or written by a version that this one does not know.
        """
        return read_once((path,), lambda: cls.from_values(read_json(path, cls.owner), path))

    @classmethod
    def from_values(cls, values: Any, path: Path) -> Self:
        """The record with these values, which came from `path`. Raises RunError as `read` does."""
        version = values.get("schema") if isinstance(values, dict) else None
        if version not in READABLE:
            raise RunError(
                f"{path.name} of {cls.owner} has schema {SCHEMA}, or an older one.",
                found="no schema" if version is None else f"schema {version}",
                where=str(path),
                remedy="Open it with the version of the workbench that wrote it, or import the data again.",
            )
        try:
            return cls(**{**values, "schema": SCHEMA})
        except ConfigError as error:
            raise RunError(
                f"{path.name} of {cls.owner} has invalid settings.", found=str(error), where=str(path)
            ) from None
        except ValidationError as error:
            first = error.errors()[0]
            raise RunError(
                f"{path.name} of {cls.owner} lacks a field or has a bad one.",
                found=f"{'.'.join(map(str, first['loc']))}: {first['msg']}",
                where=str(path),
                remedy=RESTORE,
            ) from None


class Derivation(BaseModel):
    """Which log a derived one was made from, and how.

    Attributes:
        parent_id, parent_name, parent_hash: the log it was made from, as it was then; it may be deleted since.
        actions: what was done, in words, in order: "dropping duplicates".
        steps: the same as data, with the counts before and after each step (`StepOutcome.to_json`).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    parent_id: str
    parent_name: str
    parent_hash: str
    actions: tuple[str, ...]
    steps: tuple[dict[str, Any], ...]

    def __str__(self) -> str:
        return f"made from {self.parent_name} by {', then '.join(self.actions)}"

    @property
    def sentence(self) -> str:
        """ "Made from shop by dropping duplicates."."""
        return f"M{str(self)[1:]}."


@dataclass(frozen=True)
class DatasetOrigin:
    """Where a log came from and how it was read.

    Attributes:
        source: how it came.
        file_name: what people call the file; "" without one.
        file_sha256: of the file; "" without one.
        mapping: which column is which, and other choices in reading the file; JSON-able.
        generated: made by a generator, not recorded.
        summary: what the import counted; JSON-able.
        made_from: the log it was made from, for a derived one.
    """

    source: Source = "frame"
    file_name: str = ""
    file_sha256: str = ""
    mapping: Mapping[str, Any] = field(default_factory=dict)
    generated: bool = False
    summary: Mapping[str, Any] = field(default_factory=dict)
    made_from: Derivation | None = None


class DatasetRecord(Record):
    """A registered log.

    `content_hash` identifies the events themselves: the same log read twice has the same hash. `file_sha256` and
    `mapping` say which file they came from and how it was read. Times are in the log's own unit (`time_unit`).
    `set_aside` names the checks of its quality whose finding is to stay as it is.
    """

    owner: ClassVar[str] = "a dataset"

    id: str
    name: str
    created: datetime = Field(default_factory=now)
    source: Source = "frame"
    file_name: str = ""
    file_sha256: str = ""
    mapping: dict[str, Any] = Field(default_factory=dict)
    content_hash: str
    n_sessions: int
    n_items: int
    n_events: int
    first_time: float
    last_time: float
    time_unit: str = ""
    generated: bool = False
    summary: dict[str, Any] = Field(default_factory=dict)
    made_from: Derivation | None = None
    set_aside: tuple[str, ...] = ()

    @field_validator("time_unit")
    @classmethod
    def _only_of_dates(cls, unit: str, info: ValidationInfo) -> str:
        """No unit for times that no calendar here holds: they are numbers, whatever they were called."""
        first, last = info.data.get("first_time"), info.data.get("last_time")
        if unit not in UNITS or first is None or last is None or are_dates(first, last, unit):
            return unit
        return ""

    def __str__(self) -> str:
        return f"{self.name} ({self.id})"


class RunRecord(Record):
    """One training run: which data, which settings. Its state is a `JobState`.

    `continues` is the id of the run whose last checkpoint it begins with, if any.
    """

    owner: ClassVar[str] = "a run"

    id: str
    name: str
    dataset_id: str
    dataset_hash: str
    config: TrainingConfig
    split: SplitConfig
    comparison_id: str | None = None
    continues: str | None = None
    created: datetime = Field(default_factory=now)

    def write_to(self, folder: Path) -> None:
        """Writes run.json, and the settings into files of their own beside it, so that they can be passed on."""
        values = self.model_dump(mode="json", by_alias=True, exclude={"config", "split"})
        write_text(folder / "config.json", self.config.to_json() + "\n")
        write_text(folder / "split.json", self.split.to_json() + "\n")
        write_text(folder / "run.json", json.dumps(values, indent=2) + "\n")

    @classmethod
    def read_from(cls, path: Path) -> "RunRecord":
        """The record in run.json at `path` and the settings beside it."""

        def read() -> "RunRecord":
            values = read_json(path, cls.owner)
            if isinstance(values, dict):
                values["config"] = read_json(path.with_name("config.json"), cls.owner)
                values["split"] = read_json(path.with_name("split.json"), cls.owner)
            return cls.from_values(values, path)

        return read_once((path, path.with_name("config.json"), path.with_name("split.json")), read)


class TunedWith(BaseModel):
    """How the models of a comparison were tuned, each with the same budget.

    Attributes:
        tuning_id: of the tuning that chose their settings.
        n_trials, seconds: the budget of each method; None where that did not limit it.
        spent: trials and seconds that each method used, by its name.
        baseline_settings: of each tuned baseline, by the name that it has in the comparison (`names.tuned_name`).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    tuning_id: str
    n_trials: int | None = None
    seconds: float | None = None
    spent: dict[str, tuple[int, float]] = Field(default_factory=dict)
    baseline_settings: dict[str, dict[str, Any]] = Field(default_factory=dict)


class ComparisonRecord(Record):
    """Which runs are compared, on which test, by which metric; written before they train.

    `decided_before_results` is False when a compared run had results before the comparison was made: the deciding
    metric could have been chosen to suit them. `tuned` says how its models were tuned; None where they were not.
    """

    owner: ClassVar[str] = "a comparison"

    id: str
    name: str
    dataset_id: str
    dataset_hash: str
    split: SplitConfig
    config: ComparisonConfig
    run_ids: tuple[str, ...]
    baselines: tuple[str, ...]
    decided_before_results: bool = True
    tuned: TunedWith | None = None
    created: datetime = Field(default_factory=now)
