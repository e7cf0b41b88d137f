"""How are decisions recorded on Compare, listed on Overview, and checked again on a later log?"""

from __future__ import annotations

from collections.abc import Container
from functools import partial

import streamlit as st

from dashboard import (
    damage_card,
    dialogs,
    focus,
    judging_form,
    messages,
    row_actions,
    row_table,
    sign_in,
    state,
    summary_cells,
    test_rule_form,
    widgets,
)
from dashboard.review_context import Review
from dashboard.row_table import Column, Row, RowTable
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.baselines.names import label_of
from gru4rec_core.config import SplitConfig
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.evaluation.verdict_text import method_name
from gru4rec_core.results.comparison import Pair
from gru4rec_core.results.decision import DecisionInput, RecheckedDecision, recheck_decision, record_decision
from gru4rec_core.workspace.damage import Kind
from gru4rec_core.workspace.decisions import (
    MAX_NAME,
    MAX_REASON,
    Choice,
    DecisionRecord,
    GateRecord,
    delete_decision,
    list_all_decisions,
)
from gru4rec_core.workspace.store import Workspace

_RECORDED = "_decision_recorded"
_CHECKED = "_decision_checked"
_BY = "_decided_by"
_NUMBER = "_decision_number"
_COLUMNS = (
    Column("Decision", 8),
    Column("Dataset", 7, wide_only=True),
    Column("Why, and by whom", 11),
    Column("Verdict then", 14),
    Column("When", 6),
)
_SIGNS = {"holds": "good", "reversed": "warning", "open": "note", "settled": "note"}


def show_record_form(shown: Review, agreed: Review, pair: Pair) -> None:
    """The button *Record decision* and its form; the verdict that was agreed is recorded, whichever is shown."""
    if not is_allowed(Action.DECIDE):
        return
    draw = partial(_ask_for_decision, shown, agreed, pair)
    dialogs.show_button("Record decision", draw, key="record-decision", width="medium", icon=":material/gavel:")


def _ask_for_decision(shown: Review, agreed: Review, pair: Pair) -> None:
    # Keys of their own for each decision: the next form is empty.
    number = st.session_state.setdefault(_NUMBER, 0)
    with st.form(f"decision-{number}", border=False):
        labels = _label_choices(agreed, pair)
        choice = st.radio(
            "What did you decide?",
            list(labels),
            index=None,
            format_func=lambda name: widgets.plain_label(labels[name]),
            key=f"decision-choice-{number}",
        )
        # No max_chars: a browser drops a longer text without a word, the library says how long it may be.
        by = st.text_input(
            f"Who decides? (up to {MAX_NAME:,} characters)",
            value=st.session_state.get(_BY, sign_in.known_name()),
            key=f"decision-by-{number}",
        )
        why = st.text_area(f"Why? (up to {MAX_REASON:,} characters)", height=80, key=f"decision-why-{number}")
        sent = st.form_submit_button("Record it", type="primary", key=f"decision-record-{number}")
    if judging_form.is_exploratory(shown, agreed):
        messages.show_aside("It is kept on Overview.")
        judging_form.say_what_is_kept(shown, agreed)
    else:
        messages.show_aside("It is kept on Overview, with the verdict as it is now.")
    if sent and choice is None:
        messages.show_message("Choose what you decided.", "warning")
    elif sent and choice is not None:
        entered = DecisionInput(choice, by, why)
        messages.attempt(lambda: _record(agreed, pair, entered))


def _label_choices(review: Review, pair: Pair) -> dict[Choice, str]:
    """What can be decided, in the order of the form; the strongest baseline where one was compared."""
    verdict = review.result.verdict_on(pair)
    labels: dict[Choice, str] = {"keep": f"Keep {pair[0].label}", "choose": f"Choose {pair[1].label}"}
    if verdict is not None and verdict.baselines is not None and verdict.baselines.strongest is not None:
        labels["baseline"] = f"Use {method_name(label_of(verdict.baselines.strongest))}"
    return labels | {"more-data": "More data first"}


def show_recorded() -> None:
    """After a decision was recorded: what it says, and where it is found again."""
    recorded = st.session_state.pop(_RECORDED, None)
    if recorded is not None:
        messages.show_message(recorded, "good")


def _record(review: Review, pair: Pair, entered: DecisionInput) -> None:
    record = record_decision(state.workspace(), review.result, pair, entered)
    st.session_state[_BY] = record.by
    st.session_state[_RECORDED] = f"Recorded: {record.text}. It is on Overview."
    st.session_state[_NUMBER] += 1
    dialogs.close()
    focus.tell_action(st.session_state[_RECORDED])


def show_decisions() -> None:
    """What people and the gate decided in this workspace, newest first; re-check and delete what people did."""
    workspace = state.workspace()
    records = {record.id: record for record in list_all_decisions(workspace)}
    kinds: tuple[Kind, ...] = ("decision", "gate")
    for kind in kinds:
        damage_card.show_unreadable(workspace, kind, records)
    if not records:
        return
    comparisons = {comparison.id for comparison in workspace.comparisons()}
    damaged = set(workspace.list_folders("comparisons")) - comparisons
    st.header("Decisions")
    table = RowTable(
        "decision",
        _COLUMNS,
        lambda decision_id: _build(records[decision_id], comparisons, damaged),
        _act,
        lambda decision_id: _show_below(workspace, records[decision_id]),
    )
    row_table.show_rows(table, {record.id: _searched(record) for record in records.values()})


