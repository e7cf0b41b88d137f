"""How is a cleaned dataset made from another, which stays as it is?"""

from collections.abc import Iterable
from typing import Any

from gru4rec_core.access.guard import check
from gru4rec_core.access.rights import Action
from gru4rec_core.data.cleaning import clean
from gru4rec_core.data.cleaning_types import CleaningStep, StepOutcome
from gru4rec_core.data.item_table import ITEM
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.workspace.dataset_files import hash_content
from gru4rec_core.workspace.records import DatasetOrigin, DatasetRecord, Derivation
from gru4rec_core.workspace.store import Workspace


def preview_cleaning(workspace: Workspace, dataset_id: str, steps: Iterable[CleaningStep]) -> tuple[StepOutcome, ...]:
    """What the steps would leave of a dataset; nothing is made.

    Raises:
        DataError: a step cannot be taken, or leaves nothing to predict.
    """
    return clean(workspace.open_dataset(dataset_id), steps)[1]


def derive_dataset(
    workspace: Workspace, dataset_id: str, steps: Iterable[CleaningStep], name: str | None = None
) -> tuple[DatasetRecord, tuple[StepOutcome, ...]]:
    """Makes a dataset out of another by the steps, one after the other. The other stays as it is.

    Args:
        workspace: where both are.
        dataset_id: id or name of the dataset to clean.
        steps: what to do; steps that change nothing are left out of the record.
        name: of the new dataset; by default "shop, without duplicates". A log that was imported keeps its own, where
            the steps give the same events.

    Returns:
        The dataset's record, and what each step did. The same steps give the same dataset again, and the dataset itself
        where they change nothing.

    Raises:
        DataError: a step cannot be taken, or leaves nothing to predict.
    """
    parent = workspace.dataset(dataset_id)
    check(workspace.root, Action.CLEAN, "dataset", parent.id, parent.name)
    dataset, outcomes = clean(workspace.open_dataset(parent.id), steps)
    taken = [outcome for outcome in outcomes if outcome.changes]
    if not taken:
        return parent, outcomes
    record = workspace.add_dataset(
        dataset,
        name or ", ".join([parent.name, *(outcome.step.phrase for outcome in taken)]),
        _describe_origin(parent, taken),
        time_unit=parent.time_unit,
        item_names=_own_names(workspace, parent, dataset),
    )
    known = workspace.item_table(parent.id)
    if len(known) and workspace.item_table(record.id).empty:
        workspace.set_item_table(record.id, known[known[ITEM].isin(dataset.vocabulary.items.tolist())])
    if name and record.name != name.strip() and record.made_from is not None:  # it was made before, by another name
        record = workspace.rename_dataset(record.id, name)
    inherited = set(parent.set_aside)
    if any(outcome.step.kind == "robots" for outcome in taken):
        # What is beyond a percentile is beyond it again once the most extreme are gone.
        inherited.add("robots")
    if inherited - set(record.set_aside) and record.made_from is not None:
        record = workspace.set_aside(record.id, inherited | set(record.set_aside))
    return record, outcomes


def _describe_origin(parent: DatasetRecord, taken: list[StepOutcome]) -> DatasetOrigin:
    return DatasetOrigin(
        source="derived",
        file_name=parent.file_name,
        generated=parent.generated,
        summary=_inherit_summary(parent),
        made_from=Derivation(
            parent_id=parent.id,
            parent_name=parent.name,
            parent_hash=parent.content_hash,
            actions=tuple(outcome.step.action for outcome in taken),
            steps=tuple(outcome.to_json() for outcome in taken),
        ),
    )


def _inherit_summary(parent: DatasetRecord) -> dict[str, Any]:
    """What the import knew of the file and still holds: that sessions had to be sorted, and how many of how many."""
    if not parent.summary.get("sessions_out_of_order"):
        return {}
    of_file = {"sessions_in_file": parent.n_sessions, **parent.summary}
    return {name: of_file[name] for name in ("sessions_out_of_order", "sessions_in_file")}


def _own_names(workspace: Workspace, parent: DatasetRecord, dataset: SessionDataset) -> dict[str, str]:
    """The names in the parent's own column of the items that are left; none where a log of these events has its own."""
    known = workspace.find_content(hash_content(dataset))
    if known is not None and known.made_from is None and workspace.own_item_names(known.id):
        return {}
    names = workspace.own_item_names(parent.id)
    return {item: names[item] for item in dataset.vocabulary.items.tolist() if item in names}
