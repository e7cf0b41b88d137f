"""Tables that are downloaded from the pages carry where their figures come from."""

from __future__ import annotations

import io

import pandas as pd
import pytest
import streamlit as st


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> dict[str, pd.DataFrame]:
    """What the download buttons of a page would give, by the name of the file."""
    files: dict[str, pd.DataFrame] = {}

    def keep(label: str, data, file_name: str, **options) -> bool:
        del label, options
        if callable(data) and file_name.endswith(".csv"):
            files[file_name] = pd.read_csv(io.BytesIO(data()))
        return False

    monkeypatch.setattr(st, "download_button", keep)
    return files


def test_tables_of_a_comparison_name_dataset_comparison_rule_k_and_interval(finished, open_page, downloads):
    for tab in ("How sure", "Details"):
        open_page("compare", tab=tab)
    assert {"methods.csv", "p-values.csv", "settings.csv"} <= set(downloads)
    for name in ("methods.csv", "p-values.csv", "settings.csv"):
        table = downloads[name]
        assert set(table["dataset"]) == {"shop log"}
        assert set(table["comparison"]) == {"TOP1 against BPR"}
        assert set(table["test rule"]) == {"last item"}
        assert set(table["interval level"]) == {"95 %"}
    methods = downloads["methods.csv"]
    assert set(methods["k"]) == {3}
    assert ((methods["accuracy@3 from"] <= methods["top 3"]) & (methods["top 3"] <= methods["accuracy@3 to"])).all()
    # 600 test events have three digits.
    assert set(methods["test events"]) == {600}
    assert all(len(str(value).replace(".", "").strip("0")) <= 3 for value in methods["top 3"])
    assert {"95 % from", "95 % to"} <= set(downloads["p-values.csv"])


def test_the_accuracy_page_names_them_too(finished, open_page, downloads):
    open_page("accuracy", k="1")
    table = downloads["never-recommended.csv"]
    assert (table["dataset"].iloc[0], table["k"].iloc[0]) == ("shop log", 1)
