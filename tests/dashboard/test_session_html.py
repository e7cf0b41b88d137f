"""Facts about the strips that sessions are drawn as."""

from dashboard.session_html import chip, describe_events, session_heading, strip_html

NASTY = '<img src=x onerror="alert(1)"> ![x](http://example.com/x.png)'


def test_a_name_is_escaped():
    html = chip(NASTY)
    assert "<img" not in html
    assert "&lt;img" in html


def test_a_strip_shows_every_item_in_order_and_marks_the_last():
    html = strip_html(["run", "bike", "swim"], last="next")
    assert html.index("run") < html.index("bike") < html.index("swim")
    assert html.count("2px solid") == 1
    assert html.index("2px solid") > html.index("bike")


def test_the_end_of_a_visit_is_seen_whatever_its_key():
    events = describe_events(4, "2026-03-06 06:39:53", "2026-03-06 07:02:10")
    key = f"{'c' * 40}#2026-03-06T06:39:53"
    html = session_heading(key, f"{'c' * 40}, 2026-03-06, visit 2", events)
    heading, _, rest = html.partition("</summary>")
    assert "cccc" in heading
    assert "4 events, 2026-03-06 06:39:53 to 07:02:10" in heading
    assert "#" not in heading
    assert key in rest


def test_a_visit_is_called_as_lists_call_it_with_its_key_one_tap_away():
    heading, _, rest = session_heading("ann#2026-03-06T06:39:53", "ann, 2026-03-06, visit 2", "4 events").partition(
        "</summary>"
    )
    assert "ann, 2026-03-06, visit 2: 4 events" in heading
    assert "ann#2026-03-06T06:39:53" in rest


def test_a_short_key_is_shown_whole_and_escaped():
    assert "<details" not in session_heading("s7", "Session s7", "1 event, 12")
    assert "Session s7: 1 event, 12" in session_heading("s7", "Session s7", "1 event, 12")
    assert "<img" not in session_heading(NASTY, f"Session {NASTY}", "1 event, 12")


def test_a_day_is_written_once_only_where_it_is_the_same():
    assert describe_events(2, "2026-03-06 23:59:53", "2026-03-07 00:02:10").endswith("23:59:53 to 2026-03-07 00:02:10")
    assert describe_events(1, "2026-03-06 23:59:53", "2026-03-06 23:59:53") == "1 event, 2026-03-06 23:59:53"
    assert describe_events(2, "17", "19") == "2 events, 17 to 19"
