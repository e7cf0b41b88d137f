"""What is selected, and how is the selection carried from page to page?

The selection lives in the URL (`?dataset=…&comparison=…&k=…`), so a pasted link opens the same view. The sidebar's
links drop URL parameters, so the session remembers them and `current` puts them back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from dashboard import damage_card, dialogs, messages, navigation, words_view
from gru4rec_core.config import MAX_LIST_LENGTH, PROTOCOL_LABELS
from gru4rec_core.errors import RunError
from gru4rec_core.report.labels import short
from gru4rec_core.whole_numbers import whole_number
from gru4rec_core.workspace.damage import Damage, Kind
from gru4rec_core.workspace.integrity import check_unreadable
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord
from gru4rec_core.workspace.room import describe_disk
from gru4rec_core.workspace.store import Workspace

T = TypeVar("T")

_KEYS = ("dataset", "comparison", "k", "seed")
_OF_NO_COMPARISON = (
    "add",
    "decision",
    "new",
    "recheck",
    "recheck-log",
    "recheck-model",
    "recheck-rule",
    "settings",
)  # parameters that mean the same whatever is compared
# Parameters that belong to a widget, with its page: Streamlit writes them, and refuses to have them taken away.
_BOUND = {"tab": "compare"}
_REMEMBERED = "_selection"
_LONGEST_VALUE = 60  # characters of a wrong parameter that are repeated


@dataclass(frozen=True)
class Selection:
    """What the pages look at: records of the workspace, or None where there is nothing yet.

    Attributes:
        dataset, comparison: records; the comparison is always one on the dataset.
        k: how long the lists are, 1 to 20; the comparison's deciding k unless the URL says otherwise.
        seed: name of the training seed whose guesses are shown; None for the one nearest the mean.
        wrong: what the link names and the workspace does not have, as sentences.
        damages: what the link names, or what would be there to show, but has a damaged record.
    """

    dataset: DatasetRecord | None
    comparison: ComparisonRecord | None
    k: int | None
    wrong: tuple[str, ...] = ()
    seed: str | None = None
    damages: tuple[Damage, ...] = ()

    def params(self, **changes: Any) -> dict[str, str]:
        """URL parameters of this selection, with `changes` on top; a change to None leaves the parameter out."""
        values: dict[str, Any] = {
            "dataset": self.dataset.id if self.dataset else None,
            "comparison": self.comparison.id if self.comparison else None,
            "k": self.k,
            "seed": None if changes.keys() & {"dataset", "comparison"} else self.seed,
        }
        return {key: str(value) for key, value in (values | changes).items() if value is not None}


def workspace() -> Workspace:
    """The workspace of this process (`GRU4REC_HOME`, or `workspace/` beside app.py).

    One that a newer version wrote ends the page with a message that says so.
    """
    try:
        return Workspace.default()
    except RunError as error:
        messages.show_problem(error)
        st.stop()


def current() -> Selection:
    """The selection: from the URL, else as remembered, else the newest of the workspace; written back to the URL."""
    navigation.ensure_entered()
    requested = {key: st.query_params.get(key) for key in _KEYS}
    if any(requested.values()):
        selection = _resolve(workspace(), requested)
        _forget_params_of_gone(requested["comparison"], selection)
    else:
        remembered: dict[str, str] = st.session_state.get(_REMEMBERED, {})
        # What was remembered may have been deleted since; no link named it.
        selection = replace(_resolve(workspace(), {key: remembered.get(key) for key in _KEYS}), wrong=())
    _write(selection)
    return selection


def _forget_params_of_gone(comparison_id: str | None, selection: Selection) -> None:
    """Takes out what the link says of a comparison that is gone: event 7 of another one is another event."""
    if comparison_id and (selection.comparison is None or selection.comparison.id != comparison_id):
        kept = {*_KEYS, *_OF_NO_COMPARISON, *_BOUND}
        set_params(**{name: None for name in st.query_params if name not in kept})


def select(**changes: Any) -> None:
    """Changes some of `_KEYS` in the URL and in memory; takes effect on the next run of the script."""
    values = {key: st.query_params.get(key) for key in _KEYS} | changes
    if "dataset" in changes and "comparison" not in changes:
        values["comparison"] = None
    if "comparison" in changes or "dataset" in changes:
        values["seed"] = changes.get("seed")
    set_params(**values)
    st.session_state[_REMEMBERED] = {key: str(values[key]) for key in _KEYS if values.get(key) is not None}


def forget_deleted() -> None:
    """After a deletion: takes what is gone out of address and memory, so that no link is blamed for it."""
    if _read_if_there(workspace().dataset, st.query_params.get("dataset")) is None:
        select(dataset=None, comparison=None, k=None)
    elif _read_if_there(workspace().comparison, st.query_params.get("comparison")) is None:
        select(comparison=None, k=None)


def read_number(name: str, count: int, *, first: int = 0, of: str = "comparison") -> int | None:
    """A parameter that is a number (`event=7`), one of `count`; a wrong one is said, and leaves the address.

    Args:
        name: of the parameter.
        count: how many there are.
        first: the first number.
        of: what has so many.
    """
    requested = st.query_params.get(name)
    if not requested:
        return None
    number = whole_number(requested)
    if number is not None and first <= number < first + count:
        return number
    leave_out(name, name, f"which this {of} does not have")
    return None


def read_choice(name: str, options: Collection[str], called: str) -> str | None:
    """A parameter that is one of these; a wrong one is said, as what it is called, and leaves the address."""
    requested = st.query_params.get(name)
    if not requested or requested in options:
        return requested
    leave_out(name, called, "which cannot be chosen here")
    return None


def requested_place(name: str, options: Sequence[str]) -> int | None:
    """Where what the link asks for (`order=random`) stands among a select box's options; None where it does not."""
    requested = st.query_params.get(name)
    return options.index(requested) if requested in options else None


