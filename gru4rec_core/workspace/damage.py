"""How is something with damaged files described, and what can be done about it?

One home for these words: the pages' cards and the command `check` say the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from gru4rec_core.report.labels import short
from gru4rec_core.words import age, counted

Kind = Literal[
    "dataset", "split", "baseline", "run", "comparison", "backtest", "decision", "gate", "order-test", "tuning"
]

Cure = Literal["now", "job", "train", ""]
"""How it can be repaired: at once, by a job (a model or a baseline is tested again), by training again, not at all."""

KIND_WORDS: dict[Kind, str] = {
    "dataset": "Dataset",
    "split": "The split of",
    "baseline": "Baseline",
    "run": "Run",
    "comparison": "Comparison",
    "backtest": "Backtest",
    "decision": "Decision",
    "gate": "The gate's record",
    "order-test": "The order test of",
    "tuning": "The tuning of",
}

_JOB_CURES: dict[Kind, str] = {
    "run": "Repair tests the trained model again, with the same result.",
    "baseline": "Repair computes the baseline again, with the same result.",
}
_HOPELESS: dict[Kind, str] = {
    "dataset": "It cannot be read again here: restore the file from a copy, or remove the dataset and import its log "
    "again.",
    "tuning": "It cannot be repaired: restore the file from a copy, or remove the tuning and begin it again.",
    "run": "It cannot be repaired: restore it from a copy, or remove the run and train it again.",
}

_N_NAMED = 3
_LONGEST_NAMED = 40  # characters


@dataclass(frozen=True)
class DamagedFile:
    """A file that is not as it was written.

    Attributes:
        name: its path below the folder of what it belongs to.
        what: the end of the sentence that begins with its name: "is missing".
        since: when it was last changed; if it is gone, when its folder was.
    """

    name: str
    what: str
    since: datetime

    @property
    def sentence(self) -> str:
        """ "metrics.json is empty, since 2026-03-01 12:00 UTC (2 hours ago)."."""
        return f"{self.name} {self.what}, since {self.since:%Y-%m-%d %H:%M} UTC ({age(self.since)})."


@dataclass(frozen=True)
class Damage:
    """Something of the workspace with a damaged file.

    Attributes:
        kind: what it is.
        id: of the run, dataset, comparison, backtest, decision or gate, of the dataset of an order test; of a split
            DATASET/KEY, of a baseline DATASET/KEY/NAME, of a tuning DATASET/TUNING.
        name: what people call it.
        folder: where its files are.
        files: the damaged ones.
        cure: how it can be repaired.
        lost: what a repair does not bring back, as a sentence; "" for nothing.
        thorough: it was found by comparing with checksums; otherwise by reading the files.
    """

    kind: Kind
    id: str
    name: str
    folder: Path
    files: tuple[DamagedFile, ...]
    cure: Cure
    lost: str = ""
    thorough: bool = False

    @property
    def subject(self) -> str:
        """What it is called in a sentence: "BPR, seed 0", "the split of shop log"."""
        words = KIND_WORDS[self.kind]
        return f"the {words.removeprefix('The ')} {self.name}" if words.startswith("The ") else self.name

    @property
    def title(self) -> str:
        """ "Run BPR, seed 0 is damaged."."""
        return f"{KIND_WORDS[self.kind]} {self.name} is damaged."

    @property
    def file_sentences(self) -> tuple[str, ...]:
        """What is wrong with each file, and since when."""
        return tuple(file.sentence for file in self.files)

    @property
    def cure_sentence(self) -> str:
        """What *Repair* or *Train again* would do; where neither helps, what else to do."""
        if self.cure == "train":
            return "Its weights are gone, and every checkpoint is damaged or missing: train the model again."
        if self.cure == "job":
            return " ".join(filter(None, (_JOB_CURES[self.kind], self.lost)))
        if self.cure == "now":
            return self.lost or "Repair makes it again from undamaged files."
        hopeless = "It cannot be repaired: restore it from a copy, or remove it."
        return " ".join(filter(None, (_HOPELESS.get(self.kind, hopeless), self.lost)))

    @property
    def sentences(self) -> tuple[str, ...]:
        """The complete description, line by line."""
        return (self.title, *self.file_sentences, self.cure_sentence)

    def names(self) -> set[str]:
        """The names of the damaged files."""
        return {file.name for file in self.files}

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values: what `check --json` prints."""
        files = [{"name": file.name, "what": file.what, "since": file.since.isoformat()} for file in self.files]
        return {"kind": self.kind, "id": self.id, "name": self.name, "files": files, "cure": self.cure}


def describe_several(damages: Sequence[Damage]) -> str:
    """ "6 things here are damaged: dataset shop; run BPR, seed 0; run BPR, seed 1; and 3 more."."""
    named = [short(f"{KIND_WORDS[one.kind].lower()} {one.name}", _LONGEST_NAMED) for one in damages[:_N_NAMED]]
    if len(damages) > _N_NAMED:
        named.append(f"and {len(damages) - _N_NAMED:,} more")
    return f"{counted(len(damages), 'thing')} here are damaged: {'; '.join(named)}."


def describe_check(found: Sequence[Damage], n_checked: int) -> str:
    """What a check of a workspace found: "2 of 40 things checked are damaged.".

    Args:
        found: what is damaged.
        n_checked: things that were checked, damaged ones among them.
    """
    if not found:
        return f"Nothing in the workspace is damaged ({counted(n_checked, 'thing')} checked)."
    return f"{len(found):,} of {counted(n_checked, 'thing')} checked {'is' if len(found) == 1 else 'are'} damaged."


def list_repairable(damages: Iterable[Damage]) -> list[Damage]:
    """The damages that *Repair* can repair, in order: first those that others are made from."""
    helped = [damage for damage in damages if damage.cure in ("now", "job")]
    return sorted(helped, key=lambda damage: damage.cure == "job")


def describe_left_out(names: Iterable[str]) -> str:
    """Which runs a comparison goes on without: "BPR, seed 0 is damaged and left out."; "" for none."""
    names = list(names)
    if not names:
        return ""
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} damaged and left out."


def last_change(path: Path) -> datetime:
    """When a file was last changed; if it is gone, when its folder was."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
