"""Facts about how problems and warnings are shown."""

from dataclasses import dataclass

from streamlit.testing.v1 import AppTest

from dashboard.messages import count_warnings, keep_units_together


@dataclass
class Finding:
    severity: str
    title: str = "t"
    figure: str = ""
    effect: str = ""
    remedy: str = ""


def test_warnings_are_counted_in_words():
    assert count_warnings([]) == "usable, no warnings"
    assert count_warnings([Finding("note"), Finding("warning")]) == "usable, 1 warning"
    assert count_warnings([Finding("warning")] * 2) == "usable, 2 warnings"
    assert count_warnings([Finding("warning"), Finding("error")]) == "not usable as it is: 1 problem"


def _show_problem() -> None:
    from dashboard import messages
    from gru4rec_core.errors import DataError

    messages.show_problem(DataError("A rule.", found="<script>x</script>", where="line 3", remedy="Mend it."))


def test_a_problem_names_rule_place_and_remedy_and_escapes_what_came():
    page = AppTest.from_function(_show_problem, default_timeout=20).run()
    body = page.get("html")[0].proto.body
    assert all(part in body for part in ("A rule.", "line 3", "Mend it."))
    assert "<script>" not in body


def _show_problem_of_both() -> None:
    from dashboard import messages
    from gru4rec_core.errors import DataError

    messages.show_problem(DataError("A rule.", remedy="Choose the layout (with the command: --layout events)."))


def test_a_page_names_no_option_of_the_command_where_it_has_a_control():
    body = AppTest.from_function(_show_problem_of_both, default_timeout=20).run().get("html")[0].proto.body
    assert "Choose the layout." in body
    assert "--layout" not in body


def _show_warnings() -> None:
    from types import SimpleNamespace

    from dashboard import messages

    messages.show_warnings(
        SimpleNamespace(severity=one, title=one.upper(), figure="", effect="", remedy="")
        for one in ("note", "error", "warning")
    )


def test_warnings_are_shown_worst_first():
    page = AppTest.from_function(_show_warnings, default_timeout=20).run()
    assert [("ERROR" in one.proto.body, "WARNING" in one.proto.body) for one in page.get("html")] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_no_line_ends_between_a_number_and_its_unit():
    text = keep_units_together("43.4 of 100, 5 % more than 42.7 per 100 (95 %: 1 to 3 %); 3 of 7 stay")
    assert text.replace("\N{NO-BREAK SPACE}", "_") == (
        "43.4_of_100, 5_% more than 42.7_per_100 (95_%: 1 to 3_%); 3 of 7 stay"
    )