def leave_out(name: str, called: str, why: str) -> None:
    """Says what is wrong with a parameter, and takes it out of the address."""
    say_wrong(f"{called} {st.query_params[name]}", why)
    set_params(**{name: None})


def say_wrong(named: str, why: str, instead: str = "") -> None:
    """Says that the link is wrong, as for a dataset that is gone.

    Args:
        named: what the link names, "event 99999".
        why: what is wrong with it, a clause.
        instead: what is shown, as a sentence.
    """
    messages.show_message(_wrong_sentence(named, why, instead), "warning")


def _wrong_sentence(named: str, why: str, instead: str) -> str:
    return f"The link names {short(named, _LONGEST_VALUE)}, {why}. {instead}".strip()


def set_params(**values: object) -> None:
    """Writes URL parameters; None takes one away."""
    for name, value in values.items():
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != str(value):
            st.query_params[name] = str(value)


def open_page(page: str, selection: Selection, **changes: Any) -> None:
    """Leaves for another page and takes the selection along; extra parameters (`session=…`) may be added."""
    params = selection.params(**changes)
    st.session_state[_REMEMBERED] = {key: params[key] for key in _KEYS if key in params}
    st.switch_page(navigation.PAGES[page], query_params=params)


def next_button(label: str, page: str, selection: Selection, *, key: str, **changes: Any) -> None:
    """The page's one primary button, which leads to the next screen."""
    if st.button(label, type="primary", key=key, icon=":material/arrow_forward:", icon_position="right"):
        open_page(page, selection, **changes)


def page_url(selection: Selection, **changes: Any) -> str:
    """The address of this view, to be pasted to a colleague."""
    parts = urlsplit(st.context.url or "http://localhost:8501/")
    extra = {key: value for key, value in st.query_params.items() if key not in _KEYS}
    # Streamlit remembers the widget of a page that is opened again, and writes its parameter when it is drawn.
    page = parts.path.rpartition("/")[2]
    extra |= {name: st.session_state[name] for name, of in _BOUND.items() if of == page and st.session_state.get(name)}
    query = urlencode(extra | selection.params(**changes))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def local_note(url: str) -> str:
    """A note on an address that works only on this machine; "" for any other address."""
    host = urlsplit(url).hostname or ""
    try:
        address = ip_address(host)
        is_local = address.is_loopback or address.is_unspecified
    except ValueError:  # a name
        is_local = host == "localhost" or host.endswith(".localhost")
    return "This address works only on this machine." if is_local else ""