def _searched(record: DecisionRecord | GateRecord) -> str:
    reason = record.question if isinstance(record, GateRecord) else record.why
    return f"{record.text} {record.dataset_name} {record.by} {reason}"


def _build(record: DecisionRecord | GateRecord, comparisons: Container[str], damaged: Container[str]) -> Row:
    return _gate_row(record) if isinstance(record, GateRecord) else _decision_row(record, comparisons, damaged)


def _gate_row(record: GateRecord) -> Row:
    """An answer of the gate: it rests on no comparison, and stays as it is."""
    return Row(
        title=f"{record.text[0].upper()}{record.text[1:]}",
        cells=(
            summary_cells.name(record.dataset_name),
            summary_cells.name(record.question, 120) + summary_cells.muted(record.by),
            summary_cells.name(str(record.figures.get("sentence", "")), 160),
            summary_cells.moment(record.created),
        ),
    )


def _decision_row(record: DecisionRecord, comparisons: Container[str], damaged: Container[str]) -> Row:
    has_comparison = record.comparison_id in comparisons
    gone = "the comparison is damaged" if record.comparison_id in damaged else "the comparison was deleted"
    return Row(
        title=f"{record.text[0].upper()}{record.text[1:]}",
        cells=(
            summary_cells.name(record.dataset_name) + summary_cells.muted("" if has_comparison else gone),
            summary_cells.name(record.why, 120) + summary_cells.muted(record.by),
            summary_cells.name(record.verdict["sentences"][0], 160),
            summary_cells.moment(record.created),
        ),
        page="compare" if has_comparison else "",
        params={"dataset": record.dataset_id, "comparison": record.comparison_id} if has_comparison else {},
        menu=row_actions.allowed_of({"recheck": "Re-check this decision", "delete": "Delete"}),
    )


def _act(action: str, decision_id: str) -> None:
    if action == "recheck":
        state.set_params(decision=decision_id)
        focus.tell_action(place="decision-recheck")
        st.rerun()
    row_actions.ask(action, decision_id)


def _show_below(workspace: Workspace, record: DecisionRecord | GateRecord) -> None:
    if isinstance(record, GateRecord):
        return
    row_actions.ask_before_deleting(
        record.id,
        "the decision",
        lambda: "Deletes this decision from the workspace; the comparison stays.",
        lambda: _delete(workspace, record),
    )
    if st.query_params.get("decision") == record.id and is_allowed(Action.RECHECK):
        with st.container(border=True, key="decision-recheck"):
            _show_recheck(workspace, record)


def _delete(workspace: Workspace, record: DecisionRecord) -> None:
    delete_decision(workspace, record.id)
    st.query_params.pop("decision", None)


def _show_recheck(workspace: Workspace, record: DecisionRecord) -> None:
    """Which log, under which test rule, and whether the decision would be the same there."""
    datasets = {dataset.id: dataset for dataset in workspace.datasets()}
    # Other logs first: the models have learnt from their own.
    names = sorted(datasets, key=lambda dataset_id: dataset_id == record.dataset_id)
    widgets.section("Would it be the same on another log?")
    dataset_id = st.selectbox(
        "Log",
        names,
        format_func=lambda name: datasets[name].name,
        key=f"decision-log-{record.id}",
        help="Both models are tested as they are, on events that neither has learnt from. Nothing is trained.",
    )
    if dataset_id is None:
        return
    try:
        test_rule = test_rule_form.ask_for_recheck_rule(datasets[dataset_id], "decision", record.id, record.split)
        request = (record.id, dataset_id, test_rule.to_json())
        if st.button("Check it", type="primary", key="decision-check-now"):
            st.session_state[_CHECKED] = request
        if st.session_state.get(_CHECKED) == request:
            _show_answer(_recheck(str(workspace.root), request, record))
    except WorkbenchError as error:
        messages.show_problem(error)
    if st.button("Close", type="tertiary", key="decision-close"):
        st.query_params.pop("decision", None)
        st.session_state.pop(_CHECKED, None)
        st.rerun()


@st.cache_resource(max_entries=8, show_spinner="Testing both models on this log…")
def _recheck(root: str, request: tuple[str, str, str], _record: DecisionRecord) -> RecheckedDecision:
    # Runs, datasets and decisions never change, so their ids are the key.
    _, dataset_id, test_rule = request
    return recheck_decision(Workspace(root), _record, dataset_id, SplitConfig.from_json(test_rule))


def _show_answer(found: RecheckedDecision) -> None:
    messages.show_message(found.sentence, _SIGNS[found.check])
    if found.note:
        messages.show_aside(found.note)
    for sentence in found.further_sentences:
        widgets.sentence(sentence)
    for limit in found.verdict.limits:
        widgets.sentence(f"⚠ {limit}", muted=True, size=".95rem")
