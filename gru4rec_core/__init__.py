"""GRU4Rec Workbench: train and compare session-based recommenders.

Public names are resolved on first use, so importing the package does not load TensorFlow.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gru4rec_core.version import __version__ as __version__

if TYPE_CHECKING:
    from gru4rec_core.config import PRESETS, ComparisonConfig, SplitConfig, TrainingConfig
    from gru4rec_core.data.ingest import read_log
    from gru4rec_core.data.samples import make_sample
    from gru4rec_core.data.sessions import SessionDataset
    from gru4rec_core.data.splits import split
    from gru4rec_core.data.vocabulary import ItemVocabulary
    from gru4rec_core.errors import Cancelled, ConfigError, DataError, RunError, WorkbenchError
    from gru4rec_core.evaluation.scoring import Evaluation, evaluate
    from gru4rec_core.model.gru4rec import Gru4Rec
    from gru4rec_core.model.inference import NumpyGru4Rec
    from gru4rec_core.model.losses import BPR, TOP1
    from gru4rec_core.workspace.store import Workspace

_MODULES = {
    "config": ("ComparisonConfig", "PRESETS", "SplitConfig", "TrainingConfig"),
    "data.ingest": ("read_log",),
    "data.samples": ("make_sample",),
    "data.sessions": ("SessionDataset",),
    "data.splits": ("split",),
    "data.vocabulary": ("ItemVocabulary",),
    "errors": ("Cancelled", "ConfigError", "DataError", "RunError", "WorkbenchError"),
    "evaluation.scoring": ("Evaluation", "evaluate"),
    "model.gru4rec": ("Gru4Rec",),
    "model.inference": ("NumpyGru4Rec",),
    "model.losses": ("BPR", "TOP1"),
    "workspace.store": ("Workspace",),
}
_MODULE_OF = {name: f"{__name__}.{module}" for module, names in _MODULES.items() for name in names}

__all__ = [
    "BPR",
    "PRESETS",
    "TOP1",
    "Cancelled",
    "ComparisonConfig",
    "ConfigError",
    "DataError",
    "Evaluation",
    "Gru4Rec",
    "ItemVocabulary",
    "NumpyGru4Rec",
    "RunError",
    "SessionDataset",
    "SplitConfig",
    "TrainingConfig",
    "WorkbenchError",
    "Workspace",
    "evaluate",
    "make_sample",
    "read_log",
    "split",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
