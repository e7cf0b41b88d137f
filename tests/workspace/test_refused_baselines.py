"""Why a baseline refused a log is kept beside the results of the others."""

from pathlib import Path

from gru4rec_core.errors import Refused
from gru4rec_core.workspace import refused_baselines


def test_a_refusal_comes_back_as_it_was(tmp_path: Path) -> None:
    refused = Refused("It takes 5 items.", found="6 items", where="baseline slist", remedy="Use fewer.")
    refused_baselines.write(tmp_path, "slist", refused)
    found = refused_baselines.read(tmp_path, ["markov", "slist"])
    assert list(found) == ["slist"]
    assert str(found["slist"]) == str(refused)


def test_what_has_results_or_refused_is_settled(tmp_path: Path) -> None:
    (tmp_path / "markov.json").write_text("{}")
    refused_baselines.write(tmp_path, "slist", Refused("No."))
    assert [refused_baselines.is_settled(tmp_path, name) for name in ("markov", "slist", "stan")] == [True, True, False]
    assert sorted(map(refused_baselines.is_refusal, tmp_path.iterdir())) == [False, True]


def test_a_damaged_refusal_is_still_one(tmp_path: Path) -> None:
    (tmp_path / "slist.refused.json").write_text("{")
    assert str(refused_baselines.read(tmp_path, ["slist"])["slist"]) == "It did not take this log."