def context_line(selection: Selection, *, verdict: str | None = None) -> None:
    """The line under every title: dataset · comparison · test rule · list length k · Copy link · Words."""
    comparison = selection.comparison
    pieces = [
        f"Data: {selection.dataset.name}" if selection.dataset else _say_no_data(selection),
        comparison.name if comparison else None,
        f"test rule: {PROTOCOL_LABELS[comparison.split.protocol].lower()}" if comparison else None,
        f"list length {selection.k}" if selection.k else None,
    ]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="context"):
        st.text(" · ".join(piece for piece in pieces if piece), width="content")
        draw = partial(_show_link, selection, verdict)
        dialogs.show_button("Copy link", draw, key="copy-link", type="tertiary", icon=":material/link:")
        words_view.show_words()
    for sentence in filter(None, (*selection.wrong, describe_disk(workspace().root))):
        messages.show_message(sentence, "warning")
    damage_card.show_cards(workspace(), selection.damages)


def _say_no_data(selection: Selection) -> str:
    return "No data that can be read" if selection.damages else "No data yet"


def _show_link(selection: Selection, verdict: str | None) -> None:
    # A verdict's own list length, whichever the page shows: link and sentence agree.
    k = selection.comparison.config.shown_k if verdict and selection.comparison else selection.k
    url = page_url(selection, k=k)
    st.code("\n".join(filter(None, (verdict, url))), language=None, wrap_lines=True)
    if note := local_note(url):
        messages.show_aside(note)


def _resolve(workspace: Workspace, requested: dict[str, str | None]) -> Selection:
    comparison = _read_if_there(workspace.comparison, requested["comparison"])
    dataset = _read_if_there(workspace.dataset, comparison.dataset_id if comparison else requested["dataset"])
    found: list[tuple[Kind, object]] = [("dataset", dataset), ("comparison", comparison)]
    named = [kind for kind, record in found if record is None]
    damages = [one for kind in named if requested[kind] for one in _find_damaged(workspace, kind, requested[kind])]
    known = {one.id for one in damages}
    missing = [
        f"{kind} {short(requested[kind], _LONGEST_VALUE)}"
        for kind in named
        if requested[kind] and requested[kind] not in known
    ]
    if requested["comparison"] and comparison is None:
        requested = requested | {"k": None, "seed": None}  # they belong to what is gone
    if dataset is None:
        dataset = next(iter(workspace.datasets()), None)
    if comparison is None and dataset is not None:
        comparison = next(iter(workspace.comparisons(dataset.id)), None)
    nothing_else: list[tuple[Kind, object]] = [("dataset", dataset), ("comparison", comparison)]
    for kind in [kind for kind, record in nothing_else if record is None]:
        damages += [one for one in _find_damaged(workspace, kind) if one.id not in known]
    k = _read_list_length(requested["k"])
    if k is None and comparison is not None:
        k = comparison.config.shown_k
    wrong = _wrong_sentences(missing, requested["k"], k)
    return Selection(dataset, comparison, k, wrong, requested["seed"], tuple(damages))


def _find_damaged(workspace: Workspace, kind: Kind, record_id: str | None = None) -> list[Damage]:
    """The things of a kind that have a damaged record, or the one of this id."""
    readable = {record.id for record in (workspace.datasets() if kind == "dataset" else workspace.comparisons())}
    return [one for one in check_unreadable(workspace, kind, readable) if record_id in (None, one.id)]


def _wrong_sentences(missing: list[str], requested_k: str | None, k: int | None) -> tuple[str, ...]:
    """What the link names wrongly: records that are not there, and a list length that no page can show."""
    sentences = []
    if missing:
        named = " and ".join(missing)
        sentences.append(f"The link names {named}, which this workspace does not have. You see the newest instead.")
    if requested_k and _read_list_length(requested_k) is None:
        why = f"but k goes from 1 to {MAX_LIST_LENGTH}"
        sentences.append(_wrong_sentence(f"list length {requested_k}", why, f"You see {k}." if k else ""))
    return tuple(sentences)


def _read_if_there(read: Callable[[str], T], record_id: str | None) -> T | None:
    """The record, or None when the link names one that is gone or never was."""
    if not record_id:
        return None
    try:
        return read(record_id)
    except RunError:
        return None


def _read_list_length(requested: str | None) -> int | None:
    k = whole_number(requested or "")
    return k if k is not None and 1 <= k <= MAX_LIST_LENGTH else None


def _write(selection: Selection) -> None:
    params = selection.params()
    set_params(**{key: params.get(key) for key in _KEYS})
    st.session_state[_REMEMBERED] = params
